"""The risk register of a plan at a moment, which may be now. Reads only."""

from collections.abc import Iterable
from typing import Any

from agencies.models import Agency
from workitems.items.item_page import record_of
from workitems.models import Plan, Risk
from workitems.models.risk import RiskQuerySet
from workitems.plan.asat import Moment, rows_at
from workitems.plan.plan_at import agencies_at


def register_at(plan: Plan, moment: Moment) -> RiskQuerySet:
    """Return the plan's risks as they were: their own rows today, and history rows of the past."""
    rows: Any = rows_at(Risk, moment, of={"plan_id": plan.pk})
    return RiskQuerySet(model=rows.model, query=rows.query).for_list()


def risks_of(rows: Iterable[Any], plan: Plan, moment: Moment) -> list[Risk]:
    """Return rows of the register as risks, with owners under their names of the moment."""
    agencies = agencies_at(Agency.objects.in_bulk(), moment) if not moment.is_now else {}
    found = []
    for row in rows:
        risk = record_of(Risk, row)
        risk.plan, risk.item = plan, row.item
        risk.owner_agency = agencies.get(row.owner_agency_id, row.owner_agency)
        if risk.item is not None:
            risk.item.plan = plan
        found.append(risk)
    return found
