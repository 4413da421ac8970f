"""Reads the dates, numbers and lengths of time in a text, however they are written."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from reports.document.dates import MONTHS
from reports.document.wording import TEENS, TENS
from workitems.terms.spans import NUMBERS

_MONTH = "|".join(MONTHS)
# A month alone is a date only after such a word: "may" is a verb.
DATE = re.compile(
    # First what most words fail at: a date begins with a digit or the capital of a month.
    r"\b(?=[\dADFJMNOS])(?:"
    rf"(?:(?P<day>\d{{1,2}})\s+)?(?P<month>{_MONTH})(?:\s+(?P<year>\d{{4}}))\b"
    rf"|(?P<day_2>\d{{1,2}})\s+(?P<month_2>{_MONTH})\b"
    rf"|(?<=\bin )(?P<month_3>{_MONTH})\b|(?<=\bby )(?P<month_4>{_MONTH})\b|(?<=\bof )(?P<month_5>{_MONTH})\b"
    r"|(?P<year_2>(?:19|20)\d\d)\b)"
)
_UNITS = [str(word) for word in NUMBERS]
WORDS = {word: n for n, word in enumerate([*_UNITS, *map(str, TEENS)], start=1)}
WORDS |= {str(word): 10 * n for n, word in enumerate(TENS, start=2)}
WORDS |= {
    f"{tens}-{unit}": 10 * t + u
    for t, tens in enumerate(TENS, start=2)
    for u, unit in enumerate(_UNITS, start=1)
}
# As it stands in a sentence: with a point, so that it is no count.
ITEM_NUMBER = re.compile(r"(?<!\w)\w+(?:\.\w+)+(?!\w)")
# "One" is hardly ever a count.
del WORDS["one"]
IN_WORDS = {str(n): word for word, n in WORDS.items()}
_WORD = "|".join(sorted((word for word in WORDS if "-" not in word), key=len, reverse=True))
NUMBER = re.compile(
    # First what most words fail at: a number begins with a digit or one of these letters.
    r"(?<![\w.,])(?=[\defnst])(?:\d[\d,]*(?:\.\d+)?(?:k|m|bn| (?:thousand|million|billion))?"
    rf"|(?:{'|'.join(map(str, TENS))})-(?:{'|'.join(_UNITS)})|{_WORD})(?!\w)(?!-(?:thirds?|quarters?|fifths?|tenths?)\b)",
    re.IGNORECASE,
)
# "Four months", "a two-month delay"; "a year" is no count.
LENGTH = re.compile(
    rf"(?P<number>{NUMBER.pattern})(?:[\s-]|\s(?:more|further|whole|full)\s)(?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)


class Date(NamedTuple):
    """A date as precisely as a text gives it."""

    day: int | None
    month: int | None
    year: int | None
    words: str

    def agrees(self, other: "Date") -> bool:
        """Whether the other date is the same, as precisely as this one is given."""
        return all(
            mine is None or mine == theirs for mine, theirs in zip(self[:3], other[:3], strict=True)
        )


@lru_cache(maxsize=2000)
def dates_in(text: str) -> Sequence[Date]:
    """Return the dates of a text, in order."""
    found = []
    for match in DATE.finditer(text):
        groups = match.groupdict()
        day, month, year = (
            next((value for name, value in groups.items() if value and name.startswith(part)), "")
            for part in ("day", "month", "year")
        )
        found.append(
            Date(
                int(day) if day else None,
                MONTHS.index(month) + 1 if month else None,
                int(year) if year else None,
                match.group(),
            )
        )
    return found


@lru_cache(maxsize=2000)
def numbers_in(text: str) -> Mapping[str, str]:
    """Map the numbers of a text, as digits, to how it gives them. Dates are none."""
    return {
        as_digits(word): word
        for match in NUMBER.finditer(DATE.sub(" ", text))
        for word in [match.group()]
    }


# By how they are written: what thousands and the like multiply by.
_TIMES = {
    **dict.fromkeys(("k", "thousand"), 1_000),
    **dict.fromkeys(("m", "million"), 1_000_000),
    **dict.fromkeys(("bn", "billion"), 1_000_000_000),
}
_SCALED = re.compile(r"(?P<digits>[\d.]+) ?(?P<times>[a-z]+)", re.IGNORECASE)


def as_digits(word: str) -> str:
    """Return a number as digits: "214000" of "214k" and "214,000", "6200000" of "6.2 million"."""
    plain = word.replace(",", "").rstrip(".")
    if scaled := _SCALED.fullmatch(plain):
        value = Decimal(scaled["digits"]) * _TIMES[scaled["times"].casefold()]
        return str(int(value)) if value == int(value) else f"{value:f}"
    return str(WORDS.get(word.casefold(), plain))


@lru_cache(maxsize=2000)
def lengths_in(text: str) -> Mapping[tuple[int, str], str]:
    """Map the lengths of time in a text, such as (4, "month"), to how it gives them."""
    found = {}
    for match in LENGTH.finditer(text):
        digits = as_digits(match["number"])
        if digits.isdigit():
            found[int(digits), match["unit"].casefold()] = match.group()
    return found
