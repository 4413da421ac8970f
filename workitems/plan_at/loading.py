"""Rows as at a moment, from the records for today and from their history before.

Each function asks once, whatever the size of the plan; `of` chooses records as `rows_at` takes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from agencies.models import Agency
from workitems import standing
from workitems.asat import Moment, rows_at
from workitems.models import (
    Delay,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Risk,
    Variation,
    WorkItem,
)
from workitems.models.item import number_key
from workitems.plan_at.rows import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    PillarAt,
    RiskAt,
    VariationAt,
    dates_ahead,
)

Of = dict[str, Any]
Row = TypeVar("Row")

ITEM = (
    "id", "number", "title", "objective", "action", "pillar_id", "lead_agency_id", "is_key",
    "months", "starts_on", "stage", "completed_on", "confidence", "reviewer_confidence", "heard_on",
)  # fmt: skip
STAGE, CONFIDENCE = ITEM.index("stage"), ITEM.index("confidence")
MILESTONE = (
    "id", "item_id", "number", "description", "done_means", "responsible_agency_id",
    "original_due", "agreed_due", "forecast_due", "completed_on", "withdrawn_on",
)  # fmt: skip
DELAY = (
    "id", "milestone_id", "milestone__item_id", "milestone__description", "number", "cause",
    "explanation", "effect", "found_on", "ended_on", "due_before", "due_after", "times_moved",
)  # fmt: skip
MITIGATION = ("id", "delay_id", "number", "description", "owner_agency_id", "due_on", "done_on")
RISK = (
    "id", "item_id", "number", "description", "likelihood", "impact", "owner_agency_id",
    "response", "escalated_to", "escalated_on", "closed_on",
)  # fmt: skip
VARIATION = ("id", "number", "kind", "item_id", "milestone_id", "wording", "reason")


def _read(
    rows: "QuerySet[Any]", columns: tuple[str, ...], moment: Moment, *happened: str
) -> Iterator[tuple[Any, ...]]:
    """The columns, the version and the day of each row, without what happens (`happened`: columns
    of days) after that day."""
    on = moment.on
    ends: tuple[Any, ...] = (on,)
    if moment.is_now:
        ends = (None, on)
    else:
        columns = (*columns, "history_id")
    places = [columns.index(name) for name in happened]
    for values in rows.values_list(*columns):
        for place in places:
            if values[place] is not None and values[place] > on:
                values = (*values[:place], None, *values[place + 1 :])
        yield (*values, *ends)


def grouped(rows: Iterable[Row], by: str) -> Mapping[Any, list[Row]]:
    """The rows by what they belong to: an attribute of theirs."""
    found: dict[Any, list[Row]] = defaultdict(list)
    key = attrgetter(by)
    for row in rows:
        found[key(row)].append(row)
    return found


def not_yet(rows: "QuerySet[Any]", *days: str, on: date) -> "QuerySet[Any]":
    """Rows of which the days (done, ended, closed) had not come."""
    for day in days:
        rows = rows.filter(Q(**{day: None}) | Q(**{f"{day}__gt": on}))
    return rows


def mitigations_at(moment: Moment, of: Of) -> list[MitigationAt]:
    rows = rows_at(Mitigation, moment, of=of).order_by("number", "id")
    return [MitigationAt._make(row) for row in _read(rows, MITIGATION, moment, "done_on")]


def delays_at(
    moment: Moment, of: Of, mitigations: Iterable[MitigationAt] = (), *, only_open: bool = False
) -> list[DelayAt]:
    """Delays that had been found, by number, with those of the mitigations that are theirs."""
    rows = rows_at(Delay, moment, of=of, found_on__lte=moment.on).order_by("number", "id")
    if only_open:
        rows = not_yet(rows, "ended_on", on=moment.on)
    steps = grouped(mitigations, "delay")
    return [
        DelayAt._make((*row, tuple(steps.get(row[0], ()))))
        for row in _read(rows, DELAY, moment, "ended_on")
    ]


def milestones_at(
    moment: Moment, of: Of, delays: Iterable[DelayAt] = (), *, only_open: bool = False
) -> list[MilestoneAt]:
    """Milestones by number, with those of the delays that are theirs."""
    rows = rows_at(Milestone, moment, of=of).order_by("number", "id")
    closed = ("completed_on", "withdrawn_on")
    if only_open:
        rows = not_yet(rows, *closed, on=moment.on)
    held_up = grouped(delays, "milestone")
    return [
        MilestoneAt._make((*row, tuple(held_up.get(row[0], ()))))
        for row in _read(rows, MILESTONE, moment, *closed)
    ]


def items_at(moment: Moment, of: Of, milestones: Iterable[MilestoneAt] = ()) -> list[ItemAt]:
    """Items in the Plan's order, with those of the milestones that are theirs."""
    found = items_among(rows_at(WorkItem, moment, of=of).order_by(), moment, milestones)
    return sorted(found, key=lambda row: (number_key(row.number), row.pk))


def items_among(
    rows: "QuerySet[Any]", moment: Moment, milestones: Iterable[MilestoneAt] = ()
) -> list[ItemAt]:
    """The rows of items (history rows before today) in their order, with their milestones."""
    steps = grouped(milestones, "item")
    found = []
    for row in _read(rows, ITEM, moment):
        own = tuple(steps.get(row[0], ()))
        late, due = dates_ahead(own, moment.on)
        stands = standing.standing_of(row[STAGE], late.is_late, row[CONFIDENCE])
        found.append(ItemAt._make((*row, own, late, due, stands)))
    return found


def with_milestones(items: Iterable[ItemAt], milestones: Iterable[MilestoneAt]) -> list[ItemAt]:
    """The items with all the milestones of theirs."""
    steps = grouped(milestones, "item")
    found = []
    for item in items:
        own = tuple(steps.get(item.pk, ()))
        late, due = dates_ahead(own, item.on)
        stands = standing.standing_of(item.stage, late.is_late, item.confidence)
        found.append(item._replace(milestones=own, late=late, due=due, standing=stands))
    return found


def items_in_full(plan: Plan, moment: Moment) -> list[ItemAt]:
    """The plan's items with every milestone, delay and mitigation, closed ones among them. Four
    queries."""
    mitigations = mitigations_at(moment, {"delay__milestone__item__plan_id": plan.pk})
    delays = delays_at(moment, {"milestone__item__plan_id": plan.pk}, mitigations)
    milestones = milestones_at(moment, {"item__plan_id": plan.pk}, delays)
    return items_at(moment, {"plan_id": plan.pk}, milestones)


def risks_at(plan: Plan, moment: Moment) -> list[RiskAt]:
    """The plan's risks by number, closed ones among them."""
    rows = rows_at(Risk, moment, of={"plan_id": plan.pk}).order_by("number")
    return [RiskAt._make(row) for row in _read(rows, RISK, moment, "escalated_on", "closed_on")]


def variations_at(moment: Moment, of: Of, *states: str) -> list[VariationAt]:
    """Variations that were in one of the states, by number."""
    rows = rows_at(Variation, moment, of=of, state__in=states).order_by("number")
    return [VariationAt._make(row) for row in _read(rows, VARIATION, moment)]


def pillars_at(plan: Plan, moment: Moment) -> list[PillarAt]:
    """The pillars that there were, by the numbers of then."""
    rows = rows_at(Pillar, moment, of={"plan_id": plan.pk}).order_by("number")
    return [PillarAt._make(row) for row in rows.values_list("id", "number", "title")]


def pillar_titles(plan: Plan, moment: Moment) -> dict[int, str]:
    """The pillars by id, in today's order, as they were called at the moment; what was recorded
    later keeps its later name, so that no item is without its pillar."""
    titles = dict(plan.pillars.order_by("number").values_list("pk", "title"))
    if not moment.is_now:
        titles |= {row.pk: row.title for row in pillars_at(plan, moment)}
    return titles


def as_called(agencies: Mapping[int, Agency], moment: Moment) -> dict[int, Agency]:
    """The agencies, by id, under their names of then. One entered later keeps its name of today,
    since plans older than this register name agencies too. One query, and none for today."""
    found = dict(agencies)
    if moment.is_now:
        return found
    rows = rows_at(Agency, moment, of={"pk__in": list(agencies)})
    for pk, short_name, name in rows.values_list("id", "short_name", "name"):
        if (found[pk].short_name, found[pk].name) != (short_name, name):
            found[pk] = copy(found[pk])
            found[pk].short_name, found[pk].name = short_name, name
    return found
