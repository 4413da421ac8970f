"""Which agencies of a plan have something to answer in a round. Reads only."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from agencies.models import Agency
from workitems.models import Measure, Member, Milestone, Plan, Return, Support, WorkItem
from workitems.models.item import Stage


def asked_in(plan: Plan, agencies: Sequence[Agency]) -> list[Agency]:
    """Return those of the agencies that lead a live item, or are responsible for an open milestone or a measure. Three
    queries."""
    asked = Milestone.objects.asked().filter(item__plan=plan), Measure.objects.asked().of(plan)
    return _among(
        agencies,
        WorkItem.objects.asked().filter(plan=plan).values_list("lead_agency", flat=True),
        *(rows.values_list("responsible_agency", flat=True) for rows in asked),
    )


def only_supporting(plan: Plan, agencies: Sequence[Agency]) -> list[Agency]:
    """Return those of the agencies that support an item and have nothing to answer. Four queries."""
    asked = {each.pk for each in asked_in(plan, agencies)}
    supports = Support.objects.filter(item__plan=plan).exclude(item__stage=Stage.WITHDRAWN)
    found = _among(agencies, supports.values_list("agency", flat=True))
    return [each for each in found if each.pk not in asked]


def asked_anywhere(agencies: Collection[Agency], on: date) -> set[int]:
    """Return the ids of those agencies that owe a return, or are asked in a plan that runs (`asked_in`). Five queries."""
    own = [each.pk for each in agencies]
    owed = Return.objects.waiting_for_agency().filter(agency__in=own)
    found = set(owed.values_list("agency", flat=True))
    runs = Plan.objects.adopted().filter(Q(ends_on=None) | Q(ends_on__gte=on))
    members = Member.objects.filter(plan__in=runs, agency__in=own)
    joined = set(members.values_list("plan", "agency"))
    measures = Measure.objects.asked()
    asked: list[tuple[Any, str, str]] = [
        (WorkItem.objects.asked(), "plan", "lead_agency"),
        (Milestone.objects.asked(), "item__plan", "responsible_agency"),
        (measures, "item__plan", "responsible_agency"),
        (measures, "of_plan", "responsible_agency"),
    ]
    for rows, plan, agency in asked:
        pairs = rows.filter(**{f"{agency}__in": own}).values_list(plan, agency).distinct()
        found |= {pk for at, pk in pairs if (at, pk) in joined}
    return found


def _among(agencies: Sequence[Agency], *owners: Any) -> list[Agency]:
    known = {pk for rows in owners for pk in rows.distinct()}
    return [each for each in agencies if each.pk in known]
