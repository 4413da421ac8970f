"""Registers behind the dashboard's figures: open milestones and open delays, as at a moment."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy

from reports.progress.plan_counts import Due
from workitems.models import Delay
from workitems.plan.plan_at import DelayAt, ItemAt, PlanAt, days_of, grouped
from workitems.terms.lateness import settlement_in_words, slip_in_words
from workitems.terms.sentence_ends import with_capital

# Values of the query parameters "late" and "due" of the milestones page, with labels.
LATE = {"overdue": gettext_lazy("Overdue"), "late": gettext_lazy("Overdue or expected late")}
DUE = {
    "30": gettext_lazy("Due within 30 days"),
    "60": gettext_lazy("Due within 60 days"),
    "90": gettext_lazy("Due within 90 days"),
}


def open_milestones(at: PlanAt, *, late: str = "", due: str = "") -> list[Due]:
    """Return open milestones of live items, by agreed date, optionally late or due soon ones."""
    rows = at.milestones
    if late:
        rows = [row for row in rows if (row.is_overdue if late == "overdue" else row.is_late)]
    if due:
        rows = [row for row in rows if row.is_due_within(int(due))]
    not_met = at.waits.not_met_pks
    return [Due(row, at.by_pk[row.item], at.lateness_of(row), row.pk in not_met) for row in rows]


class DelayLine(NamedTuple):
    """A delay with its item. `slip` is that of the milestone if it has more open delays. `settled` says
    whether the cause is settled, or is empty."""

    delay: DelayAt
    item: ItemAt
    slip: str = ""
    settled: str = ""
    days: int = 0

    @property
    def cause(self) -> str:
        return str(Delay.Cause(self.delay.cause).label)


def open_delays(at: PlanAt, *, cause: str = "") -> list[DelayLine]:
    """Return open delays, in the plan's order. Optionally only those of one cause."""
    rows = [row for row in at.delays if cause in ("", row.cause)]
    # Read after the delays, so that there is an item of each.
    place = {item.pk: index for index, item in enumerate(at.items)}
    rows.sort(key=lambda row: (place[row.item], row.pk))
    steps = {row.pk: row for row in at.milestones}
    of_step, days = grouped(at.delays, "milestone"), days_of(at.delays)
    return [
        DelayLine(
            row,
            at.by_pk[row.item],
            slip_in_words(steps[row.milestone], own)
            if len(own := of_step[row.milestone]) > 1 and row.milestone in steps
            else "",
            _settled(row, at),
            days[row.pk],
        )
        for row in rows
    ]


def _settled(row: DelayAt, at: PlanAt) -> str:
    """Return "Being settled by Police by 30 July 2010", or "" if nobody has said."""
    who = row.settler(at.agencies)
    words = settlement_in_words(row.settlement, who, row.settling_by, at.on).removeprefix("is ")
    return with_capital(words)
