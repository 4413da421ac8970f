"""Views that belong to no app: CSRF failure, and the colours of pages."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from agencies.views.form_pages import form_page
from trafficking_plan.account_forms import ColoursForm
from trafficking_plan.context import CHOSEN_COLOURS, COLOURS_COOKIE


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


SECURITY_TXT_HOLDS = timedelta(days=90)


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where weaknesses are reported (RFC 9116). 404 if no contact is set."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    # By the day, so that answers of one day are the same.
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_TXT_HOLDS
    return HttpResponse(
        f"Contact: {settings.SECURITY_CONTACT}\n"
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: en\n"
        f"Canonical: {settings.SITE_URL}{request.path}\n",
        content_type="text/plain; charset=utf-8",
    )


COLOURS_KEPT = 365 * 24 * 60 * 60  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def choose_colours(request: HttpRequest) -> HttpResponse:
    """Keep in a cookie whether pages are light or dark, and go back to the page before."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    path = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    chosen = request.COOKIES.get(COLOURS_COOKIE, "")
    initial = {"colours": chosen if chosen in CHOSEN_COLOURS else "device", "back": path}
    form = ColoursForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        back = form.cleaned_data["back"]
        is_ours = url_has_allowed_host_and_scheme(back, None) and back != request.path
        response = redirect(back if is_ours else resolve_url("home"))
        if (colours := form.cleaned_data["colours"]) in CHOSEN_COLOURS:
            response.set_cookie(
                COLOURS_COOKIE,
                colours,
                max_age=COLOURS_KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        else:
            response.delete_cookie(COLOURS_COOKIE, samesite="Lax")
        return response
    return form_page(request, "account/colours.html", form)
