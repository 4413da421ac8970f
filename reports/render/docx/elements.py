"""WordprocessingML elements: paragraphs, runs and fields, children in the schema's order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from reports.render.docx.html_tree import BREAK, Piece

# Word's language tags, by those in the paper.
LANGUAGES = {"mi": "mi-NZ"}


def element(tag: str, *children: Any, **attributes: object) -> Any:
    """Return `<w:tag w:name="value">` with its children. Children that are None are left out."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    for child in children:
        if child is not None:
            made.append(child)
    return made


def run(piece: Piece) -> Any:
    looks = [
        *([element("b"), element("bCs")] if piece.bold else []),
        *([element("lang", val=LANGUAGES[piece.lang])] if piece.lang else []),
    ]
    properties = element("rPr", *looks) if looks else None
    if piece.text == BREAK:
        return element("r", properties, element("br"))
    first, *rest = piece.text.split("\t")
    tabbed = [part for words in rest for part in (element("tab"), text(words))]
    return element("r", properties, text(first), *tabbed)


def text(words: str, tag: str = "t") -> Any:
    made = element(tag)
    made.text = words
    if words != words.strip():
        made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def paragraph(
    pieces: Iterable[Piece],
    style: str,
    *,
    number: int | None = None,
    keep_next: bool = False,
    new_page: bool = False,
    before: int | None = None,
) -> Any:
    """Return a paragraph.

    `number` is a list other than the style's, `before` the space above in twentieths of a point.
    """
    properties = element(
        "pPr",
        element("pStyle", val=style),
        element("keepNext") if keep_next else None,
        element("pageBreakBefore") if new_page else None,
        element("numPr", element("ilvl", val=0), element("numId", val=number)) if number else None,
        element("spacing", before=before) if before is not None else None,
    )
    return element("p", properties, *(run(piece) for piece in pieces))


def mark(block: Any, name: str, number: int) -> None:
    """Put the text of a paragraph into a bookmark. `number` is unique in the file."""
    start = element("bookmarkStart", id=number, name=name)
    block.pPr.addnext(start)
    block.append(element("bookmarkEnd", id=number))


def cell(width: int, blocks: Sequence[Any], *, across: int = 1, merge: str = "") -> Any:
    """Return a table cell that spans `across` columns.

    `merge` starts ("restart") or continues ("continue") a vertical merge.
    """
    return element(
        "tc",
        element(
            "tcPr",
            element("tcW", w=width, type="dxa"),
            element("gridSpan", val=across) if across > 1 else None,
            element("vMerge", val=merge) if merge else None,
        ),
        # Word rejects a cell without a paragraph.
        *(blocks or [paragraph([], "CellText")]),
    )


def field(instruction: str) -> list[Any]:
    """Return a field that Word computes, in the long form that all programs support."""
    return [
        element("r", element("fldChar", fldCharType="begin")),
        element("r", text(f" {instruction} ", "instrText")),
        element("r", element("fldChar", fldCharType="separate")),
        element("r", text("1")),
        element("r", element("fldChar", fldCharType="end")),
    ]


def align(block: Any, where: str) -> None:
    block.pPr.append(element("jc", val=where))


def keep_with_next(block: Any) -> None:
    """Keep an existing paragraph on the same page as the next one."""
    properties = block.pPr
    if properties.find(qn("w:keepNext")) is None:
        properties.insert(1, element("keepNext"))
