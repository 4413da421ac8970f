"""A table for export as plain data. `render.xlsx` and `render.csv` write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from workitems.terms.known_dates import Due

Row = TypeVar("Row")
Value = str | int | Due | None


class Kind(StrEnum):
    """The type of a column. Text is wrapped, and stays text even if it looks like a number. A date
    may be a month or a quarter."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """A column. `width` is in characters. Empty cells are None or ""."""

    title: str
    width: int = 14
    kind: Kind = Kind.TEXT


# A column with its value for a row.
Field = tuple[Column, Callable[[Row], Value]]


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

    @classmethod
    def of(
        cls,
        name: str,
        fields: Sequence[Field[Row]],
        rows: Iterable[Row],
        *,
        about: Sequence[tuple[str, str]],
        title: str = "",
        marking: str = "",
    ) -> Sheet:
        """Return the sheet of these rows. Its title is its name, unless another is given."""
        return cls(
            name=name,
            title=title or name,
            about=about,
            columns=[column for column, _ in fields],
            rows=[[value(row) for _, value in fields] for row in rows],
            marking=marking,
        )

    @property
    def about_line(self) -> str:
        return " · ".join(f"{label}: {value}" for label, value in self.about)

    @property
    def width(self) -> int:
        """The width of all columns, in characters."""
        return sum(column.width for column in self.columns)
