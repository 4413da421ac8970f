"""A document as a Word file, converted from the paper's HTML block by block.

Headings, numbering, lists, tables and fields are Word's own, so that they keep working while the
file is edited. The text comes from the same templates as the PDF's, and the same content is
refused. Equal documents give equal bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import docx
from django.template.loader import render_to_string
from docx.enum.section import WD_ORIENT
from docx.image.image import Image
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm

from agencies.wording.translation import in_english
from reports import charts
from reports.document import USUAL_DESIGN, CoverDesign, Document, ProgressPicture
from reports.document.cover_design import INK, MARK_HEIGHT, MARK_WIDTH
from reports.render.docx.elements import element, field, paragraph, text
from reports.render.docx.html_tree import Node, Piece, parse_html
from reports.render.docx.word_blocks import Page, Writer
from reports.render.docx.word_pictures import drawing_into
from reports.render.html import plain_fragment, present
from reports.render.pdf import MAX_HTML, RenderRefused, refuse_unprintable

PARTS = Path(__file__).parent / "parts"
REMARKS = re.compile(rb"<!--.*?-->\s*", re.DOTALL)  # for whoever changes the parts
# Path in the package of each file in `parts`.
PLACES = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/numbering.xml": "numbering.xml",
    "word/settings.xml": "settings.xml",
    "word/fontTable.xml": "fontTable.xml",
    "word/theme/theme1.xml": "theme.xml",
    "docProps/custom.xml": "custom.xml",
}
# The earliest date a ZIP entry can have, used for all entries.
NO_DATE = (1980, 1, 1, 0, 0, 0)
PROPERTY = 255  # characters
LETTER_WIDTH, LETTER_HEIGHT = Mm(215.9), Mm(279.4)
EDGE = Mm(11)  # from the edge of the page to the marking and the page number


@in_english
def render_docx(document: Document) -> bytes:
    """Return the Word file, dated with the document's date.

    Raise `RenderRefused` if the paper cannot be printed.
    """
    cover = document.cover
    return word_file(
        plain_fragment(document),
        cover.looks,
        tables=_tables(document),
        paper_size=document.paper_size,
        marking=cover.printed_marking,
        title=document.title,
        subject=document.plan_title,
        author=present(document)["author"],
        reference=cover.tracker_number,
        language=document.language,
        dated=cover.dated,
    )


def word_file(
    html: str,
    looks: CoverDesign,
    *,
    marking: str,
    title: str,
    subject: str,
    author: str,
    reference: str,
    language: str,
    dated: date,
    tables: Mapping[str, Node] = {},
    paper_size: str = "A4",
) -> bytes:
    """Return the HTML of a paper or a letter as a Word file.

    Raise `RenderRefused` if it cannot be printed.
    """
    if len(html) > MAX_HTML:
        raise RenderRefused(
            f"The paper is too long to print: {len(html):,} characters; the limit is {MAX_HTML:,}."
        )
    refuse_unprintable(html)
    file = docx.Document(blank(looks))
    write(html, file, tables=tables)
    _head_and_foot(file, marking=marking, reference=reference)
    _resize(file, paper_size)
    _describe(
        file,
        title=title,
        subject=subject,
        author=author,
        reference=reference,
        language=language,
        dated=dated,
    )
    return _bytes(file)


def write(html: str, file: Any, *, tables: Mapping[str, Node]) -> None:
    """Add the blocks of `html` to an empty file, with a section for each page layout."""
    numbering = file.part.numbering_part.element

    def new_numbers(style: str, start: int) -> int:
        like = file.styles.element.get_by_id(style).pPr.numPr.numId.val
        kind = next(num for num in numbering.num_lst if num.numId == like).abstractNumId.val
        made = numbering.add_num(kind)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(made.numId)

    def picture(data: bytes, alt: str) -> Any:
        inline = file.part.new_pic_inline(io.BytesIO(data), height=_height_of_mark(data))
        inline.docPr.set("descr", alt)
        # Charts are numbered from 1.
        inline.docPr.id = 10_000
        return inline

    writer = Writer(
        new_numbers=new_numbers, tables=tables, draw=drawing_into(file), picture=picture
    )
    writer.flow(parse_html(html).children, writer.parts[0].blocks)
    last = len(writer.parts) - 1
    for place, part in enumerate(writer.parts):
        _append(file.element.body, part.blocks)
        if place < last:
            _end_section(file.element.body)
    for section, part in zip(file.sections, writer.parts, strict=True):
        _set_page(section, part.page)


def _append(body: Any, blocks: list[Any]) -> None:
    end = body.sectPr
    table = qn("w:tbl")
    before = None
    for block in blocks:
        if block.tag == before == table:
            # Word joins adjacent tables into one.
            end.addprevious(paragraph([], "Between"))
        end.addprevious(block)
        before = block.tag
    if before == table:
        # A table must not be last either. A point high, it begins no empty page.
        last = paragraph([], "Between")
        last.pPr.append(element("spacing", line=20, lineRule="exact"))
        end.addprevious(last)


def _end_section(body: Any) -> None:
    """End a section: its properties belong to its last paragraph."""
    body.sectPr.getprevious().pPr.append(deepcopy(body.sectPr))


def _set_page(section: Any, page: Page) -> None:
    width, height = page.size
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.orientation = WD_ORIENT.LANDSCAPE if page.landscape else WD_ORIENT.PORTRAIT
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance = section.footer_distance = EDGE
    section.gutter = 0


def _resize(file: Any, paper_size: str) -> None:
    """Set all pages to "Letter". Its lines are longer than those of A4, so all tables fit."""
    if paper_size != "Letter":
        return
    for section in file.sections:
        across, up = sorted(
            (LETTER_WIDTH, LETTER_HEIGHT), reverse=section.page_width > section.page_height
        )
        section.page_width, section.page_height = across, up


def _head_and_foot(file: Any, *, marking: str, reference: str) -> None:
    """Add the marking to headers and footers, and the reference and page number to footers."""
    first = file.sections[0]
    numbers = paragraph([Piece(f"{reference} · page ")], "Footer")
    numbers.extend([*field("PAGE"), element("r", text(" of ")), *field("NUMPAGES")])
    _fill(first.header, paragraph([Piece(marking)], "Marking"))
    _fill(first.footer, paragraph([Piece(marking)], "Marking"), numbers)
    for section in list(file.sections)[1:]:
        # Repeated in each section, as not all programs inherit headers from the previous section.
        for place, reference in enumerate(
            first._sectPr.xpath("w:headerReference | w:footerReference")
        ):
            section._sectPr.insert(place, deepcopy(reference))


def _fill(story: Any, *blocks: Any) -> None:
    story.is_linked_to_previous = False
    holder = story.paragraphs[0]._p
    for block in blocks:
        holder.addprevious(block)
    holder.getparent().remove(holder)


def _describe(
    file: Any, *, title: str, subject: str, author: str, reference: str, language: str, dated: date
) -> None:
    day = datetime.combine(dated, time(), UTC).replace(tzinfo=None)
    properties = file.core_properties
    properties.title = _short(title)
    properties.subject = _short(subject)
    properties.author = properties.last_modified_by = _short(author)
    properties.identifier = _short(reference)
    properties.language = language
    properties.created = properties.modified = day
    properties.revision = 1


def _short(words: str) -> str:
    """Shorten text to the maximum length of a document property."""
    return words if len(words) <= PROPERTY else f"{words[: PROPERTY - 1]}…"


def _tables(document: Document) -> dict[str, Node]:
    """Return, by annex key, a table for each timeline chart that has no figures beside it."""
    return {
        annex.key: parse_html(
            render_to_string(
                "reports/render/paper/timeline_table.html",
                {"rows": [(row, charts.slip_words(row.milestone)) for row in annex.timeline]},
            )
        )
        for annex in document.annexes
        if isinstance(annex, ProgressPicture) and annex.timeline
    }


def _height_of_mark(data: bytes) -> Length:
    """Return the height at which a mark is as large as in the PDF."""
    size = Image.from_blob(data)
    widest, highest = Mm(MARK_WIDTH * 25.4 / 300), Mm(MARK_HEIGHT * 25.4 / 300)
    return Emu(min(highest, round(widest * size.px_height / size.px_width)))


def blank(looks: CoverDesign = USUAL_DESIGN) -> io.BytesIO:
    """Return an empty file with our numbering, and our styles in the colours of a cover's design."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for place, name in PLACES.items():
            data = REMARKS.sub(b"", (PARTS / name).read_bytes())
            if name == "styles.xml":
                for where, colour in (("val", looks.ink), ("color", looks.rule)):
                    usual, own = (f'w:{where}="{each[1:].upper()}"' for each in (INK, colour))
                    data = data.replace(usual.encode(), own.encode())
            package.writestr(place, data)
    file.seek(0)
    return file


def _bytes(file: Any) -> bytes:
    """Return the file's bytes without the time of saving."""
    saved, dateless = io.BytesIO(), io.BytesIO()
    file.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(dateless, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return dateless.getvalue()
