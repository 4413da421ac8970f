"""Record decisions of a meeting, change them, and follow them up."""

from datetime import date

from django.db import transaction

from agencies import history
from agencies.models import Agency, User
from workitems.models import Decision, Matter, Meeting, WorkItem
from workitems.services.items import next_number
from workitems.services.matters import mark_considered
from workitems.services.meetings import check_held, open_record
from workitems.services.refusals import Refused, locked, need_reason


@transaction.atomic
def record_decision(
    *,
    meeting: Meeting,
    text: str,
    on: date,
    by: User,
    matter: Matter | None = None,
    item: WorkItem | None = None,
    about: str = "",
    owner_agency: Agency | None = None,
    due_on: date | None = None,
) -> Decision:
    """Record a decision of the meeting. With an owner and a due date it is followed up until done.

    A `matter` of the meeting's agenda is marked as considered and provides the item, if it has
    one. `about` names any other subject. Use `variations.decide` for a variation. Raise `Refused`
    before the meeting's day and if its record is closed.
    """
    meeting = open_record(meeting)
    check_held(meeting, on)
    if matter is not None:
        matter = locked(matter)
        if matter.meeting_id != meeting.pk or matter.withdrawn_on is not None:
            raise Refused("That matter is not on the agenda of this meeting.", "matter")
        item = item or matter.subject_item
    if item is not None and item.plan_id != meeting.plan_id:
        raise Refused("The item belongs to another plan.", "item")
    _check_words(meeting, text, owner_agency, due_on)
    decision = Decision(
        meeting=meeting,
        number=next_number(meeting.decisions.all()),
        text=text,
        matter=matter,
        item=item,
        about=about,
        owner_agency=owner_agency,
        due_on=due_on,
    )
    history.save(decision, by=by)
    if matter is not None:
        mark_considered(matter, meeting, by=by)
    return decision


def _check_words(
    meeting: Meeting, text: str, owner_agency: Agency | None, due_on: date | None
) -> None:
    if not text:
        raise Refused("Write what was decided.", "text")
    if owner_agency is not None and due_on is None:
        raise Refused("Say by when; a decision to follow up has an owner and a date.", "due_on")
    if due_on is None:
        return
    if owner_agency is None:
        raise Refused("Say who; a decision to follow up has an owner and a date.", "owner_agency")
    if due_on < meeting.held_on:
        raise Refused("That is before the meeting.", "due_on")


@transaction.atomic
def change_decision(
    *,
    decision: Decision,
    text: str,
    by: User,
    owner_agency: Agency | None = None,
    due_on: date | None = None,
    version: int | None = None,
) -> Decision:
    """Change a decision's text, owner or due date.

    Raise `Refused` if the meeting's record is closed or the decision is done, and `Conflict` if
    `version`, that of the user's page, is not the row's.
    """
    meeting = open_record(decision.meeting)
    decision = locked(decision, version=version, related=("meeting",))
    if decision.done_on is not None:
        raise Refused(f"This was done on {decision.done_on:%-d %B %Y}; its words stand.")
    _check_words(meeting, text, owner_agency, due_on)
    owner = owner_agency.pk if owner_agency else None
    if (text, owner, due_on) == (decision.text, decision.owner_agency_id, decision.due_on):
        return decision
    decision.text, decision.owner_agency, decision.due_on = text, owner_agency, due_on
    return history.save_version(decision, "text", "owner_agency", "due_on", by=by)


@transaction.atomic
def finish_decision(*, decision: Decision, done_on: date, on: date, by: User) -> Decision:
    """Mark a decision as done on a day, even if the meeting's record is closed.

    Raise `Refused` without an owner, if done already, or for a day too early or in the future.
    """
    decision = locked(decision, related=("meeting",))
    if decision.owner_agency_id is None:
        raise Refused("Nobody was asked to follow this decision up.")
    if decision.done_on is not None:
        raise Refused(f"This was done on {decision.done_on:%-d %B %Y}.")
    if done_on > on:
        raise Refused("The day is in the future.", "done_on")
    if done_on < decision.meeting.held_on:
        raise Refused("That is before the meeting.", "done_on")
    decision.done_on = done_on
    return history.save_version(decision, "done_on", by=by)


@transaction.atomic
def reopen_decision(*, decision: Decision, reason: str, by: User) -> Decision:
    """Reopen a decision that was marked as done. Needs a reason."""
    decision = locked(decision, related=("meeting",))
    if decision.done_on is None:
        raise Refused("This is not recorded as done.")
    need_reason(reason, "Say why it is followed up again.")
    decision.done_on = None
    return history.save_version(decision, "done_on", by=by, reason=reason)
