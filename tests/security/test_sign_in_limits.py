"""Test the limits on wrong passwords: they stop a guesser, and nobody beside or behind them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from tests.factories import PASSWORD, SeatFactory
from trafficking_plan.sign_in import sign_in_limits

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
MORNING = datetime(2026, 3, 2, 20, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.17", "198.51.100.9"
EMAIL = "contributor@example.org"


@pytest.fixture
def person():
    return SeatFactory(user__email=EMAIL).user


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def sign_in(client, password=PASSWORD, email=EMAIL):
    return client.post(SIGN_IN, {"login": email, "password": password})


def refusal(response):
    """Return what the form says, or None if the person is signed in."""
    return None if response.status_code == 302 else response.context["form"].non_field_errors()[0]


def fail(client, times, clock, email=EMAIL):
    """Enter a wrong password so many times, each once it is looked at."""
    for _ in range(times):
        while (said := refusal(sign_in(client, "a guess", email))) != INCORRECT:
            assert said.startswith("Too many wrong passwords. Wait ")
            clock.shift(timedelta(seconds=61))


def wait(words):
    return f"Too many wrong passwords. Wait {words}, then try again."


INCORRECT = "The email or password is incorrect."


def test_three_failures_are_forgiven_at_once_and_later_ones_slow_down(person, clock):
    client = Client(REMOTE_ADDR=HERE)
    said = []
    for _ in range(7):
        said.append(refusal(sign_in(client, "a guess")))
        said.append(refusal(sign_in(client, "a guess")))
        clock.shift(timedelta(seconds=61))
    assert said[:4] == [INCORRECT, INCORRECT, INCORRECT, wait("2 seconds")]
    assert said[4::2] == [INCORRECT] * 5
    assert said[5::2] == [
        wait(words) for words in ("4 seconds", "8 seconds", "16 seconds", "32 seconds", "1 minute")
    ]
    assert refusal(sign_in(client)) is None, "the right password after the wait"


def test_ten_failures_of_an_account_from_one_network_close_it_there_for_five_minutes(person, clock):
    guesser = Client(REMOTE_ADDR=HERE)
    fail(guesser, 10, clock)
    beside = Client(REMOTE_ADDR="192.0.2.200")
    assert refusal(sign_in(beside)) == wait("5 minutes")
    assert refusal(sign_in(Client(REMOTE_ADDR=ELSEWHERE))) is None
    clock.shift(timedelta(minutes=5))
    assert refusal(sign_in(guesser)) is None


def test_the_right_password_works_on_a_device_that_has_signed_in_before(person, clock):
    desk = Client(REMOTE_ADDR=HERE)
    sign_in(desk)
    assert sign_in_limits.COOKIE in desk.cookies
    desk.post("/account/sign-out/")
    fail(Client(REMOTE_ADDR=HERE), 10, clock)
    assert refusal(sign_in(Client(REMOTE_ADDR=HERE))) is not None
    assert refusal(sign_in(desk)) is None


def test_a_known_device_has_a_limit_of_its_own(person, clock):
    desk = Client(REMOTE_ADDR=HERE)
    sign_in(desk)
    desk.post("/account/sign-out/")
    fail(desk, 10, clock)
    assert refusal(sign_in(desk)) == wait("5 minutes")


def test_a_device_is_known_for_its_own_accounts_and_until_their_password_changes(person, clock):
    desk = Client(REMOTE_ADDR=HERE)
    sign_in(desk)
    desk.post("/account/sign-out/")
    SeatFactory(user__email="other@example.org")
    fail(Client(REMOTE_ADDR=HERE), 10, clock, "other@example.org")
    assert refusal(sign_in(desk, email="other@example.org")) is not None
    fail(Client(REMOTE_ADDR=HERE), 10, clock)
    person.set_password("another long password")
    person.save()
    assert refusal(sign_in(desk, "another long password")) is not None


def test_an_account_that_is_guessed_from_everywhere_is_open_to_known_devices(person, clock):
    desk = Client(REMOTE_ADDR=HERE)
    sign_in(desk)
    desk.post("/account/sign-out/")
    for number in range(30):
        sign_in(Client(REMOTE_ADDR=f"203.0.{number}.1"), "a guess")
    assert refusal(sign_in(Client(REMOTE_ADDR=ELSEWHERE))) == wait("60 minutes")
    assert refusal(sign_in(desk)) is None


def test_an_agency_behind_one_address_is_not_shut_out_by_one_of_its_people(person, clock):
    guesser = Client(REMOTE_ADDR=HERE)
    for number in range(40):
        sign_in(guesser, "a guess", f"person{number}@example.org")
    assert refusal(sign_in(Client(REMOTE_ADDR=HERE))) is None
    desk = Client(REMOTE_ADDR=HERE)
    sign_in(desk)
    desk.post("/account/sign-out/")
    for number in range(40, 101):
        sign_in(guesser, "a guess", f"person{number}@example.org")
    assert refusal(sign_in(Client(REMOTE_ADDR=HERE))) == wait("5 minutes")
    assert refusal(sign_in(desk)) is None


def test_right_passwords_do_not_count(person, clock):
    for _ in range(40):
        client = Client(REMOTE_ADDR=HERE)
        assert refusal(sign_in(client)) is None


def test_another_spelling_of_an_address_gives_no_more_tries(person, clock):
    client = Client(REMOTE_ADDR=HERE)
    for email in (EMAIL, "Contributor@example.org", " CONTRIBUTOR@EXAMPLE.ORG "):
        sign_in(client, "a guess", email)
    assert refusal(sign_in(client)) == wait("2 seconds")


def test_a_forged_forwarding_header_gives_no_more_tries(person, clock):
    client = Client(REMOTE_ADDR=HERE)
    for number in range(3):
        client.post(
            SIGN_IN,
            {"login": EMAIL, "password": "a guess"},
            headers={"x-forwarded-for": f"10.0.{number}.1"},
        )
    assert refusal(sign_in(client)) == wait("2 seconds")


def test_a_new_password_by_email_opens_the_account_again(person, clock):
    client = Client(REMOTE_ADDR=HERE)
    fail(client, 10, clock)
    client.post("/account/password/reset/", {"email": EMAIL})
    link = next(line for line in mail.outbox[0].body.splitlines() if "/password/reset/key/" in line)
    form = client.get("/" + link.partition("//")[2].partition("/")[2], follow=True)
    new = {"password1": "another long password", "password2": "another long password"}
    client.post(form.request["PATH_INFO"], new)
    assert refusal(sign_in(client, "another long password")) is None


def test_a_forged_device_cookie_is_worth_nothing(person, clock):
    guesser = Client(REMOTE_ADDR=HERE)
    fail(guesser, 10, clock)
    guesser.cookies[sign_in_limits.COOKIE] = "eyJpZCI6ICJtYWRlIHVwIn0:1:forged"
    assert refusal(sign_in(guesser)) == wait("5 minutes")
