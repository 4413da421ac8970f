"""Record decisions of a meeting and change them. `services.actions` follows them up."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.meetings.services.matters import mark_considered
from workitems.meetings.services.meetings import check_held, open_record
from workitems.models import Decision, Matter, Meeting, WorkItem
from workitems.plan.services.items import next_number
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Refused, locked


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
            raise Refused(_("That matter is not on the agenda of this meeting."), "matter")
        item = item or matter.subject_item
    if item is not None and item.plan_id != meeting.plan_id:
        raise Refused(_("The item belongs to another plan."), "item")
    check_action(text, owner_agency, due_on, meeting.held_on)
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


def check_action(
    text: str, owner_agency: Agency | None, due_on: date | None, decided_on: date
) -> None:
    """Raise `Refused` without text, and for an owner without a due date or the reverse."""
    no_text = [] if text else [(_("Write what was decided."), "text")]
    Refused.raise_any([*no_text, *owner_faults(owner_agency, due_on, decided_on)])


def owner_faults(
    owner_agency: Agency | None, due_on: date | None, decided_on: date | None = None
) -> Faults:
    """Yield what is wrong with the owner and due date of what is to be done, if there are any."""
    if owner_agency is not None and due_on is None:
        yield _("Enter the date by which the agency is to do it."), "due_on"
    if owner_agency is None and due_on is not None:
        yield _("Choose the agency that is to do it."), "owner_agency"
    if due_on is not None and decided_on is not None and due_on < decided_on:
        yield (
            _("This was decided on {day}. Enter that day or a later one.").format(
                day=day_words(decided_on)
            ),
            "due_on",
        )


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
    """Change the text, owner or due date of a meeting's decision.

    Raise `Refused` if the meeting's record is closed, if it was decided out of session, or if it is
    done, and `Conflict` if `version`, that of the user's page, is not the row's.
    """
    if decision.meeting is None:
        raise Refused(_("This was decided out of session, so it cannot be changed."))
    meeting = open_record(decision.meeting)
    decision = locked(decision, version=version)
    if decision.done_on is not None:
        raise Refused(
            _("This was done on {day}, so it cannot be changed.").format(
                day=day_words(decision.done_on)
            )
        )
    check_action(text, owner_agency, due_on, meeting.held_on)
    owner = owner_agency.pk if owner_agency else None
    if (text, owner, due_on) == (decision.text, decision.owner_agency_id, decision.due_on):
        return decision
    decision.text, decision.owner_agency, decision.due_on = text, owner_agency, due_on
    return history.save_version(decision, "text", "owner_agency", "due_on", by=by)
