"""What waits for the person who signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from workitems import waiting
from workitems.views.requests import signed_in


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    on = localdate()
    return render(
        request,
        "workitems/desk.html",
        {"lines": waiting.lines_for(signed_in(request), on), "today": on},
    )
