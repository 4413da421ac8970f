"""A plan at one moment as plain data: what two moments are compared by.

Nothing here asks the database. Agencies and pillars are ids; days are New Zealand local dates.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from workitems.models.item import Stage
from workitems.standing import Lateness, milestone_lateness


class ItemThen(NamedTuple):
    pk: int
    number: str
    title: str
    objective: str
    action: str
    pillar: int
    lead: int
    stage: str
    completed_on: date | None
    confidence: str
    reviewer_confidence: str

    @property
    def is_live(self) -> bool:
        return self.stage not in (Stage.COMPLETE, Stage.WITHDRAWN)


@dataclass(slots=True)
class MilestoneThen:
    pk: int
    item: int
    number: int
    description: str
    original_due: date
    agreed_due: date
    forecast_due: date
    completed_on: date | None = None
    withdrawn_on: date | None = None

    def is_done(self, on: date) -> bool:
        return self.completed_on is not None and self.completed_on <= on

    def is_withdrawn(self, on: date) -> bool:
        return self.withdrawn_on is not None and self.withdrawn_on <= on

    def is_open(self, on: date) -> bool:
        return not self.is_done(on) and not self.is_withdrawn(on)

    def is_overdue(self, on: date) -> bool:
        return self.is_open(on) and self.agreed_due < on

    def lateness(self, on: date) -> Lateness:
        return milestone_lateness(self, on)


class DelayThen(NamedTuple):
    pk: int
    milestone: int
    cause: str
    explanation: str
    found_on: date
    ended_on: date | None = None

    def is_found(self, on: date) -> bool:
        return self.found_on <= on

    def is_open(self, on: date) -> bool:
        return self.is_found(on) and (self.ended_on is None or self.ended_on > on)


class Approved(NamedTuple):
    """A variation that the working group had approved."""

    pk: int
    number: int
    kind: str
    item: int
    milestone: int | None
    wording: str
    reason: str

    @property
    def reference(self) -> str:
        return f"V{self.number}"


@dataclass(frozen=True)
class PlanThen:
    """What may differ between two moments, by id, and what things are called.

    Records that are the same at both moments may be left out of both.
    """

    on: date
    items: dict[int, ItemThen]
    milestones: dict[int, MilestoneThen] = field(default_factory=dict)
    delays: dict[int, DelayThen] = field(default_factory=dict)
    approved: dict[int, Approved] = field(default_factory=dict)
    pillars: dict[int, str] = field(default_factory=dict)
    agencies: dict[int, str] = field(default_factory=dict)

    def narrowed(self, *, pillar: int | None = None, lead: int | None = None) -> "PlanThen":
        """Only a pillar's items, or those that an agency leads; what hangs on others is unread."""
        return replace(
            self,
            items={
                pk: item
                for pk, item in self.items.items()
                if (pillar is None or item.pillar == pillar) and (lead is None or item.lead == lead)
            },
        )
