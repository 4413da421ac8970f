"""The home page: the signed-in user's to-dos, or the first steps of an empty register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from agencies.models import Appointment
from workitems.desk import to_dos as desk
from workitems.desk.getting_started import steps_for, unheld_portfolios
from workitems.plan.views.lookups import plans_being_made, signed_in


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    on = localdate()
    user = signed_in(request)
    first = steps_for(user, on)
    lines = desk.lines_for(user, on)
    return render(
        request,
        "workitems/desk/desk.html",
        {
            "steps": first.steps,
            "missing": first.missing,
            "may_see_ministers": user.has_perm("agencies.see_ministers"),
            "has_ministers": bool(first.steps) and Appointment.objects.exists(),
            "being_made": plans_being_made(request),
            "portfolios": unheld_portfolios(user) if first.steps else [],
            "lines": lines,
            "role_ended": not user.current_seats and user.seats.filter(to_on__lt=on).exists(),
            "groups": desk.grouped(lines, on),
            "headline": desk.headline(lines, on),
            "has_several_plans": len({line.plan for line in lines}) > 1,
            "today": on,
        },
    )
