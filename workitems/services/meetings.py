"""A meeting of the working group from its call to its closed record: the day, who came, the end."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from agencies import history
from agencies.models import Agency, User
from workitems.models import Attendance, Meeting, Plan
from workitems.services.refusals import Refused, locked


@transaction.atomic
def call_meeting(
    *, plan: Plan, held_on: date, place: str = "", notes: str = "", by: User
) -> Meeting:
    """Put a meeting in the calendar: one a day in a plan. A past day is a record made later."""
    plan = locked(plan)
    _check_free(plan, held_on)
    return history.save(Meeting(plan=plan, held_on=held_on, place=place, notes=notes), by=by)


@transaction.atomic
def change_meeting(
    *,
    meeting: Meeting,
    held_on: date,
    place: str,
    notes: str,
    on: date,
    by: User,
    version: int | None = None,
) -> Meeting:
    """Change a meeting's day, place or notes.

    The day moves until the meeting's own day is over or something of it was recorded. `version` is
    that of the page; `Conflict` where somebody saved since.
    """
    plan = locked(Plan(pk=meeting.plan_id))
    meeting = open_record(meeting, version=version)
    if held_on != meeting.held_on:
        if meeting.held_on < on or is_under_way(meeting):
            raise Refused("This meeting has been held; its date stands.", "held_on")
        _check_free(plan, held_on)
    if (held_on, place, notes) == (meeting.held_on, meeting.place, meeting.notes):
        return meeting
    meeting.held_on, meeting.place, meeting.notes = held_on, place, notes
    meeting.version += 1
    return history.save(meeting, by=by, fields=["held_on", "place", "notes", "version"])


def _check_free(plan: Plan, held_on: date) -> None:
    if plan.meetings.filter(held_on=held_on).exists():
        raise Refused("The working group already meets on that day.", "held_on")


def open_record(meeting: Meeting, *, version: int | None = None) -> Meeting:
    """The meeting, locked, for a change to its record; refused once that is closed.

    It is locked before whatever is written of it, everywhere: two that wait for each other's row
    would never end.
    """
    meeting = locked(meeting, version=version, related=("plan",))
    if meeting.is_closed:
        raise Refused(f"The record of the meeting of {meeting.held_on:%-d %B %Y} is closed.")
    return meeting


def check_held(meeting: Meeting, on: date) -> None:
    """Raise `Refused` before the meeting's day."""
    if meeting.held_on > on:
        raise Refused("That meeting has not been held yet.", "meeting")


def is_under_way(meeting: Meeting) -> bool:
    """Whether anything is recorded of what happened at it."""
    return (
        meeting.attendances.present().exists()
        or meeting.decisions.exists()
        or meeting.matters.exclude(considered_on=None).exists()
    )


@transaction.atomic
def record_attendance(
    *, meeting: Meeting, agencies: Iterable[Agency], on: date, by: User
) -> list[Attendance]:
    """Record which agencies were present: exactly these. One that was recorded before and is not
    among them is withdrawn, and history tells both. Refused before the meeting's day.
    """
    meeting = open_record(meeting)
    check_held(meeting, on)
    wanted = {agency.pk: agency for agency in agencies}
    members = set(meeting.plan.members.values_list("agency", flat=True))
    for agency in wanted.values():
        if agency.pk not in members:
            raise Refused(f"{agency} has no part in the working group.", "agencies")
    known = {row.agency_id: row for row in meeting.attendances.all()}
    for pk, row in known.items():
        withdrawn_on = None if pk in wanted else row.withdrawn_on or on
        if withdrawn_on != row.withdrawn_on:
            row.withdrawn_on = withdrawn_on
            history.save(row, by=by, fields=["withdrawn_on"])
    for pk, agency in wanted.items():
        if pk not in known:
            known[pk] = history.save(Attendance(meeting=meeting, agency=agency), by=by)
    return [known[pk] for pk in wanted]


@transaction.atomic
def close_meeting(*, meeting: Meeting, on: date, at: datetime, by: User) -> Meeting:
    """Close the record: attendance, agenda and the words of decisions stand as they are.

    Decisions can still be followed up and done. Refused before the meeting's day and while nobody
    is recorded as present.
    """
    meeting = open_record(meeting)
    check_held(meeting, on)
    if not meeting.attendances.present().exists():
        raise Refused("Record who came before you close the record.")
    meeting.closed_at, meeting.closed_by = at, by
    meeting.version += 1
    return history.save(meeting, by=by, fields=["closed_at", "closed_by", "version"])


@transaction.atomic
def reopen_meeting(*, meeting: Meeting, reason: str, by: User) -> Meeting:
    """Open a closed record again. Needs a reason."""
    meeting = locked(meeting, related=("plan",))
    if not meeting.is_closed:
        raise Refused("The record of this meeting is open.")
    if not reason:
        raise Refused("Say why the record is opened again.", "reason")
    meeting.closed_at = meeting.closed_by = None
    meeting.version += 1
    return history.save(meeting, by=by, reason=reason, fields=["closed_at", "closed_by", "version"])
