"""Find the headings of a sheet, and guess what each column becomes. No Django.

A guess is shown to a person, who changes it, so it may be wrong; it is never a fault.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from workitems.intake.tracker.colour_names import filled_in_words
from workitems.intake.tracker.date_words import moved_dates, read_date
from workitems.intake.tracker.grid import Cell, Sheet, letters
from workitems.intake.tracker.headings import DATES, ONCE, Field, field_of, is_vague, shape_of
from workitems.intake.tracker.words import (
    Agencies,
    is_blank,
    read_done,
    read_kind,
    read_status,
    read_timeframe,
    read_yes,
)

ROWS_SEARCHED = 40
MOST_HEADING_ROWS = 3
VALUES_LOOKED_AT = 60
SAMPLES = 3
LONG = 40
TEXTS = (Field.TITLE, Field.ACTION, Field.MILESTONE)
# What a list of people has no headings for.
OF_A_PLAN = {
    *DATES,
    Field.NUMBER,
    Field.PILLAR,
    Field.ACTION,
    Field.OBJECTIVE,
    Field.STATUS,
    Field.MILESTONE,
    Field.PROGRESS,
}
# Names of sheets whose rows are no longer the plan.
ARCHIVE = re.compile(
    r"\b(?:archived?|old|superseded|obsolete|backup|historical?|history|previous|do not use|deleted|"
    r"copy of)\b",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[^\s<>(),;:|\"']+@[^\s<>(),;:|\"']+\.[^\s<>(),;:|\"'.]+")


class Sureness(StrEnum):
    """How sure it is what a column becomes, and why."""

    HEADING = "heading"
    VALUES = "values"
    GUESS = "guess"
    UNKNOWN = "unknown"
    HIDDEN = "hidden"
    CHOSEN = "chosen"


class Unread(StrEnum):
    """Why a sheet is not read unless a person says so."""

    HIDDEN = "hidden"
    ARCHIVE = "archive"
    PEOPLE = "people"
    HEADINGS = "headings"
    EMPTY = "empty"


@dataclass(frozen=True)
class Headings:
    """The rows of a sheet's headings (none: 0 and 0), and each column's heading."""

    first: int = 0
    last: int = 0
    by_column: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    index: int
    heading: str
    samples: tuple[str, ...]
    count: int
    is_hidden: bool

    @property
    def letter(self) -> str:
        return letters(self.index)


@dataclass(frozen=True)
class Mapping:
    """How a sheet is read: its headings, and what each of its columns becomes."""

    is_read: bool
    headings: Headings
    fields: dict[int, Field]
    sureness: dict[int, Sureness] = field(default_factory=dict)
    unread: Unread | None = None

    def sureness_of(self, column: int) -> Sureness:
        """Return how sure a column's field is: as a person chose it where no guess is left."""
        return self.sureness.get(column, Sureness.CHOSEN)

    @property
    def shape(self) -> str:
        return shape_of(text for _, text in sorted(self.headings.by_column.items()))

    def columns(self, *fields: Field) -> list[int]:
        return sorted(index for index, found in self.fields.items() if found in fields)

    def with_fields(self, fields: dict[int, Field]) -> "Mapping":
        same = {index for index, found in fields.items() if self.fields.get(index) == found}
        left = {
            index: sure
            for index, sure in self.sureness.items()
            if index not in fields or index in same
        }
        return replace(self, fields=self.fields | fields, sureness=left)

    @property
    def in_order(self) -> list[Field]:
        """What the columns with a heading become, from left to right."""
        return [self.fields.get(index, Field.NOTE) for index in sorted(self.headings.by_column)]

    def with_order(self, fields: list[Field]) -> "Mapping":
        """Return the mapping of the same headings with these fields, from left to right.

        An archive can have the headings of the tracker. It is not read for that.
        """
        columns = sorted(self.headings.by_column)
        read = replace(self, is_read=self.unread != Unread.ARCHIVE)
        return read.with_fields(dict(zip(columns, fields, strict=False)))


def headings_at(sheet: Sheet, first: int, last: int) -> Headings:
    """Return the headings in these rows, those of one column joined."""
    by_column = {}
    for column in range(1, sheet.last_column + 1):
        texts = [cell.text for row in range(first, last + 1) if (cell := sheet.at(row, column))]
        if text := " ".join(dict.fromkeys(" ".join(texts).split("\n"))).strip():
            words = list(dict.fromkeys(t for t in (" ".join(t.split()) for t in texts) if t))
            by_column[column] = " ".join(words) if words else text
    return Headings(first, last, by_column)


def _field_at(sheet: Sheet, headings: Headings, column: int) -> tuple[Field | None, int]:
    """Return what the heading says: its lowest text alone if that is plain, else all of it."""
    found: tuple[Field | None, int] = (None, 0)
    for row in range(headings.last, headings.first - 1, -1):
        if (cell := sheet.at(row, column)) and cell.text:
            found = field_of(cell.text)
            break
    whole = field_of(headings.by_column.get(column, ""))
    return found if found[1] >= whole[1] else whole


def _is_data(cell: Cell) -> bool:
    is_long = len(cell.text) > 80 or bool(EMAIL.search(cell.text))
    return isinstance(cell.value, int | float | date | datetime) or is_long


def _is_title(sheet: Sheet, row: int, last: int) -> bool:
    """Whether a row above the headings in `last` is empty, or one text across all of them."""
    cells = sheet.by_row.get(row, [])
    width = max(cell.column for cell in sheet.by_row[last])
    return not cells or (len(cells) == 1 and sheet.width_of.get(cells[0].at, 1) >= width)


def find_headings(sheet: Sheet) -> Headings:
    """Return the likeliest rows of headings among the first rows, or none."""
    rows = sorted(sheet.by_row)[:ROWS_SEARCHED]
    best, most = Headings(), 0.0
    for first in rows:
        for last in range(first, first + MOST_HEADING_ROWS):
            if last not in sheet.by_row or len(sheet.by_row[last]) < 2:
                continue
            if any(_is_title(sheet, row, last) for row in range(first, last)):
                continue
            cells = [cell for row in range(first, last + 1) for cell in sheet.by_row.get(row, [])]
            headings = headings_at(sheet, first, last)
            found = [_field_at(sheet, headings, column) for column in headings.by_column]
            score = float(sum(strength for _, strength in found)) + len({f for f, _ in found if f})
            score -= 2.0 * sum(map(_is_data, cells)) + 0.6 * (last - first)
            if score > most:
                best, most = headings, score
    kinds = {_field_at(sheet, best, column)[0] for column in best.by_column} - {None}
    if len(kinds) < 2:
        return Headings()
    above = sheet.by_row.get(best.first - 1, [])
    width = max(best.by_column)
    spans = [sheet.width_of.get(cell.at, 1) for cell in above]
    is_group = any(1 < span < width for span in spans) and len(above) > 1
    if (
        is_group
        and best.last - best.first + 1 < MOST_HEADING_ROWS
        and not any(map(_is_data, above))
    ):
        return headings_at(sheet, best.first - 1, best.last)
    return best


def columns_of(sheet: Sheet, headings: Headings) -> list[Column]:
    """Return the columns with content below the headings, with a colour, or with a heading."""
    values: dict[int, list[str]] = {column: [] for column in headings.by_column}
    for (row, column), cell in sorted(sheet.cells.items()):
        if row > headings.last and cell.text:
            values.setdefault(column, []).append(cell.text)
    for column in sheet.varied_columns(headings.last):
        if texts := values.setdefault(column, []):
            continue
        counts = sheet.colours(column, headings.last)
        filled = {colour: filled_in_words(colour) for colour in counts}
        texts += [filled[colour] for colour in counts.elements()]
    return [
        Column(
            column,
            headings.by_column.get(column, ""),
            tuple(list(dict.fromkeys(texts))[:SAMPLES]),
            len(texts),
            column in sheet.hidden_columns,
        )
        for column, texts in sorted(values.items())
    ]


@dataclass
class _Traits:
    """Traits of a column's values, as shares from 0 to 1."""

    count: int
    dates: float
    agencies: float
    statuses: float
    yes: float
    done: float
    kinds: float
    timeframes: float
    distinct: float
    length: float


def _traits_of(cells: Iterable[Cell], agencies: Agencies, near: date) -> _Traits:
    cells = [cell for cell in cells if not is_blank(cell.text)]
    texts = [cell.text for cell in cells]
    count = len(texts)

    def share(found: Iterable[object]) -> float:
        return sum(map(bool, found)) / count if count else 0.0

    return _Traits(
        count,
        share(
            not isinstance(cell.value, int | float)
            and (
                (read := read_date(cell.value, near)).choices
                or read.word
                or moved_dates(cell.text, near)
            )
            for cell in cells
        ),
        share(any(named.short for named in agencies.read(text)) for text in texts),
        share(read_status(text).choices for text in texts),
        share(read_yes(text) is not None for text in texts),
        share(read_done(text)[0] is not None for text in texts),
        share(read_kind(text) for text in texts),
        share(read_timeframe(text) for text in texts),
        len(set(texts)) / count if count else 0.0,
        sum(map(len, texts)) / count if count else 0.0,
    )


def guess(
    sheet: Sheet, agencies: Agencies, near: date, headings: Headings | None = None
) -> Mapping:
    """Guess the mapping of a sheet. `headings` are the rows that a person chose, if any."""
    said_where = headings is not None
    if headings is None:
        headings = Headings() if sheet.is_hidden else find_headings(sheet)
    fields: dict[int, Field] = {}
    strength: dict[int, int] = {}
    traits: dict[int, _Traits] = {}
    for column in columns_of(sheet, headings):
        index = column.index
        cells = [
            c
            for _, c in zip(
                range(VALUES_LOOKED_AT), sheet.column(index, headings.last), strict=False
            )
        ]
        traits[index] = _traits_of(cells, agencies, near)
        found, strength[index] = _field_at(sheet, headings, index)
        fields[index] = (
            Field.NOTE
            if column.is_hidden
            else _by_values(found, column.heading, traits[index], near)
        )
        if found is None and not cells and column.count and not column.is_hidden:
            fields[index] = Field.STATUS  # it is coloured
        if column.is_hidden:
            strength[index] = 0
    guessed = dict(fields)
    _once(fields, strength, traits)
    hidden = sheet.hidden_columns
    _fill_gaps({i: f for i, f in fields.items() if i not in hidden}, fields, strength, traits)
    unread = None
    if not any(cell.text for cell in sheet.cells.values()):
        unread = Unread.EMPTY
    elif not headings.last or not any(f in TEXTS for f in fields.values()):
        unread = Unread.HEADINGS
    elif not said_where:
        unread = _why_unread(sheet, headings)
    sureness = {
        index: _sureness(
            _field_at(sheet, headings, index),
            found,
            guessed[index],
            is_hidden=index in hidden,
            is_vague=is_vague(headings.by_column.get(index, "")),
        )
        for index, found in fields.items()
    }
    return Mapping(unread is None, headings, fields, sureness, unread)


def _why_unread(sheet: Sheet, headings: Headings) -> Unread | None:
    """Return why a sheet with the headings of a tracker is not one, or None."""
    if sheet.is_hidden:
        return Unread.HIDDEN
    if ARCHIVE.search(sheet.name.replace("_", " ")):
        return Unread.ARCHIVE
    said = {_field_at(sheet, headings, column)[0] for column in headings.by_column}
    rows = [cell for cell in sheet.cells.values() if cell.row > headings.last]
    people = {cell.row for cell in rows if EMAIL.search(cell.text)}
    is_of_people = 2 * len(people) > len({cell.row for cell in rows})
    return Unread.PEOPLE if is_of_people and not said & OF_A_PLAN else None


def _sureness(
    said: tuple[Field | None, int],
    found: Field,
    by_values: Field,
    *,
    is_hidden: bool,
    is_vague: bool,
) -> Sureness:
    """Say how sure a field is, by what the heading says with its strength, and by the values."""
    if is_hidden:
        return Sureness.HIDDEN
    if found == said[0] and said[1] > 1:
        return Sureness.VALUES if is_vague else Sureness.HEADING
    if found == Field.NOTE and said[0] is None:
        return Sureness.UNKNOWN
    return Sureness.VALUES if found == by_values else Sureness.GUESS


def _by_values(found: Field | None, heading: str, traits: _Traits, near: date) -> Field:
    """Correct what a heading says by the traits of the column's values."""
    if not traits.count:
        return found or Field.NOTE
    match found:
        case Field.MILESTONE if traits.agencies >= 0.6 and traits.length < LONG:
            return Field.SUPPORTING
        case Field.UPDATED if traits.dates < 0.3:
            return Field.PROGRESS if traits.length > 15 else Field.NOTE
        case Field.COMPLETED if traits.done >= 0.6:
            pass  # "Done?" with yes and no
        case Field.DUE | Field.AGREED | Field.FORECAST | Field.COMPLETED | Field.STARTS:
            if traits.dates < 0.3:
                return Field.STATUS if traits.statuses > 0.5 else Field.NOTE
        case Field.STATUS | Field.PROGRESS | Field.CHALLENGES:
            if traits.statuses >= 0.6 and traits.length < LONG:
                return Field.STATUS
            if found == Field.STATUS and traits.statuses < 0.4:
                return Field.PROGRESS if traits.length > 15 else Field.NOTE
        case Field.TIMEFRAME if traits.timeframes < 0.5:
            return Field.DUE if traits.dates >= 0.5 else Field.NOTE
        case Field.KEY if traits.yes < 0.5:
            return Field.NOTE
        case Field.KIND if traits.kinds < 0.5:
            return Field.NOTE
        case Field.PILLAR if traits.distinct > 0.6 and traits.count > 6:
            return Field.OBJECTIVE if traits.length > 15 else Field.NOTE
        case Field.SUPPORTING if traits.agencies < 0.2 and traits.length > LONG:
            return Field.NOTE
        case Field.NEXT | Field.CAUSE if traits.dates > 0.8:
            return Field.NOTE
        case None:
            dated = read_date(heading, near).choices
            if dated and traits.length > 15:
                return Field.PROGRESS
            if traits.dates >= 0.6:
                return Field.DUE
            if traits.agencies >= 0.6:
                return Field.SUPPORTING
            return Field.STATUS if traits.statuses >= 0.6 else Field.NOTE
    return found


def _once(fields: dict[int, Field], strength: dict[int, int], traits: dict[int, _Traits]) -> None:
    """Leave each field that only one column can have to the likeliest, and demote the others."""
    for kind in ONCE:
        several = [index for index, found in fields.items() if found == kind]
        if len(several) < 2:
            continue
        if kind == Field.LEAD:
            several.sort(
                key=lambda index: (-round(traits[index].agencies, 1), -strength[index], index)
            )
        else:
            several.sort(key=lambda index: (-strength[index], traits[index].count == 0, index))
        for index in several[1:]:
            fields[index] = Field.NOTE
            if kind == Field.TITLE and traits[index].length > 15:
                # Titles that repeat have one row a milestone.
                repeats = traits[several[0]].distinct < 0.9
                fields[index] = Field.MILESTONE if repeats else Field.ACTION
            elif kind == Field.LEAD and traits[index].agencies >= 0.5:
                fields[index] = Field.SUPPORTING


def _fill_gaps(
    seen: dict[int, Field],
    fields: dict[int, Field],
    strength: dict[int, int],
    traits: dict[int, _Traits],
) -> None:
    """Give a title, a lead and a due date to columns that are likeliest to be them."""
    has = Counter(seen.values())
    guessed = [index for index, found in seen.items() if strength[index] == 0]
    if not has[Field.TITLE]:
        for kind in (Field.ACTION, Field.OBJECTIVE, Field.MILESTONE):
            if has[kind]:
                fields[next(index for index, found in seen.items() if found == kind)] = Field.TITLE
                break
        else:
            texts = [
                index for index in seen if seen[index] == Field.NOTE and traits[index].length > 10
            ]
            if texts:
                fields[max(texts, key=lambda index: traits[index].length)] = Field.TITLE
    if not has[Field.LEAD]:
        for index in guessed:
            if seen[index] == Field.SUPPORTING:
                fields[index] = Field.LEAD
                break
    if any(found in DATES for index, found in seen.items() if strength[index]):
        # With a column of due dates that says so, others with dates may be anything.
        for index in guessed:
            if seen[index] == Field.DUE:
                fields[index] = Field.NOTE
