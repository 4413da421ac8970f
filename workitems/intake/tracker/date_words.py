"""Dates as trackers write them: "Q1 2027", "Dec-26", "mid-2027", "FY26/27", "ongoing", "TBC". No Django.

What can mean several dates has several choices, the likeliest first. It is never settled here.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from agencies.typed.typed_dates import MONTHS
from workitems.terms.known_dates import KnownDate, KnownTo, NotADate, read_known_date

YEARS = range(1990, 2101)
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"

_ONGOING_WORDS = (
    "ongoing|on going|on-going|continuous|continuing|bau|business as usual|annual|annually|each year|"
    "every year|yearly|monthly|quarterly|permanent|open ended|life of plan|duration of plan"
)
_NO_DATE_WORDS = (
    "tbc|tbd|tba|to be confirmed|to be determined|to be advised|not set|not known|unknown|n/a|na|nil|none|"
    "-|?|no date|pending|not applicable|x"
)
ONGOING = frozenset(_ONGOING_WORDS.split("|"))
NO_DATE = frozenset(_NO_DATE_WORDS.split("|"))
# Words before a date that do not change it.
_BEFORE = re.compile(
    r"^(?:(?:was|now|due|by|before|no later than|not later than|in|on|from|the|date|revised|target|"
    r"completed|complete|done|finished|closed|delivered|expected|forecast|to|until|week of|w/c)\b[ :]*)+"
)
_ROUGHLY = re.compile(r"^(?:approx\.?|approximately|about|around|circa|c\.|~|est\.?|estimated)\s*")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+")
_ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th)\b(?: of)?")
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_DAY = re.compile(r"(\d{1,2})[ /.\-]?([a-z]{3,9})\.?[ /.,\-]*(\d{4}|'?\d{2})")
_DAY_LAST = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_MONTH = re.compile(r"([a-z]{3,9})\.?[ /.\-]*(?:'|’)?(\d{4}|\d{2})")
_YEAR_MONTH = re.compile(r"(\d{4})[ /.\-]([a-z]{3,9})")
_NO_YEAR = re.compile(r"(?:(\d{1,2})[ \-/]?)?([a-z]{3,9})\.?")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})")
_FISCAL = re.compile(
    r"(?:fy|financial year|fiscal year)[ \-]*(\d{4}|\d{2})(?:\s*[/\-]\s*(\d{4}|\d{2}))?|"
    r"(20\d\d)\s*[/\-]\s*(\d{4}|\d{2})"
)
_QUARTER = re.compile(r"(?:q([1-4])|([1-4])q|(?:quarter|qtr) ([1-4]))[ ,/\-]*(.+)")
_HALF = re.compile(r"(?:h([12])|([12])h|(first|second|1st|2nd) half(?: of)?)[ ,/\-]*(.+)")
_PART = re.compile(
    r"(mid|middle of|early|start of|beginning of|late|end of|end|year end|eoy|eofy|end of fy|"
    r"end of year)[ \-/]*(.+)"
)
_SEASON = re.compile(r"(spring|autumn|winter|summer)(?: of)? (\d{4})(?:\s*/\s*(\d{2,4}))?")
_EITHER = re.compile(
    r"([a-z]{3,9})\.?(?: (\d{4}))?\s*(?:/|-|to|or|and|&|–)\s*([a-z]{3,9})\.?[ \-]*'?(\d{4}|\d{2})"
)
# "Mar 2026 (was Dec 2025)", and the other way round: "Dec 2025, now Mar 2026".
_WAS = re.compile(
    r"(.+?)\s*[(\[,;/\-]*\s*\b(?:was|were|originally|original|orig|previously|prev|formerly)\b[.: ]*(.+)"
)
_NOW = re.compile(r"(.+?)\s*[(\[,;]*\s*(?:->|=>|→|>|\bnow\b|\bmoved to\b|\brevised to\b)[.: ]*(.+)")
# Between several earlier dates: "was Oct 2026, was Jun 2026".
_AND_WAS = re.compile(
    r"[ ,;/(]*\b(?:was|were|originally|original|orig|previously|prev|formerly|before that)\b[.: ]*"
)
_SEASONS = {"autumn": 5, "winter": 8, "spring": 11, "summer": 2}


@dataclass(frozen=True)
class DateRead:
    """A date as understood. `is_sure` if nothing was guessed. `word` is "ongoing" or "none"."""

    choices: tuple[KnownDate, ...] = ()
    is_sure: bool = False
    word: str = ""

    @property
    def best(self) -> KnownDate | None:
        return self.choices[0] if self.choices else None


NOTHING = DateRead()


def sure(found: KnownDate | None) -> DateRead:
    return DateRead((found,), is_sure=True) if found else NOTHING


def unsure(*found: KnownDate | None) -> DateRead:
    return DateRead(tuple(dict.fromkeys(each for each in found if each)))


def order_of(text: str) -> str | None:
    """Return in which order day and month of "25/12/2026" must be, or None if either could be."""
    match = _NUMBERS.fullmatch(" ".join(text.split()))
    if not match:
        return None
    first, second = int(match[1]), int(match[2])
    if first > 12 >= second:
        return DAY_FIRST
    return MONTH_FIRST if second > 12 >= first else None


def read_date(
    value: Any, near: date, order: str = DAY_FIRST, *, shows_month: bool = False
) -> DateRead:
    """Return what a cell's value says as a date. `near` is a day from which a missing year is guessed."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        if value.year not in YEARS:
            return NOTHING
        return sure(KnownDate.holding(value, KnownTo.MONTH if shows_month else KnownTo.DAY))
    if isinstance(value, bool) or value is None:
        return NOTHING
    if isinstance(value, int | float):
        return _number(float(value))
    folded = _plain(str(value))
    if folded in ONGOING:
        return DateRead(word="ongoing", is_sure=True)
    if folded in NO_DATE:
        return DateRead(word="none", is_sure=True)
    roughly = _ROUGHLY.sub("", folded)
    text = _ORDINAL.sub(r"\1", _WEEKDAY.sub("", _BEFORE.sub("", roughly).strip()))
    try:
        found = _read(text, near, order)
    except ValueError:
        return NOTHING
    if roughly != folded and found.is_sure:
        return unsure(*found.choices)
    return found


def latest(text: str, today: date) -> KnownDate | None:
    """Return the latest day or month up to today that a text without a year names, or None for any other."""
    choices = read_date(text, date(today.year - 1, 1, 1)).choices
    years = {each.last_day.year for each in choices}
    if years != {today.year - 1, today.year} or re.search(r"\d{4}", text):
        return None
    return max(each for each in choices if each.first_day <= today)


def moved_dates(text: str, near: date) -> list[KnownDate]:
    """Return the dates of "Mar 2026 (was Dec 2025)", the first promised first and the new one last.

    It may have several earlier dates: "Feb 2027 (was Oct 2026, was Jun 2026)". Empty for any other text.
    """
    folded = _plain(text)
    for pattern, before in ((_WAS, 2), (_NOW, 1)):
        if match := pattern.fullmatch(folded):
            earlier = [
                read_date(part.strip(" ,;()"), near) for part in _AND_WAS.split(match[before])
            ]
            later = read_date(match[3 - before], near)
            read = [each.best for each in [*earlier, later] if each.is_sure and each.best]
            if len(read) == len(earlier) + 1:
                return [*sorted(read[:-1]), read[-1]]
    return []


def _plain(text: str) -> str:
    folded = " ".join(text.casefold().replace("–", "-").replace("—", "-").split())
    return folded.strip(" .;").strip("()[]")


def _number(number: float) -> DateRead:
    if number in YEARS:
        return _year(int(number))
    if number.is_integer() and 36_526 <= number <= 73_415:
        # A day as spreadsheets count them, in a cell that was not formatted as a date.
        return unsure(KnownDate(date(1899, 12, 30) + timedelta(days=int(number))))
    return NOTHING


def _year_of(text: str) -> int:
    digits = text.lstrip("'’")
    year = int(digits) + 2000 if len(digits) == 2 else int(digits)
    if year not in YEARS:
        raise ValueError(text)
    return year


def _month_of(name: str) -> int:
    if len(name) >= 3:
        for month, known in enumerate(MONTHS, start=1):
            if known.casefold().startswith(name):
                return month
    raise ValueError(name)


def month(year: int, number: int) -> KnownDate:
    return KnownDate.holding(date(year, number, 1), KnownTo.MONTH)


def quarter(year: int, number: int) -> KnownDate:
    return KnownDate.holding(date(year, 3 * number, 1), KnownTo.QUARTER)


def _year(year: int) -> DateRead:
    return unsure(month(year, 12), quarter(year, 4))


def _fiscal(text: str) -> int | None:
    """Return the year in which a financial year ends, on 30 June."""
    match = _FISCAL.fullmatch(text)
    if not match:
        return None
    begins, ends, begins2, ends2 = match.groups()
    last = ends or ends2
    first = _year_of(begins or begins2)
    if last is None:
        return first
    year = _year_of(last)
    return year if year == first + 1 else None


def _read(text: str, near: date, order: str) -> DateRead:
    if match := _NUMBERS.fullmatch(text):
        day, number, year = int(match[1]), int(match[2]), _year_of(match[3])
        if order == MONTH_FIRST:
            day, number = number, day
        if number > 12 >= day:
            return unsure(KnownDate(date(year, day, number)))
        return sure(KnownDate(date(year, number, day)))
    if (year_ended := _fiscal(text)) is not None:
        return unsure(month(year_ended, 6), quarter(year_ended, 2))
    if re.fullmatch(r"\d{4}", text):
        return _year(_year_of(text))
    try:
        found = read_known_date(text)
        return sure(found) if found.last_day.year in YEARS else NOTHING
    except NotADate:
        pass
    if match := _DAY.fullmatch(text):
        return sure(KnownDate(date(_year_of(match[3]), _month_of(match[2]), int(match[1]))))
    if match := _DAY_LAST.fullmatch(text):
        return sure(KnownDate(date(_year_of(match[3]), _month_of(match[1]), int(match[2]))))
    for reader in (_quarters, _halves, _parts, _seasons):
        if (read := reader(text, near)) is not None:
            return read
    if match := _EITHER.fullmatch(text):
        last_year = _year_of(match[4])
        last = month(last_year, _month_of(match[3]))
        first = month(_year_of(match[2]) if match[2] else last_year, _month_of(match[1]))
        if first > last and not match[2]:
            first = month(last_year - 1, _month_of(match[1]))
        return unsure(last, first)
    if match := _MONTH.fullmatch(text):
        return sure(month(_year_of(match[2]), _month_of(match[1])))
    if match := _YEAR_MONTH.fullmatch(text):
        return sure(month(_year_of(match[1]), _month_of(match[2])))
    if match := _NO_YEAR.fullmatch(text):
        return _without_year(near, _month_of(match[2]), int(match[1]) if match[1] else None)
    if match := _MONTH_DAY.fullmatch(text):
        return _without_year(near, _month_of(match[1]), int(match[2]))
    if re.fullmatch(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d(\.\d+)?)?z?", text):
        return sure(KnownDate(date.fromisoformat(text[:10])))
    return NOTHING


def starts_of(text: str) -> list[date]:
    """Return the first day of a year or a financial year, or an empty list for any other text."""
    folded = " ".join(text.casefold().replace("–", "-").split())
    try:
        if (ends := _fiscal(folded)) is not None:
            return [date(ends - 1, 7, 1)]
        if re.fullmatch(r"\d{4}", folded):
            return [date(_year_of(folded), 1, 1)]
    except ValueError:
        pass
    return []


def _without_year(near: date, number: int, day: int | None) -> DateRead:
    years = [near.year, near.year + 1]
    found = [KnownDate(date(year, number, day)) if day else month(year, number) for year in years]
    found.sort(key=lambda each: each.last_day < near)
    return unsure(*found)


def _quarters(text: str, near: date) -> DateRead | None:
    match = _QUARTER.fullmatch(text)
    if not match:
        return None
    number, rest = int(match[1] or match[2] or match[3]), match[4].strip("() ")
    if (ends := _fiscal(rest)) is not None:
        of_fiscal = quarter(ends - 1, number + 2) if number < 3 else quarter(ends, number - 2)
        return unsure(of_fiscal, quarter(ends, number))
    year = re.fullmatch(r"(?:of )?('?\d{2}|\d{4})", rest)
    return sure(quarter(_year_of(year[1]), number)) if year else None


def _halves(text: str, near: date) -> DateRead | None:
    match = _HALF.fullmatch(text)
    if not match:
        return None
    is_first = (match[1] or match[2] or match[3]) in ("1", "first", "1st")
    if (ends := _fiscal(match[4])) is not None:
        return unsure(month(ends - 1, 12) if is_first else month(ends, 6))
    year = _year_of(match[4])
    number = 6 if is_first else 12
    return unsure(month(year, number), quarter(year, number // 3))


def _parts(text: str, near: date) -> DateRead | None:
    match = _PART.fullmatch(text)
    if not match:
        return None
    part, rest = match.groups()
    rest = re.sub(r"^of ", "", rest)
    if (ends := _fiscal(rest)) is not None:
        return unsure(month(ends, 6), month(ends, 1))
    if re.fullmatch(r"\d{4}|'?\d{2}", rest):
        year = _year_of(rest)
        if part in ("eofy", "end of fy"):
            return unsure(month(year, 6), quarter(year, 2))
        if part in ("mid", "middle of"):
            return unsure(month(year, 6), quarter(year, 2), quarter(year, 3))
        if part in ("early", "start of", "beginning of"):
            return unsure(quarter(year, 1), month(year, 1))
        return unsure(month(year, 12), quarter(year, 4))
    inner = _read(rest, near, DAY_FIRST)
    # "Mid June 2027" lies in June 2027, and "end of Q1 2027" is when that quarter ends.
    return inner if inner.choices and inner.choices[0].known_to != KnownTo.DAY else None


def _seasons(text: str, near: date) -> DateRead | None:
    match = _SEASON.fullmatch(text)
    if not match:
        return None
    year = int(match[2])
    if match[1] == "summer":
        return unsure(month(year, 8), month(year + 1, 2), month(year, 2))
    return unsure(month(year, _SEASONS[match[1]]))
