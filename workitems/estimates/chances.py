"""The chance that a date will be missed, in three steps that can each be said in a sentence.

1. How many dates with the same sign were missed, in the whole plan.
2. More or less, by how many more or fewer of its last dates this agency missed than dates with their signs usually are.
3. The same for the cause of an open delay, beyond what the agency explains.

A few dates say little, so each step counts as if there were `WEIGHT` more dates that went as usual: a single missed
date never makes 100 %. Pure functions of dates.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from agencies.translation import gettext, gettext_noop
from workitems.estimates.outcomes import AgreedDate, Record, Sign, Signs, agreed_dates

# The estimate's name in kept forecasts, so that their scores are never mixed with those of another one.
METHOD = "2026-11-27"
# With fewer dates that have come, nothing is forecast.
LEAST_DATES = 10
WEIGHT = 4
# An agency's own record is of its last dates, since people and habits change.
LAST_DATES = 10
# Until a plan has a record of dates with these warnings, they are taken to be missed so many times as often as its dates
# usually are. Not a fixed rate: where nearly all dates are met, most warnings are false alarms.
TIMES_USUAL = {Sign.EXPECTED_LATE: 4.0, Sign.IN_DOUBT: 1.5}
MOST_TAKEN = 0.8
LEAST, MOST = 0.03, 0.95
# How often the number of missed dates lies in the band.
BAND_HOLDS = 0.8


class Words(StrEnum):
    """What a chance is called. `mark` is the mark of pages."""

    PROBABLY_LATE = gettext_noop("Probably late")
    MAY_BE_LATE = gettext_noop("May be late")
    PROBABLY_ON_TIME = gettext_noop("Probably on time")

    @property
    def label(self) -> str:
        return gettext(self.value)

    @property
    def mark(self) -> str:
        return {
            Words.PROBABLY_LATE: "late",
            Words.MAY_BE_LATE: "in_doubt",
            Words.PROBABLY_ON_TIME: "on_time",
        }[self]


def words_for(chance: float) -> Words:
    if chance >= 0.5:
        return Words.PROBABLY_LATE
    return Words.MAY_BE_LATE if chance >= 0.25 else Words.PROBABLY_ON_TIME


class Past(NamedTuple):
    """How many dates came, and how many of them were missed. `usual` is how many dates with their signs
    usually are."""

    dates: int = 0
    missed: int = 0
    usual: float = 0

    @property
    def difference(self) -> float:
        """By how much the chance is raised or lowered."""
        return (self.missed - self.usual) / (self.dates + WEIGHT)


class Chance(NamedTuple):
    """The chance that a date will be missed, with its steps."""

    chance: float
    sign: Past
    of_sign: float
    agency: Past
    cause: Past

    @property
    def words(self) -> Words:
        return words_for(self.chance)


@dataclass(frozen=True)
class Rates:
    """What became of a plan's dates: of all, by sign, by agency (its last ones) and by cause."""

    all: Past
    signs: Mapping[Sign, Past] = field(repr=False)
    agencies: Mapping[int, Past] = field(repr=False)
    causes: Mapping[str, Past] = field(repr=False)

    @property
    def is_enough(self) -> bool:
        return self.all.dates >= LEAST_DATES

    @property
    def usual(self) -> float:
        """The plan's own rate; without any date, a half."""
        return (self.all.missed + 1) / (self.all.dates + 2)

    def of_sign(self, sign: Sign) -> float:
        """The rate of missed dates with a sign."""
        past = self.signs.get(sign, Past())
        usual = max(self.usual, min(MOST_TAKEN, self.usual * TIMES_USUAL.get(sign, 1)))
        return (past.missed + WEIGHT * usual) / (past.dates + WEIGHT)

    def chance(self, responsible: int, signs: Signs) -> Chance:
        """Return the chance that an agency misses a date with these signs."""
        of_sign = self.of_sign(signs.sign)
        agency = self.agencies.get(responsible, Past())
        cause = self.causes.get(signs.cause, Past())
        chance = min(MOST, max(LEAST, of_sign + agency.difference + cause.difference))
        return Chance(chance, self.signs.get(signs.sign, Past()), of_sign, agency, cause)


def rates_of(dates: Iterable[AgreedDate]) -> Rates:
    """Learn from the dates that have come, given by due date."""
    come = [row for row in dates if row.was_met is not None]
    by_sign: dict[Sign, list[AgreedDate]] = defaultdict(list)
    by_agency: dict[int, list[AgreedDate]] = defaultdict(list)
    by_cause: dict[str, list[AgreedDate]] = defaultdict(list)
    for row in come:
        by_agency[row.responsible].append(row)
        if row.signs is not None:
            by_sign[row.signs.sign].append(row)
            if row.signs.cause:
                by_cause[row.signs.cause].append(row)
    # Without the agencies and causes, which are compared with what is usual.
    first = Rates(_past(come), {sign: _past(rows) for sign, rows in by_sign.items()}, {}, {})

    def compared(rows: Sequence[AgreedDate], others: Mapping[int, Past]) -> Past:
        usual = sum(
            (first.of_sign(row.signs.sign) if row.signs else first.usual)
            + others.get(row.responsible, Past()).difference
            for row in rows
        )
        return _past(rows)._replace(usual=usual)

    agencies = {pk: compared(rows[-LAST_DATES:], {}) for pk, rows in by_agency.items()}
    # Beyond what the agencies explain, so that no missed date counts twice.
    causes = {cause: compared(rows, agencies) for cause, rows in by_cause.items()}
    return Rates(first.all, first.signs, agencies, causes)


def _past(rows: Sequence[AgreedDate]) -> Past:
    return Past(len(rows), sum(not row.was_met for row in rows))


def band(chances: Sequence[float]) -> tuple[int, int]:
    """Return the fewest and the most dates that will be missed, `BAND_HOLDS` of the time, if each is missed
    with its chance on its own."""
    spread = [1.0]
    for chance in chances:
        with_it = [0.0, *(each * chance for each in spread)]
        without = [*(each * (1 - chance) for each in spread), 0.0]
        spread = [a + b for a, b in zip(with_it, without, strict=True)]
    outside = (1 - BAND_HOLDS) / 2
    sums = list(accumulate(spread))
    low = next(n for n, upto in enumerate(sums) if upto > outside)
    high = next(n for n, upto in enumerate(sums) if upto >= 1 - outside - 1e-9)
    return low, high


class Line(NamedTuple):
    """A date that is still to come."""

    date: AgreedDate
    chance: Chance


@dataclass(frozen=True)
class Estimate:
    """What is expected of the dates after `on` until a day, the most likely to be missed first.

    `lines` is empty if there is too little record. `dates` are all dates of the plan, those that have come
    and those still to come.
    """

    on: date
    until: date
    rates: Rates
    lines: Sequence[Line]
    dates: Sequence[AgreedDate] = field(repr=False)

    @property
    def band(self) -> tuple[int, int]:
        return band([line.chance.chance for line in self.lines])

    def called(self, words: Words) -> list[Line]:
        return [line for line in self.lines if line.chance.words == words]


def horizon(on: date) -> date:
    """Return the last day of the sixth month after the day's."""
    months = on.year * 12 + on.month - 1 + 7
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def estimate(record: Record) -> Estimate:
    """Return what is expected, from what had been recorded."""
    dates = agreed_dates(record)
    rates = rates_of(dates)
    end = horizon(record.on)
    lines = [
        Line(row, rates.chance(row.responsible, row.signs))
        for row in dates
        if row.was_met is None and row.signs is not None and record.on < row.due <= end
    ]
    lines.sort(key=lambda line: (-line.chance.chance, line.date.due, line.date.milestone))
    return Estimate(record.on, end, rates, lines if rates.is_enough else [], dates)
