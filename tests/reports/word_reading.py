"""Reads a Word file with python-docx, and the paper's HTML, each as lines of text."""

import io
import re
from collections import Counter
from html.parser import HTMLParser

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph

from reports.render.docx import blank, write
from reports.render.html import document_html

BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "td",
    "th",
    "div",
    "section",
    "header",
    "ul",
    "ol",
    "table",
}


class PaperBlocks(HTMLParser):
    """Collects the visible text of the HTML, one line for each block, without pictures."""

    def __init__(self, html):
        super().__init__()
        self.lines = [""]
        self.unseen = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.unseen += tag in ("head", "svg")
        if tag in BLOCKS:
            self.lines.append("")
        if tag == "br":
            self.lines[-1] += " "

    def handle_endtag(self, tag):
        self.unseen -= tag in ("head", "svg")
        if tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data):
        if not self.unseen:
            self.lines[-1] += data


def folded(lines):
    return [
        words for words in (re.sub(r"[ \t\n]+", " ", line).strip(" ") for line in lines) if words
    ]


def paper_lines(document):
    return folded(PaperBlocks(document_html(document)).lines)


def opened(data):
    return docx.Document(io.BytesIO(data))


def is_timeline(block):
    return isinstance(block, Table) and "Promised" in [cell.text for cell in block.rows[0].cells]


def word_lines(file):
    """Return the file's text, one line for each paragraph, without tables that replace charts."""
    lines = []
    for block in file.iter_inner_content():
        if isinstance(block, Table):
            if not is_timeline(block):
                cells = block._tbl.iter_tcs()
                lines += [
                    WordParagraph(p, file).text for c in cells for p in c.iterchildren(qn("w:p"))
                ]
        else:
            lines.append(block.text)
    return folded(lines)


def style_of(file, paragraph):
    return next(style for style in file.styles if style.style_id == paragraph._p.style)


def counted(file):
    """Each numbered paragraph as Word counts: (style, number, words). Only the body's own; cells have none."""
    numbering = file.part.numbering_part.element
    counts = Counter()
    found = []
    for paragraph in file.paragraphs:
        direct = paragraph._p.pPr.numPr
        style = style_of(file, paragraph)
        numbered = (
            direct
            if direct is not None
            else (style.element.pPr.numPr if style.element.pPr is not None else None)
        )
        if numbered is None:
            continue
        number = numbering.num_having_numId(numbered.numId.val)
        kind = number.abstractNumId.val
        level = 0 if numbered.ilvl is None else numbered.ilvl.val
        shape = numbering.xpath(
            f"w:abstractNum[@w:abstractNumId='{kind}']/w:lvl[@w:ilvl='{level}']"
        )[0]
        shape_name = shape.find(qn("w:numFmt")).get(qn("w:val"))
        if shape_name == "bullet":
            found.append((style.name, shape.find(qn("w:lvlText")).get(qn("w:val")), paragraph.text))
            continue
        starts = number.xpath("w:lvlOverride/w:startOverride/@w:val")
        if starts and ("started", number.numId) not in counts:
            counts["started", number.numId] = 1
            counts[kind] = int(starts[0]) - 1
        counts[kind] += 1
        found.append((style.name, counts[kind], paragraph.text))
    return found


def written(html):
    file = docx.Document(blank())
    write(html, file, tables={})
    return file
