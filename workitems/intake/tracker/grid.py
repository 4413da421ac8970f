"""A spreadsheet as a grid of cells, before anything is made of it. Plain data, no Django."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

# The merged cells of a workbook; more are not what a person made.
MAX_MERGED = 200_000

At = tuple[int, int]


def letters(column: int) -> str:
    """Return "A" for 1, "AA" for 27."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with content. Rows and columns count from 1.

    `text` is what the spreadsheet shows, as far as its number format is understood. `note` is a comment.
    `fault` says why there is no value: an error, or a formula without a saved result. `colour` is that
    of the fill, if it may state a RAG (fill_colours.py).
    """

    row: int
    column: int
    value: Any
    text: str
    note: str = ""
    is_struck: bool = False
    shows_month: bool = False
    fault: str = ""
    colour: str = ""

    @property
    def at(self) -> At:
        return self.row, self.column

    @property
    def address(self) -> str:
        return f"{letters(self.column)}{self.row}"


@dataclass(frozen=True)
class Area:
    """A merged area: first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """A sheet's cells. The value of a merged area belongs to all its rows and columns."""

    name: str
    cells: dict[At, Cell]
    areas: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    # The colours of cells that hold nothing else, and the areas that have conditional formatting.
    fills: dict[At, str] = field(default_factory=dict)
    conditional: list[str] = field(default_factory=list)

    @cached_property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @cached_property
    def last_column(self) -> int:
        return max((column for _, column in self.cells), default=0)

    @cached_property
    def _first_of(self) -> dict[At, At]:
        """The first cell of the merged area by every other place in it."""
        found: dict[At, At] = {}
        for area in self.areas:
            first = (area.top, area.left)
            if first not in self.cells and first not in self.fills:
                continue
            for row in range(area.top, min(area.bottom, self.last_row) + 1):
                for column in range(area.left, min(area.right, self.last_column) + 1):
                    if (row, column) != first and (row, column) not in self.cells:
                        found[row, column] = first
        return found

    def first_of(self, row: int, column: int) -> At:
        """Return the place, or that of the first cell of the merged area that it belongs to."""
        return self._first_of.get((row, column), (row, column))

    @cached_property
    def width_of(self) -> dict[At, int]:
        """How many columns a merged area spans, by its first cell."""
        return {(area.top, area.left): area.right - area.left + 1 for area in self.areas}

    @cached_property
    def by_row(self) -> dict[int, list[Cell]]:
        """The cells of each row with content, from left to right."""
        found: dict[int, list[Cell]] = defaultdict(list)
        for at in sorted(self.cells):
            found[at[0]].append(self.cells[at])
        return dict(found)

    def at(self, row: int, column: int) -> Cell | None:
        """Return the cell, or the one whose merged area it belongs to."""
        found = self.cells.get((row, column))
        if found is None and (first := self._first_of.get((row, column))):
            return self.cells.get(first)
        return found

    @cached_property
    def _colours(self) -> dict[int, list[tuple[int, str]]]:
        """The rows that are filled with a colour, with it, by their column."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for (row, column), colour in self.fills.items():
            if row in self.by_row:
                found[column].append((row, colour))
        for (row, column), cell in self.cells.items():
            if cell.colour:
                found[column].append((row, cell.colour))
        return dict(found)

    def colours(self, column: int, after: int) -> Counter[str]:
        """Count the colours of a column below a row, in rows with content."""
        return Counter(colour for row, colour in self._colours.get(column, ()) if row > after)

    def varied_columns(self, after: int) -> list[int]:
        """Return the columns with two or more of red, amber and green, the most coloured first."""
        counts = {column: self.colours(column, after) for column in self._colours}
        varied = [
            c for c, found in counts.items() if len(found.keys() & {"red", "amber", "green"}) > 1
        ]
        return sorted(varied, key=lambda column: (-counts[column].total(), column))

    def column(self, column: int, after: int) -> Iterator[Cell]:
        """Yield the cells of a column below a row."""
        for row in self.by_row:
            if row > after and (cell := self.cells.get((row, column))) and cell.text:
                yield cell


@dataclass(frozen=True)
class Tracker:
    """The sheets of a file. `how` says how it was read, for the person who chose it."""

    sheets: tuple[Sheet, ...]
    how: str = ""

    @property
    def cells(self) -> Iterator[tuple[Sheet, Cell]]:
        for sheet in self.sheets:
            for cell in sheet.cells.values():
                yield sheet, cell
