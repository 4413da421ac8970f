"""Add a work item or a milestone to an adopted plan, as the working group approved it.

Requests rehearse it, so that what an approval would refuse is refused where it was typed.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.people.succession import agency_on
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.intake.services.plan_making import (
    ITEM_FIELDS,
    MILESTONE_FIELDS,
    check_item,
    check_milestone,
)
from workitems.measures.services import set_up
from workitems.models import Milestone, Pillar, Plan, Support, Variation, WorkItem
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Refused, locked
from workitems.terms.additions import Addition, NewItem, NewMilestone
from workitems.terms.known_dates import KnownDate

# The fields of an item that are plain values, the same in the request and in the row.
OWN_COLUMNS = [name for name in ITEM_FIELDS if name not in ("pillar", "lead_agency")]
MILESTONE_COLUMNS = [name for name in MILESTONE_FIELDS if name != "responsible_agency"]

Dues = Iterable[tuple[str, KnownDate]]


def dues_of(adds: Addition) -> Dues:
    """Yield the form field and the due date of each milestone."""
    if isinstance(adds, NewItem):
        for place, milestone in enumerate(adds.milestones, start=1):
            yield f"due_{place}", milestone.due
    else:
        yield "due", adds.due


def day_faults(dues: Dues, *, plan: Plan, on: date, after_end: bool) -> Faults:
    """Yield what is wrong with the days on which the new milestones are due."""
    for field, due in dues:
        if due.last_day <= on:
            yield _("A new milestone must be due after today. Enter a later date."), field
        elif plan.ends_on is not None and due.last_day > plan.ends_on and not after_end:
            yield (
                _(
                    "The plan ends on {day}. Enter a date up to then, or tick that a milestone is due "
                    "after its end and say why in the reason."
                ).format(day=day_words(plan.ends_on)),
                field,
            )


def refuse_two_of_a_number(adds: Addition, plan: Plan, item: WorkItem | None) -> None:
    """Raise `Refused` if a pending request adds another item, or milestone of the item, of this
    number."""
    kind = Variation.Kind.MILESTONE if item else Variation.Kind.ITEM
    for row in plan.variations.pending().filter(kind=kind, item=item).order_by("number"):
        if row.addition is not None and row.addition.number == adds.number:
            says = (
                _(
                    "{reference} already asks for a milestone with the number {number}. Enter another "
                    "number, or wait until it is decided."
                )
                if item
                else _(
                    "{reference} already asks for an item with the number {number}. Enter another "
                    "number, or wait until it is decided."
                )
            )
            raise Refused(
                says.format(reference=row.reference, number=adds.number),
                "number",
            )


def rehearse(adds: Addition, *, plan: Plan, item: WorkItem | None, by: User, on: date) -> None:
    """Raise `Refused` for what could not be added today. Nothing stays written."""
    with transaction.atomic():
        if isinstance(adds, NewItem):
            make_item(plan, adds, by=by, on=on, reason="")
        else:
            assert item is not None
            make_milestone(item, adds, by=by, on=on, reason="")
        transaction.set_rollback(True)


def faults_by_now(variation: Variation, on: date) -> Iterator[str]:
    """Yield why what the request adds cannot be added any more, as sentences. Lock the plan."""
    adds = variation.addition
    if adds is None:
        return
    plan = locked(variation.plan)  # so that the number stays free
    item = variation.item
    if isinstance(adds, NewItem):
        if plan.items.filter(number=adds.number).exists():
            yield _("The plan now has an item {number}.").format(number=adds.number)
    elif item is not None:
        if not item.is_live:
            yield _("Item {number} is {stage}.").format(
                number=item.number, stage=item.get_stage_display().lower()
            )
        if item.milestones.filter(number=adds.number).exists():
            yield _("Item {number} now has a milestone {milestone}.").format(
                number=item.number, milestone=adds.number
            )
    for agency in _agencies(adds, on).values():
        if not agency.exists_on(on):
            yield _("{agency} no longer exists.").format(agency=agency)


def _agencies(adds: Addition, on: date) -> dict[int, Agency]:
    """Return the agencies that are named, by id: their successors where there are some by that day."""
    rows = Agency.objects.select_related("successor").in_bulk(list(adds.agencies))
    return {pk: agency_on(row, on) for pk, row in rows.items()}


def make_item(plan: Plan, adds: NewItem, *, by: User, on: date, reason: str) -> WorkItem:
    """Add the item with everything in it. Raise `Refused` if it cannot be in the plan."""
    plan = locked(plan)
    agencies = _agencies(adds, on)
    item = WorkItem(
        plan=plan,
        pillar=Pillar.objects.get(pk=adds.pillar),
        lead_agency=agencies[adds.lead_agency],
        **{name: getattr(adds, name) for name in OWN_COLUMNS},
    )
    if not (item.objective or item.action):
        raise Refused(_("Write the objective or the action: it is the official wording."), "action")
    if not adds.milestones:
        raise Refused(_("Enter a first milestone and when it is due."), "milestone_1")
    # Two agencies that were named may have the same successor by now.
    supports = {
        agencies[pk]: role
        for pk, role in adds.supports
        if pk == adds.lead_agency or agencies[pk] != item.lead_agency
    }
    check_item(plan, item, supports)
    history.save(item, by=by, reason=reason)
    for agency, role in supports.items():
        history.save(Support(item=item, agency=agency, role=role), by=by, reason=reason)
    for number, measure in enumerate(adds.measures, start=1):
        set_up.add_proposed(item, number, measure, agencies, by=by, on=on, reason=reason)
    for milestone in adds.milestones:
        _save_milestone(plan, item, milestone, agencies, by, reason)
    return item


def make_milestone(
    item: WorkItem, adds: NewMilestone, *, by: User, on: date, reason: str
) -> Milestone:
    """Add the milestone to the item. Raise `Refused` if the item is closed, or the number is taken."""
    item = locked(item, related=("plan",))
    if not item.is_live:
        raise Refused(
            _("Item {number} is {stage}.").format(
                number=item.number, stage=item.get_stage_display().lower()
            )
        )
    return _save_milestone(item.plan, item, adds, _agencies(adds, on), by, reason)


def _save_milestone(
    plan: Plan,
    item: WorkItem,
    adds: NewMilestone,
    agencies: dict[int, Agency],
    by: User,
    reason: str,
) -> Milestone:
    milestone = Milestone(
        item=item,
        responsible_agency=agencies[adds.responsible_agency],
        **{name: getattr(adds, name) for name in MILESTONE_COLUMNS},
    )
    milestone.original = milestone.agreed = milestone.forecast = adds.due
    check_milestone(plan, milestone)
    return history.save(milestone, by=by, reason=reason)
