"""Kinds of cell values: how each kind is read, compared, written and described.

`read` converts a cell's raw value or raises `InvalidCell`. `normal` converts a stored value to what
`read` would return for it, so that the two can be compared. `cell` converts a value to what is
written. Kinds do not depend on sheets.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.typed.characters import fault_of
from agencies.typed.typed_dates import NotADay, read_day
from workitems.measures.typed_numbers import NotANumber, as_typed, read_number, typed
from workitems.models.item import AS_TOLD_LENGTH, is_item_number
from workitems.terms.as_told import fault_of_phrase
from workitems.terms.known_dates import (
    QUARTERS,
    Due,
    KnownDate,
    KnownTo,
    NotADate,
    NotAQuarter,
    known,
    read_known_date,
)
from workitems.terms.measure_sentence import figure
from workitems.terms.sentence_ends import with_capital

# The maximum length of a cell. openpyxl would truncate longer text silently.
CELL_CHARACTERS = 32_767
# Control characters except tab and line ends, and two characters that XML does not allow.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# How spreadsheets store a carriage return in a cell.
CARRIAGE_RETURN = re.compile("_x000d_|\r(?=\n)", re.IGNORECASE)
# Spreadsheets disagree about the numbers of earlier dates, so these are written as text.
FIRST_SHEET_DAY = date(1900, 3, 1)
YEARS = range(1800, 2201)
SMALL_MAX = 32_767


class InvalidCell(Exception):
    """A cell that cannot be read: the problem and the expected value, as two sentences."""

    def __init__(self, problem: str, right: str) -> None:
        self.problem, self.right = problem, right
        super().__init__(problem)


def clean(text: str) -> str:
    """Normalise line ends to "\\n", remove unprintable characters, and strip the text."""
    if "_" not in text and text.isprintable():
        # Nearly every text of a table, so nothing needs to be looked for.
        return text.strip()
    text = CARRIAGE_RETURN.sub("", text).replace("\r", "\n")
    return UNPRINTABLE.sub("", text).strip()


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def day_words(day: date) -> str:
    # Some platforms do not pad %Y, but our years have four digits (`YEARS`).
    return f"{day.day} {day:%B %Y}"


def shown(raw: object) -> str:
    """Return a cell's raw value as short text for an error message."""
    if isinstance(raw, datetime) and raw.time() == time():
        raw = raw.date()
    if isinstance(raw, KnownDate) and raw.known_to == KnownTo.DAY:
        raw = raw.last_day
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return _("the date {day}").format(day=day_words(raw))
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, int | float):
        return _("the number {number:.15g}").format(number=raw)
    text = one_line(str(raw))
    return f"“{text[:57]}…”" if len(text) > 60 else f"“{text}”"


def join_with_or(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("{others} or {last}").format(others=", ".join(words[:-1]), last=words[-1])


@dataclass(frozen=True)
class Kind:
    """Text of any number of lines, and the base of the other kinds."""

    most: int = CELL_CHARACTERS

    @property
    def right(self) -> str:
        return _("text of at most {most:,} characters.").format(most=self.most)

    def read(self, raw: Any) -> Any:
        if isinstance(raw, bool | date | time | timedelta) or (
            isinstance(raw, float) and not raw.is_integer()
        ):
            raise InvalidCell(
                _("The cell holds {value}, not text.").format(value=shown(raw)),
                _("{right} Format the cell as Text and type it again.").format(right=self.right),
            )
        if isinstance(raw, float):
            raw = int(raw)
        text = str(raw)
        if fault := fault_of(clean(text)):
            raise InvalidCell(fault, self.right)
        if UNPRINTABLE.search(CARRIAGE_RETURN.sub("", text)):
            raise InvalidCell(
                _("{value} holds a control character that cannot be seen.").format(
                    value=with_capital(shown(raw))
                ),
                _("{right} Type it again by hand.").format(right=self.right),
            )
        text = self.normal(text)
        if len(text) > self.most:
            raise InvalidCell(
                _("The text has {count:,} characters.").format(count=len(text)), self.right
            )
        return text

    def normal(self, value: Any) -> Any:
        return clean(value)

    def cell(self, value: Any) -> str | int | date | None:
        return value or None

    def words(self, value: Any) -> str:
        return str(self.cell(value) or "")


@dataclass(frozen=True)
class Line(Kind):
    """Text without line breaks. Runs of spaces are collapsed."""

    most: int = 200

    def normal(self, value: str) -> str:
        return one_line(value)


@dataclass(frozen=True)
class Phrase(Line):
    """A noun phrase for use within sentences (as_told.py)."""

    most: int = AS_TOLD_LENGTH

    @property
    def right(self) -> str:
        return _(
            "a phrase of at most {most} characters as it is used within a sentence, without a full "
            "stop."
        ).format(most=self.most)

    def read(self, raw: Any) -> str:
        phrase = str(super().read(raw))
        if fault := fault_of_phrase(phrase):
            raise InvalidCell(fault, self.right)
        return phrase


@dataclass(frozen=True)
class AgencyName(Line):
    """The short name of an agency. The agency is looked up later, ignoring case."""

    most: int = 30

    @property
    def right(self) -> str:
        return _("the short name of an agency on the sheet Agencies.")

    def read(self, raw: Any) -> str:
        name = super().read(raw)
        if ";" in name:
            raise InvalidCell(
                _("{value} holds a semicolon, which keeps agencies apart.").format(
                    value=shown(name)
                ),
                _("one agency's short name, without a semicolon."),
            )
        return str(name)


@dataclass(frozen=True)
class ItemNumber(Line):
    """An item's number, as text, because spreadsheets treat the numbers 1.1 and 1.10 as equal."""

    most: int = 20

    @property
    def right(self) -> str:
        return _("the number as text, such as 1.10: format the column as Text and type it again.")

    def read(self, raw: Any) -> str:
        if isinstance(raw, float) and not raw.is_integer():
            raise InvalidCell(
                _(
                    "The cell holds {value}, and a spreadsheet takes {number:g} and {number:g}0 for the same."
                ).format(value=shown(raw), number=raw),
                self.right,
            )
        if isinstance(raw, date):
            raise InvalidCell(_("The cell holds {value}.").format(value=shown(raw)), self.right)
        number = str(super().read(raw))
        if number and not is_item_number(number):
            raise InvalidCell(
                _("{value} is not an item number.").format(value=shown(number)),
                _("at most 20 letters, digits, full stops and hyphens, such as 1.10."),
            )
        return number


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number."""

    least: int = 1
    most: int = SMALL_MAX

    @property
    def right(self) -> str:
        return _("a whole number from {least} to {most:,}.").format(
            least=self.least, most=self.most
        )

    def read(self, raw: Any) -> int:
        text = f"{raw:.15g}" if isinstance(raw, float) else str(raw).strip()
        whole = not isinstance(raw, bool | date | time) and re.fullmatch("[0-9]{1,9}", text)
        if not whole or not self.least <= int(text) <= self.most:
            raise InvalidCell(_("The cell holds {value}.").format(value=shown(raw)), self.right)
        return int(text)

    def normal(self, value: int | None) -> int | None:
        return value

    def cell(self, value: int | None) -> int | None:
        return value

    def words(self, value: int | None) -> str:
        return "" if value is None else f"{value:,}"


@dataclass(frozen=True)
class Number(Kind):
    """A number with at most three decimals, as in a return."""

    @property
    def right(self) -> str:
        return _("a number with at most three decimals, such as 1,250 or 4.5.")

    def read(self, raw: Any) -> Decimal:
        try:
            is_number = type(raw) in (int, float)
            return read_number(as_typed(raw) if is_number else super().read(raw))
        except NotANumber as fault:
            problem = _("The cell holds {value}.").format(value=shown(raw))
            raise InvalidCell(problem, str(fault)) from None

    def normal(self, value: Any) -> Any:
        return clean(value) if isinstance(value, str) else value

    def cell(self, value: Any) -> Any:
        return value

    def words(self, value: Decimal) -> str:
        return figure(value)


@dataclass(frozen=True)
class Day(Kind):
    """A date: a date cell, or text in ISO form or as 30/7/2010. With `past`, days after today are refused."""

    past: bool = False

    @property
    def right(self) -> str:
        return _("a date, such as 2010-07-30, or a cell formatted as a date.")

    def read(self, raw: Any) -> date:
        if isinstance(raw, datetime):
            if raw.time() != time():
                raise InvalidCell(
                    _("The cell holds a time of day, {time:%H:%M:%S} on {day}.").format(
                        time=raw, day=day_words(raw)
                    ),
                    _("the date alone."),
                )
            raw = raw.date()
        if isinstance(raw, date):
            return self._in_range(raw)
        if isinstance(raw, str):
            text = clean(raw)
            if re.fullmatch(r"\d{4}-\d\d-\d\d( 00:00:00|T00:00:00)?", text, re.ASCII):
                try:
                    return self._in_range(date.fromisoformat(text[:10]))
                except ValueError:
                    raise InvalidCell(
                        _("{value} is not in the calendar.").format(
                            value=with_capital(shown(text))
                        ),
                        self.right,
                    ) from None
            if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", text, re.ASCII):
                try:
                    return self._in_range(read_day(text))
                except NotADay:
                    pass
            raise InvalidCell(
                _("{value} is not a date.").format(value=with_capital(shown(text))),
                self.right,
            )
        raise InvalidCell(_("The cell holds {value}.").format(value=shown(raw)), self.right)

    def _in_range(self, day: date) -> date:
        if day.year not in YEARS:
            raise InvalidCell(
                _("The year {year} is probably wrong.").format(year=day.year),
                _("a date in the years {first} to {last}.").format(first=YEARS[0], last=YEARS[-1]),
            )
        return day

    def normal(self, value: date | None) -> date | None:
        return value

    def cell(self, value: date | None) -> date | str | None:
        if value is None or value >= FIRST_SHEET_DAY:
            return value
        return value.isoformat()

    def words(self, value: date | None) -> str:
        return "" if value is None else day_words(value)


@dataclass(frozen=True)
class DueDate(Day):
    """A date as in other columns, or a month or quarter as text."""

    @property
    def right(self) -> str:
        return _(
            "a date, such as 2010-07-30; a month, such as July 2010; or a quarter of the calendar year, "
            "such as July to September 2010 or Q3 2010."
        )

    def read(self, raw: Any) -> KnownDate:  # type: ignore[override]
        try:
            due = read_known_date(clean(raw)) if isinstance(raw, str) else None
        except NotAQuarter:
            raise InvalidCell(
                _("{value} is not a quarter.").format(value=with_capital(shown(raw))),
                _("{quarters}, with the year.").format(quarters=QUARTERS),
            ) from None
        except NotADate:
            due = None
        if due is None or due.known_to == KnownTo.DAY:
            return KnownDate(super().read(raw))
        self._in_range(due.last_day)
        return due

    def normal(self, value: Due | None) -> KnownDate | None:  # type: ignore[override]
        return None if value is None else known(value)

    def cell(self, value: KnownDate | None) -> date | str | None:  # type: ignore[override]
        if value is None or value.known_to == KnownTo.DAY:
            return super().cell(value and value.last_day)
        return str(value)

    def words(self, value: KnownDate | None) -> str:  # type: ignore[override]
        return "" if value is None else str(value)


@cache
def workbook_labels(choices: type[TextChoices]) -> dict[str, str]:
    """Return the labels by value as workbooks have them: in English, so that they can be read back."""
    with override("en"):
        return {str(value): str(label) for value, label in choices.choices}


@dataclass(frozen=True)
class Choice(Kind):
    """One of several choices, ignoring case, spaces and hyphens."""

    choices: type[TextChoices] = TextChoices

    @property
    def right(self) -> str:
        return f"{join_with_or(list(workbook_labels(self.choices).values()))}."

    @staticmethod
    def _bare(text: str) -> str:
        return re.sub(r"[\s_\-]+", "", text).casefold()

    def read(self, raw: Any) -> str:
        bare = self._bare(str(raw))
        for value, label in workbook_labels(self.choices).items():
            if bare in (self._bare(value), self._bare(label)):
                return value
        raise InvalidCell(
            _("{value} is not an allowed value.").format(value=with_capital(shown(raw))),
            self.right,
        )

    def normal(self, value: str) -> str:
        return value

    def cell(self, value: str) -> str | None:
        return workbook_labels(self.choices)[value] if value else None


@dataclass(frozen=True)
class YesNo(Kind):
    @property
    def right(self) -> str:
        return _("yes or no.")

    def read(self, raw: Any) -> bool:
        word = str(raw).strip().casefold()
        if word in ("yes", "y", "true"):
            return True
        if word in ("no", "n", "false"):
            return False
        raise InvalidCell(
            _("{value} is neither yes nor no.").format(value=with_capital(shown(raw))),
            self.right,
        )

    def normal(self, value: bool) -> bool:
        return value

    def cell(self, value: bool) -> str:
        return "Yes" if value else "No"


@dataclass(frozen=True)
class AgencyList(Kind):
    """Short names of agencies separated by semicolons, each optionally with its role in brackets."""

    @property
    def right(self) -> str:
        return _(
            "short names of agencies with semicolons between, each perhaps with its role in "
            "brackets: Police (trains staff); Customs."
        )

    def normal(self, value: str) -> str:
        return "; ".join(part for part in map(one_line, clean(value).split(";")) if part)


@dataclass(frozen=True)
class Lines(Kind):
    """Several short texts in one cell, one per line."""

    @property
    def right(self) -> str:
        return _("text; each measure on a line of its own.")

    def normal(self, value: str) -> str:
        return "\n".join(line for line in map(one_line, clean(value).split("\n")) if line)


# "1,700 by June 2027"; of a period "60 in 12 months by June 2027"; of a yes or no "by June 2027".
TARGET = re.compile(r"(?:(?P<number>.+?)(?: in (?P<months>[0-9]{1,3}) months?)? )?by (?P<by>.+)")


class TargetText(NamedTuple):
    """A target as a line of a cell."""

    number: Decimal
    months: int | None
    by: KnownDate

    def __str__(self) -> str:
        length = f" in {self.months} {'month' if self.months == 1 else 'months'}" if self.months else ""  # fmt: skip
        return f"{typed(self.number)}{length} by {self.by}"


@dataclass(frozen=True)
class Targets(Lines):
    """The targets of a measure, one per line."""

    @property
    def right(self) -> str:
        return _("targets, each on a line: 1,700 by June 2027; of a period 60 in 12 months by June 2027; of a yes or no by June 2027.")  # fmt: skip

    def read(self, raw: Any) -> str:
        lines = super().read(raw).split("\n")
        return "\n".join(str(read_target(line, self.right)) for line in lines)


def read_target(line: str, right: str = "") -> TargetText:
    """Return the target of a line. Raise `InvalidCell` if it is none."""
    found = TARGET.fullmatch(line)
    try:
        assert found
        number = read_number(found["number"]) if found["number"] else Decimal(1)
        months = int(found["months"]) if found["months"] else None
        return TargetText(number, months, read_known_date(found["by"]))
    except (AssertionError, NotANumber, NotADate):
        problem = _("{value} is no target.").format(value=with_capital(shown(line)))
        raise InvalidCell(problem, right) from None
