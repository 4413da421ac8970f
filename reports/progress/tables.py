"""A table that somebody takes away: plain data, written by `render.xlsx` and `render.csv`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | date | None


class Kind(StrEnum):
    """What a column holds. Text is wrapped and is text whatever it begins with."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """`width` is in characters. An empty cell is None or ""."""

    title: str
    width: int = 14
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`name` is for the file and the tab; `about` says of what it is: ("As at", "30 July 2010").
    `marking` is printed at the head of every page."""

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
        """Of all columns, in characters."""
        return sum(column.width for column in self.columns)
