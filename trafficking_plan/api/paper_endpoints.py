"""Issued papers and what was released, byte for byte with their digests."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from agencies.models import Token
from reports.models import IssuedPaper
from reports.models.issue import sha256
from reports.requests.models import Release, ReleasedPaper
from reports.requests.models.request import REQUEST_ROLES
from reports.views import files
from reports.views.readers import issued_version, plan_with_papers, readable_papers
from trafficking_plan.api import as_json, schemas
from trafficking_plan.api.admission import may
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.problems import Problem, refuse_invalid
from workitems.forms.moments import AsAtForm
from workitems.models import Plan
from workitems.views.lookups import signed_in, visible_plans

router = Router(tags=["Papers"])
READ = Token.Scope.READ


class Papers(schemas.AsAt, schemas.Pages):
    pass


@router.get("/plans/{slug:slug}/papers/", response=schemas.PaperLines, summary="Issued briefings")
def papers(request: HttpRequest, slug: str, asked: Query[Papers]) -> Row:
    """Every version of the issued briefings that you may read, oldest first; with “at”, those authorised by then."""
    may(request, READ)
    plan = plan_with_papers(request, slug)
    form = AsAtForm({"at": asked.at}, plan=plan, on=timezone.localdate())
    refuse_invalid(form)
    found = readable_papers(request, plan).without_contents().select_related("briefing")
    if form.moment.until is not None:
        found = found.filter(authorised_at__lt=form.moment.until)
    every = list(found.order_by("briefing__dated", "briefing", "number"))
    frame, shown = as_json.paged(request, every, asked.page, asked.limit)
    return frame | {"results": [_paper(request, plan, each) for each in shown]}


def _paper(request: HttpRequest, plan: Plan, paper: IssuedPaper) -> Row:
    def file(name: str, digest: str) -> Row:
        address = reverse(f"api:{name}", args=[plan.slug, paper.briefing_id, paper.number])
        return {"url": request.build_absolute_uri(address), "sha256": digest}

    briefing = paper.briefing
    return {
        "briefing": briefing.pk,
        "version": paper.number,
        "tracker_number": briefing.tracker_number or "",
        "title": briefing.title,
        "dated": briefing.dated,
        "marking": paper.marking,
        "portfolio": paper.portfolio,
        "authorised_as": paper.authorised_as,
        "authorised_at": timezone.localtime(paper.authorised_at),
        "note": paper.note,
        "pdf": file("paper_pdf", paper.pdf_sha256),
        "document": file("paper_json", paper.document_sha256),
    }


def _file(mime_type: str) -> dict[str, Any]:
    """Say in the OpenAPI that the response is a file."""
    is_json = mime_type == "application/json"
    schema = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
    content = {mime_type: {"schema": schema}}
    return {"responses": {200: {"description": "The file", "content": content}}}


@router.get(
    "/plans/{slug:slug}/papers/{int:briefing}/{int:version}/pdf",
    summary="The PDF of an issued briefing",
    openapi_extra=_file(files.PDF),
)
def paper_pdf(request: HttpRequest, slug: str, briefing: int, version: int) -> HttpResponse:
    """The PDF as it was signed. Its ETag is its SHA-256."""
    return _kept(request, slug, briefing, version, "pdf", files.PDF, lambda paper: paper.pdf)


@router.get(
    "/plans/{slug:slug}/papers/{int:briefing}/{int:version}/json",
    summary="The document of an issued briefing",
    openapi_extra=_file("application/json"),
)
def paper_json(request: HttpRequest, slug: str, briefing: int, version: int) -> HttpResponse:
    """The document as it was signed, as JSON. Its ETag is its SHA-256."""
    return _kept(
        request,
        slug,
        briefing,
        version,
        "document",
        "application/json",
        lambda paper: paper.document,
    )


def _kept(
    request: HttpRequest,
    slug: str,
    briefing: int,
    version: int,
    what: str,
    mime_type: str,
    contents: Callable[[IssuedPaper], Any],
) -> HttpResponse:
    may(request, READ)
    paper = issued_version(request, slug, briefing, version)
    data, digest = bytes(contents(paper)), getattr(paper, f"{what}_sha256")
    if sha256(data) != digest:
        raise Problem(500, "The stored file is not the one that was signed. Tell the coordinator.")
    ending = "pdf" if what == "pdf" else "json"
    name = f"briefing {files.tracker_name(paper.briefing)} version {version}.{ending}"
    return files.frozen(request, data, digest, name, mime_type)


# --- what was released ----------------------------------------------------------------------


def _releases(request: HttpRequest, slug: str) -> tuple[Plan, Any]:
    """Return the plan and the releases that the program may read.

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
    return plan, (own | public).distinct()


@router.get(
    "/plans/{slug:slug}/released/", response=schemas.ReleaseLines, summary="Released papers"
)
def released(request: HttpRequest, slug: str, asked: Query[schemas.Pages]) -> Row:
    """What was released of the plan's papers, newest first."""
    may(request, READ)
    plan, found = _releases(request, slug)
    frame, shown = as_json.paged(
        request, list(found.select_related("request").newest_first()), asked.page, asked.limit
    )
    files_of: dict[int, list[Row]] = {}
    for paper in ReleasedPaper.objects.without_contents().filter(release__in=shown):
        address = reverse("api:released_pdf", args=[plan.slug, paper.release_id, paper.number])
        files_of.setdefault(paper.release_id, []).append(
            {
                "number": paper.number,
                "title": paper.title,
                "file_name": paper.file_name,
                "pages": paper.pages,
                "withheld": paper.withheld,
                "pdf": {"url": request.build_absolute_uri(address), "sha256": paper.pdf_sha256},
            }
        )
    return frame | {
        "results": [
            {
                "id": each.pk,
                "reference": each.request.reference,
                "kind": each.kind,
                "released_on": each.released_on,
                "is_published": _is_published(each),
                "papers": files_of.get(each.pk, []),
            }
            for each in shown
        ]
    }


def _is_published(row: Any) -> bool:
    """Whether the release is published now; it has the annotations of `with_publication`."""
    return bool(row.published_id) and (
        row.unpublished_id is None or row.published_id > row.unpublished_id
    )


@router.get(
    "/plans/{slug:slug}/released/{int:release}/{int:number}/pdf",
    summary="A released PDF",
    openapi_extra=_file(files.PDF),
)
def released_pdf(request: HttpRequest, slug: str, release: int, number: int) -> HttpResponse:
    """One released PDF, byte for byte. Its ETag is its SHA-256."""
    may(request, READ)
    _, found = _releases(request, slug)
    made = get_object_or_404(found, pk=release)
    paper = get_object_or_404(
        ReleasedPaper.objects.defer("gate_report"), release=made, number=number
    )
    if not paper.is_intact:
        raise Problem(
            500, "The stored file is not the one that was released. Tell the OIA adviser."
        )
    return files.frozen(request, bytes(paper.pdf), paper.pdf_sha256, paper.file_name)
