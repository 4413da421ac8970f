"""Getting in, staying in, and being put out."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session

from tests.factories import PASSWORD, SeatFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
MORNING = datetime(2026, 3, 2, 20, tzinfo=UTC)  # nine o'clock in Wellington


@pytest.fixture
def person():
    return SeatFactory(user__email="contributor@example.org").user


def sign_in(client, email="contributor@example.org", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def is_in(client):
    return client.get("/").status_code == 200


# --- in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["contributor@example.org", " Contributor@Example.ORG "])
def test_person_signs_in_and_lands_on_the_desk(client, person, typed):
    response = sign_in(client, typed)
    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)


def test_address_entered_in_capitals_signs_in_too(client):
    SeatFactory(user__email="Group.Manager@Example.org")
    assert sign_in(client, "group.manager@example.org").status_code == 302


def test_signing_in_changes_the_key_of_the_session(client, person):
    session = client.session
    session["planted"] = "by somebody who knows the key"
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    sign_in(client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_sign_in_page_does_not_offer_to_remember(client, person):
    assert list(client.get(SIGN_IN).context["form"].fields) == ["login", "password"]
    sign_in(client)
    # The cookie goes with the browser.
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""


def test_signing_in_makes_no_second_address_that_could_outlive_the_first(client, person):
    sign_in(client)
    assert EmailAddress.objects.count() == 0


@pytest.mark.parametrize(
    "wrong", [{"password": "not the password"}, {"email": "nobody@example.org"}]
)
def test_wrong_password_and_unknown_address_look_the_same(client, person, wrong):
    response = sign_in(client, **wrong)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [
        "This address and this password do not go together."
    ]


def test_deactivated_person_gets_in_no_more(client, person):
    person.is_active = False
    person.save()
    assert sign_in(client).url == "/account/inactive/"
    assert not is_in(client)


def test_deactivated_person_is_out_on_the_next_request(client, person):
    sign_in(client)
    assert is_in(client)
    person.is_active = False
    person.save()
    assert not is_in(client)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "http:///evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        " https://evil.example",
        "/\t/evil.example/",
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(client, person, elsewhere):
    assert sign_in(client, next=elsewhere).url == "/"


def test_after_signing_in_one_lands_where_one_wanted_to_go(client, person):
    asked = client.get("/plans/")
    assert asked.url == f"{SIGN_IN}?next=/plans/"
    page = client.get(asked.url)
    assert '<input type="hidden" name="next" value="/plans/">' in page.text
    assert sign_in(client, next="/plans/").url == "/plans/"


def test_nobody_signs_up(client):
    response = client.post(
        "/account/sign-up/",
        {"email": "me@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert [template.name for template in response.templates][0] == "account/signup_closed.html"


# --- limits on guessing ---------------------------------------------------------------------


def fail_to_sign_in(client, times, email="contributor@example.org"):
    for _ in range(times):
        sign_in(client, email, "a guess")


REFUSAL = ["Too many tries. Wait five minutes, then try again."]


def test_after_five_failures_the_right_password_is_refused_for_five_minutes(client, person):
    with time_machine.travel(MORNING, tick=False) as clock:
        fail_to_sign_in(client, 5)
        response = sign_in(client)
        assert response.status_code == 200
        assert response.context["form"].non_field_errors() == REFUSAL
        assert '<div class="error-summary" role="alert"' in response.text
        clock.shift(timedelta(minutes=5, seconds=1))
        assert sign_in(client).status_code == 302


def test_four_failures_are_forgiven(client, person):
    fail_to_sign_in(client, 4)
    assert sign_in(client).status_code == 302


def test_failures_of_one_address_lock_no_other(client, person):
    fail_to_sign_in(client, 6, "somebody.else@example.org")
    assert sign_in(client).status_code == 302


def test_spelling_an_address_otherwise_gives_no_more_tries(client, person):
    fail_to_sign_in(client, 3)
    fail_to_sign_in(client, 2, "CONTRIBUTOR@example.org")
    assert sign_in(client).context["form"].non_field_errors() == REFUSAL


def test_one_machine_guesses_ten_times_a_minute_whatever_the_addresses(client, person):
    with time_machine.travel(MORNING, tick=False):
        for number in range(10):
            fail_to_sign_in(client, 1, f"person{number}@example.org")
        assert sign_in(client).context["form"].non_field_errors() == REFUSAL


def test_forged_forwarding_header_gives_no_more_tries(client, person):
    with time_machine.travel(MORNING, tick=False):
        for number in range(10):
            client.post(
                SIGN_IN,
                {"login": f"person{number}@example.org", "password": "a guess"},
                headers={"x-forwarded-for": f"10.0.0.{number}"},
            )
        assert sign_in(client).context["form"].non_field_errors() == REFUSAL


def test_asking_for_passwords_without_end_is_refused_in_our_look(client):
    with time_machine.travel(MORNING, tick=False):
        answers = [
            client.post("/account/password/reset/", {"email": f"person{number}@example.org"})
            for number in range(21)
        ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert "<h1>Too many tries</h1>" in answers[-1].text


# --- out ------------------------------------------------------------------------------------


def test_idle_session_ends_after_an_hour(client, person):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client)
        assert is_in(client)
        clock.shift(timedelta(minutes=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=61))
        assert not is_in(client)
        assert not is_in(client)


def test_session_ends_after_twelve_hours_however_busy(client, person):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client)
        for _ in range(24):
            assert is_in(client)
            clock.shift(timedelta(minutes=30))
        assert is_in(client)
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)


def test_signing_out_ends_the_session_on_our_side(client, person):
    sign_in(client)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    response = client.post("/account/sign-out/")
    assert (response.status_code, response.url) == (302, SIGN_IN)
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client)


def test_a_link_signs_nobody_out(client, person):
    """Another site could bring the link in a picture; only the button does it."""
    sign_in(client)
    assert client.get("/account/sign-out/").status_code == 200
    assert is_in(client)


def test_form_without_its_token_is_refused_in_our_look(client, person):
    strict = type(client)(enforce_csrf_checks=True)
    response = sign_in(strict)
    assert response.status_code == 403
    assert "<h1>That page had gone stale</h1>" in response.text
