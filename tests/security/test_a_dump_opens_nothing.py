"""A copy of the database, given to an attacker: nothing in it signs in, reads or answers for anybody.

Every value of every table is tried as each kind of secret. The true secrets, which are in none of them, do open.
"""

import json
import re
import time
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localdate, now

from agencies.models import Seat
from agencies.people.services import invitations, tokens
from agencies.records import sealing
from tests.cast import client_of
from tests.security.second_steps import code_of
from workitems.calendar import services as calendar

pytestmark = pytest.mark.django_db

STEP = "/account/second-step/"
WORD = re.compile(r"[A-Za-z0-9_=+/.:-]{6,}")
# What every new database has: thousands of names from the code.
OF_THE_CODE = {"auth_permission", "django_content_type", "django_migrations"}


def dump(without=frozenset()):
    """Return every value of every table, as pg_dump would write it."""
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - without:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (plain(value) for value in row if value is not None)


def plain(value):
    if isinstance(value, memoryview | bytes):
        return bytes(value).decode("latin-1")
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def words(values):
    """What an attacker finds in the values: each whole, and each piece that could be a secret."""
    found = set()
    for value in values:
        found |= {value, *WORD.findall(value)}
    return {each for each in found if len(each) < 300}


@pytest.fixture
def secrets(people, django_capture_on_commit_callbacks):
    """One living secret of each kind, made on the pages as people make them, and not yet used or read."""
    person, police = people["contributor"], people.agencies["police"]
    browser = client_of(people, "contributor")
    proved_now(browser)
    made = {"session": browser.cookies[settings.SESSION_COOKIE_NAME].value}
    page = browser.get(f"{STEP}app/").text
    made["app being set up"] = re.search(r'<code class="secret">(\w+)</code>', page)[1]
    with noting(tokens, "make_token") as texts, noting(calendar, "make_feed") as addresses:
        seat = person.seats.get()
        form = {"name": "Dump", "scope": "read", "seat": seat.pk}
        form["expires_on"] = (localdate() + timedelta(days=5)).isoformat()
        assert browser.post(reverse("agencies:tokens"), form).status_code == 302
        form = {"label": "Dump", "plan": people.plan.pk}
        assert browser.post(reverse("feeds:list", args=[police.pk]), form).status_code == 302
    made["token"], made["calendar"] = texts[0][1], addresses[0][1]
    made["app"] = auth.generate_totp_secret()
    auth.TOTP.activate(people["approver"], made["app"])
    codes = RecoveryCodes.activate(people["approver"])
    made["recovery codes"] = sealing.unseal(codes.instance.data["seed"])
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(
            place=police,
            role=Seat.Role.OBSERVER,
            name="New",
            email="new@example.org",
            from_on=localdate(),
            to_on=None,
            by=people["approver"],
            at=now(),
        )
        Client().post("/account/password/reset/", {"email": person.email})
    for letter in mail.outbox:
        what = "new password" if letter.to == [person.email] else "invitation"
        made[what] = re.search(r"https?://[^/]+/\S+/([^/\s]+)/?$", letter.body, re.MULTILINE)[1]
    # A browser that followed the link and has not chosen a password yet has the key in its session.
    half_way = Client()
    link = reverse("account_reset_password_from_key", args=made["new password"].split("-", 1))
    assert half_way.get(link).status_code == 302
    return made


@contextmanager
def noting(module, name):
    """Note what a service returns, which pages show once."""
    found, plain_one = [], getattr(module, name)

    def act(**given):
        found.append(plain_one(**given))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, act)
        yield found


def proved_now(browser):
    """As somebody who has just signed in, so that nothing asks for the password again."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


# --- what an attacker tries with a text ----------------------------------------------------------


def signs_in(text):
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = text
    return browser.get("/account/tokens/").status_code == 200


def reads_the_api(text):
    asking = Client(headers={"Authorization": f"Bearer {text}"})
    return asking.get(reverse("api:plans")).status_code == 200


def opens_an_address(name, text):
    try:
        address = reverse(name, args=text.split("-", 1) if "reset" in name else [text])
    except NoReverseMatch:
        return False
    answer = Client().get(address)
    return answer.status_code in (200, 302) and "no longer works" not in answer.text


def answers_for(authenticator, text):
    """Whether the text is the secret by which the person's codes are made."""
    if text.startswith(sealing.MARK):
        return False  # Whoever has no key reads nothing in it.
    with suppress(ValueError, TypeError):
        if authenticator.type == "totp":
            return code_of(text) == code_of(sealing.unseal(authenticator.data["secret"]))
        own = RecoveryCodes(Authenticator(type="recovery_codes", data={"seed": text}))
        return own.generate_codes() == RecoveryCodes(authenticator).generate_codes()
    return False


def attempts(people):
    """Each kind of secret with what tries a text as one."""
    steps = Authenticator.objects.filter(user=people["approver"])
    app, codes = steps.get(type="totp"), steps.get(type="recovery_codes")
    return {
        "session": signs_in,
        "token": reads_the_api,
        "calendar": lambda text: opens_an_address("feeds:calendar", text),
        "invitation": lambda text: opens_an_address("agencies:accept-invitation", text),
        "new password": lambda text: opens_an_address("account_reset_password_from_key", text),
        "app": lambda text: answers_for(app, text),
        "recovery codes": lambda text: answers_for(codes, text),
    }


def test_no_secret_is_in_the_dump(people, secrets):
    text = "\n".join(unpacked(dump()))
    assert [what for what, secret in secrets.items() if secret in text] == []


@pytest.fixture
def no_limits(monkeypatch):
    """Switch the rate limits off, as an attacker with a copy has none."""
    monkeypatch.setattr("workitems.calendar.views.is_within_rate_limit", lambda *given: True)
    monkeypatch.setattr("trafficking_plan.api.admission.is_within", lambda *given, **more: True)


@pytest.mark.one_database(reason="whether secrets are in the dump is asked of both")
def test_nothing_in_the_dump_opens_anything_and_each_true_secret_does(people, secrets, no_limits):
    values = unpacked(dump(without=OF_THE_CODE))
    found = [each for each in words(values) if each.isascii() and "/" not in each]
    ways = attempts(people)
    opened = {
        (what, text)
        for what, opens in ways.items()
        for text in found
        if could_be(what, text) and opens(text)
    }
    assert opened == set()
    assert [what for what, opens in ways.items() if not opens(secrets[what])] == []


def could_be(what, text):
    """Leave out what is of another form, so that there is time for the rest."""
    return {
        "session": lambda: len(text) >= 20,
        "app": lambda: re.fullmatch(r"[A-Z2-7]{16,}=*", text),
        "recovery codes": lambda: len(text) >= 20,
        "new password": lambda: re.fullmatch(r"[0-9a-z]+-[0-9a-z]+-[0-9a-f]{20,}", text),
    }.get(what, lambda: len(text) >= 20)()


def unpacked(values):
    """Each value, and what is in those that are only packed: sessions as Django writes them."""
    for value in values:
        yield value
        with suppress(Exception):
            yield json.dumps(signing.loads(value, salt="django.contrib.sessions.SessionStore"))
