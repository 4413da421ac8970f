"""Pages in place of a paper that cannot be made or shown."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reports.document import Document, DocumentError, from_json
from reports.models import Briefing, IssuedPaper
from reports.models.issue import sha256

log = logging.getLogger(__name__)


def refused(request: HttpRequest, briefing: Briefing, reason: str) -> HttpResponse:
    """Show why the paper cannot be made, with a link to the cover for users who may change it."""
    return render(
        request,
        "reports/workshop/briefings/refused.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "reason": reason,
            "may_change": request.user.has_perm("reports.change_briefing", briefing),
        },
        status=422,
    )


def signed_document(request: HttpRequest, paper: IssuedPaper) -> Document | HttpResponse:
    """Return the signed document, or a page that explains why it cannot be shown."""
    if sha256(bytes(paper.document)) != paper.document_sha256:
        return damaged(request, paper, "JSON")
    try:
        return from_json(bytes(paper.document))
    except DocumentError as error:
        return unreadable(request, paper, error)


def unreadable(request: HttpRequest, paper: IssuedPaper, error: DocumentError) -> HttpResponse:
    """Explain that a newer release wrote the paper, after a downgrade. Its files are complete."""
    return render(
        request,
        "reports/issuing/unreadable.html",
        {
            "plan": paper.briefing.plan,
            "briefing": paper.briefing,
            "paper": paper,
            "reason": str(error),
        },
        status=422,
    )


def damaged(request: HttpRequest, paper: IssuedPaper, what: str) -> HttpResponse:
    log.error("The stored %s of issued paper %s is not the one that was signed.", what, paper.pk)
    return render(
        request,
        "reports/issuing/damaged.html",
        {"plan": paper.briefing.plan, "briefing": paper.briefing, "paper": paper, "what": what},
        status=500,
    )
