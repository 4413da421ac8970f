"""What waits for the person who signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from agencies.models import Seat
from workitems import waiting
from workitems.views.requests import signed_in


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    on = localdate()
    user = signed_in(request)
    return render(
        request,
        "workitems/desk.html",
        {
            "lines": waiting.lines_for(user, on),
            "today": on,
            # A coordinator finds those of the whole working group on the plan's page.
            "managed_agencies": [
                seat.agency for seat in user.current_seats if seat.role == Seat.Role.APPROVER
            ],
        },
    )
