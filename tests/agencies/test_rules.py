"""Whose agencies a person acts for: what the rules of the other apps are built from."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from agencies.models import Seat
from agencies.rules import agencies_of, coordinates_somewhere, sits_in
from tests.factories import AgencyFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police")


def test_a_person_sits_where_they_hold_one_of_the_roles(police):
    user = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert agencies_of(user, "approver", "contributor") == {police.pk}
    assert agencies_of(user, "contributor") == set()
    assert sits_in(user, police.pk, "approver")
    assert not sits_in(user, AgencyFactory().pk, "approver")


def test_the_signed_in_person_of_a_request_is_understood(police):
    """The request wraps its user, and finds the row only when something is asked of it."""
    user = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert agencies_of(SimpleLazyObject(lambda: user), "approver") == {police.pk}


@pytest.mark.parametrize(
    "seat", [{"to_on": date(2020, 1, 1)}, {"from_on": date(2999, 1, 1)}, {"user__is_active": False}]
)
def test_a_seat_that_is_not_held_today_counts_for_nothing(police, seat):
    user = SeatFactory(agency=police, role=Seat.Role.COORDINATOR, **seat).user
    assert agencies_of(user, "coordinator") == set()
    assert not coordinates_somewhere(user)


def test_nobody_sits_anywhere(police):
    for user in (AnonymousUser(), UserFactory(), UserFactory(is_superuser=True)):
        assert agencies_of(user, *Seat.Role.values) == set()
        assert not sits_in(user, police.pk, *Seat.Role.values)
        assert not coordinates_somewhere(user)


@pytest.mark.parametrize("role", Seat.Role.values)
def test_only_a_coordinator_coordinates(role):
    assert coordinates_somewhere(SeatFactory(role=role).user) == (role == "coordinator")
