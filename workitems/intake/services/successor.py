"""Start the plan that follows another: with its open items, and all that is open of them."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.people.succession import agency_on
from agencies.records import history
from workitems.intake.services.plan_making import plan_faults
from workitems.models import Measure, Member, Milestone, Pillar, Plan, Support, WorkItem
from workitems.plan.services.refusals import Refused, locked

Row = TypeVar("Row", bound=models.Model)
# What else goes from the plan (first) to the one that follows, of modules that this one may not
# import: its kinds of briefing. They are registered in `AppConfig.ready`.
CARRIERS: list[Callable[[Plan, Plan, User], None]] = []
# Columns that a copy does not take.
OWN = {"id", "version", "number_key", "search_text", "heard_on"}


def _copy(row: Row, **other: object) -> Row:
    """Return a copy of a row, with these values replaced."""
    fields = [field for field in row._meta.concrete_fields if field.name not in OWN]
    copy = type(row)()
    for field in fields:
        if field.name not in other:
            setattr(copy, field.attname, getattr(row, field.attname))
    for name, value in other.items():
        setattr(copy, name, value)
    return copy


@transaction.atomic
def start_successor(
    *,
    plan: Plan,
    title: str,
    released_on: date,
    ends_on: date | None,
    items: Iterable[WorkItem],
    with_kinds: bool,
    by: User,
    on: date,
) -> Plan:
    """Make the plan that follows an adopted one. It is not adopted.

    It takes the portfolio, pillars and working group, and of the chosen items, which must be open,
    the wording, status, measures, agencies, open milestones with all three dates, their open delays,
    and open mitigations. Each item keeps its number and knows the one it was carried over from. An
    agency that no longer exists gives way to its successor.

    Raise `Refused` if a plan has the title, if it does not begin after the other, or if an item was
    closed meanwhile.
    """
    plan = locked(plan)
    if plan.adopted_on is None:
        raise Refused(_("This plan is not adopted yet, so none follows it."))
    new = _copy(
        plan,
        title=title,
        short_title="",
        slug=slugify(title),
        released_on=released_on,
        ends_on=ends_on,
        adopted_on=None,
        background="",
        successor_of=plan,
        coordinating_agency=agency_on(plan.coordinating_agency, on),
    )
    Refused.raise_any(plan_faults(new, title, released_on, ends_on))
    if released_on <= plan.released_on:
        raise Refused(_("The plan that follows is released after this one."), "released_on")
    history.save(new, by=by, reason=f"Follows {plan.title}"[:200])
    carried = _Carried(plan, new, by, on)
    carried.members()
    carried.glossary()
    pillars = carried.pillars()
    carried.outcomes()
    for item in items:
        if not item.is_live or item.plan_id != plan.pk:
            raise Refused(
                _("Item {number} is not open any more. Choose again.").format(number=item.number),
                "items",
            )
        carried.item(item, pillars)
    if with_kinds:
        for carry in CARRIERS:
            carry(plan, new, by)
    return new


class _Carried:
    """What goes from a plan to the one that follows it."""

    def __init__(self, plan: Plan, new: Plan, by: User, on: date) -> None:
        self.plan, self.new, self.by, self.on = plan, new, by, on

    def save(self, row: Row, reason: str = "") -> Row:
        return history.save(row, by=self.by, reason=reason)

    def now(self, agency: Agency) -> Agency:
        return agency_on(agency, self.on)

    def members(self) -> None:
        rows = self.plan.members.select_related("agency__successor").order_by("pk")
        agencies = {self.now(row.agency): None for row in rows}
        for agency in {self.new.coordinating_agency: None} | agencies:
            self.save(Member(plan=self.new, agency=agency))

    def glossary(self) -> None:
        for entry in self.plan.glossary.order_by("pk"):
            self.save(_copy(entry, plan=self.new))

    def pillars(self) -> dict[int, Pillar]:
        """Copy the pillars, and return each by the id of the one that it is of."""
        return {
            pillar.pk: self.save(_copy(pillar, plan=self.new))
            for pillar in self.plan.pillars.order_by("number")
        }

    def item(self, item: WorkItem, pillars: dict[int, Pillar]) -> None:
        lead = self.now(item.lead_agency)
        new = _copy(
            item,
            plan=self.new,
            pillar=pillars[item.pillar_id],
            lead_agency=lead,
            carried_from=item,
            reviewer_confidence="",
        )
        self.save(
            new,
            reason=f"Carried over from {item.number} of {self.plan.title}"[:300],
        )
        supports: dict[Agency, Support] = {}
        for support in item.supports.select_related("agency").order_by("pk"):
            agency = self.now(support.agency)
            if agency != lead and agency not in supports:
                supports[agency] = self.save(_copy(support, item=new, agency=agency))
        for measure in item.measures.order_by("number"):
            self.measure(measure, item=new)
        for milestone in item.milestones.open().order_by("number"):
            self.milestone(milestone, new)

    def outcomes(self) -> None:
        for measure in self.plan.outcomes.order_by("number"):
            self.measure(measure, of_plan=self.new)

    def measure(self, measure: Measure, **of: Any) -> None:
        """Copy a measure; its targets were of this plan. The last number that counts is what it was before the next."""
        giver = measure.responsible_agency and self.now(measure.responsible_agency)
        new = _copy(measure, **of, responsible_agency=giver)
        numbers = measure.values.accepted(self.on).filter(number__isnull=False, corrections=None)
        last = numbers.order_by("day", "pk").last()
        if last is not None and measure.kind != Measure.Kind.YES_NO and last.of != 0:
            new.baseline = last.number * 100 / last.of if last.of else last.number
            new.baseline_on, new.baseline_unknown = last.day, ""
        self.save(new)

    def milestone(self, milestone: Milestone, item: WorkItem) -> None:
        responsible = self.now(milestone.responsible_agency)
        new = self.save(_copy(milestone, item=item, responsible_agency=responsible))
        for delay in milestone.delays.filter(ended_on=None).order_by("number"):
            settling = delay.settling_agency and self.now(delay.settling_agency)
            copy = self.save(_copy(delay, milestone=new, settling_agency=settling))
            for step in delay.mitigations.filter(done_on=None).order_by("number"):
                self.save(_copy(step, delay=copy, owner_agency=self.now(step.owner_agency)))
