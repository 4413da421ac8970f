"""Test for which agencies a user acts; the rules of the other apps build on it."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from agencies.models import Seat
from agencies.rules import (
    AGENCY_ROLES,
    ORDINARY_ROLES,
    agencies_of,
    coordinates_any_agency,
    has_role_in,
)
from tests.cast import scene
from tests.factories import AgencyFactory, SeatFactory, UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="the matrix of permissions asks the rules on PostgreSQL"),
]


def test_agencies_of_a_user_are_those_where_they_hold_one_of_the_roles(police):
    user = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert agencies_of(user, "approver", "contributor") == {police.pk}
    assert agencies_of(user, "contributor") == set()
    assert has_role_in(user, police.pk, "approver")
    assert not has_role_in(user, AgencyFactory().pk, "approver")


def test_rules_accept_the_lazy_user_of_a_request(police):
    """A request wraps its user lazily and loads the row on first use."""
    user = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert agencies_of(SimpleLazyObject(lambda: user), "approver") == {police.pk}


@pytest.mark.parametrize(
    "seat", [{"to_on": date(2020, 1, 1)}, {"from_on": date(2999, 1, 1)}, {"user__is_active": False}]
)
def test_a_seat_not_held_today_gives_no_permission(police, seat):
    user = SeatFactory(agency=police, role=Seat.Role.COORDINATOR, **seat).user
    assert agencies_of(user, "coordinator") == set()
    assert not coordinates_any_agency(user)


def test_users_without_a_seat_have_no_agency_and_no_role(police):
    for user in (AnonymousUser(), UserFactory(), UserFactory(is_superuser=True)):
        assert agencies_of(user, *Seat.Role.values) == set()
        assert not has_role_in(user, police.pk, *Seat.Role.values)
        assert not coordinates_any_agency(user)


@pytest.mark.parametrize("role", AGENCY_ROLES)
def test_only_a_coordinator_coordinates_an_agency(role):
    assert coordinates_any_agency(SeatFactory(role=role).user) == (role == "coordinator")


# --- who manages seats (including rules added by plans) ------------------------------------------

SEES, MANAGES = "agencies.see_agency", "agencies.manage_seats"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("nobody", set()),
        ("stranger", set()),
        ("observer", {SEES}),
        ("contributor", {SEES}),
        ("minister's office", set()),
        ("approver", {SEES, MANAGES}),
        ("former contributor", set()),
        ("other approver", {SEES}),
        ("member's coordinator", {SEES}),
        ("other plan's coordinator", set()),
        ("coordinator", {SEES, MANAGES}),
        ("superuser", {MANAGES}),
    ],
)
def test_each_role_sees_and_manages_exactly_its_own_seats_of_an_agency(who, may):
    people = scene()
    user = AnonymousUser() if who == "nobody" else people[who]
    agency = people.agencies["police"]
    found = {name for name in (SEES, MANAGES) if user.has_perm(name, agency)}
    rows = [Seat(agency=agency, role=role) for role in AGENCY_ROLES]
    given = {row.role for row in rows if user.has_perm("agencies.manage_seat", row)}
    assert found == may
    manages = AGENCY_ROLES if who == "superuser" else ORDINARY_ROLES
    assert given == (set(manages) if MANAGES in may else set())


def test_only_a_coordinator_gives_every_role_in_the_coordinating_agency():
    people = scene()
    labour = people.agencies["labour"]
    approver = SeatFactory(agency=labour, role=Seat.Role.APPROVER).user
    chief = Seat(agency=labour, role=Seat.Role.AUTHORISING_MANAGER)
    assert people["coordinator"].has_perm("agencies.manage_seat", chief)
    assert not approver.has_perm("agencies.manage_seat", chief)
    assert approver.has_perm("agencies.manage_seats", labour)


@pytest.mark.parametrize(
    "permission", ["agencies.see_agency", "agencies.manage_seats", "agencies.manage_seat"]
)
def test_permissions_about_seats_are_refused_without_an_agency(permission):
    assert not scene()["coordinator"].has_perm(permission, None)
