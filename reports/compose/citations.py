"""The sources of rows of the plan at a moment, as paragraphs cite them."""

from typing import Any, Protocol

from reports.document import Source
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt


class Versioned(Protocol):
    """A row of the plan at a moment."""

    @property
    def pk(self) -> int: ...
    @property
    def version(self) -> int | None: ...


# A line of the summary, with its sources.
Line = tuple[str, list[Source]]
NO_LINE: Line = ("", [])


def version_of(row: Versioned, model: str, label: str) -> Source:
    """Return a source for a row of the plan at a moment."""
    return Source(f"workitems.{model}", row.pk, row.version, label)


FOLLOW_UP = "reports.followup"


def follow_up_source(row: Any) -> Source:
    """Return a source for an action on an answer, as it was at the paper's date."""
    return Source(FOLLOW_UP, row.id, row.history_id, f"The action “{row.text[:60]}”")


def item_source(item: ItemAt) -> Source:
    return version_of(item, "workitem", f"Item {item.number}, {item.title}")


def milestone_source(item: ItemAt, step: MilestoneAt) -> Source:
    return version_of(step, "milestone", f"Milestone {step.number} of item {item.number}")


def delay_source(item: ItemAt, step: MilestoneAt, delay: DelayAt) -> Source:
    label = f"Delay {delay.number}, milestone {step.number} of item {item.number}"
    return version_of(delay, "delay", label)


def mitigation_source(item: ItemAt, step: MilestoneAt, delay: DelayAt, row: MitigationAt) -> Source:
    label = (
        f"Mitigation {row.number} of delay {delay.number}, milestone {step.number} "
        f"of item {item.number}"
    )
    return version_of(row, "mitigation", label)
