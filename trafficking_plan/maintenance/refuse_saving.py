"""Middleware: while the register can only be read, refuse whatever would save, and lose nothing of what was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.timezone import now

from agencies.models import Maintenance
from trafficking_plan.maintenance import announced
from trafficking_plan.sign_in import unsent

READS = {"GET", "HEAD", "OPTIONS"}
# What signs people in and out writes sessions alone, and administrators end the maintenance.
STILL_WORKS = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "choose-colours",
    "maintenance",
    "maintenance-end",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "openid_connect_callback",
    "openid_connect_login",
    "organisation-signs-out",
    "unsent",
    "usersessions_list",
}


class RefuseSaving(MiddlewareMixin):
    """Answer 503 with a sentence that says until when, as a page to browsers and as JSON to scripts and programs."""

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in READS or (match and match.view_name in STILL_WORKS):
            return None
        row = announced.current()
        if row is None or not row.is_read_only or not row.is_under_way(now()):
            return None
        response = refused(request, row)
        response["Retry-After"] = str(max(1, round((row.ends_at - now()).total_seconds())))
        return response


def refused(request: HttpRequest, row: Maintenance) -> HttpResponse:
    says = announced.refusal_of(row, now())
    is_page = "text/html" in request.headers.get("Accept", "")
    if not is_page or getattr(request.resolver_match, "namespace", "") == "api":
        problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503}
        return JsonResponse(
            problem | {"detail": says}, status=503, content_type="application/problem+json"
        )
    fields = unsent.fields_of(request)
    has_secret = any("password" in name for name, _ in fields)
    context = {
        "says": says,
        "end": announced.moment_in_words(row.ends_at, now()),
        "address": request.get_full_path(),
        "fields": [] if has_secret else fields,
        "typed": unsent.typed_in(fields),
        "has_files": bool(request.FILES),
    }
    return render(request, "maintenance/refused.html", context, status=503)
