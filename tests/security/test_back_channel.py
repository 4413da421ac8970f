"""The organisation signs its people out here, and says that somebody left."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from agencies.models import User
from tests.factories import SeatFactory
from tests.security import test_organisation
from tests.security.test_organisation import come_back, is_in, roles_of
from trafficking_plan.sign_in.back_channel import RISC, SIGNED_OUT

pytestmark = pytest.mark.django_db

police, provider, running = (
    test_organisation.police,
    test_organisation.provider,
    test_organisation.running,
)

ADDRESS = "/account/organisation/signs-out/"
LEFT = f"{RISC}account-disabled"


def claims(jti, event=SIGNED_OUT, **others):
    return {"jti": jti, "events": {event: {}}} | others


def send(token):
    # As a program: no cookies, and Django checks CSRF tokens.
    return Client(enforce_csrf_checks=True).post(ADDRESS, {"logout_token": token})


def signed_in(provider, **said):
    provider.claims |= said
    client = Client()
    assert come_back(client).url == "/"
    assert is_in(client)
    return client


@pytest.fixture
def ana(police):
    return SeatFactory(agency=police, role="observer", user__email="ana@police.example").user


def test_who_is_signed_out_there_is_signed_out_here_at_once(provider, ana):
    office, home, password = signed_in(provider), signed_in(provider), Client()
    password.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    other = Client()
    other.force_login(SeatFactory().user, backend="django.contrib.auth.backends.ModelBackend")
    answer = send(provider.signed(claims("1", sub="7")))
    assert (answer.status_code, answer.content, "no-store" in answer["Cache-Control"]) == (
        200,
        b"",
        True,
    )
    assert [is_in(each) for each in (office, home, other)] == [False, False, True]
    ana.refresh_from_db()
    assert (ana.is_active, roles_of(ana)) == (True, [("Police", "observer")])


def test_a_session_there_is_the_one_of_that_browser_here(provider, ana):
    office, home = signed_in(provider, sid="of-the-office"), signed_in(provider, sid="of-home")
    send(provider.signed(claims("2", sub="7", sid="of-home")))
    assert [is_in(each) for each in (office, home)] == [True, False]
    send(provider.signed(claims("3", sid="of-the-office")))
    assert is_in(office) is False


def test_who_left_loses_account_seats_and_sessions(provider, ana):
    client = signed_in(provider, roles=["staff"])
    assert roles_of(ana) == [("Police", "contributor"), ("Police", "observer")]
    assert send(provider.signed(claims("4", LEFT, sub="7"))).status_code == 200
    assert is_in(client) is False
    ana.refresh_from_db()
    assert (ana.is_active, roles_of(ana)) == (False, [("Police", "observer")])
    past = ana.history.latest()
    assert (past.history_actor, past.history_change_reason) == (
        "Police",
        "Police says that the person left.",
    )
    send(provider.signed(claims("5", LEFT, sub="7")))
    ana.refresh_from_db()
    assert ana.history.count() == past.version == ana.version


def test_a_stranger_is_nobody(provider, ana):
    client = signed_in(provider)
    assert send(provider.signed(claims("6", LEFT, sub="somebody else"))).status_code == 200
    assert (is_in(client), User.objects.filter(is_active=False).count()) == (True, 0)


def test_a_token_is_taken_once(provider, ana):
    signed_in(provider)
    token = provider.signed(claims("7", sub="7"))
    assert send(token).status_code == 200
    client = signed_in(provider)
    again = send(token)
    assert (again.status_code, again.json()["error"], is_in(client)) == (
        400,
        "invalid_request",
        True,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-program"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"jti": "long" * 50},
        {"jti": 5},
        {"events": None},
        {"events": {"https://example.org/unknown": {}}},
        {"events": [SIGNED_OUT]},
        {"nonce": "of a sign-in"},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_right_signs_nobody_out(provider, ana, wrong):
    client = signed_in(provider)
    answer = send(provider.signed(claims("0", sub="7") | wrong))
    assert (answer.status_code, answer.json()["error"], is_in(client)) == (
        400,
        "invalid_request",
        True,
    )


def test_a_token_of_another_key_or_of_none_signs_nobody_out(provider, ana, monkeypatch):
    client = signed_in(provider)
    unsigned = provider.signed(claims("8", sub="7"), "none")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    monkeypatch.setattr(provider, "signing_key", other)
    for token in (unsigned, provider.signed(claims("9", sub="7")), "", "nothing", "a" * 9000):
        assert (send(token).status_code, is_in(client)) == (400, True)


def test_a_provider_that_is_away_is_asked_again_later(provider, ana, monkeypatch):
    token = provider.signed(claims("10", sub="7"))
    monkeypatch.setattr(type(provider), "documents", {})
    assert send(token).status_code == 503
