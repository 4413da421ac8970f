"""Trends of a plan: figures at each month's end, and totals of its delays.

Everything is read from history, in at most six queries whatever the plan's size. A record's state
at a month's end is its last history row before the next day began (New Zealand time), so the counts
equal the dashboard's of that day. Only history rows with a changed counted column are read.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import DateField, F, Q, Value, Window
from django.db.models.functions import Coalesce, Lag, TruncDate

from agencies.models import Agency
from agencies.tracking import PLAN_COLUMN
from workitems.asat import Moment, rows_at
from workitems.models import Delay, Milestone, Plan, WorkItem
from workitems.models.item import Stage
from workitems.plan_at import pillar_titles

NEVER = date.max
CLOSED_STAGES = (Stage.COMPLETE, Stage.WITHDRAWN)


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
    """Delays of a cause, or of an agency's milestones. `days` are calendar days from each delay's
    date before to its date after."""

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
    """The dates of a milestone from one point in time up to, but excluding, another."""

    start: int
    end: int
    original: date
    agreed: date
    forecast: date
    closed: date
    completed: date
    withdrawn: date
    responsible: int


def read_trends(
    plan: Plan, moment: Moment, *, pillar: int | None = None, lead: int | None = None
) -> Trends:
    """Return the trends up to the moment, of the plan or of a pillar's or lead agency's items.

    An item counts at each month's end under its pillar and lead agency at that time.
    """
    items = _changes(
        WorkItem, moment, {"plan_id": plan.pk}, ("stage", "pillar_id", "lead_agency_id")
    )
    milestones = _changes(
        Milestone,
        moment,
        {PLAN_COLUMN: plan.pk},
        (
            "original_due",
            "agreed_due",
            "forecast_due",
            "completed_on",
            "withdrawn_on",
            "responsible_agency_id",
            "item_id",
        ),
    )
    pillars = pillar_titles(plan, moment)
    agencies = Agency.objects.in_bulk()
    delays = (
        rows_at(Delay, moment, of={"milestone__item__plan_id": plan.pk})
        .filter(found_on__lte=moment.on)
        .order_by()
        .values_list("milestone_id", "cause", "due_before", "due_after")
    )

    points = _points(plan, moment.on, items, milestones)
    ended_on = points[-1] if points and points[-1] < moment.on else None
    stood = {
        pk: [_Item(start, end, *row[2:]) for start, end, row in _spans(versions, points)]
        for pk, versions in _by_record(items)
    }
    dated = {pk: list(_dates_stood(versions, points)) for pk, versions in _by_record(milestones)}
    item_of = {row[0]: row[-1] for row in milestones}

    def counts(item: _Item) -> bool:
        return (pillar is None or item.pillar == pillar) and (lead is None or item.lead == lead)

    kept = {pk: [one for one in spans if counts(one)] for pk, spans in stood.items()}
    last = {pk: spans[-1] for pk, spans in stood.items() if spans and counts(spans[-1])}
    at_last = {
        pk: (last[item_of[pk]], spans[-1])
        for pk, spans in dated.items()
        if spans and item_of[pk] in last
    }
    delayed = [
        (cause, at_last[pk][1].responsible, (after - before).days)
        for pk, cause, before, after in delays
        if pk in at_last
    ]
    met = list(_met(at_last.values(), moment.on))
    by_pillar, by_agency = (
        _grouped((row[0], row[2]) for row in met),
        _grouped(row[1:] for row in met),
    )
    return Trends(
        on=moment.on,
        months=_months(points, kept, dated, item_of),
        ended_on=ended_on,
        causes=_longest_first(
            ((cause, length) for cause, _, length in delayed),
            lambda cause: Delay.Cause(cause).label,
        ),
        delayed_agencies=_longest_first(
            (row[1:] for row in delayed), lambda pk: agencies[pk].short_name
        ),
        met=_met_by("All", [how for _, _, how in met]),
        met_by_pillar=[
            _met_by(title, by_pillar[pk]) for pk, title in pillars.items() if pk in by_pillar
        ],
        met_by_agency=sorted(
            (_met_by(agencies[pk].short_name, found) for pk, found in by_agency.items()),
            key=lambda row: row.label.casefold(),
        ),
    )


# --- history ------------------------------------------------------------------------------------


def _changes(
    model: type[Any], moment: Moment, of: dict[str, Any], columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return history rows in which a column changed, oldest first: (id, day, *columns).

    The first column is never null.
    """
    rows = model.history.filter(**of)
    if moment.until is not None:
        rows = rows.filter(history_date__lt=moment.until)
    before, changed = {}, Q()
    for column in columns:
        # NULL must compare as different from any date.
        now: Any = F(column)
        if column in ("completed_on", "withdrawn_on"):
            now = Coalesce(F(column), Value(NEVER), output_field=DateField())
        before[f"before_{column}"] = Window(
            Lag(now), partition_by="id", order_by=["history_date", "history_id"]
        )
        changed |= ~Q(**{f"before_{column}": now})
    found = (
        rows.annotate(day=TruncDate("history_date"), **before)
        .filter(Q(**{f"before_{columns[0]}": None}) | changed)
        .order_by("id", "history_date", "history_id")
        .values_list("id", "day", *columns)
    )
    return list(found)


def _by_record(
    rows: list[tuple[Any, ...]],
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    for pk, versions in groupby(rows, key=itemgetter(0)):
        yield pk, list(versions)


# --- points in time -----------------------------------------------------------------------------


def month_end(day: date) -> date:
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return after - timedelta(days=1)


def _points(
    plan: Plan, on: date, items: list[tuple[Any, ...]], milestones: list[tuple[Any, ...]]
) -> list[date]:
    """Return each month's end from the first record of an item, and the day requested as the last.

    For an ended plan they stop where no figure changes any more.
    """
    if not items:
        return []
    until = on
    if plan.ends_on and plan.ends_on < on:
        days = {plan.ends_on, *(row[1] for row in items), *(row[1] for row in milestones)}
        for row in milestones:
            # A milestone is overdue from the day after its agreed date.
            days |= {row[3] + timedelta(days=1)} if row[3] < on else set()
            days |= {day for day in row[5:7] if day}
        until = min(on, month_end(max(day for day in days if day <= on)))
    first = month_end(min(min(row[1] for row in items), until))
    points = []
    while first < until:
        points.append(first)
        first = month_end(first + timedelta(days=1))
    return [*points, until]


def _spans(
    versions: list[tuple[Any, ...]], points: list[date]
) -> list[tuple[int, int, tuple[Any, ...]]]:
    """Return each version with the range of points at which it was current: (start, end, version).

    Versions replaced before the end of a month have no points and are left out.
    """
    last = len(points) - 1
    end = len(points)
    found: list[tuple[int, int, tuple[Any, ...]]] = []
    for version in reversed(versions):
        start = min(bisect_left(points, version[1]), last)
        if start < end:
            found.append((start, end, version))
            end = start
    return found[::-1]


def _dates_stood(versions: list[tuple[Any, ...]], points: list[date]) -> Iterator[_Dates]:
    for start, end, version in _spans(versions, points):
        _, _, original, agreed, forecast, completed, withdrawn, responsible, _ = version
        completed, withdrawn = completed or NEVER, withdrawn or NEVER
        closed = min(completed, withdrawn)
        yield _Dates(
            start, end, original, agreed, forecast, closed, completed, withdrawn, responsible
        )


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


def _months(
    points: list[date],
    kept: dict[int, list[_Item]],
    dated: dict[int, list[_Dates]],
    item_of: dict[int, int],
) -> list[MonthFigures]:
    stages: dict[str, _Tally] = defaultdict(lambda: _Tally(len(points)))
    for spans in kept.values():
        for one in spans:
            stages[one.stage].add(one.start, one.end)
    overdue, expected_late = _Tally(len(points)), _Tally(len(points))
    for pk, versions in dated.items():
        live = [item for item in kept.get(item_of[pk], ()) if item.stage not in CLOSED_STAGES]
        for dates in versions:
            end = min(dates.end, bisect_left(points, dates.closed))
            past = bisect_right(points, dates.agreed)
            for item in live:
                start, until = max(dates.start, item.start), min(end, item.end)
                overdue.add(max(start, past), until)
                if dates.forecast > dates.agreed:
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


def _longest_first(
    delays: Iterable[tuple[Any, int]], label: Callable[[Any], str]
) -> list[DelayDays]:
    """Return the days of delays by key (a cause or an agency), most days first."""
    rows = [DelayDays(label(key), sum(days), len(days)) for key, days in _grouped(delays).items()]
    return sorted(rows, key=lambda row: (-row.days, row.label.casefold()))


def _met(
    milestones: Iterable[tuple[_Item, _Dates]], on: date
) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Yield (pillar, responsible agency, (measure, outcome)) for each date before the day.

    The measure is "original" or "agreed". Withdrawn milestones and items are left out.
    """
    for item, dates in milestones:
        if item.stage == Stage.WITHDRAWN or dates.withdrawn <= on:
            continue
        for measure, due in (("original", dates.original), ("agreed", dates.agreed)):
            if due < on:
                done = dates.completed
                how = "not_yet" if done > on else "on_time" if done <= due else "late"
                yield item.pillar, dates.responsible, (measure, how)


def _met_by(label: str, found: Iterable[tuple[str, str]]) -> MetBy:
    counts = Counter(found)
    original, agreed = (
        Met(*(counts[measure, how] for how in ("on_time", "late", "not_yet")))
        for measure in ("original", "agreed")
    )
    return MetBy(label, original, agreed)
