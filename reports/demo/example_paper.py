"""A PDF that stands for a paper from before the product, and says so."""

from datetime import date

from django.utils.html import format_html, format_html_join

from reports.render.html import ASSETS, SHEETS
from reports.render.pdf import html_to_pdf

WORDS = (
    "This is an example, made for the demonstration. It stands where an agency files a paper that was "
    "written before it used this register, as the PDF that it has.",
    "It reports nothing, and no agency wrote it.",
)


def example_paper(title: str, dated: date) -> bytes:
    sheets = format_html_join(
        "", '<link rel="stylesheet" href="{}{}">', ((ASSETS, s) for s in SHEETS)
    )
    page = format_html(
        '<!doctype html><html lang="en-NZ"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="dcterms.created" content="{day}"><meta name="dcterms.modified" content="{day}">'
        '{sheets}</head><body><article class="paper paper-letter" data-marking="EXAMPLE" '
        'data-tracker="Example 1"><h1 class="letter-subject">{title}</h1>{words}</article></body></html>',
        title=title,
        day=dated.isoformat(),
        sheets=sheets,
        words=format_html_join("", '<p class="letter-text">{}</p>', ((words,) for words in WORDS)),
    )
    return html_to_pdf(page, title=title, language="en-NZ")
