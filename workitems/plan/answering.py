"""Which agencies of a plan have something to answer in a round. Reads only."""

from collections.abc import Sequence
from typing import Any

from agencies.models import Agency
from workitems.models import Measure, Milestone, Plan, Support, WorkItem
from workitems.models.item import Stage


def asked_in(plan: Plan, agencies: Sequence[Agency]) -> list[Agency]:
    """Return those of the agencies that lead a live item, or are responsible for an open milestone or a measure. Three
    queries."""
    live = WorkItem.objects.filter(plan=plan).exclude(stage=Stage.WITHDRAWN)
    steps = Milestone.objects.open().filter(item__in=live)
    measures = Measure.objects.of(plan).exclude(kind=Measure.Kind.WORDS)
    return _among(
        agencies,
        live.values_list("lead_agency", flat=True),
        *(rows.values_list("responsible_agency", flat=True) for rows in (steps, measures)),
    )


def only_supporting(plan: Plan, agencies: Sequence[Agency]) -> list[Agency]:
    """Return those of the agencies that support an item and have nothing to answer. Four queries."""
    asked = {each.pk for each in asked_in(plan, agencies)}
    supports = Support.objects.filter(item__plan=plan).exclude(item__stage=Stage.WITHDRAWN)
    found = _among(agencies, supports.values_list("agency", flat=True))
    return [each for each in found if each.pk not in asked]


def _among(agencies: Sequence[Agency], *owners: Any) -> list[Agency]:
    known = {pk for rows in owners for pk in rows.distinct()}
    return [each for each in agencies if each.pk in known]
