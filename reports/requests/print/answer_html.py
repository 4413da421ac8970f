"""A Minister's answer as a page of its own, made from the record, for those who ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from agencies.wording.translation import in_english
from reports.meetings.parts import LANGUAGE
from reports.render.html import ASSETS, MEETING_SHEET, RELEASED_SHEET, SHEETS
from reports.render.pdf import html_to_pdf, undisturbed


@dataclass(frozen=True, slots=True)
class Marked:
    """A recommendation as the paper goes out, the option marked at it, and the comment beside it."""

    number: int
    recommendation: str
    option: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """What the page says. Empty ratings are left out."""

    reference: str
    about: str
    agency: str
    marking: str
    paper_dated: date
    decided_on: date
    marked: tuple[Marked, ...]
    comment: str
    ratings: tuple[tuple[str, int], ...]
    corrects: date | None = None
    reason: str = ""

    @property
    def title(self) -> str:
        return f"Minister’s answer to {self.reference or self.about}"


@in_english
def render_answer(answer: AnswerPage, *, stamp: str = "") -> bytes:
    """Return the page as a tagged PDF. With a stamp, each page says it and the marking is struck out.

    Raise `RenderRefused` if it cannot be printed.
    """
    sheets = (*SHEETS, MEETING_SHEET, *([RELEASED_SHEET] if stamp else []))
    context = {
        "answer": answer,
        "stamp": stamp,
        "language": LANGUAGE,
        "stylesheets": [ASSETS + name for name in sheets],
    }
    with undisturbed():
        html = render_to_string("reports/requests/print/answer/page.html", context)
    return html_to_pdf(html, title=answer.title, language=LANGUAGE)
