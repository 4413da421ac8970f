"""Pages that belong to no app: health, and the answer to a form whose session has gone."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from trafficking_plan.middleware import database_answers


# A transaction would ask the database before the view could say that it is away.
@transaction.non_atomic_requests
@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For the load balancer: 200 "ok", or 503 when the database does not answer."""
    if not database_answers():
        return HttpResponse("database away", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
