"""The findings of audits that a paper is composed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.document import Source
from workitems.models import Finding
from workitems.plan.asat import versions_in_order

FINDING = "workitems.finding"


@dataclass(frozen=True)
class FindingFacts:
    """The latest finding on each item and on the whole plan, with their versions in history by id."""

    rows: Sequence[Finding] = ()
    versions: Mapping[int, int] = field(default_factory=dict)

    def source(self, row: Finding) -> Source:
        of = f"item {row.item.number}" if row.item else "the plan"
        label = f"Finding {row.reference} on {of}"
        return Source(FINDING, row.pk, self.versions.get(row.pk), label)


def finding_facts(rows: Sequence[Finding]) -> FindingFacts:
    """Return what a paper is composed from of these findings. One query, none without findings."""
    if not rows:
        return FindingFacts()
    found = versions_in_order(Finding, id__among=[row.pk for row in rows])
    return FindingFacts(rows, dict(found))
