"""Trends of a plan: figures at each month's end, and totals of its delays.

Everything is read from history, in at most six queries whatever the plan's size. A record's state
at a month's end is its last history row before the next day began (New Zealand time), so the counts
equal the dashboard's of that day. Only history rows with a changed counted column are read.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext

from reports.progress.histories import (
    Histories,
    day_of,
    item_histories,
    milestone_histories,
    seconds_of,
)
from reports.progress.holders import Holders
from workitems.models import Delay, Plan
from workitems.models.item import Stage
from workitems.plan.asat import Moment, end_of, rows_at
from workitems.plan.plan_at import pillar_titles
from workitems.plan.plan_at.rows import OpenDelay, days_of
from workitems.terms.lateness import by_then

CLOSED_STAGES = (Stage.COMPLETE, Stage.WITHDRAWN)

Span = TypeVar("Span")


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The plan at a month's end or, in the last month, at the day requested.

    `overdue` and `expected_late` count open milestones of live items.
    """

    day: date
    stages: dict[str, int]
    overdue: int
    expected_late: int

    @property
    def items(self) -> int:
        return sum(self.stages.values())


@dataclass(frozen=True, slots=True)
class DelayDays:
    """Delays of a cause, or of the milestones that an agency has now. `days` are calendar days from each delay's
    date before to its date after or, of an open one whose date has passed, to the day of the view."""

    label: str
    days: int
    delays: int


@dataclass(frozen=True, slots=True)
class Met:
    """Numbers of milestones past their date: done by then, done later, or not done."""

    on_time: int = 0
    late: int = 0
    not_yet: int = 0

    @property
    def total(self) -> int:
        return self.on_time + self.late + self.not_yet


@dataclass(frozen=True, slots=True)
class MetBy:
    """Milestones met by their original dates, and by their agreed dates."""

    label: str
    original: Met
    agreed: Met


@dataclass(frozen=True, slots=True)
class Trends:
    """The trends.

    `months` is empty for a plan without items. `ended_on` is set if the months of an ended plan
    stop before the day requested, as no figure changed after it.
    """

    on: date
    months: list[MonthFigures]
    ended_on: date | None
    causes: list[DelayDays]
    delayed_agencies: list[DelayDays]
    met: MetBy
    met_by_pillar: list[MetBy]
    met_by_agency: list[MetBy]

    @property
    def now(self) -> MonthFigures:
        return self.months[-1]

    @property
    def a_year_before(self) -> MonthFigures | None:
        """The figures twelve months before the last, or None if the record is shorter."""
        return self.months[-13] if len(self.months) > 12 else None

    @property
    def delay_days(self) -> int:
        return sum(cause.days for cause in self.causes)

    @property
    def delays(self) -> int:
        return sum(cause.delays for cause in self.causes)


class _Item(NamedTuple):
    """The state of an item from one point in time up to, but excluding, another."""

    start: int
    end: int
    stage: str
    pillar: int
    lead: int


class _Dates(NamedTuple):
    """The dates of a milestone from an instant on (seconds since 1970)."""

    pk: int
    at: int
    original: date
    agreed: date
    forecast: date
    completed: date
    withdrawn: date
    responsible: int
    item: int


def read_trends(
    plan: Plan, moment: Moment, *, pillar: int | None = None, lead: int | None = None
) -> Trends:
    """Return the trends up to the moment, of the plan or of a pillar's or lead agency's items.

    An item counts at each month's end under its pillar and lead agency at that time.
    """
    items = item_histories(plan, moment)
    milestones = milestone_histories(plan, moment)
    pillars = pillar_titles(plan, moment)
    holders = Holders(milestones, moment.on)
    delays = (
        rows_at(Delay, moment, of={"milestone__item__plan_id": plan.pk})
        .filter(found_on__lte=moment.on)
        .order_by()
        .values_list(
            "id", "milestone_id", "due_before", "due_after", "ended_on", "cause", "found_on"
        )
    )

    points = _points(plan, moment.on, items, milestones)
    ended_on = points[-1] if points and points[-1] < moment.on else None
    # The last point is the moment itself, which may be before that day's end.
    ends = [seconds_of(end_of(day)) for day in points[:-1]]
    stood = {pk: _spans(versions, ends) for pk, versions in items.items()}

    def counts(item: _Item) -> bool:
        return (pillar is None or item.pillar == pillar) and (lead is None or item.lead == lead)

    kept = {pk: [one for one in spans if counts(one)] for pk, spans in stood.items()}
    last = {pk: spans[-1] for pk, spans in stood.items() if counts(spans[-1])}
    at_last = {
        pk: (last[dates.item], dates)
        for pk, versions in milestones.items()
        if (dates := _Dates(*versions[-1])).item in last
    }
    delayed = [
        (cause, pk, found_on, length)
        for pk, cause, found_on, length in _lengths(delays, moment.on)
        if pk in at_last
    ]
    met = list(_met(at_last.values(), moment.on))
    by_pillar = _grouped((row[0], row[-1]) for row in met)
    return Trends(
        on=moment.on,
        months=_months(points, ends, kept, milestones.values()),
        ended_on=ended_on,
        causes=_longest_first(
            (str(Delay.Cause(cause).label), days)
            for cause, days in _grouped((row[0], row[-1]) for row in delayed).items()
        ),
        delayed_agencies=_longest_first(holders.rows(row[1:] for row in delayed)),
        met=_met_by(gettext("All"), [how for *_, how in met]),
        met_by_pillar=[
            _met_by(title, by_pillar[pk]) for pk, title in pillars.items() if pk in by_pillar
        ],
        met_by_agency=sorted(
            (_met_by(label, found) for label, found in holders.rows(row[1:] for row in met)),
            key=lambda row: row.label.casefold(),
        ),
    )


def _lengths(
    delays: Iterable[tuple[int, int, date, date, date | None, str, date]], on: date
) -> Iterator[tuple[int, str, date, int]]:
    """Yield of each delay its milestone, cause, first day and length. An open one is as long as on the dashboard."""
    rows = list(delays)
    still_open = [
        OpenDelay(pk, of, before, after, on)
        for pk, of, before, after, ended_on, *_ in rows
        if by_then(ended_on, on) is None
    ]
    open_days = days_of(still_open)
    for pk, of, before, after, _, cause, found_on in rows:
        yield of, cause, found_on, open_days.get(pk, (after - before).days)


# --- points in time -----------------------------------------------------------------------------


def month_end(day: date) -> date:
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return after - timedelta(days=1)


def _points(plan: Plan, on: date, items: Histories, milestones: Histories) -> list[date]:
    """Return each month's end from the first record of an item, and the day requested as the last.

    A plan that came from a spreadsheet has no record before its day, though its items are older. For an ended plan they stop where no figure changes any more.
    """
    if not items:
        return []
    until = on
    if plan.ends_on is not None and plan.has_ended(on):
        versions = [_Dates(*row) for row in chain.from_iterable(milestones.values())]
        limit = seconds_of(end_of(on))
        last = max(at for _, at, *_ in chain(versions, *items.values()) if at < limit)
        days = {plan.ends_on, day_of(last)}
        for dates in versions:
            # A milestone is overdue from the day after its agreed date.
            days |= {dates.agreed + timedelta(days=1)} if dates.agreed < on else set()
            days |= {dates.completed, dates.withdrawn}
        until = min(on, month_end(max(day for day in days if day <= on)))
    began = day_of(min(versions[0][1] for versions in items.values()))
    first = month_end(min(until, plan.record_begins or began))
    points = []
    while first < until:
        points.append(first)
        first = month_end(first + timedelta(days=1))
    return [*points, until]


def _spans(versions: list[tuple[Any, ...]], ends: list[int]) -> list[_Item]:
    """Return an item's states with the range of points at which each was current.

    States replaced before the end of a month have no points and are left out.
    """
    end = len(ends) + 1
    found = []
    for _, at, *values in reversed(versions):
        start = bisect_right(ends, at)
        if start < end:
            found.append(_Item(start, end, *values))
            end = start
    return found[::-1]


# --- figures ------------------------------------------------------------------------------------


class _Tally:
    """Count spans at each point. Adding one takes constant time; sums are made at the end."""

    def __init__(self, points: int) -> None:
        self.steps = [0] * (points + 1)

    def add(self, start: int, end: int) -> None:
        if start < end:
            self.steps[start] += 1
            self.steps[end] -= 1

    def counts(self) -> Iterator[int]:
        count = 0
        for step in self.steps[:-1]:
            count += step
            yield count


def late_days(
    plan: Plan, moment: Moment, *, pillar: int | None = None, lead: int | None = None
) -> list[tuple[date, int]]:
    """Return how many items were late at the end of each day on which that number changed, from the first record of an
    item to the moment. An item counts under its pillar and lead agency of the day."""
    items, milestones = item_histories(plan, moment), milestone_histories(plan, moment)
    if not items:
        return []
    first = day_of(min(versions[0][1] for versions in items.values()))
    points = [first + timedelta(days=n) for n in range((moment.on - first).days + 1)]
    ends = [seconds_of(end_of(day)) for day in points[:-1]]
    live: dict[int, list[_Item]] = {
        pk: [
            each
            for each in _spans(versions, ends)
            if each.stage not in CLOSED_STAGES
            and pillar in (None, each.pillar)
            and lead in (None, each.lead)
        ]
        for pk, versions in items.items()
    }
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for item, start, until, _past in _late_spans(points, ends, live, milestones.values()):
        spans[item].append((start, until))
    late = _Tally(len(points))
    for of_item in spans.values():
        end = 0
        # Of milestones that are late at the same time, an item counts once.
        for start, until in sorted(of_item):
            late.add(max(start, end), until)
            end = max(end, until)
    found: list[tuple[date, int]] = []
    for day, count in zip(points, late.counts(), strict=True):
        if not found or found[-1][1] != count:
            found.append((day, count))
    return found


def _late_spans(
    points: list[date],
    ends: list[int],
    live: Mapping[int, list[_Item]],
    milestones: Iterable[list[tuple[Any, ...]]],
) -> Iterator[tuple[int, int, int, int]]:
    """Yield an item and the points from which until which a milestone of it is late, and from which it is overdue.

    `live` are the items' states in which they count.
    """
    before, after = (cache(partial(cut, points)) for cut in (bisect_left, bisect_right))
    for versions in milestones:
        replaced = len(points)
        for _, at, _, agreed, forecast, completed, withdrawn, _, pk in reversed(versions):
            begun = bisect_right(ends, at)
            end = min(replaced, before(min(completed, withdrawn)))
            past = after(agreed)
            if begun < end and (past < end or forecast > agreed):
                for item in live.get(pk, ()):
                    start, until = max(begun, item.start), min(end, item.end)
                    if forecast <= agreed:
                        start = max(start, past)
                    if start < until:
                        yield pk, start, until, past
            replaced = min(replaced, begun)


def _months(
    points: list[date],
    ends: list[int],
    kept: dict[int, list[_Item]],
    milestones: Iterable[list[tuple[Any, ...]]],
) -> list[MonthFigures]:
    stages: dict[str, _Tally] = defaultdict(lambda: _Tally(len(points)))
    live: dict[int, list[_Item]] = defaultdict(list)
    for pk, spans in kept.items():
        for item in spans:
            stages[item.stage].add(item.start, item.end)
            if item.stage not in CLOSED_STAGES:
                live[pk].append(item)
    overdue, expected_late = _Tally(len(points)), _Tally(len(points))
    for _item, start, until, past in _late_spans(points, ends, live, milestones):
        overdue.add(max(start, past), until)
        expected_late.add(start, min(until, past))
    by_stage = {stage: list(tally.counts()) for stage, tally in stages.items()}
    return [
        MonthFigures(
            day=day,
            stages={stage.value: by_stage[stage][n] if stage in by_stage else 0 for stage in Stage},
            overdue=past,
            expected_late=ahead,
        )
        for n, (day, past, ahead) in enumerate(
            zip(points, overdue.counts(), expected_late.counts(), strict=True)
        )
    ]


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _longest_first(delays: Iterable[tuple[str, Sequence[int]]]) -> list[DelayDays]:
    """Return the days of delays by cause or agency, most days first."""
    rows = [DelayDays(label, sum(days), len(days)) for label, days in delays]
    return sorted(rows, key=lambda row: (-row.days, row.label.casefold()))


def _met(
    milestones: Iterable[tuple[_Item, _Dates]], on: date
) -> Iterator[tuple[int, int, date, tuple[str, str]]]:
    """Yield (pillar, milestone, date, (measure, outcome)) for each date before the day.

    The measure is "original" or "agreed". Withdrawn milestones and items are left out.
    """
    for item, dates in milestones:
        if item.stage == Stage.WITHDRAWN or dates.withdrawn <= on:
            continue
        for measure, due in (("original", dates.original), ("agreed", dates.agreed)):
            if due < on:
                done = dates.completed
                how = "not_yet" if done > on else "on_time" if done <= due else "late"
                yield item.pillar, dates.pk, due, (measure, how)


def _met_by(label: str, found: Iterable[tuple[str, str]]) -> MetBy:
    counts = Counter(found)
    original, agreed = (
        Met(*(counts[measure, how] for how in ("on_time", "late", "not_yet")))
        for measure in ("original", "agreed")
    )
    return MetBy(label, original, agreed)
