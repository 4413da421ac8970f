"""The record of dates: each agreed date that came, what was known of it three months before, and what happened. Pure.

It says what happened, and estimates nothing. A date comes on its day, a month or quarter on its last one. It is met if
its milestone is done by then, and else missed, even if a later date is agreed afterwards.

Its warning is what was recorded at the end of the day three months before it came: time enough to act on. Of a date that
was agreed later than that, it is what was recorded on that day. Of a milestone done earlier, it is that of the day
before it was done, because later ratings are of the next date.

A date that was moved before it came is counted apart, as is one of a milestone or item that was closed by then without
being done. Left out are dates that had passed when the plan was adopted, when they were recorded, or on the day of the
spreadsheet that the plan came from: what warned of them is not known.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy

from reports.progress.histories import (
    Doubt,
    Histories,
    day_of,
    milestone_histories,
    rated_histories,
    start_of,
)
from workitems.models import Plan
from workitems.models.item import Confidence, Stage
from workitems.plan.asat import Moment
from workitems.terms.spans import add_months

CLOSED = (Stage.COMPLETE, Stage.WITHDRAWN)
MONTHS_BEFORE = 3


class DateWarning(StrEnum):
    """What warned that a date would be missed. A date has one: the first of the others that applies, or none."""

    NONE = "none"
    FORECAST = "forecast"
    AGENCY = "agency"
    SPREADSHEET = "spreadsheet"
    REVIEWER = "reviewer"
    MOVED = "moved"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    DateWarning.NONE: gettext_lazy("No warning"),
    DateWarning.FORECAST: gettext_lazy("Agency’s forecast: after the agreed date"),
    DateWarning.AGENCY: gettext_lazy("Agency’s rating: at risk or off track"),
    DateWarning.SPREADSHEET: gettext_lazy("Spreadsheet’s rating: at risk or off track"),
    DateWarning.REVIEWER: gettext_lazy("Reviewer’s rating: at risk or off track"),
    DateWarning.MOVED: gettext_lazy("Date moved before"),
}


RATED_BY = {
    DateWarning.AGENCY: gettext_lazy("Agency’s rating: {rating}"),
    DateWarning.SPREADSHEET: gettext_lazy("Spreadsheet’s rating: {rating}"),
    DateWarning.REVIEWER: gettext_lazy("Reviewer’s rating: {rating}"),
}


def rated_in_words(warning: DateWarning, rating: str) -> str:
    """Return by whom one date is doubted, and how much: "Agency’s rating: at risk"."""
    return str(RATED_BY[warning]).format(rating=Confidence(rating).label.lower())


def warning_of(
    *,
    is_late: bool,
    is_moved: bool,
    doubt: str,
    is_of_spreadsheet: bool = False,
) -> DateWarning:
    """Return the warning of a date. `is_late`: it is forecast after the agreed date; `is_of_spreadsheet`: the rating is
    that of the spreadsheet that the plan came from."""
    if is_late:
        return DateWarning.FORECAST
    if doubt == Doubt.AGENCY:
        return DateWarning.SPREADSHEET if is_of_spreadsheet else DateWarning.AGENCY
    if doubt == Doubt.REVIEWER:
        return DateWarning.REVIEWER
    return DateWarning.MOVED if is_moved else DateWarning.NONE


class Outcome(StrEnum):
    MET = "met"
    MISSED = "missed"
    MOVED = "moved"
    NOT_DUE = "not_due"


class PastDate(NamedTuple):
    """An agreed date that came or was moved: its milestone and item, what was known of it, and what became of it."""

    milestone: int
    item: int
    due: date
    outcome: Outcome
    warning: DateWarning


class Group(NamedTuple):
    """The dates that came with a warning, and how many of them were missed."""

    warning: DateWarning
    dates: int
    missed: int


class RecordOfDates:
    """The dates, oldest first, and how many had each outcome, by warning. `begins` is the day of the spreadsheet that
    the plan came from; dates that came before it are left out."""

    def __init__(self, found: Sequence[PastDate] = (), begins: date | None = None) -> None:
        self.begins = begins
        self.found = sorted(found, key=lambda each: (each.due, each.milestone))

    @cached_property
    def counts(self) -> Counter[tuple[Outcome, DateWarning]]:
        return Counter((each.outcome, each.warning) for each in self.found)

    @property
    def came(self) -> list[PastDate]:
        return [each for each in self.found if each.outcome in (Outcome.MET, Outcome.MISSED)]

    @property
    def groups(self) -> list[Group]:
        return [
            Group(each, self.counts[Outcome.MET, each] + missed, missed)
            for each in DateWarning
            for missed in (self.counts[Outcome.MISSED, each],)
            if self.begins or each != DateWarning.SPREADSHEET
        ]

    @property
    def dates(self) -> int:
        return self.missed + self._all(Outcome.MET)

    @property
    def missed(self) -> int:
        return self._all(Outcome.MISSED)

    @property
    def moved(self) -> int:
        return self._all(Outcome.MOVED)

    @property
    def not_due(self) -> int:
        return self._all(Outcome.NOT_DUE)

    def _all(self, outcome: Outcome) -> int:
        return sum(self.counts[outcome, each] for each in DateWarning)


def record_of_dates(
    plan: Plan, moment: Moment, *, pillar: int | None = None, lead: int | None = None
) -> RecordOfDates:
    """Read the dates of the plan, or of the items that a pillar or lead agency had at the time. Two queries."""
    items = rated_histories(plan, moment)
    return recorded(plan, moment, items, milestone_histories(plan, moment), pillar, lead)


def recorded(
    plan: Plan,
    moment: Moment,
    items: Histories,
    milestones: Histories,
    pillar: int | None,
    lead: int | None,
) -> RecordOfDates:
    """Return the record from histories that were read; those of items are `rated_histories`."""
    if plan.adopted_on is None:
        return RecordOfDates()
    begins = max(filter(None, (plan.adopted_on, plan.record_begins)))
    found = []
    for pk, versions in milestones.items():
        for until, due, item, outcome in _ended(versions, moment.on, begins):
            # At the end of the last day on which the date was ahead.
            known = _last(items[item], until)
            if pillar not in (None, known[3]) or lead not in (None, known[4]):
                continue
            if outcome == Outcome.MISSED and known[2] in CLOSED:
                outcome = Outcome.NOT_DUE
            warning = _warning(versions, items[item], due, until, plan.record_begins)
            found.append(PastDate(pk, item, due, outcome, warning))
    return RecordOfDates(found, plan.record_begins)


def _ended(
    versions: list[tuple[Any, ...]], on: date, begins: date
) -> Iterator[tuple[date, date, int, Outcome]]:
    """Yield each date of a milestone that came or was moved: the day until which it was ahead, the date, the item, and
    what became of the date."""
    completed, withdrawn = versions[-1][5:7]
    for version, after in zip_longest(versions, versions[1:]):
        at, agreed, item = version[1], version[3], version[8]
        ahead_until = min(agreed, completed)
        end = start_of(ahead_until)
        if at >= end:
            continue
        if after and after[1] < end:
            replaced_on = day_of(after[1])
            if after[3] == agreed or replaced_on <= begins:
                continue
            outcome, until = Outcome.MOVED, replaced_on
        elif agreed < on and ahead_until > begins:
            until = ahead_until
            if completed <= agreed:
                outcome = Outcome.MET
            elif withdrawn <= agreed:
                outcome = Outcome.NOT_DUE
            else:
                outcome = Outcome.MISSED
        else:
            continue
        yield until, agreed, item, outcome


@lru_cache(maxsize=4096)
def _time_to_act(due: date) -> date:
    return add_months(due, -MONTHS_BEFORE)


def _warning(
    versions: list[tuple[Any, ...]],
    items: list[tuple[Any, ...]],
    due: date,
    seen_until: date,
    record_begins: date | None,
) -> DateWarning:
    """Return what warned of a date, from the versions of its milestone and of its item."""
    # The end of the day three months before, or of the day on which the date was agreed.
    agreed_on = _agreed_on(versions, due, seen_until)
    day = max(_time_to_act(due), agreed_on) + timedelta(days=1)
    until = min(day, seen_until)
    original, agreed, forecast = _last(versions, until)[2:5]
    heard_on, doubt = _last(items, until)[-2:]
    return warning_of(
        is_late=forecast > agreed,
        is_moved=agreed != original,
        doubt=doubt,
        is_of_spreadsheet=is_of_spreadsheet(record_begins, heard_on),
    )


def is_of_spreadsheet(record_begins: date | None, heard_on: date | None) -> bool:
    """Whether an item that was last heard of on a day has the rating of the spreadsheet that its plan came from."""
    return record_begins is not None and heard_on is not None and heard_on <= record_begins


def _agreed_on(versions: list[tuple[Any, ...]], due: date, until: date) -> date:
    """Return the day on which the date was agreed that was agreed before `until`."""
    end, found = start_of(until), None
    for version in reversed(versions):
        if version[1] < end:
            if version[3] != due:
                break
            found = version[1]
    return until if found is None else day_of(found)


def _last(versions: list[tuple[Any, ...]], until: date) -> tuple[Any, ...]:
    """Return the last version recorded before the day."""
    if len(versions) == 1:
        return versions[0]
    return versions[bisect_left(versions, start_of(until), key=itemgetter(1)) - 1]
