"""What the attention list says of one item, from the records of its page."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from agencies.models import Agency
from workitems.items.item_page import ItemPage
from workitems.plan.asat import Moment
from workitems.plan.attention import Line, attention
from workitems.plan.plan_at import PlanAt
from workitems.plan.plan_at.loading import COLUMNS
from workitems.plan.plan_at.rows import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    RiskAt,
    VariationAt,
)
from workitems.terms import lateness
from workitems.terms.lateness import by_then

Row = TypeVar("Row", ItemAt, MilestoneAt, DelayAt, MitigationAt, RiskAt, VariationAt)
# Columns of the rows with a day that has not happened if it is after the moment's.
HAPPENED = ("completed_on", "withdrawn_on", "ended_on", "done_on", "closed_on")


def plan_of_item(shown: ItemPage, moment: Moment) -> PlanAt:
    """Return a plan that has this item alone, with what the page shows of it. Makes no query; its waits take two, its measures three,
    or one if none is set up, and what is asked of a pending variation one."""
    item, on = shown.item, moment.on
    steps = [row for row, _ in shown.milestones]
    held = [each for _, delays in shown.milestones for each in delays]
    delays = [
        _row(
            DelayAt,
            delay,
            on,
            item=item.pk,
            of=delay.milestone.description,
            mitigations=tuple(_row(MitigationAt, step, on) for step in done_about),
        )
        for delay, done_about in sorted(held, key=lambda each: (each[0].number, each[0].pk))
        if delay.found_on <= on
    ]
    delays = [row for row in delays if row.is_open]
    milestones = [row for each in steps if (row := _row(MilestoneAt, each, on)).is_open]
    risks = [_row(RiskAt, row, on) for row in shown.risks if row.escalated_to]
    variations = [
        _row(VariationAt, row, on, of=row.milestone.description if row.milestone else None)
        for row in shown.variations
    ]
    late, due = lateness.dates_ahead(milestones, on)
    at = _row(
        ItemAt,
        item,
        on,
        milestones=tuple(milestones),
        late=late,
        due=due,
        status=lateness.status_of(item.stage, late, item.confidence),
    )
    return PlanAt(
        item.plan,
        moment,
        only_item=item.pk,
        items=[at],
        pillars=[],
        agencies=_agencies(shown),
        delays=delays,
        risks=risks,
        variations=variations,
        actions=[],
        returns=[],
    )


def line_of(at: PlanAt) -> Line | None:
    """Return the line of a plan's only item, or None if it needs no attention."""
    return next(iter(attention(at)), None)


def _row(kind: type[Row], record: Any, on: date, **values: Any) -> Row:
    """Make a row from a record. `values` are the columns that the record has not."""
    columns: Sequence[str] = kind._fields[: kind._fields.index("version")]
    found = {
        name: getattr(record, COLUMNS.get(name, name)) for name in columns if name not in values
    }
    for name in HAPPENED:
        if name in found:
            found[name] = by_then(found[name], on)
    return kind(**found, **values, version=None, on=on)


def _agencies(shown: ItemPage) -> dict[int, Agency]:
    """Return by id the agencies that are named on the page."""
    found = [shown.item.lead_agency, *(risk.owner_agency for risk in shown.risks)]
    for milestone, delays in shown.milestones:
        found.append(milestone.responsible_agency)
        for delay, steps in delays:
            found += [delay.settling_agency] if delay.settling_agency else []
            found += [step.owner_agency for step in steps]
    return {agency.pk: agency for agency in found}
