"""Reading rows as at a moment: from the records for today, from their history before.

Each function makes one query, whatever the size of the plan. `of` selects records as in `rows_at`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import CharField, Q, QuerySet, Value

from agencies.models import Agency
from workitems import standing
from workitems.asat import Moment, rows_at
from workitems.models import Delay, Milestone, Mitigation, Pillar, Plan, Risk, Variation, WorkItem
from workitems.models.item import number_key
from workitems.plan_at.rows import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    PillarAt,
    RiskAt,
    VariationAt,
)

Of = dict[str, Any]
Row = TypeVar("Row")

# Make a named tuple of a plain one. Its own `_make` counts the fields again and takes twice as long.
new = tuple.__new__
# Columns that a row has under another name.
COLUMNS = {
    "pk": "id",
    "item": "item_id",
    "pillar": "pillar_id",
    "lead": "lead_agency_id",
    "responsible": "responsible_agency_id",
    "owner": "owner_agency_id",
    "settling_agency": "settling_agency_id",
    "milestone": "milestone_id",
    "delay": "delay_id",
}
COLUMNS_OF_DELAY = {"item": "milestone__item_id", "of": "milestone__description"}


def _columns(entries: tuple[str, ...], otherwise: dict[str, str] = COLUMNS) -> tuple[str, ...]:
    """Return the columns of a row, which are all its fields before `version`."""
    return tuple(otherwise.get(name, name) for name in entries[: entries.index("version")])


ITEM = _columns(ItemAt._fields)
NO_TEXT = Value("", output_field=CharField())
ITEM_WITHOUT_TEXTS = tuple(NO_TEXT if name in ("objective", "action") else name for name in ITEM)
MILESTONE = _columns(MilestoneAt._fields)
MILESTONE_WITHOUT_TEXT = tuple(NO_TEXT if name == "done_means" else name for name in MILESTONE)
DELAY = _columns(DelayAt._fields, COLUMNS | COLUMNS_OF_DELAY)
MITIGATION = _columns(MitigationAt._fields)
RISK = _columns(RiskAt._fields)
VARIATION = _columns(VariationAt._fields)
STAGE, CONFIDENCE = ITEM.index("stage"), ITEM.index("confidence")


def _read(
    rows: "QuerySet[Any]", columns: tuple[Any, ...], moment: Moment, *happened: str
) -> Iterator[tuple[Any, ...]]:
    """Yield the columns, the version and the day of each row.

    `happened` names columns of days, such as a completion; a day after the moment's is left out.
    """
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
        yield values + ends


def grouped(rows: Iterable[Row], by: str) -> Mapping[Any, list[Row]]:
    """Group rows by an attribute."""
    found: dict[Any, list[Row]] = defaultdict(list)
    key = attrgetter(by)
    for row in rows:
        found[key(row)].append(row)
    return found


def not_yet(rows: "QuerySet[Any]", *days: str, on: date) -> "QuerySet[Any]":
    """Keep rows of which none of the days (done, ended, closed) had come."""
    for day in days:
        rows = rows.filter(Q(**{day: None}) | Q(**{f"{day}__gt": on}))
    return rows


def mitigations_at(moment: Moment, of: Of) -> list[MitigationAt]:
    """Return mitigations by number."""
    rows = rows_at(Mitigation, moment, of=of).order_by("number", "id")
    return [MitigationAt._make(row) for row in _read(rows, MITIGATION, moment, "done_on")]


def delays_at(
    moment: Moment, of: Of, mitigations: Iterable[MitigationAt] = (), *, only_open: bool = False
) -> list[DelayAt]:
    """Return the delays found by then, by number, each with its own among the mitigations."""
    rows = rows_at(Delay, moment, of=of, found_on__lte=moment.on).order_by("number", "id")
    if only_open:
        rows = not_yet(rows, "ended_on", on=moment.on)
    steps = grouped(mitigations, "delay")
    return [
        new(DelayAt, row + (tuple(steps.get(row[0], ())),))
        for row in _read(rows, DELAY, moment, "ended_on")
    ]


def milestones_at(
    moment: Moment,
    of: Of,
    delays: Iterable[DelayAt] = (),
    *,
    only_open: bool = False,
    texts: bool = True,
) -> list[MilestoneAt]:
    """Return milestones by number, each with its own among the delays.

    Without `texts`, what "done" means is left empty.
    """
    rows = rows_at(Milestone, moment, of=of).order_by("number", "id")
    closed = ("completed_on", "withdrawn_on")
    if only_open:
        rows = not_yet(rows, *closed, on=moment.on)
    held_up = grouped(delays, "milestone")
    return [
        new(MilestoneAt, row + (tuple(held_up.get(row[0], ())),))
        for row in _read(rows, MILESTONE if texts else MILESTONE_WITHOUT_TEXT, moment, *closed)
    ]


def items_at(
    moment: Moment, of: Of, milestones: Iterable[MilestoneAt] = (), *, texts: bool = True
) -> list[ItemAt]:
    """Return items in the Plan's order, each with its own among the milestones.

    Without `texts`, the objective and the action are left empty: they are most of a row.
    """
    rows = rows_at(WorkItem, moment, of=of).order_by()
    return in_plan_order(items_among(rows, moment, milestones, texts=texts))


def in_plan_order(items: Iterable[ItemAt]) -> list[ItemAt]:
    return sorted(items, key=lambda row: (number_key(row.number), row.pk))


def items_among(
    rows: "QuerySet[Any]",
    moment: Moment,
    milestones: Iterable[MilestoneAt] = (),
    *,
    texts: bool = True,
) -> list[ItemAt]:
    """Return the items of a queryset (of history rows before today), in its order."""
    steps = grouped(milestones, "item")
    found = []
    for row in _read(rows, ITEM if texts else ITEM_WITHOUT_TEXTS, moment):
        own = tuple(steps.get(row[0], ()))
        late, due = standing.dates_ahead(own, moment.on)
        stands = standing.standing_of(row[STAGE], late.is_late, row[CONFIDENCE])
        found.append(new(ItemAt, row + (own, late, due, stands)))
    return found


def with_milestones(items: Iterable[ItemAt], milestones: Iterable[MilestoneAt]) -> list[ItemAt]:
    """Return the items with other milestones than they had, such as closed ones besides."""
    steps = grouped(milestones, "item")
    found = []
    for item in items:
        own = tuple(steps.get(item.pk, ()))
        late, due = standing.dates_ahead(own, item.on)
        stands = standing.standing_of(item.stage, late.is_late, item.confidence)
        found.append(item._replace(milestones=own, late=late, due=due, standing=stands))
    return found


def items_in_full(plan: Plan, moment: Moment) -> list[ItemAt]:
    """Return the plan's items with all milestones, delays and mitigations, open and closed.

    Makes four queries. What "done" means of a milestone is left empty.
    """
    mitigations = mitigations_at(moment, {"delay__milestone__item__plan_id": plan.pk})
    delays = delays_at(moment, {"milestone__item__plan_id": plan.pk}, mitigations)
    milestones = milestones_at(moment, {"item__plan_id": plan.pk}, delays, texts=False)
    return items_at(moment, {"plan_id": plan.pk}, milestones)


def risks_at(plan: Plan, moment: Moment) -> list[RiskAt]:
    """Return the plan's risks by number, open and closed."""
    rows = rows_at(Risk, moment, of={"plan_id": plan.pk}).order_by("number")
    return [RiskAt._make(row) for row in _read(rows, RISK, moment, "escalated_on", "closed_on")]


def variations_at(moment: Moment, of: Of, *states: str) -> list[VariationAt]:
    """Return the variations that were in one of the states, by number."""
    rows = rows_at(Variation, moment, of=of, state__in=states).order_by("number")
    return [VariationAt._make(row) for row in _read(rows, VARIATION, moment)]


def pillars_at(plan: Plan, moment: Moment) -> list[PillarAt]:
    """Return the pillars recorded by then, in the order of their numbers at the moment."""
    rows = rows_at(Pillar, moment, of={"plan_id": plan.pk}).order_by("number")
    return [PillarAt._make(row) for row in rows.values_list("id", "number", "title")]


def pillar_titles(plan: Plan, moment: Moment) -> dict[int, str]:
    """Return the titles of pillars at the moment by id, in today's order.

    A pillar recorded later has its later title, so that every item has a pillar.
    """
    titles = dict(plan.pillars.order_by("number").values_list("pk", "title"))
    if not moment.is_now:
        titles |= {row.pk: row.title for row in pillars_at(plan, moment)}
    return titles


def agencies_at(agencies: Mapping[int, Agency], moment: Moment) -> dict[int, Agency]:
    """Return agencies, by id, with their names at the moment. Makes one query, none for today.

    An agency recorded later has its name of today, because older plans name agencies too.
    """
    found = dict(agencies)
    if moment.is_now:
        return found
    rows = rows_at(Agency, moment, of={"pk__in": list(agencies)})
    for pk, short_name, name in rows.values_list("id", "short_name", "name"):
        if (found[pk].short_name, found[pk].name) != (short_name, name):
            found[pk] = copy(found[pk])
            found[pk].short_name, found[pk].name = short_name, name
    return found
