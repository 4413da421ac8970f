"""A table for export as plain data. `render.xlsx` and `render.csv` write it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | date | None


class Kind(StrEnum):
    """The type of a column. Text is wrapped, and stays text even if it looks like a number."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """A column. `width` is in characters. Empty cells are None or ""."""

    title: str
    width: int = 14
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table.

    `name` is used for the file and the tab. `about` describes the content: ("As at", "30 July
    2010"). `marking` is printed in the header of every page.
    """

    name: str
    title: str
    about: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]] = field(repr=False)
    marking: str = ""

    @property
    def about_line(self) -> str:
        return " · ".join(f"{label}: {value}" for label, value in self.about)

    @property
    def width(self) -> int:
        """The width of all columns, in characters."""
        return sum(column.width for column in self.columns)
