"""What milestones wait for, as a paper is composed from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from reports.document import Source
from workitems.models import Wait
from workitems.plan.asat import versions_in_order
from workitems.plan.plan_at.waits_at import WaitAt, Waits

WAIT = "workitems.wait"


@dataclass(frozen=True)
class WaitFacts:
    """The waits of the plan at the paper's day, with their versions in history by id."""

    waits: Waits = field(default_factory=lambda: Waits(0, date.min, (), {}))
    versions: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def not_met(self) -> frozenset[int]:
        """The milestones whose agreed date can no longer be met because of what they wait for, as confirmed."""
        return self.waits.not_met_pks

    def source(self, row: WaitAt) -> Source:
        waiting, waited = self.waits.steps[row.milestone], self.waits.steps[row.waits_for]
        label = f"{waiting.reference} waits for {waited.reference}"
        return Source(WAIT, row.pk, self.versions.get(row.pk), label)

    def sources(self) -> Iterator[tuple[Source, int]]:
        """Yield the source of each wait of the plan's milestones, with its item's id."""
        for row in self.waits.rows:
            step = self.waits.steps[row.milestone]
            if step.plan == self.waits.plan:
                yield self.source(row), step.item


def wait_facts(waits: Waits) -> WaitFacts:
    """Return what a paper is composed from of these waits. One query, none without waits."""
    if not waits.rows:
        return WaitFacts()
    found = versions_in_order(Wait, id__in=[row.pk for row in waits.rows])
    return WaitFacts(waits, dict(found))
