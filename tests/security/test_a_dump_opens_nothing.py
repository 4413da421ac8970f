"""A copy of the database, given to an attacker: nothing in it signs in, reads or answers for anybody.

Every value of every table is tried as each kind of secret. The true secrets, which are in none of them, do open. Each column
that could have a secret is named in `KEPT`, so that one that is added is thought of.
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
from django.apps import apps
from django.conf import settings
from django.core import mail, signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localdate, now

from agencies.models import Seat
from agencies.people.services import invitations, tokens
from agencies.records import sealing
from tests.cast import client_of
from tests.factories import NoteFactory
from tests.security.second_steps import code_of
from tests.workitems.by_email.mail_forms import ANSWERS_TO, VERIFIED, message
from trafficking_plan.sign_in import sign_in_limits
from workitems.by_email.mime_reading import Received
from workitems.calendar import services as calendar
from workitems.models import AnswerKey
from workitems.notices import answer_keys
from workitems.notices.news import Answerable, Entry

pytestmark = pytest.mark.django_db

STEP = "/account/second-step/"
WORD = re.compile(r"[A-Za-z0-9_=+/.:-]{6,}")
# What every new database has: thousands of names from the code.
OF_THE_CODE = {"auth_permission", "django_content_type", "django_migrations"}
NAMED_AS_A_SECRET = re.compile(r"token|secret|hash$|password|session_|digest$|seed|^data$")
# Each column that is named as if it had a secret, and as which secret of `attempts` it is tried; or why it has none.
KEPT = {
    "account.EmailConfirmation.key": "never written: addresses are confirmed by invitations",
    "agencies.Invitation.token_hash": "invitation",
    "agencies.SentForm.token": "tells a form that is sent twice from another",
    "agencies.Token.token_hash": "token",
    "agencies.User.password": "new password",
    "mfa.Authenticator.data": "app",
    "reports.RecordDigest.digest": "of records",
    "reports.Rendering.data": "what a paper is made of",
    "sessions.Session.session_data": "unpacked",
    "sessions.Session.session_key": "session",
    "socialaccount.SocialApp.secret": "never written: it is a setting",
    "socialaccount.SocialToken.token": "never written",
    "socialaccount.SocialToken.token_secret": "never written",
    "usersessions.UserSession.data": "empty",
    "usersessions.UserSession.session_key": "session",
    "workitems.AnswerKey.digest": "answer by email",
    "workitems.CalendarFeed.token_hash": "calendar",
    "workitems.ReceivedMail.message_digest": "of an email that was received",
}


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
def answers_are_on(settings):
    settings.MAIL_ANSWERS_TO, settings.MAIL_VERIFIED = ANSWERS_TO, VERIFIED


@pytest.fixture
def secrets(people, answers_are_on, django_capture_on_commit_callbacks):
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
    made["device"] = device_of(person)
    made["answer by email"] = answer_key(people)
    return made


def device_of(person):
    """Return the cookie of a device that has signed in to an account."""
    answer = HttpResponse()
    sign_in_limits.remember_device(RequestFactory().get("/"), answer, person)
    return answer.cookies[sign_in_limits.COOKIE].value


def answer_key(people):
    """Return the key in the address to which the contributor can answer a note."""
    note = NoteFactory(item=people.plan.items.first())
    about = Answerable(AnswerKey.Act.NOTE, note.pk, people.plan.pk, "")
    texts = dict.fromkeys(("title", "plan", "message", "url", "link", "headline"), "")
    entry = Entry(**texts, sentences=[], answerable=about)
    (offered,) = answer_keys.with_addresses([entry], people["contributor"], localdate())
    return offered.address.partition("+")[2].partition("@")[0]


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
    return browser.get("/account/api-keys/").status_code == 200


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


def answers_an_email(text):
    """Whether an email with the text as its key answers one of ours, were its sender vouched for."""
    keys = Received(message("Yes.", key=text)).keys(ANSWERS_TO)
    return answer_keys.find(keys, localdate()) is not None


def is_a_known_device(person, text):
    """Whether a browser with the text as its cookie may go on guessing when others are shut out."""
    asking = RequestFactory().get("/")
    asking.COOKIES[sign_in_limits.COOKIE] = text
    return bool(sign_in_limits.known_device(asking, person.email))


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
        "answer by email": answers_an_email,
        "device": lambda text: is_a_known_device(people["contributor"], text),
    }


def test_each_column_that_could_have_a_secret_is_tried_or_has_a_reason():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if NAMED_AS_A_SECRET.search(field.name)
    }
    assert found | {"account.EmailConfirmation.key"} == KEPT.keys()
    never = [name for name, why in KEPT.items() if why.startswith("never written")]
    assert [
        name for name in never if apps.get_model(name.rpartition(".")[0]).objects.exists()
    ] == []


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
