"""The coordinators who look after the seats of an agency or of a Minister's office."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency, Place, Seat, User
from agencies.wording.translation import day_words
from workitems.models import Plan, Return, Round


def coordinators_over(place: Place, on: date) -> "QuerySet[User]":
    """Return who coordinates a plan of this agency, or one that reports to this office's Minister."""
    plans = (
        Plan.objects.adopted().filter(members__agency=place, members__left_on=None)
        if isinstance(place, Agency)
        else Plan.objects.adopted().filter(portfolio=place.portfolio)
    )
    seats = Seat.objects.on(on).filter(
        role=Seat.Role.COORDINATOR, agency__in=plans.values("coordinating_agency")
    )
    return User.objects.filter(pk__in=seats.values("user")).order_by("name")


def titles_read_with(seat: Seat) -> list[str]:
    """Return the titles of the adopted plans that a person reads with this one of today's roles, newest first. One query."""
    holder = User(pk=seat.user_id)
    holder.current_seats = [seat]
    plans = Plan.objects.visible_to(holder).adopted().in_order()
    return list(plans.values_list("title", flat=True))


def is_in_a_plan(agency: Agency, on: date) -> bool:
    """Whether the agency is a member of an adopted plan that has not ended."""
    plans = Plan.objects.adopted().filter(members__agency=agency)
    return any(not plan.has_ended(on) for plan in plans)


def asked_of(agency: Agency, on: date, by: User) -> list[str]:
    """Say of which plans an agency is a member, with the return that it owes in each and the coordinator's message. A plan that
    is not adopted yet is named by its coordinators only. Three queries."""
    plans = Plan.objects.filter(members__agency=agency, members__left_on=None)
    own = [seat.agency_id for seat in by.current_seats if seat.role == Seat.Role.COORDINATOR]
    plans = plans.exclude(~Q(coordinating_agency__in=own), adopted_on=None)
    owed = {
        each.round.plan_id: each
        for each in Return.objects.waiting_for_agency()
        .filter(agency=agency, round__closed_at=None)
        .select_related("round")
    }
    return [
        _of_round(agency, plan, owed[plan.pk])
        if plan.pk in owed
        else _("{agency} is a member of “{plan}”.").format(agency=agency, plan=plan.title)
        if plan.adopted_on
        else _("{agency} is to take part in “{plan}”, which is being prepared.").format(
            agency=agency, plan=plan.title
        )
        for plan in plans.order_by("title")
        if not plan.has_ended(on)
    ]


def _of_round(agency: Agency, plan: Plan, owed: Return) -> str:
    says = _("{agency} is a member of “{plan}”. Its return for {round} is due on {day}.").format(
        agency=agency, plan=plan.title, round=owed.round.name, day=day_words(owed.due_on)
    )
    if owed.alone_allowed_at is not None:
        says = f"{says} {_('One person may write and submit it.')}"
    message = owed.round.message
    if not message:
        return says
    wrote = _("The coordinator wrote:")
    return f"{says}\n\n{wrote}\n\n{message}\n"


def is_in_use(at: datetime | None = None) -> bool:
    """Whether agencies answer here, or did at a moment: a round is open, or somebody has submitted a return. What a
    spreadsheet said is no round."""
    answered = Q(closed_at=None) | Q(returns__submitted_by__isnull=False)
    begun = Q(opened_at__lte=at) if at else Q()
    return Round.objects.filter(answered, begun).exists()
