"""Views that belong to no app: health check and CSRF failure."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trafficking_plan.middleware import database_answers


# With ATOMIC_REQUESTS, an unreachable database would raise before the view can answer 503.
@transaction.non_atomic_requests
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Health check for a load balancer: 200 "ok", or 503 if the database does not answer."""
    if not database_answers():
        return HttpResponse("database away", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
