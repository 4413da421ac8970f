"""Make a plan until it is adopted: start it, change everything in it, adopt it, or delete it.

Each act locks the plan, so none of them meets its adoption half-way. `values` are by the names of the
model's fields.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Model, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.intake.plan_making import lacks_of, referring
from workitems.measures.readiness import readiness_of
from workitems.models import Measure, Member, Milestone, Pillar, Plan, Support, WorkItem
from workitems.models.item import Stage, is_item_number
from workitems.plan.asat import end_of
from workitems.plan.held_work import OpenParts
from workitems.plan.services import waits
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Conflict, Refused, locked, need_reason
from workitems.terms.as_told import fault_of_phrase
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS
from workitems.terms.known_dates import Due, known
from workitems.terms.lateness import by_then

Values = Mapping[str, Any]
Row = TypeVar("Row", bound=Model)
# URLs under /plans/ that are not plans.
TAKEN_SLUGS = {"import", "new"}
PLAN_FIELDS = (
    "title", "released_on", "ends_on", "portfolio", "coordinating_agency", "background", "copied_to",
    "short_title",
)  # fmt: skip
PILLAR_FIELDS = ("number", "title", "description")
ITEM_FIELDS = (
    "number", "pillar", "lead_agency", "kind", "is_key", "timeframe", "months", "starts_on",
    *ITEM_TEXTS,
)  # fmt: skip
MILESTONE_FIELDS = ("number", "responsible_agency", *MILESTONE_TEXTS)
MEASURE_FIELDS = ("number", "description")


def being_made(plan: Plan, *, version: int | None = None) -> Plan:
    """Return the plan, locked. Raise `Refused` if it is adopted."""
    plan = locked(plan)
    if plan.adopted_on is not None:
        raise Refused(
            _(
                "This plan was adopted on {day}. Its official wording and agreed dates now change "
                "by a variation."
            ).format(day=day_words(plan.adopted_on))
        )
    if version is not None and plan.version != version:
        raise Conflict(plan)
    return plan


def _put(row: Row, values: Values, fields: tuple[str, ...]) -> list[str]:
    """Set these fields of the row, and return the names of those that changed."""
    assert values.keys() <= set(fields), values.keys() - set(fields)
    # A new row has no relations yet.
    changed = [name for name, value in values.items() if getattr(row, name, None) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


# --- the plan ---------------------------------------------------------------------------------


def plan_faults(plan: Plan, title: str, released_on: date, ends_on: date | None) -> Faults:
    slug = slugify(title)
    if not slug or slug in TAKEN_SLUGS:
        yield _("Enter a title with more letters of the Latin alphabet or digits."), "title"
    elif Plan.objects.filter(Q(slug=slug) | Q(title=title)).exclude(pk=plan.pk).exists():
        yield _("There is already a plan with this title. Enter another title."), "title"
    if ends_on is not None and ends_on <= released_on:
        yield (
            _("Enter a day after the release, {day}.").format(day=day_words(released_on)),
            "ends_on",
        )


def _set_members(plan: Plan, members: Iterable[Agency], by: User) -> bool:
    """Make these agencies, and the coordinating one, the plan's members. Return whether any changed.

    Raise `Refused` for one that leaves although an item or a milestone is given to it.
    """
    wanted = {agency.pk: agency for agency in (*members, plan.coordinating_agency)}
    stored = {row.agency_id: row for row in plan.members.select_related("agency")}
    leaving = [row for pk, row in stored.items() if pk not in wanted]
    for row in leaving:
        agency = row.agency
        its = Q(lead_agency=agency) | Q(supports__agency=agency)
        its |= Q(milestones__responsible_agency=agency)
        items = plan.items.filter(pk__in=plan.items.filter(its).values("pk")).in_order()
        its_risks = plan.risks.filter(owner_agency=agency, closed_on=None).order_by("number")
        if says := OpenParts(list(items), list(its_risks)).obstacles(agency):
            raise Refused(says, "members")
    if leaving:
        history.delete_all(Member.objects.filter(pk__in=[row.pk for row in leaving]), by=by)
    new = [agency for pk, agency in wanted.items() if pk not in stored]
    for agency in new:
        history.save(Member(plan=plan, agency=agency), by=by)
    return bool(leaving or new)


@transaction.atomic
def start_plan(*, values: Values, members: Iterable[Agency], by: User) -> Plan:
    """Make a plan that is not adopted. Its slug comes from its title and stays.

    Raise `Refused` if another plan has the title, or if it ends before its release.
    """
    plan = Plan()
    _put(plan, values, PLAN_FIELDS)
    Refused.raise_any(plan_faults(plan, plan.title, plan.released_on, plan.ends_on))
    plan.slug = slugify(plan.title)
    history.save(plan, by=by)
    _set_members(plan, members, by)
    return plan


@transaction.atomic
def change_plan(
    *, plan: Plan, version: int, values: Values, members: Iterable[Agency], by: User
) -> Plan:
    """Change the plan's own fields and its working group. Without a change, write nothing."""
    plan = being_made(plan, version=version)
    changed = _put(plan, values, PLAN_FIELDS)
    Refused.raise_any(plan_faults(plan, plan.title, plan.released_on, plan.ends_on))
    if _set_members(plan, members, by) or changed:
        history.save_version(plan, *changed, by=by)
    return plan


@transaction.atomic
def adopt(
    *, plan: Plan, version: int, adopted_on: date, by: User, on: date, reason: str = ""
) -> Plan:
    """Adopt the plan as of a day: from its release up to `on`, today. Nothing takes it back.

    Of a day in the past, history has the plan as it was adopted from that day on (`_past_of`). Raise `Refused` with what it lacks (`plan_making.lacks_of`), for another day, or without a reason if an auditor could not judge all of it.
    """
    plan = being_made(plan, version=version)
    Refused.raise_any([(lack.says, None) for lack in lacks_of(plan, on)])
    if adopted_on > on:
        raise Refused(_("That day has not come yet. Enter a day up to today."), "adopted_on")
    if adopted_on < plan.released_on:
        raise Refused(
            _(
                "The plan was released on {day}. Enter that day or a later one, or change the "
                "day of release first."
            ).format(day=day_words(plan.released_on)),
            "adopted_on",
        )
    if not readiness_of(plan):
        need_reason(reason, _("Say why the plan is adopted before its items can all be judged."))
    plan.adopted_on = adopted_on
    adopted = history.save_version(plan, "adopted_on", by=by, reason=reason)
    if adopted_on < on:
        reason = _("Adopted as of {day}").format(day=day_words(adopted_on))
        for rows in _parts_of(plan):
            history.write_past(
                ((row, at, reason) for row, at in _past_of(rows, adopted_on)), by=by, actor=""
            )
    waits.carry_over(adopted, by=by, on=on)
    return adopted


def _parts_of(plan: Plan) -> tuple["models.QuerySet[Any]", ...]:
    """Return the rows that make up the plan."""
    return (
        Plan.objects.filter(pk=plan.pk),
        plan.members.all(),
        plan.pillars.all(),
        plan.items.all(),
        Milestone.objects.filter(item__plan=plan),
        Support.objects.filter(item__plan=plan),
        Measure.objects.filter(item__plan=plan),
    )


def _past_of(rows: "models.QuerySet[Any]", adopted_on: date) -> Iterable[tuple[Model, datetime]]:
    """Yield the rows that have no history on the day of the adoption, as they began on it: nothing was reported, so
    no item has a confidence and milestones are expected as agreed. What was done by then is done."""
    past: Any = rows.model.history.model
    known = past.objects.filter(history_date__lt=end_of(adopted_on)).values("id")
    at = end_of(adopted_on - timedelta(days=1)) + timedelta(hours=9)
    for row in rows.exclude(pk__in=known).order_by("pk"):
        if isinstance(row, (WorkItem, Milestone)):
            row.completed_on = by_then(row.completed_on, adopted_on)
        if isinstance(row, WorkItem):
            if row.stage != Stage.ONGOING and row.completed_on is None:
                row.stage = Stage.NOT_STARTED
            row.confidence = row.reviewer_confidence = ""
            row.heard_on = None
        if isinstance(row, Milestone):
            row.withdrawn_on = by_then(row.withdrawn_on, adopted_on)
            row.forecast = row.agreed
        yield row, at


@transaction.atomic
def delete_plan(*, plan: Plan, version: int, by: User) -> Plan:
    """Delete a plan that is not adopted, with everything in it. Its history stays. Return what it was."""
    plan = being_made(plan, version=version)
    _delete(Plan, {plan.pk}, by, f"The plan “{plan.title}” was deleted"[:200])
    return plan


def _delete(model: type[Model], keys: set[Any], by: User, reason: str) -> None:
    """Delete the rows with these keys; first those that refer to them, of whichever model."""
    if not keys:
        return
    for field in referring(model):
        rows = field.related_model._base_manager.filter(**{f"{field.field.name}__in": keys})
        _delete(field.related_model, set(rows.values_list("pk", flat=True)), by, reason)
    history.delete_all(model._base_manager.filter(pk__in=keys), by=by, reason=reason)


# --- pillars ----------------------------------------------------------------------------------


def _need_free(rows: models.QuerySet[Any], row: Any, number: object, what: str) -> None:
    if rows.filter(number=number).exclude(pk=row.pk).exists():
        raise Refused(
            _("Another {what} has the number {number}. Enter another one.").format(
                what=what, number=number
            ),
            "number",
        )


@transaction.atomic
def add_pillar(*, plan: Plan, values: Values, by: User) -> Pillar:
    plan = being_made(plan)
    pillar = Pillar(plan=plan)
    _put(pillar, values, PILLAR_FIELDS)
    _need_free(plan.pillars.all(), pillar, pillar.number, _("pillar"))
    return history.save(pillar, by=by)


@transaction.atomic
def change_pillar(*, pillar: Pillar, version: int, values: Values, by: User) -> Pillar:
    """Change a pillar. Its number gives its place. Without a change, write nothing."""
    plan = being_made(pillar.plan)
    pillar = locked(pillar, version=version)
    changed = _put(pillar, values, PILLAR_FIELDS)
    _need_free(plan.pillars.all(), pillar, pillar.number, _("pillar"))
    return history.save_version(pillar, *changed, by=by) if changed else pillar


@transaction.atomic
def remove_pillar(*, pillar: Pillar, version: int, by: User) -> Pillar:
    """Remove a pillar without items. Return what it was."""
    plan = being_made(pillar.plan)
    pillar = locked(pillar, version=version)
    if item := plan.items.filter(pillar=pillar).in_order().first():
        raise Refused(
            _("Item {number} is in this pillar. Move or remove its items first.").format(
                number=item.number
            )
        )
    _delete(Pillar, {pillar.pk}, by, "")
    return pillar


# --- items ------------------------------------------------------------------------------------


def check_item(plan: Plan, item: WorkItem, supports: Mapping[Agency, str]) -> None:
    """Raise `Refused` unless the item, which may be a new one, can be in the plan."""
    faults: list[tuple[str, str | None]] = []
    if not is_item_number(item.number):
        says = _("Enter at most 20 letters, digits, full stops and hyphens, such as 1.10.")
        faults.append((says, "number"))
    elif plan.items.filter(number=item.number).exclude(pk=item.pk).exists():
        says = _("Another item has the number {number}. Enter another one.").format(
            number=item.number
        )
        faults.append((says, "number"))
    if item.pillar.plan_id != plan.pk:
        faults.append((_("Choose a pillar of this plan."), "pillar"))
    if fault := fault_of_phrase(item.as_told):
        faults.append((fault, "as_told"))
    Refused.raise_any(faults)
    _check_members(plan, "lead_agency", item.lead_agency, *supports)
    if item.lead_agency in supports:
        raise Refused(
            _("{agency} leads the item, so it does not support it.").format(agency=item.lead_agency)
        )


def _check_members(plan: Plan, field: str, *agencies: Agency) -> None:
    inside = set(plan.members.values_list("agency", flat=True))
    for agency in agencies:
        if agency.pk not in inside:
            raise Refused(
                _("{agency} is not in the plan’s working group. Add it there first.").format(
                    agency=agency
                ),
                field,
            )


@transaction.atomic
def add_item(*, plan: Plan, values: Values, supports: Mapping[Agency, str], by: User) -> WorkItem:
    """Add an item, with its supporting agencies and the role of each."""
    plan = being_made(plan)
    item = WorkItem(plan=plan)
    _put(item, values, ITEM_FIELDS)
    check_item(plan, item, supports)
    history.save(item, by=by)
    _set_supports(item, supports, by)
    return item


@transaction.atomic
def change_item(
    *, item: WorkItem, version: int, values: Values, supports: Mapping[Agency, str], by: User
) -> WorkItem:
    """Change an item: its number and pillar too, which is how it moves. Without a change, write
    nothing."""
    plan = being_made(item.plan)
    item = locked(item, version=version, related=("pillar", "lead_agency"))
    changed = _put(item, values, ITEM_FIELDS)
    check_item(plan, item, supports)
    if _set_supports(item, supports, by) or changed:
        history.save_version(item, *changed, by=by)
    return item


def _set_supports(item: WorkItem, supports: Mapping[Agency, str], by: User) -> bool:
    """Make these the item's supporting agencies. Return whether anything changed."""
    stored = {row.agency_id: row for row in item.supports.all()}
    wanted = {agency.pk: (agency, role) for agency, role in supports.items()}
    leaving = [row.pk for pk, row in stored.items() if pk not in wanted]
    if leaving:
        history.delete_all(Support.objects.filter(pk__in=leaving), by=by)
    is_changed = bool(leaving)
    for pk, (agency, role) in wanted.items():
        row = stored.get(pk) or Support(item=item, agency=agency)
        if row.pk is None or row.role != role:
            row.role, is_changed = role, True
            history.save(row, by=by)
    return is_changed


@transaction.atomic
def remove_item(*, item: WorkItem, version: int, by: User) -> WorkItem:
    """Remove an item with its milestones, measures and supports. Return what it was."""
    being_made(item.plan)
    item = locked(item, version=version)
    _delete(WorkItem, {item.pk}, by, "")
    return item


# --- milestones and measures ------------------------------------------------------------------


def check_milestone(plan: Plan, milestone: Milestone) -> None:
    _need_free(milestone.item.milestones.all(), milestone, milestone.number, _("milestone"))
    if fault := fault_of_phrase(milestone.as_told):
        raise Refused(fault, "as_told")
    _check_members(plan, "responsible_agency", milestone.responsible_agency)


@transaction.atomic
def add_milestone(*, item: WorkItem, due: Due, values: Values, by: User) -> Milestone:
    """Add a milestone. Its original, agreed and forecast dates are the one that is due."""
    plan = being_made(item.plan)
    item = locked(item)
    milestone = Milestone(item=item)
    _put(milestone, values, MILESTONE_FIELDS)
    milestone.original = milestone.agreed = milestone.forecast = known(due)
    check_milestone(plan, milestone)
    return history.save(milestone, by=by)


@transaction.atomic
def change_milestone(
    *, milestone: Milestone, version: int, due: Due, values: Values, by: User
) -> Milestone:
    """Change a milestone. A new due date is its original and agreed date, and its forecast unless
    the forecast was another. Without a change, write nothing."""
    plan = being_made(milestone.item.plan)
    milestone = locked(milestone, version=version, related=("responsible_agency",))
    changed = _put(milestone, values, MILESTONE_FIELDS)
    new = known(due)
    if new != milestone.agreed:
        if milestone.forecast == milestone.agreed:
            milestone.forecast = new
        milestone.original = milestone.agreed = new
        for joined in (Milestone.original, Milestone.agreed, Milestone.forecast):
            changed += joined.columns
    check_milestone(plan, milestone)
    return history.save_version(milestone, *changed, by=by) if changed else milestone


@transaction.atomic
def remove_milestone(*, milestone: Milestone, version: int, by: User) -> Milestone:
    being_made(milestone.item.plan)
    milestone = locked(milestone, version=version)
    _delete(Milestone, {milestone.pk}, by, "")
    return milestone


@transaction.atomic
def add_measure(*, item: WorkItem, values: Values, by: User) -> Measure:
    being_made(item.plan)
    item = locked(item)
    measure = Measure(item=item)
    _put(measure, values, MEASURE_FIELDS)
    _need_free(item.measures.all(), measure, measure.number, _("measure"))
    return history.save(measure, by=by)


def _beside(measure: Measure) -> models.QuerySet[Any]:
    """Return the measures among which its number is unique: those of the item, or the outcomes."""
    return Measure.objects.filter(item=measure.item_id, of_plan=measure.of_plan_id)


@transaction.atomic
def change_measure(*, measure: Measure, version: int, values: Values, by: User) -> Measure:
    """Change a measure. Without a change, write nothing."""
    being_made(measure.plan)
    measure = locked(measure, version=version)
    changed = _put(measure, values, MEASURE_FIELDS)
    _need_free(_beside(measure), measure, measure.number, _("measure"))
    return history.save_version(measure, *changed, by=by) if changed else measure


@transaction.atomic
def remove_measure(*, measure: Measure, version: int, by: User) -> Measure:
    being_made(measure.plan)
    measure = locked(measure, version=version)
    _delete(Measure, {measure.pk}, by, "")
    return measure
