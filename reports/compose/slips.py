"""What slipped: the milestones that are late on the paper's date, and those with delays that were found, open or
ended in its period, by item."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from reports.compose.citations import (
    delay_source,
    item_source,
    milestone_source,
    mitigation_source,
)
from reports.document import Source
from workitems.models import Delay
from workitems.models.item import Stage
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt


@dataclass(frozen=True)
class Slip:
    """A milestone with its delays in the period. Late milestones may have none recorded."""

    milestone: MilestoneAt
    delays: tuple[DelayAt, ...]

    @property
    def days(self) -> int:
        """Days by which it came, or is expected, after its agreed date; if it is late, at least to
        the paper's date."""
        step = self.milestone
        reached = step.completed_on or step.forecast_due
        if step.is_overdue:
            reached = max(reached, step.on)
        return max((reached - step.agreed_due).days, 0)


@dataclass(frozen=True)
class LateItem:
    """An item of the section, with its slips: late milestones first, those that slipped most."""

    item: ItemAt
    slips: tuple[Slip, ...]

    @property
    def is_late(self) -> bool:
        return self.item.is_late

    @property
    def days(self) -> int:
        return self.slips[0].days

    def sources(self) -> Iterator[Source]:
        yield item_source(self.item)
        for slip in self.slips:
            yield milestone_source(self.item, slip.milestone)
            for delay in slip.delays:
                yield delay_source(self.item, slip.milestone, delay)

    def mitigations(self) -> list[tuple[Source, MitigationAt]]:
        return [
            (mitigation_source(self.item, slip.milestone, delay, row), row)
            for slip in self.slips
            for delay in slip.delays
            for row in delay.mitigations
        ]


def late_items(items: Iterable[ItemAt], since: date) -> list[LateItem]:
    """Return the items with late milestones, or with delays that were open since a day: key items first,
    then late ones, then by days. Late milestones of a withdrawn item do not count."""
    found = []
    for item in items:
        slips = []
        for step in item.milestones if item.stage != Stage.WITHDRAWN else ():
            delays = tuple(delay for delay in step.delays if delay.was_open_since(since))
            if delays or (item.is_live and step.is_late):
                slips.append(Slip(step, delays))
        if slips:
            slips.sort(key=lambda slip: (not slip.milestone.is_late, -slip.days))
            found.append(LateItem(item, tuple(slips)))
    # The sort is stable, so equal items stay in the plan's order.
    return sorted(found, key=lambda entry: (not entry.item.is_key, not entry.is_late, -entry.days))


def cause_of(entry: LateItem) -> "Delay.Cause | None":
    """Return the cause of the item's largest slip that has one recorded."""
    causes = (delay.cause for slip in entry.slips for delay in slip.delays)
    return next(map(Delay.Cause, causes), None)
