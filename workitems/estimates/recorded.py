"""Reading the record of a plan's dates as it was known at a moment, from history, in three queries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import BigIntegerField, Func, QuerySet

from agencies.tracking import PLAN_COLUMN
from workitems.asat import Moment
from workitems.estimates.outcomes import (
    DelayVersion,
    ItemVersion,
    MilestoneVersion,
    Record,
    instant_after,
)
from workitems.models import Delay, Milestone, Plan, WorkItem

MILESTONE = (
    *("original_due", "original_known_to", "agreed_due", "agreed_known_to", "forecast_due"),
    *("completed_on", "withdrawn_on", "responsible_agency_id", "item_id"),
)
ITEM = ("stage", "confidence", "reviewer_confidence", "heard_on")
DELAY = ("milestone_id", "cause", "ended_on")


def read_record(plan: Plan, moment: Moment) -> Record:
    """Return the record of the plan's dates, as it was known at the moment."""
    milestones: dict[int, list[MilestoneVersion]] = defaultdict(list)
    for pk, at, values in _versions(Milestone, {PLAN_COLUMN: plan.pk}, MILESTONE, moment):
        milestones[pk].append(MilestoneVersion(at, *values))
    items: dict[int, list[ItemVersion]] = defaultdict(list)
    for pk, *said in _rows(WorkItem, {"plan_id": plan.pk}, ITEM, moment):
        items[pk].append(ItemVersion._make(said))
    delays: dict[int, dict[int, list[DelayVersion]]] = defaultdict(lambda: defaultdict(list))
    for pk, at, values in _versions(Delay, {PLAN_COLUMN: plan.pk}, DELAY, moment):
        delays[values[0]][pk].append(DelayVersion(at, *values[1:]))
    return Record(
        moment.on,
        instant_after(plan.adopted_on) if plan.adopted_on else 0,
        milestones,
        items,
        {pk: list(rows.values()) for pk, rows in delays.items()},
    )


def _versions(
    model: type[Any], of: dict[str, Any], columns: Sequence[str], moment: Moment
) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """Yield the id, the instant and the columns of each version that changed one of these, oldest first."""
    last: dict[int, tuple[Any, ...]] = {}
    for pk, at, *values in _rows(model, of, columns, moment):
        kept = tuple(values)
        if last.get(pk) != kept:
            last[pk] = kept
            yield pk, at, kept


def _rows(
    model: type[Any], of: dict[str, Any], columns: Sequence[str], moment: Moment
) -> "QuerySet[Any, tuple[Any, ...]]":
    """Return the id, the instant and the columns of each version, oldest first."""
    rows: QuerySet[Any] = model.history.filter(**of)
    if moment.until is not None:
        rows = rows.filter(history_date__lt=moment.until)
    # By date alone, because that is the order of the index of a plan's history.
    rows = rows.order_by("history_date", "history_id")
    return rows.values_list("id", Seconds("history_date"), *columns)


class Seconds(Func):
    """An instant as whole seconds since 1970, from the database: making dates of a hundred thousand takes
    longer than reading them."""

    template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        )
