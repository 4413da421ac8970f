"""Released papers on the public pages of progress, for programs, and where kept files are verified."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from reports.extensions.registry import KeptFiles, Released
from reports.extensions.registry import PublicPage as PageOfPlan
from reports.requests.law.act import cited
from reports.requests.models import PublicPage, Release, ReleasedPaper
from reports.requests.models.request import REQUEST_ROLES
from workitems.models import Plan
from workitems.plan.views.lookups import signed_in, visible_plans


def pages() -> list[PageOfPlan]:
    """Return the public pages of released papers that are open. Two queries."""
    rows = list(PublicPage.objects.open().select_related("plan"))
    given = Counter(
        Release.objects.published()
        .filter(request__plan__in=[row.plan_id for row in rows])
        .values_list("request__plan", flat=True)
    )
    return [
        PageOfPlan(row.plan, _page(row.plan), given[row.plan_id], row.is_indexed) for row in rows
    ]


def page_url(plan: Plan) -> str:
    return _page(plan) if PublicPage.objects.open().filter(plan=plan).exists() else ""


def _page(plan: Plan) -> str:
    return reverse("requests:released", args=[plan.slug])


def on_progress(plan: Plan, on: date) -> list[dict[str, Any]]:
    """Return the papers on the plan's page of released papers, if it is open."""
    releases = Release.objects.of_plan(plan).on_public_pages().published()
    papers = ReleasedPaper.objects.without_contents().filter(
        release__in=releases.filter(released_on__lte=on).values("pk")
    )
    rows = papers.select_related("release").order_by("-release__released_on", "release", "number")
    return [
        {
            "title": row.title,
            "released": row.release.released_on.isoformat(),
            "pages": row.pages,
            "sha256": row.pdf_sha256,
            "withheld": {cited(code): count for code, count in row.withheld_counts.items()},
        }
        for row in rows
    ]


def readable(request: HttpRequest, slug: str) -> Any:
    """Return the releases that the program may read, with their publication.

    These are the releases on the plan's public page, and those that the person's agency answers for. Raise
    `Http404` for a plan of which they may read nothing.
    """
    user = signed_in(request)
    plan = get_object_or_404(Plan.objects.adopted(), slug=slug)
    rows_of_plan = Release.objects.of_plan(plan).with_publication()
    own = rows_of_plan.filter(pk__in=Release.objects.visible_to(user).values("pk"))
    public = rows_of_plan.filter(pk__in=Release.objects.on_public_pages().published().values("pk"))
    answers = plan.coordinating_agency_id in user.agencies_as(*REQUEST_ROLES)
    page = getattr(plan, "public_page", None)
    if not (plan in visible_plans(request) or answers or (page is not None and page.is_open)):
        raise Http404
    return (own | public).distinct()


def papers(releases: Iterable[Any]) -> Any:
    return ReleasedPaper.objects.without_contents().filter(release__in=releases)


def checked(again: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each released paper with its faults; with `again`, the gate examines it anew."""
    # The gate reads PDFs with a large library, and only `verify_issued` calls this.
    from reports.requests.services import packages

    rows = ReleasedPaper.objects.select_related("release__request", "line__issued")
    # One at a time, as a paper may be several megabytes.
    for paper in rows.order_by("release_id", "number").iterator(chunk_size=1):
        name = f"{paper.release.request}, document {paper.number}"
        yield name, packages.faults(paper, again=again)


KEPT_FILES = KeptFiles(
    "released", ("by SHA-256 and the gate’s reports", "and examined anew"), checked
)
RELEASED = Released(
    pages=pages,
    page_url=page_url,
    on_progress=on_progress,
    readable=readable,
    papers=papers,
)
