"""Letters about requests for official information, as HTML and as PDF.

The page, the PDF and the Word file (`reports.requests.print.letter_docx.render_letter_docx`) use the same templates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from agencies.wording.translation import in_english
from reports.document import USUAL_DESIGN, CoverDesign, Text
from reports.render.html import ASSETS, SHEETS, colours_css
from reports.render.pdf import html_to_pdf, printable
from reports.requests.letters import Letter, LetterPart, Quote

DRAFT = "DRAFT"
# Classes of the schedule's columns.
COLUMNS = ("number", "document", "dated", "decision", "section")


def render_letter_pdf(
    letter: Letter, looks: CoverDesign = USUAL_DESIGN, *, is_draft: bool = False
) -> bytes:
    """Return the letter as PDF/UA-1 and PDF/A-2a on the agency's letterhead, dated with its own date.

    A draft says so on each page. Raise `RenderRefused` if it cannot be printed.
    """
    html = letter_html(letter, looks, is_draft=is_draft)
    return html_to_pdf(html, title=letter.title, language=letter.language)


@in_english
def letter_html(
    letter: Letter, looks: CoverDesign = USUAL_DESIGN, *, is_draft: bool = False
) -> str:
    """Return the letter as a complete page for the PDF."""
    stylesheets = [ASSETS + name for name in SHEETS]
    if colours_css(looks):
        stylesheets.append(f"{ASSETS}{looks.ink}-{looks.rule}.css".replace("#", ""))
    context = {**_context(letter, looks, is_draft), "stylesheets": stylesheets}
    return render_to_string("reports/requests/print/letter/page.html", context)


@in_english
def letter_fragment(
    letter: Letter, looks: CoverDesign = USUAL_DESIGN, *, is_draft: bool = False
) -> SafeString:
    """Return the letter alone, for a page that links paper/screen.css and has no other h1."""
    context = _context(letter, looks, is_draft)
    return mark_safe(render_to_string("reports/requests/print/letter/letter.html", context))


def _context(letter: Letter, looks: CoverDesign, is_draft: bool) -> dict[str, Any]:
    signatory = letter.signatory
    lines = (letter.addressee.name, *letter.addressee.address)
    return {
        "letter": replace(letter, parts=tuple(_printable_part(part) for part in letter.parts)),
        "present": {
            "looks": looks if looks.has_letterhead else replace(looks, ministry=letter.agency),
            "marking": DRAFT if is_draft else "",
            "addressee": [line for line in lines if line.strip()],
            "signatory": [
                line for line in (signatory.name, signatory.role, letter.agency) if line.strip()
            ],
            "columns": COLUMNS,
        },
    }


def _printable_part(part: LetterPart) -> LetterPart:
    """Return the part with "□" for each character of its quotations that cannot be printed."""
    blocks = tuple(
        Quote(tuple(_printable(line) for line in block.lines))
        if isinstance(block, Quote)
        else block
        for block in part.blocks
    )
    return replace(part, blocks=blocks)


def _printable(text: Text) -> Text:
    return tuple(replace(run, text=printable(run.text)) for run in text)
