"""Sessions in the database, of which a row opens none: the browser has a token, and the row is named by its digest."""

import hashlib
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.contrib import auth
from django.contrib.sessions.backends import db
from django.db.models.signals import post_init
from django.dispatch import receiver

from agencies.records.sealing import Unreadable, seal, unseal
from trafficking_plan.sign_in.openid import SID
from trafficking_plan.sign_in.second_step import PROVED
from trafficking_plan.sign_in.unsent import PERSON

LENGTH = 40  # of the column; 160 bits
# What opens nothing.
WHO_AND_WHEN = {
    *(auth.SESSION_KEY, auth.BACKEND_SESSION_KEY, auth.HASH_SESSION_KEY),
    *(AUTHENTICATION_METHODS_SESSION_KEY, f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"),
    *(PROVED, PERSON, SID, "began_at", "seen_at"),
}


class Key(str):
    """The name of a session's row. Where a text is made of it, as for the cookie, it is the token, if that is known."""

    token = ""

    def __str__(self) -> str:
        return self.token or super().__str__()


def key_of(token: str | None) -> Key | None:
    """Return the key of what a browser sent, or the key itself. Whatever else is a token: a row's name opens nothing."""
    if token is None or isinstance(token, Key):
        return token
    key = Key(hashlib.sha256(token.encode()).hexdigest()[:LENGTH])
    key.token = token
    return key


class SessionStore(db.SessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(key_of(session_key))

    def _get_new_session_key(self) -> Key | None:
        return key_of(super()._get_new_session_key())  # type: ignore[misc]

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(key_of(session_key) or ""))

    def delete(self, session_key: str | None = None) -> None:
        super().delete(key_of(session_key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal what is more than who is signed in: a link, token or address that was just made, the secret of an app that is
        being set up, or what somebody typed. Most sessions have none, and need no sealing."""
        text = str(super().encode(session_dict))
        return text if session_dict.keys() <= WHO_AND_WHEN else seal(text)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().decode(unseal(str(session_data)))
        except Unreadable:  # The person signs in again.
            found = {}
        return found


@receiver(post_init, sender=UserSession)
def name_the_row(instance: UserSession, **kwargs: Any) -> None:
    """Let allauth's list of a person's sessions have names of rows, not tokens."""
    if not isinstance(instance.session_key, Key):
        instance.session_key = Key(instance.session_key)
