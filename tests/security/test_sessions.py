"""Test signing in, sessions and signing out."""

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


def sign_in(client, email="contributor@example.org", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def is_in(client):
    return client.get("/").status_code == 200


# --- signing in -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["contributor@example.org", " Contributor@Example.ORG "])
def test_signing_in_redirects_to_the_desk(client, person, typed):
    response = sign_in(client, typed)
    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)


def test_an_address_in_capitals_signs_in_too(client):
    SeatFactory(user__email="Group.Manager@Example.org")
    assert sign_in(client, "group.manager@example.org").status_code == 302


def test_signing_in_changes_the_session_key(client, person):
    session = client.session
    session["planted"] = "by somebody who knows the key"
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    sign_in(client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_the_sign_in_page_has_no_remember_me_option(client, person):
    assert list(client.get(SIGN_IN).context["form"].fields) == ["login", "password"]
    sign_in(client)
    # The cookie goes with the browser.
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""


def test_signing_in_stores_no_second_copy_of_the_address(client, person):
    sign_in(client)
    assert EmailAddress.objects.count() == 0


@pytest.mark.parametrize(
    "wrong", [{"password": "not the password"}, {"email": "nobody@example.org"}]
)
def test_wrong_password_and_unknown_address_look_the_same(client, person, wrong):
    response = sign_in(client, **wrong)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["The email or password is incorrect."]


def test_a_deactivated_user_cannot_sign_in(client, person):
    person.is_active = False
    person.save()
    assert sign_in(client).url == "/account/inactive/"
    assert not is_in(client)


def test_a_deactivated_user_is_signed_out_on_the_next_request(client, person):
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
def test_signing_in_does_not_redirect_to_another_site(client, person, elsewhere):
    assert sign_in(client, next=elsewhere).url == "/"


def test_signing_in_redirects_to_the_requested_page(client, person):
    asked = client.get("/plans/")
    assert asked.url == f"{SIGN_IN}?next=/plans/"
    page = client.get(asked.url)
    assert '<input type="hidden" name="next" value="/plans/">' in page.text
    assert sign_in(client, next="/plans/").url == "/plans/"


def test_there_is_no_sign_up(client):
    response = client.post(
        "/account/sign-up/",
        {"email": "me@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert [template.name for template in response.templates][0] == "account/signup_closed.html"


# --- limits on asking -----------------------------------------------------------------------


def test_too_many_password_requests_are_refused_with_our_error_page(client):
    with time_machine.travel(MORNING, tick=False):
        answers = [
            client.post("/account/password/reset/", {"email": f"person{number}@example.org"})
            for number in range(21)
        ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert "<h1>Too many attempts</h1>" in answers[-1].text


# --- signing out ----------------------------------------------------------------------------


def test_an_idle_session_ends_after_an_hour(client, person):
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


def test_a_session_ends_after_twelve_hours_even_when_used(client, person):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client)
        for _ in range(24):
            assert is_in(client)
            clock.shift(timedelta(minutes=30))
        assert is_in(client)
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)


def test_signing_out_deletes_the_session_on_the_server(client, person):
    sign_in(client)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    response = client.post("/account/sign-out/")
    assert (response.status_code, response.url) == (302, SIGN_IN)
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client)


def test_following_a_link_does_not_sign_out(client, person):
    """Another site could embed the link as an image; only the button signs out."""
    sign_in(client)
    assert client.get("/account/sign-out/").status_code == 200
    assert is_in(client)


def test_a_form_without_its_csrf_token_is_refused_with_our_error_page(client, person):
    strict = type(client)(enforce_csrf_checks=True)
    response = sign_in(strict)
    assert response.status_code == 403
    assert "<h1>That page was out of date</h1>" in response.text
