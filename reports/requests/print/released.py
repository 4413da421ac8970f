"""A paper as it is released: its redacted copy, and for reviewers a copy that shows what is withheld.

Both are made like any paper, so that they are as accessible and as fit for the archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from django.utils.text import slugify

from reports.document import Document
from reports.render.html import MARKED_UP_SHEET, RELEASED_SHEET, document_html
from reports.render.pdf import (
    ReportProgress,
    html_to_pdf,
    refuse_unprintable,
    report_nothing,
    undisturbed,
)
from reports.requests.redaction.redact import CLOSES, OPENS, SHUT, Span, framed, leaves, redact

NAME_LENGTH = 80
CONTAINS = "CONTAINS WITHHELD INFORMATION"

_OPENS = rf"{OPENS}(\d*){SHUT}"
_FRAMED = re.compile(rf"{_OPENS}([^<>{CLOSES}]*){CLOSES}")
_MARKS = re.compile(rf"{_OPENS}|{CLOSES}")
_NUMBER = re.compile(rf"{OPENS}(\d+){SHUT}")
_BEGINS = re.compile(r"<(tr|/tr|li|p|h\d)\b[^>]*>")
# What holds no frames: tags with their attributes, pictures, the page's title.
_WITHOUT_FRAMES = re.compile(r"<svg\b.*?</svg>|<title>.*?</title>|<[^>]*>", re.S)


def released_name(redacted: Document) -> str:
    """Return the name of a released paper's file, from what is left of its number and title."""
    words = slugify(f"{redacted.cover.tracker_number.replace('/', '-')} {redacted.title}")
    return f"{words[:NAME_LENGTH].strip('-')}.pdf"


def render_released(
    document: Document,
    spans: Iterable[Span],
    *,
    stamp: str,
    report: ReportProgress = report_nothing,
) -> bytes:
    """Return the paper without what is withheld, as PDF.

    The stamp is in the margin of each page, and the paper's marking is struck out. Raise
    `RenderRefused` if anything is wrong with the file.
    """
    redacted = redact(document, spans)
    with undisturbed():
        html = document_html(redacted, stamp=stamp, sheet=RELEASED_SHEET)
    return html_to_pdf(html, title=redacted.title, language=redacted.language, report=report)


def render_marked_up(
    document: Document, spans: Iterable[Span], *, report: ReportProgress = report_nothing
) -> bytes:
    """Return the whole paper with frames around what is withheld, and its grounds in the margin.

    Each page says that it contains withheld information. Raise `RenderRefused` if anything is
    wrong with the file.
    """
    for leaf in leaves(document):
        refuse_unprintable(leaf.text)
    marked, labels = framed(document, spans)
    with undisturbed():
        html = document_html(marked, stamp=CONTAINS, sheet=MARKED_UP_SHEET)
    html = _with_frames(html, labels)
    return html_to_pdf(html, title=document.title, language=document.language, report=report)


def _with_frames(html: str, labels: tuple[str, ...]) -> str:
    """Return the page with frames and grounds instead of marks, and without marks elsewhere.

    A paragraph or row has its grounds in the margin once, at its first frame. If they differ, each
    frame has its own beside it as well.
    """
    blocks = list(_blocks(html))
    grounds = [
        list(dict.fromkeys(labels[int(number)] for number in _NUMBER.findall(text)))
        for text, _tag in blocks
    ]
    return "".join(
        f"{_framed(text, labels, of)}{tag}" for (text, tag), of in zip(blocks, grounds, strict=True)
    )


def _blocks(html: str) -> Iterator[tuple[str, str]]:
    """Yield the page in pieces, each up to the tag that begins the next paragraph or row."""
    at, is_row = 0, False
    for match in _BEGINS.finditer(html):
        is_row = match[1] == "tr" or (is_row and match[1] != "/tr")
        if match[1] == "p" and is_row:
            continue
        yield html[at : match.start()], match.group()
        at = match.end()
    yield html[at:], ""


def _framed(html: str, labels: tuple[str, ...], grounds: list[str]) -> str:
    """Return a piece of the page with frames, and its grounds at the first of them."""
    if not _MARKS.search(html):
        return html
    margin = f'<span class="paper-ground">{escape(" ".join(grounds))}</span>' if grounds else ""

    def frame(match: re.Match[str]) -> str:
        nonlocal margin
        number, text = match.groups()
        beside = ""
        if len(grounds) > 1 and number:
            beside = f'<span class="paper-ground-beside"> {escape(labels[int(number)])}</span>'
        framed, margin = f'{margin}<span class="paper-framed">{text}</span>{beside}', ""
        return framed

    parts, at = [], 0
    for match in _WITHOUT_FRAMES.finditer(html):
        parts += [_FRAMED.sub(frame, html[at : match.start()]), _MARKS.sub("", match.group())]
        at = match.end()
    return "".join([*parts, _FRAMED.sub(frame, html[at:])])
