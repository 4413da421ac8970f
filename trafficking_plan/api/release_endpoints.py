"""What was released, byte for byte with its digests; only where an app of official information is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Query, Router

from agencies.models import Token
from reports.briefings.views import files
from reports.extensions import registry
from trafficking_plan.api import as_json, schemas
from trafficking_plan.api.admission import may
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.paper_endpoints import file_of
from trafficking_plan.api.problems import Problem

router = Router(tags=["Papers"])
READ = Token.Scope.READ


@router.get(
    "/plans/{slug:slug}/released/", response=schemas.ReleaseLines, summary="Released papers"
)
def released(request: HttpRequest, slug: str, asked: Query[schemas.Pages]) -> Row:
    """What was released of the plan's papers, newest first."""
    may(request, READ)
    (releases,) = registry.RELEASED
    every = list(releases.readable(request, slug).select_related("request").newest_first())
    frame, shown = as_json.paged(request, every, asked.page, asked.limit)
    files_of: dict[int, list[Row]] = {}
    for paper in releases.papers(shown):
        address = reverse("api:released_pdf", args=[slug, paper.release_id, paper.number])
        files_of.setdefault(paper.release_id, []).append(
            {
                "number": paper.number,
                "title": paper.title,
                "file_name": paper.file_name,
                "pages": paper.pages,
                "withheld": paper.withheld_counts,
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
    openapi_extra=file_of(files.PDF),
)
def released_pdf(request: HttpRequest, slug: str, release: int, number: int) -> HttpResponse:
    """One released PDF, byte for byte. Its ETag is its SHA-256."""
    may(request, READ)
    (releases,) = registry.RELEASED
    made = get_object_or_404(releases.readable(request, slug), pk=release)
    # With its file, but without the long report of the check.
    paper = get_object_or_404(made.papers.defer("gate_report"), number=number)
    if not paper.is_intact:
        raise Problem(
            500, "The stored file is not the one that was released. Tell the OIA adviser."
        )
    return files.frozen(request, bytes(paper.pdf), paper.pdf_sha256, paper.file_name)
