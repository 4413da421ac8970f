"""Converts the paper's blocks to Word paragraphs and tables.

Elements and classes of `templates/reports/paper/` select the styles, which are in
`parts/styles.xml`. A chart is a picture beside the table of its figures, which can be edited.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.render.docx.elements import cell, element, keep_with_next, mark, paragraph
from reports.render.docx.html_tree import Node, Piece, pieces
from reports.render.docx.keys import SECTION, bookmark_of
from reports.render.docx.word_tables import boxes, table
from reports.render.pdf import PICTURE, RenderRefused

HEADINGS = {"h1": "Title", "h2": "Heading1", "h3": "Heading2", "h4": "Heading3"}
STYLES = {
    "paper-plan": "PlanTitle",
    "paper-kind": "PaperKind",
    "paper-to": "Addressee",
    "paper-options": "DecisionOptions",
    "paper-asat": "AsAt",
    "paper-note": "Note",
    "paper-stands": "ItemStanding",
    "paper-official": "OfficialWording",
    "paper-said": "ItemText",
    "letter-apart": "LetterApart",
    "letter-subject": "LetterSubject",
    "letter-text": "LetterText",
    "letter-quote": "LetterQuote",
    "letter-signed": "LetterSigned",
}
NUMBERED, LISTED = "NumberedParagraph", "ListNumber"
BULLETS = ("ListBullet", "ListBullet2")
# In twentieths of a point: the comments box, the space for a signature, and one line of a name.
COMMENTS_HEIGHT, SIGNATURE_ROOM, LINE = 2240, 1840, 304
COMMENTS_BELOW_LETTERHEAD = 1300

# Beside a mark, in the same; and how many of Word's units of drawings that is.
MARK_GAP, EMU_IN_TWENTIETH = 360, 635

Blocks = list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An A4 page with margins in millimetres, as `@page` in static/paper/pdf.css."""

    top: int
    right: int
    bottom: int
    left: int
    landscape: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return (297, 210) if self.landscape else (210, 297)

    @property
    def text_width(self) -> int:
        """In twentieths of a point."""
        return round((self.size[0] - self.left - self.right) * 1440 / 25.4)


PLAIN = Page(top=24, right=24, bottom=23, left=27)
PAGES = {
    "paper-upright": Page(top=20, right=20, bottom=18, left=20),
    "paper-wide": Page(top=21, right=18, bottom=19, left=18, landscape=True),
}


@dataclass(slots=True)
class Part:
    """Blocks on pages of one layout: a section in Word."""

    page: Page
    blocks: Blocks = field(default_factory=list)


class Writer:
    """Fills `parts`. Raises `RenderRefused` for unknown elements.

    `new_numbers(style, start)` creates another list of a style and returns its number. `tables`
    maps annex keys to the tables of their charts' figures. `draw(chart, width)` returns a chart as a
    run, or None if it cannot be drawn. `picture(data, alt)` adds a PNG and returns its drawing.
    """

    def __init__(
        self,
        *,
        new_numbers: Callable[[str, int], int],
        tables: Mapping[str, Node],
        draw: Callable[[Node, int], Any] | None = None,
        picture: Callable[[bytes, str], Any],
    ) -> None:
        self.parts = [Part(PLAIN)]
        self._new_numbers = new_numbers
        self._tables = dict(tables)
        self._draw = draw
        self._place = picture
        self._comments_height = COMMENTS_HEIGHT
        self._counts = {NUMBERED: 0, LISTED: 0}
        self._new_page = False
        self._heading = ""
        self._annex = ""
        self._sections = self._marks = 0

    @property
    def _width(self) -> int:
        return self.parts[-1].page.text_width

    def flow(self, nodes: Iterable[Node | str], into: Blocks, style: str = "Normal") -> None:
        """Write the nodes. Text without a style of its own becomes paragraphs in `style`."""
        blocks = list(_grouped(nodes))
        tabled = any(block.tag == "table" for block in blocks)
        for block in blocks:
            if block.tag == "svg":
                self._picture(block, into, tabled)
            else:
                self._block(block, into, style)

    def _block(self, node: Node, into: Blocks, style: str) -> None:
        if node.tag == "p":
            self._words(node, into, _style(node, style))
        elif node.tag in HEADINGS:
            self._heading = node.words()
            self._words(node, into, _style(node, HEADINGS[node.tag]))
            if node.tag == "h2" and self._sections:
                self._mark(into[-1], f"{SECTION}{self._sections}")
        elif node.tag in ("ol", "ul"):
            self._list(node, into, depth=0)
        elif node.tag == "table":
            self._table(node, into)
        elif "paper-letterhead" in node.classes:
            self._letterhead(node, into)
        elif "paper-comments" in node.classes:
            self._comments(node, into)
        elif "paper-signoffs" in node.classes:
            self._sign_offs(node, into)
        elif "paper-annex" in node.classes:
            self._start_annex(node)
        else:
            self._sections += "paper-section" in node.classes
            self._new_page = self._new_page or "paper-heading" in node.classes
            self.flow(node.children, into, style)

    def _words(self, node: Node, into: Blocks, style: str, **looks: Any) -> None:
        language = looks.pop("lang", "")
        if found := pieces(node.children, RenderRefused):
            for piece in found:
                piece.lang = piece.lang or language
            into.append(paragraph(found, style, new_page=self._new_page, **looks))
            self._new_page = False

    # --- lists -----------------------------------------------------------------------------

    def _list(self, node: Node, into: Blocks, depth: int) -> None:
        items = node.elements("li")
        if node.tag == "ul":
            for item in items:
                self._item(item, into, BULLETS[depth], depth=depth)
            return
        style = NUMBERED if "paper-paragraphs" in node.classes else LISTED
        start = int(node.attributes.get("start", "1"))
        number = None
        if start != self._counts[style] + 1:
            number = self._new_numbers(style, start)
        else:
            self._counts[style] += len(items)
        for item in items:
            self._item(item, into, style, number=number)

    def _item(
        self, item: Node, into: Blocks, style: str, *, number: int | None = None, depth: int = -1
    ) -> None:
        """Write a list item: number or bullet at its first text, further blocks indented."""
        own: Blocks = []
        for block in _grouped(item.children):
            if block.tag == "ul":
                self._list(block, own, depth + 1)
            elif block.tag != "p":
                raise RenderRefused(f"A Word file cannot have this inside a list: {block.tag}.")
            elif not own:
                self._words(block, own, style, number=number)
            else:
                self._words(block, own, _style(block, "ListContinue"))
        if style == LISTED:
            for block in own[:-1]:
                keep_with_next(block)
        if own and (name := bookmark_of(item.attributes.get("id", ""))):
            self._mark(own[0], name)
        into.extend(own)

    def _mark(self, block: Any, name: str) -> None:
        self._marks += 1
        mark(block, name, self._marks)

    # --- tables, comments and signatures ----------------------------------------------------

    def _table(self, node: Node, into: Blocks) -> None:
        name = self._heading
        for caption in node.elements("caption"):
            name = caption.words()
            self._words(caption, into, "Caption")
        into.append(table(node, self._width, name, self._cell))

    def _cell(self, node: Node, style: str) -> Blocks:
        """Return the blocks of a cell. A chart in one is left out: the words beside it are its text alternative."""
        blocks: Blocks = []
        children = (each for each in node.children if isinstance(each, str) or each.tag != "svg")
        self.flow(children, blocks, style)
        return blocks

    def _picture(self, node: Node, into: Blocks, is_tabled: bool) -> None:
        """Write a chart as a picture, with the table of its figures unless that is beside it."""
        drawn = self._draw(node, self._width) if self._draw else None
        if drawn is not None:
            into.append(paragraph([], "Chart", keep_next=True))
            into[-1].append(drawn)
        if is_tabled:
            return
        if substitute := self._tables.pop(self._annex, None):
            self.flow(substitute.children, into)
        elif drawn is None:
            for title in node.elements("title"):
                self._words(title, into, "Note")

    def _letterhead(self, node: Node, into: Blocks) -> None:
        """Write the mark and the names side by side, with a rule below them."""
        self._comments_height = COMMENTS_BELOW_LETTERHEAD
        cells: Blocks = []
        widths: list[int] = []
        for part in node.elements("div"):
            blocks: Blocks = []
            for image in part.elements("img"):
                data = b64decode(image.attributes["src"].removeprefix(PICTURE))
                drawing = element("drawing")
                drawing.append(self._place(data, image.attributes["alt"]))
                blocks.append(element("p", element("r", drawing)))
                widths.append(round(drawing[0].extent.cx / EMU_IN_TWENTIETH) + MARK_GAP)
            for name in part.elements("p"):
                style = "MinistryBeside" if blocks else "Ministry"
                self._words(name, blocks, style, lang=name.attributes.get("lang", ""))
            if not part.elements("img"):
                widths.append(self._width - sum(widths))
            cells.append(
                element(
                    "tc",
                    element(
                        "tcPr",
                        element("tcW", w=widths[-1], type="dxa"),
                        element("vAlign", val="center"),
                    ),
                    *blocks,
                )
            )
        into.append(boxes("PaperPlain", widths, element("tr", element("trPr"), *cells)))
        into.append(paragraph([], "LetterheadRule"))

    def _comments(self, node: Node, into: Blocks) -> None:
        """Write a box with space for comments."""
        row = element(
            "tr",
            element(
                "trPr",
                element("cantSplit"),
                element("trHeight", val=self._comments_height, hRule="atLeast"),
            ),
            cell(self._width, self._cell(node, "CellHeading")),
        )
        into.append(boxes("PaperFacts", [self._width], row))

    def _sign_offs(self, node: Node, into: Blocks) -> None:
        """Write the signatories side by side, on the same page as each other and the text above."""
        gap = self._width // 12
        people = node.elements("div")
        width = (self._width - gap * (len(people) - 1)) // len(people)
        cells: Blocks = []
        widths: list[int] = []
        for person in people:
            if cells:
                widths.append(gap)
                cells.append(cell(gap, []))
            widths.append(width)
            cells.append(cell(width, self._signatory(person)))
        keep_with_next(into[-1])
        row = element("tr", element("trPr", element("cantSplit")), *cells)
        into.append(boxes("PaperPlain", widths, row))

    def _signatory(self, person: Node) -> Blocks:
        blocks: Blocks = []
        for who in person.elements("div"):
            for line in who.elements("p"):
                self._words(line, blocks, "SignerLine" if blocks else "Signer")
        room = max(SIGNATURE_ROOM - LINE * len(blocks), LINE)
        for line in person.elements("p"):
            words = [label.words() for label in line.elements("span")]
            blocks.append(paragraph([Piece("\t".join(words))], "SignatureLine", before=room))
        return blocks

    def _start_annex(self, node: Node) -> None:
        self._sections = 0
        page = next((PAGES[name] for name in node.classes if name in PAGES), PLAIN)
        self.parts.append(Part(page))
        self._annex = node.attributes.get("id", "")
        self.flow(node.children, self.parts[-1].blocks)


def _grouped(nodes: Iterable[Node | str]) -> Iterator[Node]:
    """Yield blocks, with inline nodes between them grouped into paragraphs."""
    loose: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str) or not node.is_block:
            loose.append(node)
            continue
        if loose:
            yield Node("p", children=loose)
            loose = []
        yield node
    if loose:
        yield Node("p", children=loose)


def _style(node: Node, otherwise: str) -> str:
    return next((STYLES[name] for name in node.classes if name in STYLES), otherwise)
