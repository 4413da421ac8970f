"""Items whose lead agency has ended: nobody reports on them until its work is handed over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext

from agencies.models import Agency
from agencies.wording.translation import day_words
from workitems.models import Plan, WorkItem
from workitems.plan.plan_at import PlanAt


@dataclass(frozen=True)
class EndedLead:
    """An agency that has ended, and the numbers of the live items that it still leads."""

    agency: Agency
    numbers: list[str]

    @property
    def words(self) -> str:
        """For example: "Items 1.1 and 1.2 have no lead: Labour ended on 30 June 2012."."""
        return ngettext(
            "Item {numbers} has no lead: {agency} ended on {day}.",
            "Items {numbers} have no lead: {agency} ended on {day}.",
            len(self.numbers),
        ).format(
            numbers=", ".join(self.numbers),
            agency=self.agency.short_name,
            day=day_words(self.agency.valid_to),
        )

    @property
    def leads(self) -> str:
        """For example, before its last day: "It leads items 1.1 and 1.2."."""
        return ngettext(
            "It leads item {numbers}.", "It leads items {numbers}.", len(self.numbers)
        ).format(numbers=", ".join(self.numbers))


def ended_leads(plan: Plan, on: date) -> list[EndedLead]:
    """Return the ended agencies that lead live items of a plan. One query."""
    items = WorkItem.objects.live().filter(plan=plan, lead_agency__valid_to__lt=on)
    rows = items.select_related("lead_agency").in_order()
    return grouped((item.lead_agency, item.number) for item in rows)


def ended_leads_at(at: PlanAt) -> list[EndedLead]:
    """Return the same of a plan at a moment, from what is read of it."""
    ended = {pk for pk, row in at.agencies.items() if row.valid_to and row.valid_to < at.on}
    return grouped(
        (at.agencies[item.lead], item.number)
        for item in (at.items if ended else ())
        if item.lead in ended and item.is_live
    )


def grouped(rows: Iterable[tuple[Agency, str]]) -> list[EndedLead]:
    found: dict[Agency, list[str]] = {}
    for agency, number in rows:
        found.setdefault(agency, []).append(number)
    return [EndedLead(agency, numbers) for agency, numbers in found.items()]
