"""Views that belong to no app: CSRF failure, the words of scripts, the colours of pages, sessions and signing out."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account import views as account
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    set_response_etag,
)
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)
from django.views.i18n import JavaScriptCatalog

from agencies.models import User
from agencies.pages.form_pages import form_page
from agencies.pages.permissions import require_administrator
from trafficking_plan.country import profile as country
from trafficking_plan.frame.context import CHOSEN_COLOURS, COLOURS_COOKIE
from trafficking_plan.running.personal_data import personal_data
from trafficking_plan.sign_in import unsent
from trafficking_plan.sign_in.account_forms import ColoursForm
from trafficking_plan.sign_in.sessions import described

security_log = structlog.get_logger("security")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


# On light pages and on paper; dark pages keep the colours of static/css/base.css.
COLOURS_CSS = """:root {{ --accent: {main}; --accent-2: {dark}; --accent-ground: #f0f2f3; }}
@supports (color: light-dark(#000, #fff)) {{
  :root {{
    --accent: light-dark({main}, #7cc7cf);
    --accent-2: light-dark({dark}, #b5e2e7);
    --accent-ground: light-dark(#f0f2f3, #16323a);
  }}
}}
"""


def _for_everybody(request: HttpRequest, data: bytes, content_type: str) -> HttpResponse:
    """Return what is the same for everybody, for an hour, with an ETag."""
    response = HttpResponse(data, content_type=content_type)
    patch_cache_control(response, public=True, max_age=3600)
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@login_not_required
@require_safe
def product_colours(request: HttpRequest) -> HttpResponse:
    """Return the stylesheet of the installation's two colours. 404 if it has none."""
    if not settings.PRODUCT_COLOURS:
        raise Http404
    main, dark = settings.PRODUCT_COLOURS
    css = COLOURS_CSS.format(main=main, dark=dark)
    return _for_everybody(request, css.encode(), "text/css; charset=utf-8")


@login_not_required
@require_safe
def product_mark(request: HttpRequest) -> HttpResponse:
    """Return the installation's picture in the masthead. 404 if it has none."""
    if not settings.PRODUCT_MARK:
        raise Http404
    path = Path(settings.PRODUCT_MARK)
    return _for_everybody(request, path.read_bytes(), country.MARKS[path.suffix])


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


_catalogue = JavaScriptCatalog.as_view()


@login_not_required
@require_safe
@conditional_page
@cache_control(public=True, max_age=600)
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """Return the words of the scripts in the language of the service, as a script. The same for everybody."""
    return _catalogue(request)


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


@require_safe
def signed_in_for(request: HttpRequest) -> HttpResponse:
    """Say for how many seconds the person stays signed in. Asking is no use of the service, except with `?stay`."""
    return JsonResponse({"seconds": unsent.seconds_left(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def not_sent(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the person sent while signed out, to be sent now. A post means that they do not want to.

    404 if nothing is kept for them there.
    """
    form = unsent.kept(request, token)
    if form is None:
        raise Http404
    if request.method == "POST":
        unsent.drop(request, token)
        return redirect("home")
    return render(
        request, "account/not_sent.html", {"unsent": form, "typed": unsent.typed_in(form.fields)}
    )


class SecondStepAtSignIn(AuthenticateView):
    """Ask for the second step after the password.

    If it was reset in the meantime, signing in begins anew; allauth would lead back here for ever.
    """

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if response.headers.get("Location") == reverse("account_login"):
            clear_login(request)
        return response


class RemovePasskey(RemoveWebAuthnView):
    """Remove a passkey of one's own, after the password."""

    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        own = Authenticator.objects.filter(user_id=request.user.pk, type="webauthn")
        get_object_or_404(own, pk=kwargs["pk"])
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class Sessions(ListUserSessionsView):
    """List where the person is signed in, and sign out everywhere else."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        rows = [described(session) for session in found["sessions"]]
        found["rows"] = sorted(rows, key=lambda row: (not row.is_current, -row.seen_at.timestamp()))
        return found

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("You are signed out everywhere else."))
        response: HttpResponse = super().form_valid(form)
        return response


def clears_site_data(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask the browser, after this view's forms, to forget what it kept of our pages.

    Cookies stay: the colours of pages, and that this device has signed in before.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return answer


sign_out = clears_site_data(account.logout)


def _organisation() -> ModuleType:
    """Return the module that signs in with an organisation. Raise 404 if there is none.

    It is loaded here, because its libraries take memory that other installations save.
    """
    if settings.OIDC is None:
        raise Http404
    return import_module("trafficking_plan.sign_in.organisation")


# No transaction is open while the provider is asked.
@transaction.non_atomic_requests
@login_not_required
@require_safe
def organisation_sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the organisation's own sign-in page."""
    response: HttpResponse = _organisation().sign_in(request)
    return response


@transaction.non_atomic_requests
@login_not_required
@require_safe
def organisation_come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in whom the organisation sends back."""
    response: HttpResponse = _organisation().come_back(request)
    return response


# The token proves who sends it. No transaction is open while the provider is asked for its keys.
@transaction.non_atomic_requests
@csrf_exempt
@login_not_required
@require_POST
def organisation_signs_out(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign out whom the organisation says (OpenID Connect Back-Channel Logout): 200 if it is done, else 400 with why."""
    organisation = _organisation()
    back_channel = import_module("trafficking_plan.sign_in.back_channel")
    try:
        back_channel.take(request, request.POST.get("logout_token", ""))
    except back_channel.Invalid as invalid:
        return JsonResponse(
            {"error": "invalid_request", "error_description": str(invalid)}, status=400
        )
    except organisation.requests.RequestException:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    return HttpResponse()


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "statements/privacy.html")


# How pages are read before a release; tests/browser/test_plain_pages.py holds these to the tests that do it.
CHECKED = {"rules": 70, "people": 4, "wide": 1280, "narrow": 320}


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "statements/accessibility.html", CHECKED)


@require_safe
def data_of_person(request: HttpRequest, person: int) -> HttpResponse:
    """Send what is kept about a person, as a file to give to them."""
    by = require_administrator(request)
    user = get_object_or_404(User, pk=person)
    security_log.info("personal_data_given", user_id=by.pk, about=user.pk)
    response = JsonResponse(
        personal_data(user), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="person-{user.pk}.json"'
    return response
