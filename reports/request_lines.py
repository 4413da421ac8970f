"""How requests for official information stand in words, and the to-do lines they make; a source of `workitems.desk`."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.text import Truncator

from agencies.models import Seat, User
from reports.document.dates import long_date
from reports.document.wording import agree
from reports.models import Consultation, InformationRequest
from reports.models.release.request import OIA_ROLES
from reports.models.release.request_clock import RequestClock, calendar, clock_of
from workitems.desk import SHOWN_AT_MOST, Line, line, since
from workitems.rules import WRITERS

State = InformationRequest.State
LETTERS_OF_TEXT = 120
# Who has the next step in each state, and what it is.
TURNS = {
    State.RECEIVED: (Seat.Role.OIA_ADVISER, "Answer request"),
    State.SCOPING: (Seat.Role.OIA_ADVISER, "Find the papers for request"),
    State.PREPARING: (Seat.Role.OIA_ADVISER, "Prepare the answer to request"),
    State.IN_REVIEW: (Seat.Role.OIA_REVIEWER, "Review the redactions of request"),
    State.READY: (Seat.Role.OIA_DECISION_MAKER, "Sign the decision on request"),
}


def clock_words(clock: RequestClock, on: date) -> str:
    """Return how far a running clock is: "1 working day late", "Due today", "Due in 3 working days"."""
    late = clock.days.late_by(clock.due, on)
    if late:
        return f"{late} {agree(late, 'working day', 'working days')} late"
    if clock.due == on:
        return "Due today"
    if clock.due < on:  # Since the due day, no working day has begun.
        return f"Was due on {long_date(clock.due)}"
    left = clock.days.late_by(on, clock.due)
    return f"Due in {left} {agree(left, 'working day', 'working days')}"


def lines_for(user: User, on: date) -> list[Line]:
    """Return the lines for `user` as at `on`: at most four queries, one for most people."""
    writing = user.agencies_as(*WRITERS)
    answering = user.agencies_as(*OIA_ROLES)
    return [
        *(_consultations(writing, on) if writing else ()),
        *(_requests(user, answering, on) if answering else ()),
    ]


def _requests(user: User, agencies: set[int], on: date) -> Iterator[Line]:
    rows = InformationRequest.objects.filter(agency__in=agencies, state__in=TURNS).for_list()
    days = calendar()
    for row in rows[:SHOWN_AT_MOST]:
        role, act = TURNS[State(row.state)]
        if row.agency_id not in user.agencies_as(role):
            continue
        clock = clock_of(row.events.all(), days)
        yield line(
            due=on if row.is_own_initiative else clock.due,
            on=on,
            plan=row.plan.title if row.plan else row.agency.name,
            what=f"{act} {row.reference}",
            detail=Truncator(row.text).chars(LETTERS_OF_TEXT),
            when="No due day" if row.is_own_initiative else clock_words(clock, on),
            url=row.get_absolute_url(),
        )


def _consultations(agencies: set[int], on: date) -> Iterator[Line]:
    """Yield a line for each paper that an agency is asked about. It does not say who asked for it."""
    rows = (
        Consultation.objects.waiting()
        .filter(agency__in=agencies, line__request__state__in=InformationRequest.OPEN)
        .select_related("agency", "line")
        .order_by("asked_on", "pk")
    )
    for row in rows[:SHOWN_AT_MOST]:
        yield line(
            due=row.asked_on,
            on=on,
            plan=row.agency.name,
            what=f"Say what may be released of “{row.line.title}”",
            detail=Truncator(row.question).chars(LETTERS_OF_TEXT),
            when=f"Asked {since(row.asked_on, on)}",
            may_finish=False,
            url=reverse("reports:request-consultation", args=[row.pk]),
        )
