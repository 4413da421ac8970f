"""Test the page of a person's sessions, and signing out everywhere else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from tests.factories import PASSWORD, SeatFactory
from trafficking_plan.sign_in.addresses import browser_words, network_of

pytestmark = pytest.mark.django_db

SIGN_IN, SESSIONS = "/account/sign-in/", "/account/sessions/"
MORNING = datetime(2026, 3, 2, 20, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


def signed_in(address="192.0.2.17", agent=FIREFOX) -> Client:
    client = Client(REMOTE_ADDR=address, headers={"user-agent": agent})
    client.post(SIGN_IN, {"login": "contributor@example.org", "password": PASSWORD})
    assert client.get("/").status_code == 200
    return client


def test_a_person_sees_their_sessions_and_ends_the_others(person):
    with time_machine.travel(MORNING, tick=False) as clock:
        phone = signed_in("2001:db8:1:2::7", IPHONE)
        clock.shift(timedelta(minutes=10))
        desk = signed_in()
        page = desk.get(SESSIONS)
        assert [(row.browser, row.network, row.is_current) for row in page.context["rows"]] == [
            ("Firefox on Windows", "192.0.2.0/24", True),
            ("Safari on iPhone", "2001:db8:1::/48", False),
        ]
        assert desk.post(SESSIONS).url == SESSIONS
        assert "You are signed out everywhere else." in desk.get(SESSIONS).text
        assert desk.get("/").status_code == 200
        assert phone.get("/").url == f"{SIGN_IN}?next=/"


def test_nobody_sees_or_ends_the_sessions_of_another(person):
    other = SeatFactory(user__email="other@example.org").user
    client = Client()
    client.post(SIGN_IN, {"login": other.email, "password": PASSWORD})
    theirs = signed_in()
    assert len(client.get(SESSIONS).context["rows"]) == 1
    client.post(SESSIONS)
    assert theirs.get("/").status_code == 200


def test_a_session_that_ended_is_no_longer_listed(person):
    signed_in().post("/account/sign-out/")
    assert len(signed_in().get(SESSIONS).context["rows"]) == 1


def test_the_daily_clean_up_forgets_from_where_ended_sessions_came(person):
    signed_in()
    signed_in("198.51.100.9")
    Session.objects.filter(
        session_key=UserSession.objects.get(ip="192.0.2.17").session_key
    ).delete()
    call_command("clearsessions")
    assert [session.ip for session in UserSession.objects.all()] == ["198.51.100.9"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_a_session(person, count, django_assert_num_queries):
    clients = [signed_in() for _ in range(count)]
    with django_assert_num_queries(7 + 4 * count):
        clients[-1].get(SESSIONS)


def test_signing_out_asks_the_browser_to_forget_our_pages(person):
    client = signed_in()
    assert "Clear-Site-Data" not in client.get("/account/sign-out/")
    assert client.post("/account/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.17", "192.0.2.0/24"), ("2001:db8::1", "2001:db8::/48"), ("nowhere", "unknown")],
)
def test_an_address_is_known_by_its_network(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox on Windows"), (IPHONE, "Safari on iPhone"), ("curl/8", "A browser")],
)
def test_a_browser_is_named_by_its_kind(agent, words):
    assert browser_words(agent) == words
