"""Test that what is typed into a form survives that the person is signed out."""

from datetime import UTC, datetime, timedelta

import lxml.html
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import scene as make_scene
from tests.factories import PASSWORD

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="forms and sessions decide"),
]

TYPED = {
    "version": "1",
    "title": "Train staff",
    "action": "Train all <b>frontline</b> staff.",
    "password1": "four words of mine",
}


def test_a_form_that_arrives_signed_out_gives_back_what_was_typed(client):
    address = reverse("plans:add-item", args=["some-plan"])
    page = client.post(address, TYPED, headers={"accept": "text/html,*/*"})
    assert page.status_code == 403
    assert "Nothing was saved. What you typed is below" in page.text
    assert "Train all &lt;b&gt;frontline&lt;/b&gt; staff." in page.text
    assert f"next={address}" in page.text
    assert "four words of mine" not in page.text


@pytest.mark.parametrize(
    ("typed", "headers"),
    [
        ({"version": "1", "then": "another"}, {"accept": "text/html"}),
        (TYPED, {"accept": "*/*"}),
        (TYPED, {"accept": "text/html", "hx-request": "true"}),
    ],
)
def test_scripts_and_forms_without_words_lead_to_the_sign_in_page(client, typed, headers):
    page = client.post(reverse("plans:start"), typed, headers=headers)
    assert (page.status_code, page.url.split("?")[0]) == (302, reverse("account_login"))


# --- kept for whoever sent it ---------------------------------------------------------------------

MORNING = datetime(2026, 3, 2, 20, tzinfo=UTC)
PAGE = {"accept": "text/html"}


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def world(clock):
    """The cast on a morning, in which their sessions end."""
    return make_scene()


def signed_in_as(client, person):
    return client.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD}, follow=True
    )


def ended(client, world, clock, fields=None, address="meetings:call"):
    """Sign the coordinator in, let an hour pass, and send a form. Return the page."""
    signed_in_as(client, world["coordinator"])
    clock.shift(timedelta(minutes=61))
    where = reverse(address, args=[world.plan.slug] if ":" in address else [])
    return client.post(where, fields or CALLED, headers=PAGE)


CALLED = {"held_on": "7 June 2026", "place": "Bowen House, level 2"}


def place_of(page):
    """Return where the signed-out page leads after signing in."""
    return page.context["unsent"].url


def test_a_form_after_the_session_ended_is_sent_after_signing_in_again(client, world, clock):
    page = ended(client, world, clock)
    assert page.status_code == 403
    assert f"?next={place_of(page)}" in page.text
    assert signed_in_as(client, world["coordinator"]).status_code == 200
    sends = lxml.html.fromstring(client.get(place_of(page)).text).get_element_by_id("send")
    assert sends.action == reverse("meetings:call", args=[world.plan.slug])
    assert {name: value for name, value in sends.form_values() if name in CALLED} == CALLED
    assert [each.name for each in sends.iter("input")][0] == "csrfmiddlewaretoken"


def test_whoever_else_signs_in_neither_sees_nor_keeps_it(client, world, clock):
    page = ended(client, world, clock)
    signed_in_as(client, world["contributor"])
    assert client.get(place_of(page)).status_code == 404
    assert "unsent" not in client.session
    client.post(reverse("account_logout"))
    signed_in_as(client, world["coordinator"])
    assert client.get(place_of(page)).status_code == 404


def test_nobody_reads_it_without_signing_in(client, world, clock):
    page = ended(client, world, clock)
    assert client.get(place_of(page)).status_code == 302


def test_it_is_kept_for_an_hour(client, world, clock):
    page = ended(client, world, clock)
    clock.shift(timedelta(minutes=61))
    signed_in_as(client, world["coordinator"])
    assert client.get(place_of(page)).status_code == 404


def test_it_is_removed_by_whoever_does_not_want_to_send_it(client, world, clock):
    page = ended(client, world, clock)
    signed_in_as(client, world["coordinator"])
    assert client.post(place_of(page)).url == "/"
    assert client.get(place_of(page)).status_code == 404


def test_a_choice_without_words_is_kept_too(client, world, clock):
    page = ended(client, world, clock, {"act": "yes"})
    assert page.context["unsent"].fields == [("act", "yes")]


def test_passwords_are_not_kept(client, world, clock):
    typed = {"oldpassword": PASSWORD, "password1": "four words of mine", "note": "Some words."}
    page = ended(client, world, clock, typed, address="account_change_password")
    assert page.context["unsent"] is None
    assert "unsent" not in client.session


def test_files_are_said_not_to_be_kept(client, world, clock):
    page = ended(
        client, world, clock, {"note": "Some words.", "file": SimpleUploadedFile("a.txt", b"x")}
    )
    assert "Files cannot be kept here. Add them again afterwards." in page.text
    assert page.context["unsent"].fields == [("note", "Some words.")]


def test_a_form_of_another_site_is_not_kept(world, clock):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world["coordinator"])
    client.get("/")
    clock.shift(timedelta(minutes=61))
    address = reverse("meetings:call", args=[world.plan.slug])
    assert client.post(address, CALLED, headers=PAGE).status_code == 403
    assert "unsent" not in client.session


def test_asking_how_much_time_is_left_is_no_use_of_the_service(client, world, clock):
    signed_in_as(client, world["coordinator"])
    client.get("/")
    asks = reverse("signed-in-for")
    clock.shift(timedelta(minutes=56))
    assert client.get(asks).json() == {"seconds": 240}
    assert client.get(asks).json() == {"seconds": 240}
    assert client.get(f"{asks}?stay").json() == {"seconds": 3600}
    clock.shift(timedelta(minutes=61))
    assert client.get(asks).status_code == 302
