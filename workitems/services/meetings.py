"""Meetings of the working group, the decisions they take, and the risks they watch."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from agencies import history
from agencies.models import Agency, User
from workitems.models import Attendance, Decision, Meeting, Plan, Risk, WorkItem
from workitems.services.items import next_number
from workitems.services.refusals import Refused, locked


@transaction.atomic
def call_meeting(*, plan: Plan, held_on: date, place: str = "", by: User) -> Meeting:
    """Put a meeting in the calendar: one a day in a plan."""
    plan = locked(plan)
    if plan.meetings.filter(held_on=held_on).exists():
        raise Refused("The working group already meets on that day.", "held_on")
    return history.save(Meeting(plan=plan, held_on=held_on, place=place), by=by)


@transaction.atomic
def record_attendance(*, meeting: Meeting, agencies: Iterable[Agency], by: User) -> None:
    """Add the agencies that were present. Naming one twice changes nothing."""
    meeting = locked(meeting)
    present = set(meeting.attendances.values_list("agency", flat=True))
    for agency in agencies:
        if agency.pk not in present:
            history.save(Attendance(meeting=meeting, agency=agency), by=by)


@transaction.atomic
def record_decision(
    *,
    meeting: Meeting,
    text: str,
    by: User,
    item: WorkItem | None = None,
    owner_agency: Agency | None = None,
    due_on: date | None = None,
) -> Decision:
    """Record what the meeting decided; with an owner and a date it is followed up until done."""
    meeting = locked(meeting)
    if not text:
        raise Refused("Write what was decided.", "text")
    if item is not None and item.plan_id != meeting.plan_id:
        raise Refused("The item belongs to another plan.", "item")
    if (owner_agency is None) != (due_on is None):
        raise Refused("A decision to follow up has both an owner and a date.", "due_on")
    decision = Decision(
        meeting=meeting,
        number=next_number(meeting.decisions.all()),
        text=text,
        item=item,
        owner_agency=owner_agency,
        due_on=due_on,
    )
    return history.save(decision, by=by)


@transaction.atomic
def finish_decision(*, decision: Decision, done_on: date, on: date, by: User) -> Decision:
    """Close a decision that was being followed up."""
    decision = locked(decision)
    if decision.owner_agency_id is None:
        raise Refused("Nobody was asked to follow this decision up.")
    if decision.done_on is not None:
        raise Refused(f"This was done on {decision.done_on:%-d %B %Y}.")
    if done_on > on:
        raise Refused("The day is in the future.", "done_on")
    decision.done_on = done_on
    return history.save(decision, by=by, fields=["done_on"])


@transaction.atomic
def raise_risk(
    *,
    plan: Plan,
    description: str,
    likelihood: str,
    impact: str,
    owner_agency: Agency,
    by: User,
    item: WorkItem | None = None,
    response: str = "",
) -> Risk:
    """Enter a risk to the plan, or to one of its items."""
    plan = locked(plan)
    if item is not None and item.plan_id != plan.pk:
        raise Refused("The item belongs to another plan.", "item")
    risk = Risk(
        plan=plan,
        item=item,
        number=next_number(plan.risks.all()),
        description=description,
        likelihood=likelihood,
        impact=impact,
        owner_agency=owner_agency,
        response=response,
    )
    return history.save(risk, by=by)


@transaction.atomic
def escalate_risk(*, risk: Risk, to: Risk.EscalatedTo, on: date, by: User, reason: str) -> Risk:
    """Bring a risk before the working group or the Minister. Needs a reason."""
    risk = locked(risk)
    if risk.closed_on is not None:
        raise Refused("This risk is closed.")
    if not reason:
        raise Refused("Say why it goes higher.", "reason")
    risk.escalated_to, risk.escalated_on = to, on
    return history.save(risk, by=by, reason=reason, fields=["escalated_to", "escalated_on"])


@transaction.atomic
def close_risk(*, risk: Risk, on: date, by: User, reason: str) -> Risk:
    """Close a risk that no longer threatens. Needs a reason."""
    risk = locked(risk)
    if risk.closed_on is not None:
        raise Refused(f"This risk was closed on {risk.closed_on:%-d %B %Y}.")
    if not reason:
        raise Refused("Say why the risk is over.", "reason")
    risk.closed_on = on
    return history.save(risk, by=by, reason=reason, fields=["closed_on"])
