"""Meetings of the working group and the decisions they take."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from agencies import history
from agencies.models import Agency, User
from workitems.models import Attendance, Decision, Meeting, Plan, WorkItem
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
