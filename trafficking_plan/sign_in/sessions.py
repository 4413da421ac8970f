"""Where a person is signed in: allauth keeps a row for each session, also of those begun by an invitation."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from trafficking_plan.sign_in.addresses import browser_words, network_of


@receiver(user_logged_in)
def keep_session(request: HttpRequest, **kwargs: Any) -> None:
    if "REMOTE_ADDR" in request.META:
        UserSession.objects.create_from_request(request)


@dataclass(frozen=True)
class SignedIn:
    """One session, as its person reads it."""

    browser: str
    network: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def described(session: UserSession) -> SignedIn:
    """Describe a session. When it was last used is in its own data, to the minute."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)
    seen = store.get("seen_at")
    return SignedIn(
        browser=browser_words(session.user_agent),
        network=network_of(session.ip),
        began_at=session.created_at,
        seen_at=datetime.fromtimestamp(seen, UTC) if seen else session.created_at,
        is_current=session.is_current(),
    )
