"""Accounts: sign-up is by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Disable public sign-up; people join by an invitation (agencies/services/invitations.py)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email or password is incorrect.",
        "too_many_login_attempts": "Too many wrong passwords. Wait five minutes, then try again.",
    }

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Return whether the password is the user's, counting failures as the sign-in page does.

        Raise `ValidationError` after too many failures.
        """
        found = self.authenticate(context.request, email=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Suppress messages such as "Successfully signed in as": pages show who is signed in."""
