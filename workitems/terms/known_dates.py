"""Due dates that are known to the day, the month or the quarter: the value, its words, and reading it.

A month or a quarter is compared, sorted and counted by its last day: it is late once it has ended.
Quarters are those of the calendar year. Nothing here queries the database.
"""

import re
from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Self, TypeVar, overload

from agencies.typed.typed_dates import MONTHS, NotADay, OnlyAMonth, in_words, read_day
from agencies.wording.translation import _

QUARTERS = "January to March, April to June, July to September or October to December"
# The heading of a text of a spreadsheet that has the due dates of what was done on a day that nobody knows.
DUE_AND_DONE = "Due, and done on a day that is not known"


class KnownTo(StrEnum):
    """How precisely a date is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"


class KnownDate(NamedTuple):
    """A day, or the last day of a month or quarter. `str` says it: "30 June 2027", "June 2027",
    "April to June 2027"."""

    last_day: date
    known_to: str = KnownTo.DAY

    @classmethod
    def holding(cls, day: date, known_to: str) -> "KnownDate":
        """Return the day, or the month or quarter that it lies in."""
        if known_to == KnownTo.DAY:
            return cls(day)
        month = day.month if known_to == KnownTo.MONTH else -(-day.month // 3) * 3
        return cls(date(day.year, month, monthrange(day.year, month)[1]), known_to)

    def __str__(self) -> str:
        day = self.last_day
        if self.known_to == KnownTo.DAY:
            return in_words(day)
        if self.known_to == KnownTo.MONTH:
            return f"{MONTHS[day.month - 1]} {day.year}"
        return f"{MONTHS[day.month - 3]} to {MONTHS[day.month - 1]} {day.year}"

    @property
    def first_day(self) -> date:
        """The day itself, or the first day of the month or quarter."""
        months = {KnownTo.MONTH: 1, KnownTo.QUARTER: 3}.get(KnownTo(self.known_to), 0)
        return (
            self.last_day.replace(month=self.last_day.month - months + 1, day=1)
            if months
            else self.last_day
        )

    @property
    def short(self) -> str:
        """ "30 Jun 2027", "Jun 2027", "Apr–Jun 2027"."""
        day = self.last_day
        month = f"{MONTHS[day.month - 1][:3]} {day.year}"
        if self.known_to == KnownTo.DAY:
            return f"{day.day} {month}"
        return month if self.known_to == KnownTo.MONTH else f"{MONTHS[day.month - 3][:3]}–{month}"

    @property
    def code(self) -> str:
        """ "2027-06-30", "2027-06", "2027-Q2", for programs."""
        day = self.last_day
        if self.known_to == KnownTo.DAY:
            return day.isoformat()
        return f"{day:%Y-%m}" if self.known_to == KnownTo.MONTH else f"{day.year}-Q{day.month // 3}"

    @property
    def on(self) -> str:
        """ "on 30 June 2027", "in June 2027", "between April and June 2027"."""
        if self.known_to == KnownTo.QUARTER:
            first, last = str(self).split(" to ")
            return _("between {first_month} and {last_month}").format(
                first_month=first, last_month=last
            )
        if self.known_to == KnownTo.DAY:
            return _("on {day}").format(day=self)
        return _("in {month}").format(month=self)

    @property
    def by(self) -> str:
        """ "by 30 June 2027", "by the end of June 2027"; a quarter ends with its last month."""
        if self.known_to == KnownTo.DAY:
            return _("by {day}").format(day=self)
        return _("by the end of {month}").format(month=self.holding(self.last_day, KnownTo.MONTH))


# What services take for a due date: a plain day is known to the day.
Due = date | KnownDate


def known(due: Due) -> KnownDate:
    return KnownDate(due) if isinstance(due, date) else due


def from_to(before: KnownDate, after: KnownDate, *, is_known: bool = True) -> str:
    """ "from 30 June 2027 to July 2027"; "no new date yet" if the new one is not known. A quarter has a dash:
    "from April–June 2027 to ..."."""
    if not is_known:
        return _("no new date yet")
    old, new = (str(each).replace(" to ", "–") for each in (before, after))
    return _("from {old} to {new}").format(old=old, new=new)


class NotADate(ValueError):
    """The text is neither a day nor a month nor a quarter. As a string, a sentence for the person, or
    empty."""


class NotAQuarter(NotADate):
    """The months do not make a quarter."""


MONTH_NAME, YEAR = r"([a-z]{3,9})\.?", r"(\d{4})"
QUARTER_PATTERNS = (
    re.compile(rf"q([1-4])[ /-]?{YEAR}", re.ASCII),
    re.compile(r"(?P<year>\d{4})[ /-]?q([1-4])", re.ASCII),
)
RANGE_PATTERN = re.compile(rf"{MONTH_NAME} (?:{YEAR} )?(?:to|-|–) {MONTH_NAME} {YEAR}", re.ASCII)
OF_A_YEAR = re.compile(
    r"(?:(?:the )?(?:early|mid|late|about|around|beginning of|start of|end of|year)[ -]+)*([0-9]{4})"
)
# As statistics name it, by its last month.
NAMED_QUARTER = re.compile(rf"{MONTH_NAME} (?:{YEAR} quarter|quarter {YEAR})", re.ASCII)


def read_known_date(text: str, on: date | None = None) -> KnownDate:
    """Return the date that a person typed: a day as `agencies.typed.typed_dates.read_day` reads it, with `on` also
    without its year; "June 2027", "6/2027", "2027-06"; "April to June 2027", "Q2 2027", "June 2027 quarter".

    Raise `NotADate` for anything else, and `NotAQuarter` for other months than those of a quarter.
    """
    folded = " ".join(text.casefold().replace(",", " ").split())
    try:
        found = _read_quarter(folded)
    except ValueError as error:  # the calendar has no such month or year
        raise error if isinstance(error, NotADate) else NotADate from None
    if found is not None:
        return found
    try:
        return KnownDate(read_day(text, on))
    except OnlyAMonth as month:
        if month.year == 0:
            raise NotADate from None
        return KnownDate.holding(date(month.year, month.month, 1), KnownTo.MONTH)
    except NotADay as fault:
        raise NotADate(str(fault) or _of_a_year(folded)) from None


def _of_a_year(folded: str) -> str:
    """Return the sentence for "2027", "mid 2027" or "end of 2027", which say no month; empty for anything else."""
    if match := OF_A_YEAR.fullmatch(folded):
        return _(
            "Add the month or the quarter, such as June {year} or April to June {year}."
        ).format(year=match[1])
    return ""


def _read_quarter(folded: str) -> KnownDate | None:
    for pattern in QUARTER_PATTERNS:
        if match := pattern.fullmatch(folded):
            year, quarter = _year_and(match)
            return _quarter_ending(year, 3 * int(quarter))
    if match := NAMED_QUARTER.fullmatch(folded):
        name, *years = match.groups()
        return _quarter_ending(int(years[0] or years[1]), _month(name))
    if match := RANGE_PATTERN.fullmatch(re.sub(r"\s*([-–])\s*", r" \1 ", folded)):
        first, first_year, last, last_year = match.groups()
        if first_year not in (None, last_year) or _month(last) - _month(first) != 2:
            raise NotAQuarter(folded)
        return _quarter_ending(int(last_year), _month(last))
    return None


def _year_and(match: re.Match[str]) -> tuple[int, str]:
    """Return the year and the other group, in whichever order they were written."""
    first, second = match.groups()
    return (int(first), second) if "year" in match.re.groupindex else (int(second), first)


def _month(folded: str) -> int:
    """Return the month of a name of at least three letters ("jun", "sept")."""
    for month, name in enumerate(MONTHS, start=1):
        if name.casefold().startswith(folded):
            return month
    raise NotADate


def _quarter_ending(year: int, month: int) -> KnownDate:
    if month % 3:
        raise NotAQuarter(month)
    return KnownDate.holding(date(year, month, 1), KnownTo.QUARTER)


Value = TypeVar("Value", KnownDate, KnownDate | None)


class Known(Generic[Value]):
    """An attribute that joins two columns: a day and how precisely it is known."""

    def __init__(self, day: str, known_to: str) -> None:
        self.columns = (day, known_to)

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> Value: ...
    def __get__(self, row: object | None, owner: type) -> Any:
        if row is None:
            return self
        day, known_to = self.columns
        last_day = getattr(row, day)
        return None if last_day is None else KnownDate(last_day, getattr(row, known_to))

    def __set__(self, row: object, due: Due | None) -> None:
        for name, value in zip(
            self.columns, known(due) if due else (None, KnownTo.DAY), strict=True
        ):
            setattr(row, name, value)
