"""Reading the record of a plan's dates as it was known at a moment, from history, in three queries.

Of milestones and delays, all versions are read. Of items, which have many more, only those that the signs and outcomes
of dates are taken from.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, Field, Func, QuerySet

from agencies.tracking import PLAN_COLUMN
from workitems.asat import Moment
from workitems.estimates.outcomes import (
    CLOSED_STAGES,
    DelayVersion,
    ItemVersion,
    MilestoneVersion,
    Record,
    instant_after,
    items_looked_at,
)
from workitems.models import Delay, Milestone, Plan, WorkItem

MILESTONE = (
    *("original_due", "original_known_to", "agreed_due", "agreed_known_to", "forecast_due"),
    *("completed_on", "withdrawn_on", "responsible_agency_id", "item_id"),
)
DELAY = ("milestone_id", "cause", "ended_on")


def read_record(plan: Plan, moment: Moment) -> Record:
    """Return the record of the plan's dates, as it was known at the moment."""
    adopted = instant_after(plan.adopted_on) if plan.adopted_on else 0
    milestones: dict[int, list[MilestoneVersion]] = defaultdict(list)
    for pk, at, values in _versions(Milestone, plan, MILESTONE, moment):
        milestones[pk].append(MilestoneVersion(at, *values))
    delays: dict[int, dict[int, list[DelayVersion]]] = defaultdict(lambda: defaultdict(list))
    for pk, at, values in _versions(Delay, plan, DELAY, moment):
        delays[values[0]][pk].append(DelayVersion(at, *values[1:]))
    items: dict[int, list[ItemVersion]] = defaultdict(list)
    looked_at = items_looked_at(milestones.values(), adopted, moment.on)
    for pk, at, stage, confidence, reviewer, heard_on in _item_rows(looked_at, moment):
        items[pk].append(ItemVersion(at, stage, confidence, reviewer, _day(heard_on)))
    return Record(
        moment.on,
        adopted,
        milestones,
        items,
        {pk: list(rows.values()) for pk, rows in delays.items()},
    )


def _versions(
    model: type[Any], plan: Plan, columns: Sequence[str], moment: Moment
) -> Iterator[tuple[int, int, list[Any]]]:
    """Yield the id, the instant and the columns of each version that changed one of these, oldest first."""
    rows: QuerySet[Any] = model.history.filter(**{PLAN_COLUMN: plan.pk})
    if moment.until is not None:
        rows = rows.filter(history_date__lt=moment.until)
    # By date alone, because that is the order of the index of a plan's history.
    rows = rows.order_by("history_date", "history_id")
    are_dates = [name.endswith(("_due", "_on")) for name in columns]
    stored = [
        AsStored(name) if is_date else F(name)
        for name, is_date in zip(columns, are_dates, strict=True)
    ]
    last: dict[int, list[Any]] = {}
    for pk, at, *values in rows.values_list("id", Seconds("history_date"), *stored):
        if last.get(pk) != values:
            last[pk] = values
            pairs = zip(values, are_dates, strict=True)
            yield pk, at, [_day(value) if is_date else value for value, is_date in pairs]


@cache
def _day(stored: date | str | None) -> date | None:
    """Return a date as it is stored. A plan has the same ones again and again."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


class AsStored(Func):
    """A date as the database has it: on SQLite, a text."""

    template = "%(expressions)s"
    output_field = Field()


class Seconds(Func):
    """An instant as whole seconds since 1970, from the database: making dates of a hundred thousand takes
    longer than reading them."""

    template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        )


def _item_rows(looked_at: Iterable[tuple[int, int]], moment: Moment) -> list[tuple[Any, ...]]:
    """Return, of each item, its version at each instant that is looked at, the first and the last, and when it was closed
    for good: the last version that was open and the next one. Oldest first.

    A look-up in the index for each, because an item has many versions.
    """
    table = connection.ops.quote_name(WorkItem.history.model._meta.db_table)
    until = "AND v.history_date < %(until)s" if moment.until is not None else ""
    newest = "ORDER BY v.history_date DESC, v.history_id DESC LIMIT 1"
    oldest = "ORDER BY v.history_date, v.history_id LIMIT 1"
    is_open = "v.stage NOT IN (" + ", ".join(f"'{stage}'" for stage in CLOSED_STAGES) + ")"

    def version(of: str, which: str) -> str:
        return f"(SELECT v.history_id FROM {table} v WHERE v.id = {of}.item {until} {which})"

    pairs = sorted(looked_at)
    params: dict[str, Any] = {"until": connection.ops.adapt_datetimefield_value(moment.until)}
    if connection.vendor == "sqlite":
        asked = "SELECT value ->> 0 AS item, datetime((value ->> 1) + 1, 'unixepoch') AS upto FROM json_each(%(pairs)s)"
        seconds = "CAST(strftime('%%s', v.history_date) AS INTEGER)"
        params["pairs"] = json.dumps(pairs)
    else:
        asked = (
            "SELECT item, to_timestamp(at + 1) AS upto"
            " FROM unnest(%(items)s::bigint[], %(instants)s::bigint[]) AS asked (item, at)"
        )
        seconds = "FLOOR(EXTRACT(EPOCH FROM v.history_date))::bigint"
        params |= {"items": [pk for pk, _ in pairs], "instants": [at for _, at in pairs]}
    sql = f"""
        WITH asked AS ({asked}),
        own AS (SELECT DISTINCT item FROM asked),
        opened AS (SELECT item, {version("own", f"AND {is_open} {newest}")} AS history_id FROM own),
        found AS (
            SELECT {
        version("asked", f"AND v.history_date < asked.upto {newest}")
    } AS history_id FROM asked
            UNION SELECT {version("own", oldest)} FROM own
            UNION SELECT {version("own", newest)} FROM own
            UNION SELECT history_id FROM opened
            UNION SELECT {
        version(
            "o", f"AND (v.history_date, v.history_id) > (o.history_date, o.history_id) {oldest}"
        )
    } FROM (SELECT opened.item, w.history_id, w.history_date FROM opened
                    JOIN {table} w ON w.history_id = opened.history_id) o
        )
        SELECT v.id, {seconds}, v.stage, v.confidence, v.reviewer_confidence, v.heard_on
        FROM found JOIN {table} v ON v.history_id = found.history_id
        ORDER BY v.history_date, v.history_id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
