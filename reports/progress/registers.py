"""The lists behind the dashboard's figures: what needs attention, milestones, delays; as at a moment."""

from dataclasses import dataclass
from typing import Any

from reports.progress.dashboard import Due, milestones_of
from workitems.asat import rows_at
from workitems.models import Delay
from workitems.on_day import ItemOnDay, OpenDelay, OpenMilestone, PlanOnDay

# What ?late= and ?due= of the milestones may say.
LATE = {"overdue": "Overdue", "late": "Overdue or expected late"}
DUE = {"30": "Due within 30 days", "60": "Due within 60 days", "90": "Due within 90 days"}


def open_milestones(at: PlanOnDay, *, late: str = "", due: str = "") -> list[OpenMilestone]:
    """Milestones of live items that were open, by agreed date; narrowed to late or due ones."""
    rows = at.by_agreed_date
    if late == "overdue":
        rows = [row for row in rows if row.agreed_due < at.on]
    elif late == "late":
        rows = [row for row in rows if row.is_late(at.on)]
    if due:
        rows = [row for row in rows if row.is_due_within(int(due), at.on)]
    return rows


def milestone_lines(at: PlanOnDay, rows: list[OpenMilestone]) -> list[Due]:
    """The rows with their words, in the same order. One query."""
    found = milestones_of(at, {row.pk for row in rows})
    return [found[row.pk] for row in rows]


@dataclass(frozen=True)
class DelayLine:
    """A delay's row as at the moment, with its item and milestone."""

    row: Any
    item: ItemOnDay
    days: int
    is_mitigated: bool

    @property
    def cause(self) -> str:
        return Delay.Cause(self.row.cause).label


def open_delays(at: PlanOnDay, *, cause: str = "") -> list[OpenDelay]:
    """Delays that were open, in the Plan's order; narrowed to a cause."""
    place = {item.pk: index for index, item in enumerate(at.items)}
    rows = [row for row in at.delays if cause in ("", row.cause)]
    return sorted(rows, key=lambda row: (place[row.item], row.pk))


def delay_lines(at: PlanOnDay, rows: list[OpenDelay]) -> list[DelayLine]:
    """The rows with their words, in the same order. One query."""
    found = {
        row.id: row
        for row in rows_at(
            Delay, at.moment, of={"pk__in": [row.pk for row in rows]}
        ).select_related("milestone")
    }
    return [
        DelayLine(found[row.pk], at.by_pk[row.item], row.days, row.is_mitigated) for row in rows
    ]
