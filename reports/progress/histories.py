"""The items and milestones of a plan as they changed, for what counts over time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import (
    Case,
    DateField,
    F,
    Field,
    Func,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Lag
from django.utils.timezone import get_default_timezone, localdate

from agencies.records.tracking import PLAN_COLUMN
from workitems.models import Milestone, Plan, WorkItem
from workitems.models.item import Confidence
from workitems.plan.asat import Moment, end_of

NEVER = date.max
# In seconds. In every time zone days begin at a full one, and most rows are written in few of them.
QUARTER_HOUR = 15 * 60
# By record, when it changed (seconds since 1970) and its values from then on: (id, at, *values).
Histories = dict[int, list[tuple[Any, ...]]]
OF_ITEMS = ("stage", "pillar_id", "lead_agency_id")
IN_DOUBT = (Confidence.AT_RISK, Confidence.OFF_TRACK)


class Doubt(StrEnum):
    """Who rated an item at risk or off track: its agency, else the reviewer, or nobody."""

    NONE = ""
    AGENCY = "agency"
    REVIEWER = "reviewer"


_DOUBT = Case(
    When(confidence__in=IN_DOUBT, then=Value(Doubt.AGENCY.value)),
    When(reviewer_confidence__in=IN_DOUBT, then=Value(Doubt.REVIEWER.value)),
    default=Value(Doubt.NONE.value),
)


def item_histories(plan: Plan, moment: Moment) -> Histories:
    """Return when each item got which stage, pillar and lead agency: (id, at, *values).

    Most history rows change none of them, so the database groups them by these values. If an item
    has the same values again later, its groups overlap in time, and its rows are read one by one.
    """
    columns = OF_ITEMS
    rows = known_at(moment, WorkItem.history.filter(plan_id=plan.pk))
    found: Histories = defaultdict(list)
    again: set[int] = set()
    last_of: dict[int, int] = {}
    for *version, last in (
        rows.values("id", *columns)
        .annotate(first=_Seconds(Min("history_date")), last=_Seconds(Max("history_date")))
        .order_by("id", "first")
        .values_list("id", "first", *columns, "last")
    ):
        pk, first = version[:2]
        if pk in found and first <= last_of[pk]:
            again.add(pk)
        last_of[pk] = last
        found[pk].append(tuple(version))
    if again:
        return found | _versions(rows.filter(id__in=again), columns)
    return found


def rated_histories(plan: Plan, moment: Moment) -> Histories:
    """Return the same as `item_histories`, and each time with the day on which the item was last heard of (read only of
    a plan that came from a spreadsheet), and who rated it at risk or off track (`Doubt`).

    Ratings go up and down again, so groups by values would overlap: the database compares each row with the one before.
    """
    heard_on = ("heard_on",) if plan.record_begins else ()
    columns = (*OF_ITEMS, *heard_on, "doubt")
    before = {
        f"before_{name}": Window(
            Lag(name), partition_by="id", order_by=["history_date", "history_id"]
        )
        for name in columns
    }
    changed = Q(before_stage=None)
    for name in columns:
        changed |= ~Q(**{name: F(f"before_{name}")})
    rows = known_at(moment, WorkItem.history.filter(plan_id=plan.pk)).annotate(doubt=_DOUBT)
    never = Value(None, output_field=DateField())
    read = (*OF_ITEMS, *(heard_on or (never,)), "doubt")
    found: Histories = defaultdict(list)
    for row in _in_order(rows.annotate(**before).filter(changed), read):
        found[row[0]].append(row)
    return found


def milestone_histories(plan: Plan, moment: Moment, *more: str) -> Histories:
    """Return when each milestone got which dates, agency, item, and values of other columns: (id, at, *values)."""
    rows = known_at(moment, Milestone.history.filter(**{PLAN_COLUMN: plan.pk}))
    return _versions(
        rows,
        (
            "original_due",
            "agreed_due",
            "forecast_due",
            Coalesce("completed_on", NEVER, output_field=DateField()),
            Coalesce("withdrawn_on", NEVER, output_field=DateField()),
            "responsible_agency_id",
            "item_id",
            *more,
        ),
    )


def seconds_of(instant: datetime) -> int:
    return int(instant.timestamp())


def day_of(seconds: int) -> date:
    """Return the New Zealand day of an instant."""
    return _day_of_quarter_hour(seconds // QUARTER_HOUR)


@lru_cache(maxsize=4096)
def start_of(day: date) -> int:
    """Return the first instant of a New Zealand day."""
    return seconds_of(end_of(day - timedelta(days=1)))


@lru_cache(maxsize=4096)
def _day_of_quarter_hour(number: int) -> date:
    at = datetime.fromtimestamp(number * QUARTER_HOUR, UTC)
    return localdate(at, get_default_timezone())


def known_at(moment: Moment, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the history rows that were written by the moment."""
    return rows if moment.until is None else rows.filter(history_date__lt=moment.until)


class _Seconds(Func):
    """An instant as whole seconds since 1970, which are read many times faster than a datetime."""

    # Not an integer field, of which each value would be made an integer again.
    output_field: "Field[Any, Any]" = Field()
    template = "floor(date_part('epoch', %(expressions)s))::bigint"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Without the fraction, which SQLite would round.
        template = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS integer)"
        return self.as_sql(compiler, connection, template=template, **context)


def _versions(rows: QuerySet[Any], columns: Sequence[str | Coalesce | Value]) -> Histories:
    """Return the versions of each record in which one of the columns changed, oldest first."""
    found: Histories = defaultdict(list)
    for row in _in_order(rows, columns):
        versions = found[row[0]]
        if not versions or versions[-1][2:] != row[2:]:
            versions.append(row)
    return found


def _in_order(rows: QuerySet[Any], columns: Sequence[str | Coalesce | Value]) -> QuerySet[Any]:
    # By date alone, because that is the order of the index of a plan's history.
    in_order = rows.order_by("history_date", "history_id")
    return in_order.values_list("id", _Seconds("history_date"), *columns)
