"""Sign in with the organisation's OpenID Connect: whom it lets in, and which seats its claims give.

allauth does the protocol. A person is known by the provider's id of them; the first time, an account with their
address is linked, or one is opened for whoever has a seat by their claims.
"""

from typing import Any

import requests
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agencies.models import User
from agencies.people.services import claimed_seats
from trafficking_plan.sign_in.openid import (
    MISSING_CLAIMS,
    PROVIDER_ID,
    SID,
    Organisation,
    address_of,
    sid_digest,
)
from trafficking_plan.sign_in.second_step import note_proved

log = structlog.get_logger(__name__)


def refuse(request: HttpRequest, why: str) -> ImmediateHttpResponse:
    """Return the page of a refused sign-in, with the reason: "failed", "claims", "stranger" or "uninvited"."""
    log.info("organisation_refused", why=why)
    status = 502 if why == "failed" else 403
    context = {"why": why, "organisation": settings.OIDC.name if settings.OIDC else ""}
    return ImmediateHttpResponse(
        render(request, "socialaccount/refused.html", context, status=status)
    )


class OrganisationAdapter(DefaultSocialAccountAdapter):
    """Decide about a person whom the organisation vouches for, before allauth signs them in."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        organisation = settings.OIDC
        assert organisation is not None
        claims = sociallogin.account.extra_data["id_token"]
        # What else the organisation says of the person is not kept.
        sociallogin.account.extra_data = {}
        if sociallogin.state.get("process") not in (None, "login"):
            raise refuse(request, "failed")
        missing = organisation.missing_claims(claims)
        if missing != cache.get(MISSING_CLAIMS):
            cache.set(MISSING_CLAIMS, missing, None)
        if missing:
            raise refuse(request, "claims")
        if not organisation.is_ours(claims):
            raise refuse(request, "stranger")
        with transaction.atomic():
            user = self.person_of(sociallogin, claims, organisation)
            if user is None:
                raise refuse(request, "uninvited")
            sociallogin.user = sociallogin.account.user = user
            sociallogin.account.save()
            if user.is_active and organisation.seats:
                claimed_seats.match_seats(
                    user=user,
                    wanted=organisation.seats_of(claims),
                    source=organisation.name,
                    at=timezone.now(),
                )
        if sid := str(claims.get("sid") or ""):
            request.session[SID] = sid_digest(sid)
        if organisation.asks_second_step:
            note_proved(request, user)

    def person_of(
        self, sociallogin: SocialLogin, claims: dict[str, Any], organisation: Organisation
    ) -> User | None:
        """Return the person's account: the linked one, the one with their address, or a new one if their
        claims give them a seat. None if there is none."""
        if sociallogin.is_existing:
            linked: User = sociallogin.user
            return linked
        email = address_of(claims)
        if found := User.objects.filter(email__iexact=email).first():
            return found
        if not organisation.seats_of(claims):
            return None
        name = str(claims.get("name") or email)
        return claimed_seats.open_account(email=email, name=name, source=organisation.name)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        raise refuse(request, "failed")


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """Check the signature of each token, although it came from the provider itself."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return decoded


def sign_in(request: HttpRequest) -> HttpResponse:
    return answer_with(OAuth2LoginView, request)


def come_back(request: HttpRequest) -> HttpResponse:
    return answer_with(OAuth2CallbackView, request)


def answer_with(view: Any, request: HttpRequest) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(SignedTokens(request, PROVIDER_ID))(request)
        return response
    except requests.RequestException:
        refusal: HttpResponse = refuse(request, "failed").response
        return refusal
