"""Reading rows as at a moment: from the records for today, from their history before.

Each function makes one query, whatever the size of the plan. `of` selects records as in `rows_at`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import Model

from agencies.models import Agency
from workitems.models import (
    Decision,
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
from workitems.plan.asat import Moment
from workitems.plan.plan_at.moment_reading import Of, read_at
from workitems.plan.plan_at.rows import (
    ActionAt,
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    PillarAt,
    RiskAt,
    VariationAt,
)
from workitems.terms import lateness

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
MILESTONE = _columns(MilestoneAt._fields)
DELAY = _columns(DelayAt._fields, COLUMNS | COLUMNS_OF_DELAY)
MITIGATION = _columns(MitigationAt._fields)
RISK = _columns(RiskAt._fields)
VARIATION = _columns(VariationAt._fields, COLUMNS | {"of": "milestone__description"})
# With the day on which it was done, which is read and left out.
ACTION = (*_columns(ActionAt._fields, COLUMNS | {"owner": "owner_agency_id"}), "done_on")
STAGE, CONFIDENCE = ITEM.index("stage"), ITEM.index("confidence")


def _read(
    model: type[Model],
    columns: tuple[str, ...],
    moment: Moment,
    of: Of,
    *happened: str,
    only_open: bool = False,
    **filters: Any,
) -> Iterator[tuple[Any, ...]]:
    """Yield the columns, the version and the day of each record.

    `happened` names columns of days, such as a completion; a day after the moment's is left out.
    """
    asked = columns if moment.is_now else (*columns, "history_id")
    ends = happened if only_open else ()
    found = read_at(model, moment, asked, of, not_yet=ends, **filters)
    return _as_at(found, moment, [columns.index(name) for name in happened])


def _as_at(
    rows: Iterable[tuple[Any, ...]], moment: Moment, days: Iterable[int] = ()
) -> Iterator[tuple[Any, ...]]:
    """Yield each row with its version and day, without days after the moment's at these places."""
    on = moment.on
    ends = (None, on) if moment.is_now else (on,)
    for values in rows:
        for place in days:
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


def mitigations_at(moment: Moment, of: Of) -> list[MitigationAt]:
    """Return mitigations by number."""
    rows = _read(Mitigation, MITIGATION, moment, of, "done_on", order=("number", "id"))
    return [new(MitigationAt, row) for row in rows]


def delays_at(
    moment: Moment, of: Of, mitigations: Iterable[MitigationAt] = (), *, only_open: bool = False
) -> list[DelayAt]:
    """Return the delays found by then, by number, each with its own among the mitigations."""
    steps = grouped(mitigations, "delay")
    rows = _read(
        *(Delay, DELAY, moment, of, "ended_on"),
        only_open=only_open, begun="found_on", order=("number", "id"),
    )  # fmt: skip
    return [new(DelayAt, row + (tuple(steps.get(row[0], ())),)) for row in rows]


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
    held_up = grouped(delays, "milestone")
    rows = _read(
        *(Milestone, MILESTONE, moment, of, "completed_on", "withdrawn_on"),
        only_open=only_open, without=() if texts else ("done_means",), order=("number", "id"),
    )  # fmt: skip
    return [new(MilestoneAt, row + (tuple(held_up.get(row[0], ())),)) for row in rows]


def items_at(
    moment: Moment, of: Of, milestones: Iterable[MilestoneAt] = (), *, texts: bool = True
) -> list[ItemAt]:
    """Return items in the Plan's order, each with its own among the milestones.

    Without `texts`, the objective and the action are left empty: they are most of a row.
    """
    return in_plan_order(items_in_any_order(moment, of, milestones, texts=texts))


def items_in_any_order(
    moment: Moment, of: Of, milestones: Iterable[MilestoneAt] = (), *, texts: bool = True
) -> list[ItemAt]:
    without = () if texts else ("objective", "action")
    return _items(_read(WorkItem, ITEM, moment, of, without=without), moment, milestones)


def in_plan_order(items: Iterable[ItemAt]) -> list[ItemAt]:
    return sorted(items, key=lambda row: (number_key(row.number), row.pk))


def _items(
    rows: Iterable[tuple[Any, ...]], moment: Moment, milestones: Iterable[MilestoneAt]
) -> list[ItemAt]:
    steps = grouped(milestones, "item")
    found = []
    for row in rows:
        own = tuple(steps.get(row[0], ()))
        late, due = lateness.dates_ahead(own, moment.on)
        status = lateness.status_of(row[STAGE], late, row[CONFIDENCE])
        found.append(new(ItemAt, row + (own, late, due, status)))
    return found


def with_milestones(items: Iterable[ItemAt], milestones: Iterable[MilestoneAt]) -> list[ItemAt]:
    """Return the items with other milestones than they had, such as closed ones besides."""
    steps = grouped(milestones, "item")
    found = []
    for item in items:
        own = tuple(steps.get(item.pk, ()))
        late, due = lateness.dates_ahead(own, item.on)
        status = lateness.status_of(item.stage, late, item.confidence)
        found.append(item._replace(milestones=own, late=late, due=due, status=status))
    return found


def items_in_full(plan: Plan, moment: Moment) -> list[ItemAt]:
    """Return the plan's items with all milestones, delays and mitigations, open and closed.

    Makes four queries. What "done" means of a milestone is left empty.
    """
    mitigations = mitigations_at(moment, {"delay__milestone__item__plan_id": plan.pk})
    delays = delays_at(moment, {"milestone__item__plan_id": plan.pk}, mitigations)
    milestones = milestones_at(moment, {"item__plan_id": plan.pk}, delays, texts=False)
    return items_at(moment, {"plan_id": plan.pk}, milestones)


def risks_at(moment: Moment, of: Of) -> list[RiskAt]:
    """Return risks by number, open and closed."""
    days = "escalated_on", "closed_on"
    rows = _read(Risk, RISK, moment, of, *days, order=("number",))
    return [new(RiskAt, row) for row in rows]


def variations_at(moment: Moment, of: Of, *states: str) -> list[VariationAt]:
    """Return the variations that were in one of the states, by number."""
    rows = _read(Variation, VARIATION, moment, of, state__in=states, order=("number",))
    return [new(VariationAt, row) for row in rows]


def actions_at(moment: Moment, plan: Plan) -> list[ActionAt]:
    """Return the decisions with an owner that were not done, soonest due first. Two queries."""
    places = {"meeting__plan_id": plan.pk}, {"out_of_session__variation__plan_id": plan.pk}
    rows = [
        new(ActionAt, row[:-3] + row[-2:])
        for of in places
        for row in _read(
            *(Decision, ACTION, moment, of, "done_on"),
            only_open=True, owner_agency_id__isnull=False,
        )
    ]  # fmt: skip
    return sorted(rows, key=attrgetter("due_on", "pk"))


def pillars_at(plan: Plan, moment: Moment) -> list[PillarAt]:
    """Return the pillars recorded by then, in the order of their numbers at the moment."""
    columns = "id", "number", "title"
    rows = read_at(Pillar, moment, columns, {"plan_id": plan.pk}, order=("number",))
    return [new(PillarAt, row) for row in rows]


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
    columns = "id", "short_name", "name"
    for pk, short_name, name in read_at(Agency, moment, columns, {"pk__in": list(agencies)}):
        if (found[pk].short_name, found[pk].name) != (short_name, name):
            found[pk] = copy(found[pk])
            found[pk].short_name, found[pk].name = short_name, name
    return found
