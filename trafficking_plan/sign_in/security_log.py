"""What happened to sign-ins, accounts, roles, tokens and signatures, in a log apart from that of requests.

A line says what, who (by the number of the person) and from which network; never a text, an address or a token.
"""

from typing import Any

import structlog
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from simple_history.signals import post_create_historical_record

from agencies.models import Invitation, Seat, Token, User
from trafficking_plan.sign_in.addresses import network_of
from workitems.models import CalendarFeed

log = structlog.get_logger("security")

KEPT = {
    Seat: "seat",
    Invitation: "invitation",
    User: "account",
    Token: "token",
    CalendarFeed: "calendar_token",
}
HOW = {"+": "added", "~": "changed", "-": "removed"}


def network_behind(request: HttpRequest | None) -> str:
    """Return the network that a request comes from, behind the proxies in the settings."""
    from allauth.account.adapter import get_adapter

    if request is None:
        return "none"
    try:
        return network_of(str(get_adapter().get_client_ip(request)))
    except PermissionDenied:  # It has no address, as on a socket without a proxy.
        return "none"


def record(event: str, request: HttpRequest | None, user: Any, **about: Any) -> None:
    person = user.pk if user is not None else None
    log.info(event, user_id=person, network=network_behind(request), **about)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    record("signed_in", request, user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record("signed_out", request, user)


@receiver(authentication_failed)
def second_step_refused(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("second_step_refused", request, user, kind=authenticator.type)


@receiver(authenticator_used)
def second_step_used(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("second_step_used", request, user, kind=authenticator.type)


@receiver(authenticator_added)
def second_step_added(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("second_step_added", request, user, kind=authenticator.type)


@receiver((authenticator_removed, authenticator_reset))
def second_step_removed(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("second_step_removed", request, user, kind=authenticator.type)


@receiver((password_changed, password_reset))
def password_chosen(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    record("password_chosen", request, user)


@receiver(post_create_historical_record)
def record_changed(sender: Any, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    """Record a change that a person made. What commands load, such as the demo, is left out."""
    bound = structlog.contextvars.get_contextvars()
    if (what := KEPT.get(type(instance))) and "network" in bound:
        how = HOW[history_instance.history_type]
        log.info(f"{what}_{how}", record_id=instance.pk, user_id=history_instance.history_user_id)
