"""Test that nobody is above the rules, administrators and signatories included."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies import history
from agencies.models import Seat, User
from tests.cast import Scene, standing_scene
from tests.factories import PASSWORD, SeatFactory, UserFactory
from tests.test_permissions import RULES, client_of, told

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
OBSERVER = "superuser with an observer's seat"


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with standing_scene(django_db_blocker) as scene:
        police = scene.agencies["police"]
        seat = SeatFactory(agency=police, role=Seat.Role.OBSERVER, user__name="Administrator")
        User.objects.filter(pk=seat.user.pk).update(is_staff=True, is_superuser=True)
        scene.people[OBSERVER] = User.objects.get(pk=seat.user.pk)
        yield scene


def test_a_superuser_gets_the_answers_of_their_seat_on_every_address(people):
    client = client_of(people, OBSERVER)
    expected, found = {}, {}
    for name, row in RULES.items():
        address = reverse(name, args=row.arguments(people))
        expected[name] = (row.get["observer"], row.post["observer"])
        found[name] = told(client.get(address)), told(client.post(address, {}))
        if name == "account_logout":
            client = client_of(people, OBSERVER)
    assert found == expected


def test_a_superuser_without_a_seat_gets_the_answers_of_a_stranger():
    """The matrix asks every address as a superuser without a seat."""
    differs = {
        name
        for name, row in RULES.items()
        if (row.get["superuser"], row.post["superuser"])
        != (row.get["stranger"], row.post["stranger"])
    }
    assert differs == set()


def test_django_itself_answers_nothing_for_a_superuser():
    user = UserFactory(is_superuser=True)
    assert not user.has_perm("agencies.change_seat")
    assert not user.has_perm("workitems.no_such_act")
    assert not user.has_module_perms("workitems")


# --- the signature ------------------------------------------------------------------------------


@pytest.fixture
def signing(people, client):
    """Post the form of the page where the authorising manager signs."""
    briefing = people.briefing
    briefing.state = "awaiting"
    history.save(briefing, by=people["coordinator"])
    client.force_login(people["authorising manager"], BACKEND)
    address = reverse("briefings:authorise", args=[people.plan.slug, briefing.pk])
    page = client.get(address)
    typed = {"pdf_sha256": page.context["sha256"], "has_read": "on"}
    return lambda password: client.post(address, {**typed, "password": password})


def test_a_signature_asks_for_the_password_again(people, signing):
    refused = signing("a guess")
    assert refused.status_code == 422
    form = refused.context["form"]
    assert form.errors == {"password": ["The password is incorrect."]}
    # Nothing typed is lost but the password, which no page shows again.
    assert form["has_read"].value() == "on"
    assert "a guess" not in refused.text
    assert people.briefing.issued.count() == 0
    assert signing(PASSWORD).url == people.briefing.issued.get().get_absolute_url()


def test_wrong_passwords_at_a_signature_count_with_those_of_the_sign_in_page(people, signing):
    email = people["authorising manager"].email
    for _ in range(3):
        Client().post(reverse("account_login"), {"login": email, "password": "a guess"})
    for _ in range(2):
        signing("a guess")
    refused = signing(PASSWORD)
    assert refused.context["form"].errors == {
        "password": ["Too many wrong passwords. Wait five minutes, then try again."]
    }
    assert people.briefing.issued.count() == 0
