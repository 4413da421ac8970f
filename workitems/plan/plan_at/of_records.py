"""Rows of today's records that are in memory already, with changes that are not saved yet. No queries."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from workitems.models import Delay, Milestone, WorkItem
from workitems.plan.plan_at.loading import COLUMNS, COLUMNS_OF_DELAY
from workitems.plan.plan_at.rows import DelayAt, ItemAt, MilestoneAt
from workitems.terms import lateness

# Long texts that pages often leave out of their queries.
TEXTS = ("objective", "action", "done_means")


def item_row(record: WorkItem, on: date, steps: Iterable[MilestoneAt], **changes: Any) -> ItemAt:
    """Return an item with these milestones, and with other values than its record where given."""
    milestones = tuple(steps)
    late, due = lateness.dates_ahead(milestones, on)
    values = _values(record, ItemAt._fields, COLUMNS) | changes
    status = lateness.status_of(values["stage"], late, values["confidence"])
    return ItemAt(
        **values, version=None, on=on, milestones=milestones, late=late, due=due, status=status
    )


def milestone_row(
    record: Milestone, on: date, delays: Iterable[DelayAt], **changes: Any
) -> MilestoneAt:
    values = _values(record, MilestoneAt._fields, COLUMNS) | changes
    return MilestoneAt(**values, version=None, on=on, delays=tuple(delays))


def delay_row(record: Delay, on: date) -> DelayAt:
    """Return a delay without its mitigations."""
    return DelayAt(
        **_values(record, DelayAt._fields, COLUMNS | COLUMNS_OF_DELAY), version=None, on=on
    )


def _values(record: Any, fields: tuple[str, ...], columns: dict[str, str]) -> dict[str, Any]:
    found = {}
    for name in fields[: fields.index("version")]:
        value: Any = "" if name in TEXTS else record
        for part in () if name in TEXTS else columns.get(name, name).split("__"):
            value = getattr(value, part)
        found[name] = value
    return found
