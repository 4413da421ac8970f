"""Accounts: sign-up is by invitation only, and what allauth asks us about passwords and second steps."""

import time
from typing import Any
from urllib.parse import quote

import structlog
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.sealing import Unreadable, seal, unseal
from trafficking_plan.sign_in import second_step, security_log, sign_in_limits

log = structlog.get_logger(__name__)

# What an email to the person says, by the prefix of allauth's template.
CHANGED = {
    "account/email/password_changed": gettext_lazy("Your password was changed."),
    "account/email/password_reset": gettext_lazy(
        "A new password was chosen with the link that we emailed."
    ),
    "mfa/email/totp_activated": gettext_lazy("An app that shows codes was added as a second step."),
    "mfa/email/totp_deactivated": gettext_lazy(
        "The app that shows codes was removed as a second step."
    ),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added."),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed."),
    "mfa/email/recovery_codes_generated": gettext_lazy(
        "New recovery codes were made. The old ones no longer work."
    ),
}


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Disable public sign-up; people join by an invitation (agencies/people/services/invitations.py)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The email or password is incorrect."),
        "too_many_login_attempts": gettext_lazy(
            "Too many wrong codes. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("Too many wrong codes. Wait five minutes, then try again."),
        "incorrect_code": gettext_lazy(
            "The code is incorrect or was used before. Enter the newest one."
        ),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raise `ValidationError` if this try has to wait (sign_in_limits.py)."""
        self._try = sign_in_limits.try_of(request, credentials.get("email", ""))
        if wait := self._try.take(time.time()):
            self.record_of("sign_in_locked_out", request, credentials, seconds=wait)
            words = sign_in_limits.in_words(wait)
            raise ValidationError(
                _("Too many wrong passwords. Wait {time}, then try again.").format(time=words)
            )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self.record_of("sign_in_refused", request, credentials)

    def record_of(
        self, event: str, request: HttpRequest, credentials: dict[str, Any], **about: Any
    ) -> None:
        user = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        security_log.record(event, request, user, **about)

    def _rollback_login_failed_rl_usage(self) -> None:
        self._try.succeed()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        sign_in_limits.try_of(request, credentials.get("email", "")).forgive()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        sign_in_limits.remember_device(request, response, user)
        return response

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Return whether the password is the user's, counting failures as the sign-in page does.

        Raise `ValidationError` after too many failures.
        """
        found = self.authenticate(context.request, email=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before a change of sign-in, unless the person has just signed in."""
        request = context.request
        proofs = get_authentication_records(request, request.user)
        newest = max((proof["at"] for proof in proofs), default=0)
        return bool(time.time() - newest >= app_settings.REAUTHENTICATION_TIMEOUT)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        ours = "trafficking_plan.sign_in.accounts.SecondStepStage"
        theirs = "allauth.mfa.stages.AuthenticateStage"
        return [ours if each == theirs else each for each in super().get_login_stages()]

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Suppress messages such as "Successfully signed in as": pages show who is signed in. What they do
        not show is that a passkey was refused, since its form is sent by a script."""
        if level == messages.ERROR:
            messages.error(request, _("This passkey was not accepted. Use another way to sign in."))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the emailed link. It leads to SITE_URL, whatever host the request names."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", quote(key))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Email the person what changed about their sign-in. If the mail server refuses, log it."""
        if template_prefix not in CHANGED:
            return
        about = {
            "user": user,
            "changed": CHANGED[template_prefix],
            "support_email": settings.SUPPORT_EMAIL,
        }
        try:
            self.render_mail("account/email/sign_in_changed", user.get_username(), about).send()
        except OSError as fault:
            log.warning("mail_not_sent", fault=type(fault).__name__, user_id=user.pk)


class SecondStepStage(AuthenticateStage):
    """Ask for the second step at sign-in, unless the organisation has asked for one."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        is_done = user is not None and request.session.get(second_step.PROVED) == user.pk
        return not is_done and bool(super()._should_handle(request))


class SecondSteps(DefaultMFAAdapter):
    """Our words about passkeys and codes, and the seal of their secrets."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "The code is incorrect or was used before. Enter the newest one."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Set up a passkey or an app first."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret of an app or of recovery codes. If no key opens it, answer with a page that says so."""
        try:
            return unseal(encrypted_text)
        except Unreadable:
            log.error("second_step_unreadable")
            page = render(context.request, "mfa/unreadable.html", status=422)
            raise ImmediateHttpResponse(page) from None

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey {number}").format(number=number)

    def build_totp_svg(self, url: str) -> str:
        """Draw the code on white, since cameras cannot read dark pages."""
        # Only whoever adds an app needs it, and it loads Pillow and lxml.
        import qrcode
        from qrcode.image.svg import SvgPathFillImage

        picture: bytes = qrcode.make(url, image_factory=SvgPathFillImage).to_string()
        return picture.decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.PRODUCT_NAME}
