"""Issued papers, byte for byte with their digests."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from agencies.models import Token
from reports.briefings.views import files
from reports.briefings.views.readers import issued_version, plan_with_papers, readable_papers
from reports.models import IssuedPaper
from reports.models.issue import sha256
from trafficking_plan.api import as_json, schemas
from trafficking_plan.api.admission import may
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.problems import Problem, refuse_invalid
from workitems.models import Plan
from workitems.plan.forms.moments import AsAtForm

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
    address = reverse("briefings:list", args=[slug])
    return frame | {
        "page_url": request.build_absolute_uri(address),
        "results": [_paper(request, plan, each) for each in shown],
    }


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
        "page_url": request.build_absolute_uri(
            reverse("briefings:issued", args=[plan.slug, briefing.pk])
        ),
        "pdf": file("paper_pdf", paper.pdf_sha256),
        "document": file("paper_json", paper.document_sha256),
    }


def file_of(mime_type: str) -> dict[str, Any]:
    """Say in the OpenAPI that the response is a file."""
    is_json = mime_type == "application/json"
    schema = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
    content = {mime_type: {"schema": schema}}
    return {"responses": {200: {"description": "The file", "content": content}}}


@router.get(
    "/plans/{slug:slug}/papers/{int:briefing}/{int:version}/pdf",
    summary="The PDF of an issued briefing",
    openapi_extra=file_of(files.PDF),
)
def paper_pdf(request: HttpRequest, slug: str, briefing: int, version: int) -> HttpResponse:
    """The PDF as it was signed. Its ETag is its SHA-256."""
    return _kept(request, slug, briefing, version, "pdf", files.PDF, lambda paper: paper.pdf)


@router.get(
    "/plans/{slug:slug}/papers/{int:briefing}/{int:version}/json",
    summary="The document of an issued briefing",
    openapi_extra=file_of("application/json"),
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
