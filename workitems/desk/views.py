"""The home page: the signed-in user's to-dos, or the first steps of an empty register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from agencies.models import Appointment, Invitation
from agencies.pages.transactions import writes_on_get
from workitems.desk import to_dos as desk
from workitems.desk.getting_started import steps_for, unheld_portfolios
from workitems.following.since import since
from workitems.following.visits import visit
from workitems.plan.views.lookups import plans_being_made, signed_in, visible_plans


@require_safe
@writes_on_get
def home(request: HttpRequest) -> HttpResponse:
    on = localdate()
    user = signed_in(request)
    plans = visible_plans(request)
    was_here_at = visit(user, timezone.now()) if plans and request.method == "GET" else None
    first = steps_for(user, timezone.now())
    invited = Invitation.objects.live(timezone.now()).to(user).select_related("agency")
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
            # The first steps have their own.
            "invitations": [] if first.steps else invited.order_by("sent_at"),
            "lines": lines,
            "role_ended": not user.current_seats and user.seats.filter(to_on__lt=on).exists(),
            "groups": desk.grouped(lines, on),
            "headline": desk.headline(lines, on),
            "has_several_plans": len({line.plan for line in lines}) > 1,
            "since": since(user, plans, was_here_at, on) if was_here_at else None,
            "today": on,
            "owed": [] if lines else desk.owed_by_agencies(user, plans, on),
        },
    )
