"""Milestones in a tracker's columns and lines. No Django.

Columns belong together as "Milestone 1, Due 1, Milestone 2, Due 2" or as one milestone a row; and one
cell may have several milestones, one a line.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from workitems.intake.tracker.date_words import read_date
from workitems.intake.tracker.guess import Mapping
from workitems.intake.tracker.headings import DATES, Field
from workitems.terms.known_dates import KnownDate

BULLET = re.compile(r"^\s*(?:[-–—•*·\u25aao●]\s+|\(?\d{1,2}[.)]\s+|\(?[a-z][.)]\s+)")
# A date at the end of a line: "Draft ready – June 2027", "Draft ready (30/6/2027)", "Draft by Q2 2027".
AT_END = re.compile(
    r"^(.*?)(?:\s*[:–—(\[,;]\s*|\s+-\s+|\s+(?:by|due|in|on)\s+)([^:–—(\[;]{3,25})[)\]]?\s*$"
)
AT_START = re.compile(r"^([^:–—]{3,25}?)\s*(?::|–|—|\s-\s)\s*(.+)$")


@dataclass(frozen=True)
class Group:
    """The columns of one milestone of a row; 0 means none. `name` describes a milestone without a column for it."""

    what: int = 0
    dates: dict[Field, int] = field(default_factory=dict)
    responsible: int = 0
    name: str = ""

    @property
    def columns(self) -> set[int]:
        return {self.what, self.responsible, *self.dates.values()} - {0}


def groups_of(mapping: Mapping) -> list[Group]:
    """Return the groups of columns, one for each milestone that a row can have."""
    whats = mapping.columns(Field.MILESTONE)
    responsible = mapping.columns(Field.RESPONSIBLE)
    by_kind = {kind: mapping.columns(kind) for kind in DATES}
    if not whats:
        return _by_dates(mapping, by_kind, responsible)
    groups = [Group(what, {}, 0) for what in whats]
    used: set[int] = set()
    for kind, columns in by_kind.items():
        for index, column in _paired(columns, whats):
            if kind not in groups[index].dates:
                groups[index].dates[kind] = column
                used.add(column)
    for index, column in _paired(responsible, whats):
        if not groups[index].responsible:
            groups[index] = Group(whats[index], groups[index].dates, column)
    rest = {
        kind: [column for column in columns if column not in used]
        for kind, columns in by_kind.items()
    }
    return groups + [group for group in _by_dates(mapping, rest, []) if group.dates]


def _by_dates(
    mapping: Mapping, by_kind: dict[Field, list[int]], responsible: list[int]
) -> list[Group]:
    """Return groups of date columns alone. If several are due dates, their headings say what is due."""
    count = max(len(columns) for columns in by_kind.values())
    several = len(by_kind[Field.DUE]) > 1
    groups = []
    for index in range(count):
        columns = {kind: found[index] for kind, found in by_kind.items() if index < len(found)}
        name = ""
        if several and Field.DUE in columns:
            name = mapping.headings.by_column.get(columns[Field.DUE], "")
        groups.append(Group(0, columns, responsible[0] if responsible and not index else 0, name))
    return groups


def _paired(columns: list[int], whats: list[int]) -> list[tuple[int, int]]:
    """Return (index of the milestone, column): one to one in order, else the nearest to the left."""
    if len(columns) == len(whats):
        return list(enumerate(columns))
    return [(max(0, sum(what <= column for what in whats) - 1), column) for column in columns]


def lines_of(text: str) -> list[str]:
    """Return the lines of a cell without bullets and numbers."""
    return [line for line in (BULLET.sub("", part).strip() for part in text.split("\n")) if line]


def split_line(text: str, near: date) -> tuple[str, KnownDate | None]:
    """Return a line's words and its date, if it surely has one at its end or its start."""
    line = " ".join(text.split())
    if (match := AT_END.match(line)) and match[1].strip():
        read = read_date(match[2].strip(), near)
        if read.is_sure and read.best:
            return match[1].strip(" ,:;–—-"), read.best
    if match := AT_START.match(line):
        read = read_date(match[1].strip(), near)
        if read.is_sure and read.best:
            return match[2].strip(), read.best
    return text, None
