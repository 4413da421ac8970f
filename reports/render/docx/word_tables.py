"""The paper's tables in Word: column widths from the stylesheet, repeated heads, unbroken rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from reports.render.docx.elements import align, cell, element
from reports.render.docx.html_tree import Node
from reports.render.html import SHEETS

_WIDTH = re.compile(r"\.([\w-]+) col\.([\w-]+) \{ width: ([\d.]+)%")
# Alignment of all columns but the first, by the table's class.
ALIGNED = {"paper-counts": "right", "paper-feedback": "center"}

# Width of a bold letter in a wide typeface, by its size. The typeface is the reader's.
LETTER = 0.66

Fill = Callable[[Node, str], list[Any]]


def table(node: Node, width: int, name: str, fill: Fill) -> Any:
    """Return a table of `width` twentieths of a point.

    `name` is its text alternative; `fill` returns a cell's blocks.
    """
    heads = [row for part in node.elements("thead") for row in part.elements("tr")]
    rows = [row for part in node.elements("tbody") for row in part.elements("tr")]
    grid = "paper-grid" in node.classes
    layout = _Layout(
        widths=_roomy(_widths(node, width), heads, grid),
        styles=("GridHeading", "GridText") if grid else ("CellHeading", "CellText"),
        align=next((ALIGNED[each] for each in node.classes if each in ALIGNED), ""),
        fill=fill,
    )
    return element(
        "tbl",
        _properties(
            "PaperGrid" if grid else "PaperFacts",
            layout.widths,
            name=name,
            headed=bool(heads),
            labelled=bool(rows) and rows[0].elements("th", "td")[0].tag == "th",
        ),
        _columns(layout.widths),
        *(layout.row(row, repeated=True) for row in heads),
        *(layout.row(row) for row in rows),
    )


def boxes(style: str, widths: Sequence[int], row: Any) -> Any:
    """Return a table of one row, used for layout."""
    return element("tbl", _properties(style, widths), _columns(widths), row)


class _Layout:
    """Writes a table's rows, and keeps track of cells that span several rows."""

    def __init__(
        self, *, widths: list[int], styles: tuple[str, str], align: str, fill: Fill
    ) -> None:
        self.widths = widths
        self._heading, self._text = styles
        self._align = align
        self._fill = fill
        self._reaching: dict[int, int] = {}  # column: number of further rows that its cell spans

    def row(self, node: Node, *, repeated: bool = False) -> Any:
        made = element(
            "tr",
            element("trPr", element("cantSplit"), element("tblHeader") if repeated else None),
        )
        column = 0
        for entry in node.elements("th", "td"):
            column = self._pass(made, column)
            across = int(entry.attributes.get("colspan", "1"))
            down = int(entry.attributes.get("rowspan", "1"))
            made.append(self._cell(entry, column, across, down))
            if down > 1:
                self._reaching[column] = down - 1
            column += across
        self._pass(made, column)
        return made

    def _cell(self, node: Node, column: int, across: int, down: int) -> Any:
        blocks = self._fill(node, self._heading if node.tag == "th" else self._text)
        if self._align and column:
            for block in blocks:
                align(block, self._align)
        return cell(
            sum(self.widths[column : column + across]),
            blocks,
            across=across,
            merge="restart" if down > 1 else "",
        )

    def _pass(self, made: Any, column: int) -> int:
        """Skip columns covered by a cell above; add the continuation cells that Word requires."""
        while self._reaching.get(column):
            self._reaching[column] -= 1
            made.append(cell(self.widths[column], [], merge="continue"))
            column += 1
        return column


def _properties(
    style: str,
    widths: Sequence[int],
    *,
    name: str = "",
    headed: bool = False,
    labelled: bool = False,
) -> Any:
    return element(
        "tblPr",
        element("tblStyle", val=style),
        element("tblW", w=sum(widths), type="dxa"),
        element("tblLayout", type="fixed"),
        # Marks title cells, for styling and for screen readers.
        element(
            "tblLook",
            val=f"{0x600 | 0x20 * headed | 0x80 * labelled:04X}",
            firstRow=int(headed),
            lastRow=0,
            firstColumn=int(labelled),
            lastColumn=0,
            noHBand=1,
            noVBand=1,
        ),
        element("tblCaption", val=name) if name else None,
    )


def _columns(widths: Sequence[int]) -> Any:
    return element("tblGrid", *(element("gridCol", w=width) for width in widths))


def _widths(node: Node, width: int) -> list[int]:
    """Return column widths: the stated shares, and equal parts of the rest."""
    columns = [column for group in node.elements("colgroup") for column in group.elements("col")]
    stated = [_share(node, column) for column in columns]
    rest = max(100 - sum(filter(None, stated)), 0) / max(stated.count(None), 1)
    shares = [rest if share is None else share for share in stated]
    return [round(width * share / sum(shares)) for share in shares]


def _roomy(widths: list[int], heads: Iterable[Node], grid: bool) -> list[int]:
    """Return widths in which no word of a heading is broken. Wider columns give the room."""
    size, sides = (18, 120) if grid else (20, 230)  # half points; cell margins in twentieths
    least = [0] * len(widths)
    for head in heads:
        for column, cell_node in enumerate(head.elements("th", "td")):
            longest = max(map(len, cell_node.words().split()), default=0)
            if column < len(least):
                least[column] = max(least[column], round(longest * size * 10 * LETTER) + sides)
    missing = sum(max(need - have, 0) for need, have in zip(least, widths, strict=True))
    spare = [max(have - need, 0) for need, have in zip(least, widths, strict=True)]
    if not missing or sum(spare) < missing:
        return widths
    return [
        round(max(have, need) - free * missing / sum(spare))
        for need, have, free in zip(least, widths, spare, strict=True)
    ]


def _share(node: Node, column: Node) -> float | None:
    if own := column.attributes.get("width"):
        return float(own.rstrip("%"))
    for name in node.classes:
        for kind in column.classes:
            if (name, kind) in _stated():
                return _stated()[name, kind]
    return None


@cache
def _stated() -> dict[tuple[str, str], float]:
    """Return column widths of the paper's stylesheet in percent, by class of table and column."""
    css = Path(str(finders.find(SHEETS[0]))).read_text(encoding="utf-8")
    return {(table, column): float(share) for table, column, share in _WIDTH.findall(css)}
