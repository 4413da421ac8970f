"""What waits for one person, most urgent first: the lines of their desk. Reads only."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.urls import reverse

from agencies.models import Seat, User
from workitems import standing
from workitems.models import Decision, Milestone, Return, Variation
from workitems.models.item import Stage
from workitems.rules import WRITERS

SHOWN_AHEAD_DAYS = 30
# Of each kind; a desk with more on it than this is not read to the end.
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Line:
    """`due` orders the lines; `state` is how late the thing is; `url` is one click from done."""

    due: date
    what: str
    detail: str
    state: standing.Lateness
    url: str


def due_state(due: date, on: date) -> standing.Lateness:
    if due < on:
        return standing.Lateness(standing.Late.OVERDUE, (on - due).days, due)
    return standing.Lateness(standing.Late.DUE_SOON, due=due)


def days_until(due: date, on: date) -> str:
    """ "due today", "due in 4 days", "overdue by 1 day"."""
    days = (due - on).days
    if days == 0:
        return "due today"
    length = f"{abs(days):,} {'day' if abs(days) == 1 else 'days'}"
    return f"due in {length}" if days > 0 else f"overdue by {length}"


def lines_for(user: User, on: date) -> list[Line]:
    """At most six queries, however many seats, plans and items."""
    lines: list[Line] = []
    own = user.agencies_as(*WRITERS)
    if own:
        lines += _returns_to_send(own, on)
        lines += _milestones(own, on)
        lines += _decisions(own, on)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _returns_to_read(coordinating, on)
        lines += _variations(coordinating, on)
    return sorted(lines, key=lambda line: (line.due, line.what))


def _returns_to_send(agencies: set[int], on: date) -> list[Line]:
    waiting = (
        Return.objects.waiting_for_agency()
        .filter(agency__in=agencies)
        .select_related("round__plan", "agency")
        .annotate(answered=Count("updates"))
        .order_by("round__due_on")[:SHOWN_AT_MOST]
    )
    return [
        Line(
            due=each.round.due_on,
            what=f"Return for {each.round.name}, {each.agency}",
            detail=(
                ("Sent back. " if each.state == Return.State.SENT_BACK else "")
                + f"{each.answered} {'item' if each.answered == 1 else 'items'} answered, "
                + days_until(each.round.due_on, on)
            ),
            state=due_state(each.round.due_on, on),
            url=f"{each.round.plan.get_absolute_url()}#returns",
        )
        for each in waiting
    ]


def _milestones(agencies: set[int], on: date) -> list[Line]:
    soon = (
        Milestone.objects.open()
        .filter(
            responsible_agency__in=agencies,
            agreed_due__lte=on + timedelta(days=SHOWN_AHEAD_DAYS),
        )
        .exclude(item__stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])
        .select_related("item__plan")
        .order_by("agreed_due", "pk")[:SHOWN_AT_MOST]
    )
    return [
        Line(
            due=each.agreed_due,
            what=each.description,
            detail=f"Item {each.item.number} {each.item.title}, " + days_until(each.agreed_due, on),
            state=due_state(each.agreed_due, on),
            url=reverse(
                "workitems:milestone", args=[each.item.plan.slug, each.item.number, each.number]
            ),
        )
        for each in soon
    ]


def _decisions(agencies: set[int], on: date) -> list[Line]:
    open_ones = (
        Decision.objects.open(on)
        .filter(owner_agency__in=agencies, due_on__isnull=False)
        .select_related("meeting__plan", "item__plan")
        .order_by("due_on")[:SHOWN_AT_MOST]
    )
    return [
        Line(
            due=each.due_on,
            what=each.text,
            detail=f"Decided by the {str(each.meeting)[0].lower()}{str(each.meeting)[1:]}, "
            + days_until(each.due_on, on),
            state=due_state(each.due_on, on),
            url=(each.item or each.meeting.plan).get_absolute_url(),
        )
        for each in open_ones
        if each.due_on is not None
    ]


def _returns_to_read(agencies: set[int], on: date) -> list[Line]:
    submitted = Return.objects.filter(
        state=Return.State.SUBMITTED,
        round__closed_at=None,
        round__plan__coordinating_agency__in=agencies,
    ).select_related("round__plan", "agency")
    return [
        Line(
            due=each.round.due_on,
            what=f"Read the return of {each.agency} for {each.round.name}",
            detail="Submitted; accept it or send it back",
            state=due_state(max(each.round.due_on, on), on),
            url=f"{each.round.plan.get_absolute_url()}#returns",
        )
        for each in submitted
    ]


def _variations(agencies: set[int], on: date) -> list[Line]:
    pending = (
        Variation.objects.pending()
        .filter(plan__coordinating_agency__in=agencies)
        .select_related("item__plan", "requesting_agency")
        .order_by("requested_at")[:SHOWN_AT_MOST]
    )
    return [
        Line(
            due=on,
            what=f"{each.reference} of {each.requesting_agency}: "
            + each.get_kind_display().lower(),
            detail=f"Item {each.item.number} {each.item.title}. "
            + (
                "Waits for your recommendation"
                if each.state == Variation.State.REQUESTED
                else "Recommended on; waits for the working group"
            ),
            state=standing.Lateness(standing.Late.DUE_SOON, due=on),
            url=f"{each.item.get_absolute_url()}#variations",
        )
        for each in pending
    ]
