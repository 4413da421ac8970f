"""Test that nobody is above the rules, administrators and signatories included."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import Seat, User
from tests.cast import Scene, standing_scene
from tests.factories import SeatFactory, UserFactory
from tests.test_permissions import RULES, client_of, told

pytestmark = pytest.mark.django_db

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
