"""The facts and buttons of the first steps (`workitems.desk.first_run`). Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Agency, Appointment, Invitation, Seat, User
from agencies.rules import is_administrator
from workitems.desk.before_a_round import Lack, missing_for_round
from workitems.desk.first_run import Facts, Key, Link, PlanState, Reader, Step, steps
from workitems.models import Plan, Round, WorkItem

# Not those that an import made of what was said before.
WAS_OPENED = Q(closed_at=None) | Q(opened_by__isnull=False)


@dataclass(frozen=True)
class FirstSteps:
    """The steps with the address of each button, and what a coordinator's first round still lacks."""

    steps: list[tuple[Step, str]] = field(default_factory=list)
    missing: list[Lack] = field(default_factory=list)


def steps_for(user: User, at: datetime) -> FirstSteps:
    """Return the first steps for those who do them.

    Empty for everybody else, and once a round was opened: in any plan for an administrator, else in
    a plan that the user's agencies coordinate.
    """
    on = localdate(at)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    administers = is_administrator.test(user)
    if not (administers or coordinating):
        return FirstSteps()
    plans = Plan.objects.all()
    if coordinating:
        plans = plans.filter(coordinating_agency__in=coordinating)
    if Round.objects.filter(WAS_OPENED, plan__in=plans.values("pk")).exists():
        return FirstSteps()
    # The newest that is adopted, else the newest that is begun.
    plans = plans.annotate(has_items=Exists(WorkItem.objects.filter(plan=OuterRef("pk"))))
    plan = plans.order_by(F("adopted_on").desc(nulls_last=True), "-pk").first()
    state = _state_of(plan)
    invited = _invited(at)
    is_own = bool(invited and invited.email == user.email.lower())
    found = steps(
        Facts(
            reader=Reader.BOTH
            if administers and coordinating
            else Reader.ADMINISTRATOR
            if administers
            else Reader.COORDINATOR,
            agencies=Agency.objects.valid_on(on).count(),
            coordinators=_coordinators(on),
            invited=invited.name if invited else "",
            is_reader_invited=is_own,
            link=_link_of(invited, at) if invited else Link.WORKS,
            plan=state,
            # Who only administers knows nothing of a plan.
            plan_title=plan.title if plan and coordinating else "",
        )
    )
    addresses = _addresses(plan, coordinating, administers)
    if invited and not _coordinators(on):
        if is_own and not invited.has_expired(at):
            addresses[Key.PEOPLE] = reverse("agencies:accept-own", args=[invited.pk])
        elif _link_of(invited, at) != Link.WORKS:
            addresses[Key.PEOPLE] = reverse("agencies:seats", args=[invited.place]) + "#invitations"
    return FirstSteps(
        [(step, addresses[step.key] if step.act else "") for step in found],
        missing_for_round(plan, on)
        if plan and coordinating and state in (PlanState.BEGUN, PlanState.ADOPTED)
        else [],
    )


def unheld_portfolios(user: User) -> list[str]:
    """Return the portfolios of plans that the user coordinates for which no Minister is recorded."""
    own = Plan.objects.filter(coordinating_agency__in=user.agencies_as(Seat.Role.COORDINATOR))
    recorded = Appointment.objects.values("portfolio")
    found = own.exclude(portfolio__in=recorded).order_by("portfolio")
    return list(found.values_list("portfolio", flat=True).distinct())


def _state_of(plan: Any) -> PlanState:
    if plan is None:
        return PlanState.NONE
    if plan.adopted_on is None:
        return PlanState.BEGUN
    return PlanState.ADOPTED if plan.has_items else PlanState.EMPTY


def _coordinators(on: date) -> int:
    seats = Seat.objects.on(on).filter(role=Seat.Role.COORDINATOR, user__is_active=True)
    return seats.values("user").distinct().count()


def _invited(at: datetime) -> Invitation | None:
    """Return the first that waits for an answer, one whose link works if there is any."""
    waiting = Invitation.objects.waiting().filter(role=Seat.Role.COORDINATOR)
    found = list(waiting.select_related("agency").order_by("sent_at"))
    works = (each for each in found if _link_of(each, at) == Link.WORKS)
    return next(works, next(iter(found), None))


def _link_of(invitation: Invitation, at: datetime) -> Link:
    if invitation.failed_at is not None:
        return Link.NOT_SENT
    return Link.EXPIRED if invitation.has_expired(at) else Link.WORKS


def _addresses(plan: Plan | None, coordinating: set[int], administers: bool) -> dict[Key, str]:
    own: Sequence[int] = sorted(coordinating)
    # With one agency there is nothing to choose.
    places = list(Agency.objects.values_list("pk", flat=True)[:2]) if administers else own[:1]
    people = (
        reverse("agencies:invite", args=[places[0]])
        if len(places) == 1
        else reverse("agencies:choose-place")
    )
    return {
        Key.AGENCIES: reverse("agencies:add"),
        Key.PEOPLE: people,
        Key.PLAN: plan.get_absolute_url() if plan else reverse("plans:start"),
        Key.ROUND: reverse("returns:open-round", args=[plan.slug]) if plan else "",
    }
