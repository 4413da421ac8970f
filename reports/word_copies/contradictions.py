"""Dates and numbers of a suggested text that the records of its paragraph do not have."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from reports.document import Source
from reports.document.dates import MONTHS
from reports.document.wording import join_words
from workitems.terms.known_dates import Known, KnownDate, KnownTo, known

_MONTHS = "|".join(MONTHS)
_DATE = re.compile(rf"(?:\b(\d{{1,2}})\s+)?\b({_MONTHS})\s+(\d{{4}})\b")
_NUMBER = re.compile(r"(?<![\w{.-])\d[\d,]*(?:\.\d+)?(?![\w}])")
# "One" is seldom a number.
_SPELT = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_SPELT)})\b", re.IGNORECASE)

Day = tuple[int, int, int]  # with day 0 for a month


@dataclass(frozen=True)
class Contradiction:
    """A date or number that no record has, and what a record has instead."""

    claim: str
    record: str
    has: str
    url: str = ""


def dates_in(text: str) -> dict[Day, str]:
    """Return the dates of a text, each as written."""
    return {
        (int(match[3]), MONTHS.index(match[2]) + 1, int(match[1] or 0)): match[0]
        for match in _DATE.finditer(text)
    }


def numbers_in(text: str) -> dict[str, str]:
    """Return the numbers of a text that are no dates, each as written."""
    rest = _DATE.sub(" ", text)
    found = {m[0].replace(",", ""): m[0] for m in _NUMBER.finditer(rest)}
    for match in _WORD.finditer(rest):
        if match[0].lower() in _SPELT:
            found.setdefault(str(_SPELT[match[0].lower()]), match[0])
    return found


@dataclass(frozen=True)
class RecordFacts:
    """The dates, by what they are, and the texts of one record."""

    source: Source
    dates: dict[str, KnownDate]
    text: str


def facts_of(sources: Iterable[Source]) -> dict[Source, RecordFacts]:
    """Read the dates and texts of records as they are now. One query for each type of record."""
    wanted: dict[str, set[Source]] = {}
    for source in sources:
        wanted.setdefault(source.model, set()).add(source)
    found: dict[Source, RecordFacts] = {}
    for name, group in wanted.items():
        rows = apps.get_model(name)._default_manager.in_bulk({each.pk for each in group})
        for source in group:
            if source.pk in rows:
                found[source] = RecordFacts(
                    source, _dates(rows[source.pk]), _texts(rows[source.pk])
                )
    return found


def _dates(row: Any) -> dict[str, KnownDate]:
    """Return the dates of a row by the names of their columns, as precisely as they are known."""
    joined = {each.columns[0]: each for each in vars(type(row)).values() if isinstance(each, Known)}
    found: dict[str, KnownDate] = {}
    for column in row._meta.fields:
        value = getattr(row, column.attname)
        if not isinstance(column, models.DateField) or isinstance(value, datetime | None):
            continue
        name = str(column.verbose_name)
        found[name] = (
            joined[column.name].__get__(row, type(row)) if column.name in joined else known(value)
        )
    return found


def _texts(row: Any) -> str:
    return " ".join(
        str(getattr(row, column.attname))
        for column in row._meta.fields
        if isinstance(column, models.TextField | models.CharField | models.IntegerField)
    )


def contradictions(
    was: str, would: str, generated: str, facts: Sequence[RecordFacts], urls: dict[Source, str]
) -> list[Contradiction]:
    """Return new dates and numbers of `would` that no record of the paragraph has.

    `generated` is the text that was composed from the records. Without records nothing is contradicted.
    """
    if not facts:
        return []
    return [
        *_wrong_dates(was, would, generated, facts, urls),
        *_wrong_numbers(was, would, generated, facts, urls),
    ]


def _wrong_dates(
    was: str, would: str, generated: str, facts: Sequence[RecordFacts], urls: dict[Source, str]
) -> Iterable[Contradiction]:
    old, new = dates_in(was), dates_in(would)
    known = {day for each in facts for when in each.dates.values() for day in _as_days(when)}
    known |= {day for each in dates_in(generated) for day in (each, (*each[:2], 0))}
    gone = [day for day in old if day not in new]
    for day, words in new.items():
        if day in old or (*day[:2], 0) in old and not day[2] or day in known:
            continue
        meant = [each for each in facts if any(_has(each, other) for other in gone)]
        for each in (meant or [each for each in facts if each.dates])[:3]:
            yield Contradiction(words, each.source.label, _listed(each), urls.get(each.source, ""))


def _as_days(when: KnownDate) -> Iterable[Day]:
    """Yield what a text may call the date. One that is known to the month has no day."""
    day = when.last_day
    if when.known_to == KnownTo.DAY:
        yield day.year, day.month, day.day
    months = (2, 1, 0) if when.known_to == KnownTo.QUARTER else (0,)
    yield from ((day.year, day.month - back, 0) for back in months)


def _has(facts: RecordFacts, day: Day) -> bool:
    return any(day in _as_days(when) for when in facts.dates.values())


def _listed(facts: RecordFacts) -> str:
    """Return "agreed due 31 May 2010, forecast due 31 August 2010"."""
    by_date: dict[KnownDate, list[str]] = {}
    for name, when in facts.dates.items():
        by_date.setdefault(when, []).append(name)
    return "; ".join(f"{join_words(names)} {when}" for when, names in by_date.items())


def _wrong_numbers(
    was: str, would: str, generated: str, facts: Sequence[RecordFacts], urls: dict[Source, str]
) -> Iterable[Contradiction]:
    old, new = numbers_in(was), numbers_in(would)
    gone = [number for number in old if number not in new]
    if not gone:
        return
    for number, words in new.items():
        if number in old or number in numbers_in(generated):
            continue
        if any(number in numbers_in(each.text) for each in facts):
            continue
        meant = [
            (each, before)
            for each in facts
            for before in gone
            if before in numbers_in(each.text) or before in numbers_in(generated)
        ]
        for each, before in meant[:1]:
            yield Contradiction(words, each.source.label, old[before], urls.get(each.source, ""))
