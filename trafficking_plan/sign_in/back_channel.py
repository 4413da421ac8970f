"""What the organisation itself tells about people: that they are signed out, or that their account is closed.

A signed token comes by OpenID Connect Back-Channel Logout 1.0. Its event may also be one of the OpenID RISC profile that
says that an account was disabled.
"""

from typing import Any

import jwt
import structlog
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from agencies.people.services import claimed_seats
from agencies.people.services.accounts import end_sessions
from trafficking_plan.sign_in.openid import PROVIDER_ID, SID, sid_digest
from trafficking_plan.sign_in.organisation import SignedTokens
from trafficking_plan.sign_in.session_store import SessionStore

log = structlog.get_logger("security")

SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
LEFT = {f"{RISC}account-disabled", f"{RISC}account-purged"}
LONGEST_TOKEN = 8192
LONGEST_NAME = 150  # of a token or a person, as the provider calls them


class Invalid(Exception):
    """The token is not the organisation's, not for us, too old, used before, or says nothing that we know."""


def take(request: HttpRequest, token: str) -> None:
    """Carry out what a token says. Raise `Invalid`, or `requests.RequestException` if the provider's keys cannot be had."""
    claims = _checked(request, token)
    subject, session, events = claims.get("sub"), claims.get("sid"), set(claims["events"])
    account = SocialAccount.objects.filter(provider=PROVIDER_ID, uid=subject or "")
    person = account.select_related("user").first()
    user = person.user if person else None
    organisation = settings.OIDC
    assert organisation is not None
    with transaction.atomic():
        if session and not events & LEFT:
            # Of this browser alone, as the specification asks.
            rows = UserSession.objects.filter(user__socialaccount__provider=PROVIDER_ID)
            for each in rows.filter(user=user) if user else rows.distinct():
                if SessionStore(each.session_key).get(SID) == sid_digest(session):
                    each.end()
        elif user is not None:
            end_sessions(user)
        if user is not None and events & LEFT:
            claimed_seats.close_account_of(user, source=organisation.name, at=timezone.now())
    log.info("signed_out_by_organisation", user_id=user.pk if user else None, left=bool(events & LEFT))  # fmt: skip


def _checked(request: HttpRequest, token: str) -> dict[str, Any]:
    """Return the claims of a token: allauth checks its signature, issuer, audience and end, and that it is new."""
    if not token or len(token) > LONGEST_TOKEN:
        raise Invalid("There is no logout_token, or it is too long.")
    try:
        # What says nothing is refused before the keys are asked for and before the token counts as used.
        _check_claims(jwt.decode(token, options={"verify_signature": False}))
        adapter = SignedTokens(request, PROVIDER_ID)
        claims: dict[str, Any] = adapter._decode_id_token(adapter.get_provider().app, token)
    except (OAuth2Error, KeyError, jwt.PyJWTError) as error:
        raise Invalid("The token is not valid, or was used before.") from error
    return claims


def _check_claims(claims: dict[str, Any]) -> None:
    texts = {name: claims.get(name) for name in ("jti", "sub", "sid")}
    if any(not isinstance(each, str | None) or len(each or "") > LONGEST_NAME for each in texts.values()):  # fmt: skip
        raise Invalid("jti, sub or sid is no short text.")
    if not (texts["jti"] and claims.get("exp") and claims.get("iat")):
        raise Invalid("jti, iat or exp is missing.")
    if "nonce" in claims:
        raise Invalid("A token that signs in does not sign out.")
    events = claims.get("events")
    if not isinstance(events, dict) or not events.keys() & {SIGNED_OUT, *LEFT}:
        raise Invalid("The token has no event that is known here.")
    if not (texts["sub"] or texts["sid"]):
        raise Invalid("The token names neither a person nor a session.")
