"""A pack or minutes as they are released: printed from what was frozen, with the stamp on each page."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from agencies.wording.translation import in_english
from reports.meetings.meeting_html import frozen_words, present, title_of
from reports.meetings.parts import from_plain
from reports.render.html import ASSETS, MEETING_SHEET, RELEASED_SHEET, sheets_of
from reports.render.pdf import html_to_pdf


@in_english
def render_stamped(content: Any, number: int, made_at: datetime, *, stamp: str) -> bytes:
    """Return the paper as a PDF. Takes a second or more, so not in a transaction.

    Raise `Malformed` for content that cannot be read, and `RenderRefused` if it cannot be printed.
    """
    paper = from_plain(content)
    sheets = (*sheets_of(paper.paper_size), MEETING_SHEET, RELEASED_SHEET)
    context = {
        "paper": paper,
        "present": {**present(paper, frozen_words(number, made_at)), "stamp": stamp},
        "stylesheets": [ASSETS + name for name in sheets],
    }
    html = render_to_string("reports/meetings/print/page.html", context)
    return html_to_pdf(html, title=title_of(paper), language=paper.language)
