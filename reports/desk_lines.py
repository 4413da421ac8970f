"""To-do lines from briefings for a person's desk; a source of `workitems.desk`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from agencies.models import Seat, User
from reports.models import Briefing, Clearance, FollowUp
from workitems.desk import SHOWN_AT_MOST, Line, line
from workitems.rules import WRITERS

State = Briefing.State
# By role in the coordinating agency: the state in which a briefing waits for that role.
TURNS = {
    Seat.Role.AUTHORISING_MANAGER: (
        State.AWAITING,
        "Read and authorise",
        "briefings:authorise",
        "Waits for your signature",
    ),
    Seat.Role.MINISTERS_OFFICE: (
        State.WITH_MINISTER,
        "Record the Minister’s answer to",
        "briefings:answer",
        "With the Minister",
    ),
}


def lines_for(user: User, on: date) -> list[Line]:
    """Return the lines for `user` as at `on`, in at most five queries."""
    own = user.agencies_as(*WRITERS)
    lines = [*_clearances(own, on), *_follow_ups(own, on)] if own else []
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _consultations(coordinating, on)
    for role, turn in TURNS.items():
        agencies = user.agencies_as(role)
        if agencies:
            lines += _turns(agencies, on, *turn)
    return lines


def _clearances(agencies: set[int], on: date) -> list[Line]:
    waiting = (
        Clearance.objects.waiting()
        .filter(agency__in=agencies)
        .select_related("briefing__plan", "agency")
        .order_by("due_on", "pk")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=row.due_on,
            on=on,
            what=f"Clearance of {row.briefing.tracker_number}, {row.agency}",
            detail=f"Asked again. {row.reopened_because}"
            if row.reopened_because
            else row.briefing.title,
            url=row.get_absolute_url(),
        )
        for row in waiting
    ]


def _follow_ups(agencies: set[int], on: date) -> list[Line]:
    to_do = (
        FollowUp.objects.open()
        .filter(owner_agency__in=agencies)
        .select_related("issued__briefing__plan")
        .defer("issued__document", "issued__pdf")
        .order_by("due_on", "pk")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=row.due_on,
            on=on,
            what=row.text,
            detail=f"After the Minister’s answer to {row.issued.briefing.tracker_number}",
            url=f"{row.issued.get_absolute_url()}#answer",
        )
        for row in to_do
    ]


def _consultations(agencies: set[int], on: date) -> list[Line]:
    """Return a line for each paper in consultation, with its counts of answers and comments."""
    asked = Q(clearances__is_withdrawn=False)
    rows: Iterable[Any] = (  # Annotated with three counts.
        Briefing.objects.filter(plan__coordinating_agency__in=agencies, state=State.IN_CONSULTATION)
        .select_related("plan")
        .annotate(
            asked=Count("clearances", filter=asked, distinct=True),
            answered=Count("clearances", filter=asked & ~Q(clearances__answer=""), distinct=True),
            unresolved=Count(
                "clearances__comments",
                filter=asked & Q(clearances__comments__resolved_at=None),
                distinct=True,
            ),
        )
        .order_by("dated", "pk")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=on,
            on=on,
            what=f"Consultation on {row.tracker_number}",
            detail=f"{row.answered} of {row.asked} {'agency' if row.asked == 1 else 'agencies'} answered"
            + (
                f", {row.unresolved} {'comment' if row.unresolved == 1 else 'comments'} to resolve"
                if row.unresolved
                else ""
            ),
            when="In consultation",
            url=reverse("briefings:clearance", args=[row.plan.slug, row.pk]),
        )
        for row in rows
    ]


def _turns(
    agencies: set[int], on: date, state: str, words: str, page: str, when: str
) -> list[Line]:
    rows = (
        Briefing.objects.filter(plan__coordinating_agency__in=agencies, state=state)
        .select_related("plan")
        .order_by("dated", "pk")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=on,
            on=on,
            what=f"{words} {row.tracker_number}",
            detail=row.title,
            when=when,
            url=reverse(page, args=[row.plan.slug, row.pk]),
        )
        for row in rows
    ]
