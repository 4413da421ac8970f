"""The coordinators who look after the seats of an agency or of a Minister's office."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from agencies.models import Agency, Place, Seat, User
from workitems.models import Plan, Round


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


def is_in_a_plan(agency: Agency, on: date) -> bool:
    """Whether the agency is a member of an adopted plan that has not ended."""
    plans = Plan.objects.adopted().filter(members__agency=agency)
    return any(not plan.has_ended(on) for plan in plans)


def is_in_use(at: datetime | None = None) -> bool:
    """Whether agencies answer here, or did at a moment: a round is open, or somebody has submitted a return. What a
    spreadsheet said is no round."""
    answered = Q(closed_at=None) | Q(returns__submitted_by__isnull=False)
    begun = Q(opened_at__lte=at) if at else Q()
    return Round.objects.filter(answered, begun).exists()
