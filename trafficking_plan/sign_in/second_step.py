"""The second step of signing in: who must use one, and whether this session did.

A second step is a passkey, a code from an app, or a recovery code. allauth keeps them and asks for one at sign-in
from whoever has one. Here, whoever must have one is led to set it up, and can do nothing else before.
"""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authenticator_added,
    authenticator_removed,
    authenticator_used,
)
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from agencies.models import ROLE_CODES, User
from reports.briefings.views.readers import office_plans
from trafficking_plan.sign_in.openid import Organisation
from workitems.plan.views.lookups import plans_read

EVERYONE, ADMINISTRATOR = "everyone", "administrator"
WHO = (*ROLE_CODES, ADMINISTRATOR, EVERYONE)
# In the session: the id of the person whose second step was used or set up in it.
PROVED = "second_step_of"
# The pages on which a second step is set up, and signing out.
OPEN = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "account_logout",
}


def unknown_roles(roles: Iterable[str]) -> str:
    """Return what is wrong with the setting, as a sentence, or ""."""
    unknown = ", ".join(sorted(set(roles) - set(WHO)))
    known = ", ".join(WHO)
    return f"REQUIRE_SECOND_STEP has {unknown}. Use some of: {known}." if unknown else ""


def unknown_seat_roles(organisation: Organisation | None) -> str:
    """Return what is wrong with the roles that an organisation's claims give, as a sentence, or ""."""
    roles = {seat.role for seat in organisation.seats} if organisation else set()
    unknown = ", ".join(sorted(roles - set(ROLE_CODES)))
    return (
        f"OIDC_SEATS has the role {unknown}. Use some of: {', '.join(ROLE_CODES)}."
        if unknown
        else ""
    )


def has_second_step(user: Any) -> bool:
    """Return whether the person can do a second step. Recovery codes alone are none. One query."""
    codes = Authenticator.Type.RECOVERY_CODES
    return bool(Authenticator.objects.filter(user_id=user.pk).exclude(type=codes).exists())


def is_proved(request: HttpRequest) -> bool:
    return bool(request.session.get(PROVED) == request.user.pk)


def note_proved(request: HttpRequest, user: Any) -> None:
    request.session[PROVED] = user.pk


def must_use(request: HttpRequest) -> bool:
    """Return whether the signed-in person must use a second step: by role, or because a plan that they read
    has a paper marked SENSITIVE. No query on pages, which load seats and plans anyway."""
    user = request.user
    assert isinstance(user, User)
    roles = settings.REQUIRE_SECOND_STEP
    if EVERYONE in roles or (ADMINISTRATOR in roles and user.is_superuser):
        return True
    if roles and any(seat.role in roles for seat in user.current_seats):
        return True
    plans = (*plans_read(request), *office_plans(request))
    return any(getattr(plan, "is_sensitive", False) for plan in plans)


@receiver((authenticator_used, authenticator_added))
def note_use(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    note_proved(request, user)


@receiver(authenticator_removed)
def forget_use(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if not has_second_step(user):
        request.session.pop(PROVED, None)


class LeadToSecondStep(MiddlewareMixin):
    """Redirect users who need a second step and did not use one in this session to the page that sets one up.

    Whoever has one already signed in before it was set up, and is asked to sign in again.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if is_proved(request) or not must_use(request):
            return None
        if has_second_step(request.user):
            logout(request)
            here = request.get_full_path() if request.method == "GET" else "/"
            return redirect_to_login(here, settings.LOGIN_URL)
        is_open = match is not None and match.url_name in OPEN
        return None if is_open else redirect("mfa_index")
