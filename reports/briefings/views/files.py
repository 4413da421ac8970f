"""Responses with files: downloads, and frozen files that are revalidated on each request."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.text import slugify

from reports.models import Briefing

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Of a title that names a file.
MOST_LETTERS = 60
MIME_TYPES = {"pdf": PDF, "docx": DOCX}


def tracker_name(briefing: Briefing) -> str:
    """Return the briefing's tracker number or title for use in a file name: "10-96252"."""
    return slugify(briefing.name.replace("/", "-"))[:MOST_LETTERS] or str(briefing.pk)


def download(data: bytes, name: str, mime_type: str = PDF, *, shown: bool = False) -> HttpResponse:
    """Return bytes as a download or, if `shown`, for display; that is only for our own PDFs."""
    return HttpResponse(
        data,
        content_type=mime_type,
        headers={
            "Content-Disposition": content_disposition_header(not shown, name)
            or ("inline" if shown else "attachment"),
            "X-Content-Type-Options": "nosniff",
        },
    )


def frozen(
    request: HttpRequest,
    data: bytes,
    digest: str,
    name: str,
    mime_type: str = PDF,
    *,
    shown: bool = False,
) -> HttpResponse:
    """Return stored bytes that never change, with their digest as ETag.

    The browser caches them and revalidates each time; see
    docs/decisions/0008-a-frozen-paper-is-asked-for-each-time.md.
    """
    response = download(data, name, mime_type, shown=shown)
    response["ETag"] = quote_etag(digest)
    response["Cache-Control"] = "private, no-cache"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer or response
