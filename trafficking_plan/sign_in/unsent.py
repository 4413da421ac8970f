"""What was sent by somebody whose session had ended, kept in the browser's next session until they sign in and send it.

It is kept for the person alone whose session ended, for an hour, without passwords and files. Signing in as anybody else
removes it. Nothing of it is in an address; it is sent only by a form of our own, with its CSRF token.
"""

import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse

PERSON, FORMS = "ended_of", "unsent"  # of the session
KEPT_SECONDS = 60 * 60
MOST_FORMS = 5
MOST_LETTERS = 500_000  # of one form; a session is a row of the database

# Words have spaces or are one word with a capital, days may have slashes; what a form sends by itself is none of these.
TYPED = re.compile(r"\s|^[A-Z][a-z]+\W?$|^\d+/\d")
UNTYPED = re.compile(r"password|^csrfmiddlewaretoken$|^once$|-of$")


@dataclass(frozen=True)
class Unsent:
    """A form that was not taken: where it goes, and its fields in order."""

    token: str
    path: str
    fields: list[tuple[str, str]]
    has_files: bool

    @property
    def url(self) -> str:
        return reverse("unsent", args=[self.token])


def end(request: HttpRequest) -> None:
    """Sign the person out whose time is over. The browser's next session knows who they were."""
    person = request.user.pk
    logout(request)
    request.session[PERSON] = person


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the form sent, without the CSRF token."""
    lists = request.POST.lists()
    return [
        (name, text) for name, texts in lists for text in texts if name != "csrfmiddlewaretoken"
    ]


def typed_in(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a person typed into the form, each with its label. A password is left out."""
    data = dict(fields)
    return [
        (label_of(name, data), text)
        for name, text in fields
        if TYPED.search(text.strip()) and not UNTYPED.search(name)
    ]


def label_of(name: str, data: Any) -> str:
    """Return a field's name in words. A form of several says what it is `of`: "Item 1.2: Achieved"."""
    prefix, dash, field = name.partition("-")
    is_of_several = bool(dash) and re.fullmatch(r"[a-z]\d+", prefix) is not None
    of = data.get(f"{prefix}-of", "") if is_of_several else ""
    words = (field if is_of_several else name).replace("_", " ").replace("-", " ").capitalize()
    return f"{of}: {words}" if of else words


def keep(request: HttpRequest) -> Unsent | None:
    """Keep the form that arrived signed out. Return None if it is not known whose it is, or if it is about signing in
    or too long."""
    fields = fields_of(request)
    is_of_account = any("password" in name for name, _ in fields) or request.path.startswith(
        reverse("account_login").removesuffix("sign-in/")
    )
    is_long = sum(len(text) for _, text in fields) > MOST_LETTERS
    if PERSON not in request.session or is_of_account or is_long:
        return None
    form = {
        "person": request.session[PERSON],
        "until": int(time.time()) + KEPT_SECONDS,
        "path": request.get_full_path(),
        "fields": fields,
        "has_files": bool(request.FILES),
    }
    token = secrets.token_urlsafe(9)
    before = list(request.session.get(FORMS, {}).items())
    request.session[FORMS] = dict([*before[1 - MOST_FORMS :], (token, form)])
    return _read(token, form)


def kept(request: HttpRequest, token: str) -> Unsent | None:
    """Return a form that is kept for the person who is signed in."""
    form = request.session.get(FORMS, {}).get(token)
    if form is None or form["person"] != request.user.pk or form["until"] < time.time():
        return None
    return _read(token, form)


def drop(request: HttpRequest, token: str) -> None:
    forms = request.session.get(FORMS, {})
    request.session[FORMS] = {name: form for name, form in forms.items() if name != token}


def _read(token: str, form: dict[str, Any]) -> Unsent:
    fields = [(name, text) for name, text in form["fields"]]
    return Unsent(token, form["path"], fields, form["has_files"])


def seconds_left(request: HttpRequest) -> int:
    """Return in how many seconds the session ends if nothing more is asked for."""
    idle = time.time() - request.session.get("seen_at", time.time())
    return max(0, min(seconds_from_now(request), int(settings.SESSION_IDLE_SECONDS - idle)))


def seconds_from_now(request: HttpRequest) -> int:
    """Return in how many seconds the session ends if this request is the last."""
    began = request.session.get("began_at", time.time())
    whole = settings.SESSION_COOKIE_AGE - (time.time() - began)
    return min(settings.SESSION_IDLE_SECONDS, int(whole))


@receiver(user_logged_in)
def remove_what_is_of_others(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Forget whose session ended before, and remove what somebody else typed."""
    request.session.pop(PERSON, None)
    if forms := request.session.pop(FORMS, None):
        own = {token: form for token, form in forms.items() if form["person"] == user.pk}
        if own:
            request.session[FORMS] = own
