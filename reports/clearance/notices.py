"""Notices about consultations, and who receives them; a source of `workitems.notices`.

See docs/notices.md. Returns what is due as at a day; the log prevents sending it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Agency, Seat, User
from reports.models import Briefing, Clearance
from workitems.models import Notice
from workitems.notices.digest import until
from workitems.notices.timetable import Addressed, OtherNews, Seats, Why, each_once, step_of
from workitems.standing import days_in_words

Reason, Role = Notice.Reason, Seat.Role

# Days after the due date from which the coordinator is notified too.
COORDINATORS_AFTER_DAYS = 3


def about(row: Clearance) -> str:
    """Return the identifier of a clearance in the log of notices."""
    return f"clearance {row.pk}"


def due_notices(on: date) -> Iterator[OtherNews]:
    """Yield the notices of all consultations due as at a day. Four queries."""
    rows = list(
        Clearance.objects.asked()
        .filter(briefing__state=Briefing.State.IN_CONSULTATION)
        .select_related("briefing__plan__coordinating_agency", "agency")
        .order_by("due_on", "agency__short_name")
    )
    if not rows:
        return
    seats = Seats((row.briefing.plan for row in rows), (row.agency_id for row in rows), on)
    of_briefing: dict[int, list[Clearance]] = defaultdict(list)
    for row in rows:
        of_briefing[row.briefing_id].append(row)
        if localdate(row.asked_at) <= on and not row.is_answered:
            yield from _asked(row, seats, on)
            # Sent at once when the coordinator reminds; this is for what could not be sent then.
            if row.reminded_at and localdate(row.reminded_at) == on:
                yield from _reminded(row, seats, on)
    for group in of_briefing.values():
        if all(row.is_answered for row in group):
            yield from _answered(group, seats)


def _asked(row: Clearance, seats: Seats, on: date) -> Iterator[OtherNews]:
    approvers = _people(seats, row, Role.APPROVER, Why.TURN)
    contributors = _people(seats, row, Role.CONTRIBUTOR, Why.TURN)
    coordinators = _coordinators(seats, row)
    everybody = each_once([*approvers, *contributors]) or coordinators
    turn = approvers or contributors or coordinators
    due = f"{row.due_on:%-d %B %Y}"
    if row.reopened_because:
        for user, role, _ in everybody:
            yield _line(
                row, user, role, Reason.ASKED_AGAIN, f"version {row.version}",
                "What your agency cleared has changed since, so it is asked again.",
                "is asked for again",
            )  # fmt: skip
    reason = step_of(row.due_on, localdate(row.asked_at), on, first=Reason.ASKED)
    if reason == Reason.ASKED:
        if row.reopened_because:
            return
        people, occasion = everybody, localdate(row.asked_at).isoformat()
        sentence = f"{row.agency} is asked to clear the draft by {due}, {until(row.due_on, on)}."
        state = f"is asked for by {due}"
    elif reason == Reason.OVERDUE:
        late = (on - row.due_on).days
        people, occasion = turn, row.due_on.isoformat()
        if late >= COORDINATORS_AFTER_DAYS:
            people = each_once([*turn, *coordinators])
        sentence = f"It was due on {due} and is overdue by {days_in_words(late)}."
        state = f"is overdue by {days_in_words(late)}"
    else:
        people, occasion = turn, row.due_on.isoformat()
        sentence = f"It is due on {due}, {until(row.due_on, on)}."
        state = f"is due {until(row.due_on, on)}"
    for user, role, _ in people:
        yield _line(row, user, role, reason, occasion, sentence, state)


def reminders(rows: Iterable[Clearance], on: date) -> Iterator[OtherNews]:
    """Yield the notices of agencies that are reminded of late answers, for their approvers.

    Contributors stand in for approvers.
    """
    rows = list(rows)
    seats = Seats((row.briefing.plan for row in rows), (row.agency_id for row in rows), on)
    for row in rows:
        yield from _reminded(row, seats, on)


def _reminded(row: Clearance, seats: Seats, on: date) -> Iterator[OtherNews]:
    approvers = _people(seats, row, Role.APPROVER, Why.TURN)
    people = approvers or _people(seats, row, Role.CONTRIBUTOR, Why.TURN)
    late = days_in_words((on - row.due_on).days)
    for user, role, _ in people:
        yield _line(
            row, user, role, Reason.REMINDED, on.isoformat(),
            f"The coordinator asks for your agency’s answer. It was due on {row.due_on:%-d %B %Y} "
            f"and is overdue by {late}.",
            f"is overdue by {late}",
        )  # fmt: skip


def _answered(group: list[Clearance], seats: Seats) -> Iterator[OtherNews]:
    first = group[0]
    occasion = f"versions {sum(row.version for row in group)}"
    sentence = "Every agency that was asked has answered. The paper can go to authorisation."
    for user, role, _ in _coordinators(seats, first):
        yield _line(first, user, role, Reason.ANSWERED, occasion, sentence, "is complete")


def _line(
    row: Clearance,
    user: User,
    role: Seat.Role,
    reason: Notice.Reason,
    occasion: str,
    sentence: str,
    state: str,
) -> OtherNews:
    briefing = row.briefing
    is_coordinator = role == Role.COORDINATOR
    agency: Agency = row.agency
    number = briefing.tracker_number
    every = reason == Reason.ANSWERED
    return OtherNews(
        recipient=user,
        told_as=role,
        reason=reason,
        occasion=occasion,
        about=about(row),
        due_on=row.due_on,
        agency=agency,
        seat_agency=briefing.plan.coordinating_agency if is_coordinator else agency,
        title=f"Clearance of {number}" if every else f"Clearance of {number} by {agency}",
        plan=briefing.plan.title,
        sentence=sentence,
        state=state,
        path=(
            reverse("briefings:clearance", args=[briefing.plan.slug, briefing.pk])
            if is_coordinator
            else row.get_absolute_url()
        ),
        link="See the answers" if is_coordinator else "Read the draft and answer",
    )


def _people(seats: Seats, row: Clearance, role: Seat.Role, why: Why) -> list[Addressed]:
    found = seats.sitting(row.briefing.plan, row.agency_id, role)
    return [(user, role, why) for user in found]


def _coordinators(seats: Seats, row: Clearance) -> list[Addressed]:
    plan = row.briefing.plan
    found = seats.sitting(plan, plan.coordinating_agency_id, Role.COORDINATOR)
    return [(user, Role.COORDINATOR, Why.STANDS_IN) for user in found]
