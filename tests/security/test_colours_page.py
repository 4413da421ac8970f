"""Test the choice of light or dark pages: kept in a cookie, and read by every page."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    client.force_login(UserFactory())
    return client


def choose(client, colours, back="/plans/"):
    return client.post(reverse("choose-colours"), {"colours": colours, "back": back})


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_choice_is_kept_and_every_page_has_it(person, colours):
    answer = choose(person, colours)
    assert (answer.status_code, answer.url) == (302, "/plans/")
    cookie = answer.cookies["colours"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (colours, True, "Lax")
    page = person.get("/plans/").text
    assert f'<html lang="en-NZ" data-colours="{colours}">' in page
    assert f'<meta name="color-scheme" content="{colours}">' in page


def test_without_a_choice_the_device_decides(person):
    page = person.get("/plans/").text
    assert '<html lang="en-NZ">' in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_the_choice_is_given_up(person):
    choose(person, "dark")
    answer = choose(person, "device")
    assert answer.cookies["colours"].value == ""
    assert "data-colours" not in person.get("/plans/").text


def test_an_unknown_cookie_is_ignored(person):
    person.cookies["colours"] = '"><script>'
    assert "data-colours" not in person.get("/plans/").text


def test_the_form_leads_back_to_the_page_before_and_nowhere_else(person):
    page = person.get(reverse("choose-colours"), headers={"referer": "https://x.test/plans/?a=1"})
    assert 'name="back" value="/plans/?a=1"' in page.text
    for elsewhere in (
        "https://elsewhere.test/",
        "//elsewhere.test/",
        reverse("choose-colours"),
        "",
    ):
        assert choose(person, "dark", back=elsewhere).url == "/"


def test_a_form_without_a_choice_is_refused(person):
    answer = choose(person, "")
    assert answer.status_code == 422
    assert "Choose the colours." in answer.text
