"""The released papers of a plan, and whether a file is one of them. Nobody signs in here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.pages.form_pages import saying_refusals
from agencies.people.succession import agency_on
from agencies.typed.characters import searchable
from reports.briefings.views import files
from reports.document.dates import long_date
from reports.models import PublicProgress
from reports.public.views.public_frame import keep_out, public_page
from reports.requests.law.act import UnknownGround, act_named, cited, cited_in_full
from reports.requests.letters import Letter, letter_from
from reports.requests.models import (
    PublicLetter,
    PublicPage,
    Release,
    ReleasedPaper,
    RequestEvent,
    ScheduleLine,
)
from reports.requests.public.forms import VerifyForm
from workitems.models import Plan
from workitems.plan.views.lookups import posted

Kind = RequestEvent.Kind
MOST_ASKED = 200  # characters of a search


@dataclass(frozen=True)
class Shown:
    """A release as the public page shows it. Of a tombstone there is only its reason."""

    release: Release
    published: RequestEvent
    unpublished: RequestEvent | None
    letters: list[Letter]
    papers: list[dict[str, Any]]
    schedule: list[dict[str, Any]]

    @property
    def heading(self) -> str:
        """Say how and when it was released: "Released on request, 22 May 2013"."""
        words = (
            _("Released on request, {day}")
            if self.release.kind == Release.Kind.OIA
            else _("Released proactively, {day}")
        )
        return words.format(day=long_date(self.release.released_on))

    @property
    def words(self) -> str:
        """What a search looks through."""
        lines = [str(line["title"]) for line in self.schedule]
        return " ".join([self.release.request.reference, *lines])


@login_not_required
@require_safe
def released(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_object_or_404(
        PublicPage.objects.open().select_related("plan__coordinating_agency__cover"),
        plan__slug=slug,
    )
    asked = request.GET.get("q", "").strip()[:MOST_ASKED]
    every = list(_shown(page.plan))
    _say_newer(every)
    agency = agency_on(page.plan.coordinating_agency, timezone.localdate())
    found = [each for each in every if _matches(asked, each)] if asked else every
    return public_page(
        "reports/requests/public/released.html",
        {
            "plan": page.plan,
            "agency": agency,
            "has_progress": PublicProgress.objects.up().filter(plan=page.plan).exists(),
            "key": _key(every),
            "asked": asked,
            "found": found,
            "there_are": bool(every),
            "papers": sum(
                _has(asked, paper["row"].title) for each in found for paper in each.papers
            ),
        },
        is_indexed=page.is_indexed,
    )


def _say_newer(every: list[Shown]) -> None:
    """Add to each paper the newest release that has a paper of the same title, if another has."""
    newest: dict[str, Shown] = {}
    for each in every:
        for paper in each.papers:
            found = newest.setdefault(paper["row"].title.casefold(), each)
            paper["newer"] = found if found is not each else None


def _key(every: list[Shown]) -> list[tuple[str, str, str]]:
    """Return each ground on the page: as it is cited, in full, and its short wording."""
    codes = {code for each in every for line in each.schedule for code in line["codes"]}
    codes |= {code for each in every for paper in each.papers for code in paper["row"].withheld}
    return [
        (citation, cited_in_full(code), words)
        for code in sorted(codes)
        for citation, words in [_ground(code)]
    ]


def _shown(plan: Plan) -> Iterator[Shown]:
    """Yield what was ever published of the plan, newest first. Four queries."""
    rows = (
        Release.objects.of_plan(plan)
        .ever_published()
        .with_publication()
        .select_related("request__agency")
        .newest_first()
    )
    in_force = RequestEvent.objects.in_force().of_kind(Kind.PUBLISHED, Kind.UNPUBLISHED)
    events = in_force.filter(release__request__plan=plan).in_bulk()
    papers: dict[int, list[ReleasedPaper]] = {}
    for paper in ReleasedPaper.objects.without_contents().filter(release__request__plan=plan):
        papers.setdefault(paper.release_id, []).append(paper)
    letters: dict[int, list[Letter]] = {}
    for letter in PublicLetter.objects.filter(release__request__plan=plan).order_by("pk"):
        letters.setdefault(letter.release_id, []).append(letter_from(letter.content))
    for row in rows:
        # Added by `with_publication`.
        published, unpublished = row.published_id, row.unpublished_id  # type: ignore[attr-defined]
        if unpublished and unpublished > published:
            yield Shown(row, events[published], events[unpublished], [], [], [])
        else:
            shown = [_paper(paper) for paper in papers.get(row.pk, ())]
            lines = [_line(each) for each in row.schedule]
            yield Shown(row, events[published], None, letters.get(row.pk, []), shown, lines)


def _paper(paper: ReleasedPaper) -> dict[str, Any]:
    return {
        "row": paper,
        "withheld": [(_ground(code), count) for code, count in sorted(paper.withheld.items())],
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    label = dict(ScheduleLine.Decision.choices).get(line["decision"], "")
    words = {"full": _("Released in full"), "part": _("Released in part")}.get(
        line["decision"], label
    )
    return {
        **line,
        "dated": date.fromisoformat(line["dated"]) if line["dated"] else None,
        "decision": words,
        "codes": line["grounds"],
        "grounds": [_ground(code) for code in line["grounds"]],
    }


def _ground(code: str) -> tuple[str, str]:
    """Return a ground as it is cited, and its short wording."""
    try:
        return cited(code), act_named().ground(code).words
    except UnknownGround:
        return cited(code), ""


def _matches(asked: str, shown: Shown) -> bool:
    return _has(asked, shown.words)


def _has(asked: str, text: str) -> bool:
    words = searchable(text)
    return all(word in words for word in searchable(asked).split())


@login_not_required
@require_safe
def released_paper(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Return one released PDF, byte for byte, while it is published. Its digest is checked.

    In the place of one that was taken back is a page that says why, with status 410.
    """
    ever = Release.objects.on_public_pages().filter(request__plan__slug=slug)
    if back := ever.tombstones().filter(papers=pk).first():
        return _taken_back(back)
    published = ever.published()
    paper = get_object_or_404(
        ReleasedPaper.objects.defer("gate_report").select_related(
            "release__request__plan__public_page"
        ),
        pk=pk,
        release__in=published.values("pk"),
    )
    if not paper.is_intact:
        return public_page("reports/requests/public/damaged.html", {}, status=500)
    plan = paper.release.request.plan
    assert plan is not None  # it has a public page
    response = files.frozen(
        request, bytes(paper.pdf), paper.pdf_sha256, paper.file_name, shown=True
    )
    return response if plan.public_page.is_indexed else keep_out(response)


def _taken_back(row: Release) -> HttpResponse:
    plan = row.request.plan
    assert plan is not None  # it has a public page
    # Added by `tombstones`.
    ids = {"published": row.published_id, "unpublished": row.unpublished_id}  # type: ignore[attr-defined]
    events = RequestEvent.objects.in_bulk(ids.values())
    return public_page(
        "reports/requests/public/taken_back.html",
        {
            "plan": plan,
            "agency": agency_on(plan.coordinating_agency, timezone.localdate()),
            **{name: events[pk] for name, pk in ids.items()},
        },
        status=410,
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Say whether a file is one that was released, by its SHA-256. A file is hashed and not kept."""
    form = VerifyForm(posted(request), request.FILES if request.method == "POST" else None)
    answer: dict[str, Any] = {}
    if form.is_valid():
        with saying_refusals(form):
            answer = _answer(form.digest)
            answer["is_hashed_here"] = form.cleaned_data["file"] is not None
    return public_page(
        "reports/requests/public/verify.html",
        {"form": form, **answer},
        request=request,
        status=422 if form.errors else 200,
    )


def _answer(digest: str) -> dict[str, Any]:
    """Return what is known of a digest. The title is given only of what is published."""
    papers = ReleasedPaper.objects.defer("pdf", "gate_report").filter(pdf_sha256=digest)
    paper = papers.select_related("release__request__agency", "release__request__plan").first()
    published = (
        Release.objects.on_public_pages()
        .published()
        .filter(papers__pdf_sha256=digest)
        .values_list("papers__pk", flat=True)
    )
    shown = (
        papers.select_related("release__request__agency", "release__request__plan")
        .filter(pk__in=published)
        .first()
    )
    return {"digest": digest, "paper": shown or paper, "is_published": shown is not None}
