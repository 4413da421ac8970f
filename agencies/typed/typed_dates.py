"""Dates as people type them: reading a day. Pure: today is an argument.

New Zealand order: the day comes before the month. A day without its year is the one nearest to today.
What can be read in two ways is refused with a sentence that says both.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from agencies.wording.translation import _

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FROM_TODAY = {"yesterday": -1, "today": 0, "tomorrow": 1}
LONGEST = 60  # no date is longer
WITHOUT_MEANING = ("of", "the")

TEXT = re.compile(r"(?:[0-9]+|[a-z]+)(?:[\s,./–-]+(?:[0-9]+|[a-z]+))*[\s,.]*")
ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b")
TOGETHER = re.compile(r"(?<=[0-9])(?=[a-z])")
HYPHENS = re.compile(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{2}")


class Side(StrEnum):
    """On which side of today a day has to be."""

    EITHER = "day"
    PAST = "past"
    AHEAD = "ahead"


class NotADay(ValueError):
    """The text is not one day. As a string, a sentence for the person; empty if nothing is like a date."""


class OnlyAMonth(NotADay):
    """The text is a month, without its day."""

    def __init__(self, year: int, month: int) -> None:
        super().__init__(
            _("Add the day to {month} {year}.").format(month=MONTHS[month - 1], year=year)
        )
        self.year, self.month = year, month


def in_words(day: date) -> str:
    """ "20 November 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def read_day(text: str, on: date | None = None, side: Side = Side.EITHER) -> date:
    """Return the day that a person typed: "20 Nov 2026", "20th November 2026", "20/11/26", "20.11.2026",
    "20-Nov-26", "November 20, 2026", "Friday 20 November 2026" or "2026-11-20".

    With `on`, today, it may also be "20 nov", "20/11", "today", "yesterday" or "tomorrow"; where only days
    on one `side` of today are taken, also "Friday".

    Raise `OnlyAMonth` for "Nov 2026", "11/2026" and "2026-11", and `NotADay` for anything else.
    """
    folded = TOGETHER.sub(" ", ORDINAL.sub("", text.strip().casefold()))
    if len(folded) > LONGEST or not TEXT.fullmatch(folded):
        raise NotADay
    parts = [each for each in re.findall("[0-9]+|[a-z]+", folded) if each not in WITHOUT_MEANING]
    if on is not None and len(parts) == 1 and parts[0] in FROM_TODAY:
        return on + timedelta(days=FROM_TODAY[parts[0]])
    weekday = _weekday(parts[0]) if parts else None
    if weekday is not None:
        del parts[0]
        if not parts and on is not None and side != Side.EITHER and weekday != on.weekday():
            return _before_and_after(weekday, on)[side == Side.AHEAD]
        if not parts:
            raise NotADay(_which_of_two(weekday, on) if on else "")
    if HYPHENS.fullmatch(folded):
        _refuse_two_orders(*map(int, parts))
    day = _read(parts, on)
    if weekday is not None and day.weekday() != weekday:
        raise NotADay(
            _("{day} is a {weekday}. Check the day.").format(
                day=in_words(day), weekday=WEEKDAYS[day.weekday()]
            )
        )
    return day


def _read(parts: list[str], on: date | None) -> date:
    kinds = "".join("n" if each.isdecimal() else "m" for each in parts)
    months = [_month(each) for each in parts if not each.isdecimal()]
    numbers = [each for each in parts if each.isdecimal()]
    if kinds in ("nmn", "mnn", "nnm") and len(numbers[0]) == 4 and kinds != "mnn":
        return _day(numbers[1], months[0], numbers[0])
    if kinds in ("nmn", "mnn"):
        return _day(numbers[0], months[0], numbers[1])
    if kinds in ("nm", "mn"):
        return _with_name(kinds, numbers[0], months[0], on)
    if kinds == "nnn":
        year_first = len(numbers[0]) == 4
        year, month, day = numbers if year_first else reversed(numbers)
        return _day(day, int(month), year)
    if kinds == "nn":
        return _two_numbers(numbers[0], numbers[1], on)
    raise NotADay


def _with_name(kinds: str, number: str, month: int, on: date | None) -> date:
    """Read "20 nov" or "Nov 2026"."""
    name = MONTHS[month - 1]
    if len(number) == 4:
        raise OnlyAMonth(int(number), month)
    if kinds == "mn" and len(number) <= 2:
        year = _year(f"{number:0>2}")
        if 1 <= int(number) <= 31:
            raise NotADay(
                _(
                    "“{typed}” could be a day or a year. Enter {day} {month} with its year, or "
                    "{month} {year}."
                ).format(typed=f"{name[:3]} {number}", day=int(number), month=name, year=year)
            )
        raise NotADay(
            _("Enter the year in four digits: {month} {year}.").format(month=name, year=year)
        )
    return _nearest(number, month, on)


def _two_numbers(first: str, second: str, on: date | None) -> date:
    """Read "20/11", "11/2026" or "2026-11"."""
    lengths = len(first), len(second)
    if 4 in lengths and min(lengths) <= 2:
        year, month = (first, second) if len(first) == 4 else (second, first)
        if not 1 <= int(month) <= 12:
            raise NotADay
        raise OnlyAMonth(int(year), int(month))
    return _nearest(first, int(second), on)


def _nearest(day: str, month: int, on: date | None) -> date:
    """Return the day and month in the year that brings it nearest to `on`; the later of two."""
    if on is None or len(day) > 2 or not 1 <= month <= 12:
        raise NotADay
    if (month, int(day)) == (2, 29):
        raise NotADay(_("Add the year to 29 February."))
    _check_day(int(day), month, on.year)
    found = list(_in_years(int(day), month, on.year))
    return min(found, key=lambda each: (abs((each - on).days), on - each))


def _in_years(day: int, month: int, year: int) -> Iterator[date]:
    for each in (year - 1, year, year + 1):
        try:
            yield date(each, month, day)
        except ValueError:  # outside the calendar
            continue


def _day(day: str, month: int, year: str) -> date:
    if len(day) > 2 or len(year) not in (2, 4):
        raise NotADay
    number, in_full = int(day), _year(year)
    if month > 12 and 1 <= number <= 12 and month <= 31:
        raise NotADay(
            _("Write the day before the month, such as {date}.").format(
                date=f"{month}/{number}/{in_full}"
            )
        )
    _check_day(number, month, in_full)
    return date(in_full, month, number)


def _check_day(day: int, month: int, year: int) -> None:
    if not 1 <= month <= 12 or not 1 <= day <= 31 or not 1 <= year <= 9998:
        raise NotADay
    days = _days_in(month, year)
    if day > days:
        raise NotADay(
            _("{month} {year} has only {days} days. Check the day.").format(
                month=MONTHS[month - 1], year=year, days=days
            )
        )


def _days_in(month: int, year: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _year(typed: str) -> int:
    """Return the year in full: "26" is 2026, "95" is 1995."""
    number = int(typed)
    if len(typed) == 4:
        return number
    return number + (1900 if number >= 90 else 2000)


def _month(word: str) -> int:
    """Return the month of a name of at least three letters: "nov", "sept"."""
    for number, name in enumerate(MONTHS, start=1):
        if len(word) >= 3 and name.casefold().startswith(word):
            return number
    raise NotADay


def _weekday(word: str) -> int | None:
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.casefold().startswith(word):
            return number
    return None


def _before_and_after(weekday: int, on: date) -> tuple[date, date]:
    return (
        on - timedelta(days=(on.weekday() - weekday) % 7 or 7),
        on + timedelta(days=(weekday - on.weekday()) % 7 or 7),
    )


def _which_of_two(weekday: int, on: date) -> str:
    before, after = _before_and_after(weekday, on)
    if on.weekday() == weekday:
        return _("Enter “today”, or {before} or {after}.").format(
            before=in_words(before), after=in_words(after)
        )
    name = WEEKDAYS[weekday]
    return _("“{weekday}” could be {before} or {after}. Enter one of them.").format(
        weekday=name, before=in_words(before), after=in_words(after)
    )


def _refuse_two_orders(first: int, month: int, last: int) -> None:
    """Refuse "26-11-20", which is 26 November 2020 here and 20 November 2026 in a program."""
    if first == last or not 1 <= month <= 12:
        return
    try:
        one, other = date(2000 + last, month, first), date(2000 + first, month, last)
    except ValueError:  # only one of them is a day
        return
    raise NotADay(
        _("This could be {one} or {other}. Enter one of them.").format(
            one=in_words(one), other=in_words(other)
        )
    )
