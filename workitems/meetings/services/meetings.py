"""Call, change and cancel meetings, record attendance, and close and reopen their record."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import Attendance, Meeting, Plan
from workitems.plan.services.refusals import Refused, locked, need_reason


@transaction.atomic
def call_meeting(
    *,
    plan: Plan,
    held_on: date,
    starts_at: time | None = None,
    place: str = "",
    link: str = "",
    notes: str = "",
    by: User,
) -> Meeting:
    """Create a meeting, at most one per plan and day. The day may be in the past.

    Raise `Refused` for a plan that is not adopted, and if there is a meeting on that day.
    """
    plan = locked(plan)
    if plan.adopted_on is None:
        raise Refused(_("This plan is not adopted yet. Adopt it, then call a meeting."))
    _check_free(plan, held_on)
    called = Meeting(
        plan=plan, held_on=held_on, starts_at=starts_at, place=place, link=link, notes=notes
    )
    return history.save(called, by=by)


@transaction.atomic
def change_meeting(
    *,
    meeting: Meeting,
    held_on: date,
    place: str,
    notes: str,
    on: date,
    by: User,
    starts_at: time | None = None,
    link: str = "",
    version: int | None = None,
) -> Meeting:
    """Change a meeting's date, time, place, link or notes.

    Raise `Refused` for a new date if the meeting's day is over or anything of it is recorded, and
    `Conflict` if `version`, that of the user's page, is not the row's.
    """
    plan = locked(Plan(pk=meeting.plan_id))
    meeting = open_record(meeting, version=version)
    if held_on != meeting.held_on:
        if meeting.held_on < on or is_under_way(meeting):
            raise Refused(_("This meeting has been held, so its date cannot change."), "held_on")
        _check_free(plan, held_on)
    new = {
        "held_on": held_on,
        "starts_at": starts_at,
        "place": place,
        "link": link,
        "notes": notes,
    }
    if all(getattr(meeting, name) == value for name, value in new.items()):
        return meeting
    for name, value in new.items():
        setattr(meeting, name, value)
    return history.save_version(meeting, *new, by=by)


def _check_free(plan: Plan, held_on: date) -> None:
    if plan.meetings.not_cancelled().filter(held_on=held_on).exists():
        raise Refused(_("The working group already meets on that day."), "held_on")


def open_record(meeting: Meeting, *, version: int | None = None) -> Meeting:
    """Lock a meeting and return it. Raise `Refused` if its record is closed or it is cancelled.

    Lock the meeting before any of its rows; otherwise two transactions could deadlock.
    """
    meeting = locked(meeting, version=version, related=("plan",))
    if meeting.is_closed:
        raise Refused(
            _("The record of the meeting of {day} is closed.").format(
                day=day_words(meeting.held_on)
            )
        )
    if meeting.is_cancelled:
        raise Refused(
            _("The meeting of {day} is cancelled.").format(day=day_words(meeting.held_on))
        )
    return meeting


def check_held(meeting: Meeting, on: date) -> None:
    """Raise `Refused` if the meeting's day is after `on`."""
    if meeting.held_on > on:
        raise Refused(_("That meeting has not been held yet."), "meeting")


def check_quorum(meeting: Meeting) -> None:
    """Raise `Refused` if fewer agencies are recorded as present than the plan asks for."""
    members = meeting.plan.agencies_on(meeting.held_on).count()
    needed, present = meeting.plan.quorum_of(members), meeting.attendances.present().count()
    if present < needed:
        raise Refused(
            ngettext(
                "{count} agency is recorded as present. Deciding a variation takes {needed}; record "
                "attendance first.",
                "{count} agencies are recorded as present. Deciding a variation takes {needed}; record "
                "attendance first.",
                present,
            ).format(count=present or _("No"), needed=needed)
        )


def is_under_way(meeting: Meeting) -> bool:
    """Return whether attendance, a decision or a considered matter is recorded."""
    return (
        meeting.attendances.present().exists()
        or meeting.decisions.exists()
        or meeting.matters.exclude(considered_on=None).exists()
    )


@transaction.atomic
def cancel_meeting(
    *, meeting: Meeting, reason: str, on: date, by: User, version: int | None = None
) -> Meeting:
    """Cancel a meeting, before its day or if it was never held. Its page stays, and its day is free again.

    Needs a reason. Raise `Refused` if its record is closed or anything is recorded of it.
    """
    meeting = open_record(meeting, version=version)
    if is_under_way(meeting):
        raise Refused(_("Attendance or a decision is recorded of this meeting, so it was held."))
    need_reason(reason, _("Say why the meeting is cancelled."))
    meeting.cancelled_on, meeting.cancelled_because = on, reason
    return history.save_version(meeting, "cancelled_on", "cancelled_because", by=by, reason=reason)


@transaction.atomic
def record_attendance(
    *,
    meeting: Meeting,
    agencies: Iterable[Agency],
    people: str | None = None,
    on: date,
    by: User,
) -> list[Attendance]:
    """Replace the agencies that were present, and `people`, one person a line; None keeps the people.

    Agencies recorded earlier and not given now are withdrawn; their rows and history stay. Raise
    `Refused` before the meeting's day and for an agency that is not a member of the plan.
    """
    meeting = open_record(meeting)
    check_held(meeting, on)
    wanted = {agency.pk: agency for agency in agencies}
    members = set(meeting.plan.members.values_list("agency", flat=True))
    for agency in wanted.values():
        if agency.pk not in members:
            raise Refused(
                _("{agency} has no part in the working group.").format(agency=agency), "agencies"
            )
    known = {row.agency_id: row for row in meeting.attendances.all()}
    for pk, row in known.items():
        withdrawn_on = None if pk in wanted else row.withdrawn_on or on
        if withdrawn_on != row.withdrawn_on:
            row.withdrawn_on = withdrawn_on
            history.save(row, by=by, fields=["withdrawn_on"])
    for pk, agency in wanted.items():
        if pk not in known:
            known[pk] = history.save(Attendance(meeting=meeting, agency=agency), by=by)
    if people is not None and people != meeting.people:
        meeting.people = people
        history.save_version(meeting, "people", by=by)
    return [known[pk] for pk in wanted]


@transaction.atomic
def close_meeting(*, meeting: Meeting, on: date, at: datetime, by: User) -> Meeting:
    """Close the record, which freezes attendance, agenda and the text of decisions.

    Decisions can still be marked as done and reopened. Raise `Refused` before the meeting's day and
    if no agency is recorded as present.
    """
    meeting = open_record(meeting)
    check_held(meeting, on)
    if not meeting.attendances.present().exists():
        raise Refused(_("Record who came before you close the record."))
    meeting.closed_at, meeting.closed_by = at, by
    return history.save_version(meeting, "closed_at", "closed_by", by=by)


@transaction.atomic
def reopen_meeting(*, meeting: Meeting, reason: str, by: User) -> Meeting:
    """Reopen a closed record. Needs a reason."""
    meeting = locked(meeting, related=("plan",))
    if not meeting.is_closed:
        raise Refused(_("The record of this meeting is open."))
    need_reason(reason, _("Say why the record is reopened."))
    meeting.closed_at = meeting.closed_by = None
    return history.save_version(meeting, "closed_at", "closed_by", by=by, reason=reason)
