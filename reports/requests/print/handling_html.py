"""The record of how a request was handled, as a PDF. Saves nothing."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from agencies.wording.translation import in_english
from reports.render.html import ASSETS, MEETING_SHEET, sheets_of
from reports.render.pdf import html_to_pdf, undisturbed


@in_english
def render_handling(record: Mapping[str, Any]) -> bytes:
    """Return the record (`reports.requests.services.handling`) as a tagged PDF. Takes a second, so not in a transaction.

    Raise `RenderRefused` if it cannot be printed.
    """
    title = f"How request {record['reference']} was handled"
    context = {
        "record": record,
        "title": title,
        "language": settings.LANGUAGE_TAG,
        "marking": settings.MARKINGS[0],
        "stylesheets": [ASSETS + name for name in (*sheets_of(settings.PAPER_SIZE), MEETING_SHEET)],
    }
    with undisturbed():
        html = render_to_string("reports/requests/print/handling/page.html", context)
    return html_to_pdf(html, title=title, language=settings.LANGUAGE_TAG)
