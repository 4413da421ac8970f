"""The variations of a plan at a moment, which may be now. Reads only."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from agencies.models import Agency
from workitems.models import Plan, Variation
from workitems.models.delay import VariationQuerySet
from workitems.plan.asat import Moment, rows_at
from workitems.plan.plan_at import agencies_at


def variations_at(plan: Plan, moment: Moment) -> VariationQuerySet:
    """Return the plan's variations as they were: their own rows today, else history rows."""
    rows: Any = rows_at(Variation, moment, of={"plan_id": plan.pk})
    return VariationQuerySet(model=rows.model, query=rows.query).for_list()


def variations_of(rows: Iterable[Any], plan: Plan, moment: Moment) -> list[Variation]:
    """Return rows of `variations_at` as variations, with agencies under their names of the moment."""
    if moment.is_now:
        return list(rows)
    rows = list(rows)
    agencies = agencies_at(Agency.objects.in_bulk(), moment)
    found = []
    for row in rows:
        variation = as_it_was(Variation(pk=row.id), row)
        variation.plan, variation.item, variation.milestone = plan, row.item, row.milestone
        variation.requesting_agency = agencies[row.requesting_agency_id]
        found.append(variation)
    return found


def as_it_was(variation: Variation, row: Any) -> Variation:
    """Return a copy of the variation with the columns of its history row."""
    then = copy(variation)
    for field in Variation._meta.concrete_fields:
        if hasattr(row, field.attname):
            setattr(then, field.attname, getattr(row, field.attname))
    return then
