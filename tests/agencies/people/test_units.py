"""Test an agency's units: kept by its approver, ended and never deleted, and who works in which."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Unit
from agencies.people.seating import history_of
from agencies.people.services import units
from agencies.people.services.seats import SeatRefused
from tests.factories import SeatFactory, UnitFactory

pytestmark = pytest.mark.django_db

TODAY = date(2010, 6, 1)
LAST = date(2010, 5, 31)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2010-06-01T00:00:00+00:00", tick=False):
        yield


def told_of_units(history):
    """All at the same instant, so in the order in which they were written."""
    return [entry.what for entry in history if " unit" in entry.what and entry.at.year == 2010]


def test_a_unit_is_added_renamed_and_ended_and_the_page_tells(client, police, approver):
    client.force_login(approver)
    client.post(
        reverse("agencies:add-unit", args=[police.pk]), {"name": "Fraud", "from_on": "1 may 10"}
    )
    unit = Unit.objects.get()
    change = reverse("agencies:change-unit", args=[police.pk, unit.pk])
    client.post(change, {"version": 1, "name": "Financial Crime Group"})
    client.post(change, {"version": 2, "name": "Financial Crime Group", "to_on": "yesterday"})
    unit.refresh_from_db()
    assert (unit.name, unit.from_on, unit.to_on, unit.version) == (
        "Financial Crime Group", date(2010, 5, 1), LAST, 3,
    )  # fmt: skip
    page = client.get(reverse("agencies:seats", args=[police.pk]))
    assert told_of_units(page.context["history"]) == [
        "added the unit Fraud, from 1 May 2010.",
        "renamed the unit Fraud to Financial Crime Group.",
        "ended the unit Financial Crime Group, last day 31 May 2010.",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_lists_units_in_one_query(
    client, police, approver, count, django_assert_num_queries
):
    UnitFactory.create_batch(count, agency=police)
    client.force_login(approver)
    client.get(reverse("agencies:seats", args=[police.pk]))
    # As without units: session, person, agency, their seats, seats, invitations, units, three
    # histories, plans; and a savepoint.
    with django_assert_num_queries(12 + 2):
        page = client.get(reverse("agencies:seats", args=[police.pk]))
    assert len(page.context["units"]) == count


def test_a_name_is_taken_once_in_an_agency_whatever_its_capitals(police, approver, unit):
    with pytest.raises(SeatRefused, match="Police has a unit of this name"):
        units.add_unit(agency=police, name="financial crime group", from_on=TODAY, by=approver)
    assert units.add_unit(agency=SeatFactory().agency, name=unit.name, from_on=TODAY, by=approver)


def test_two_who_change_a_unit_see_both_sides(client, police, approver, unit):
    client.force_login(approver)
    change = reverse("agencies:change-unit", args=[police.pk, unit.pk])
    client.post(change, {"version": 1, "name": "Fraud"})
    answer = client.post(change, {"version": 1, "name": "Economic Crime"})
    assert answer.status_code == 422
    assert "Fraud. What you entered is in the form below." in " ".join(answer.text.split())
    assert answer.context["form"]["name"].value() == "Economic Crime"


def test_a_unit_does_not_end_before_it_began(police, approver, unit):
    with pytest.raises(SeatRefused, match="cannot end before"):
        units.change_unit(unit=unit, name=unit.name, to_on=date(2008, 1, 1), version=1, by=approver)


def test_a_person_works_in_a_unit_of_their_agency(client, police, approver, unit):
    seat = SeatFactory(agency=police, user__name="Investigator")
    client.force_login(approver)
    address = reverse("agencies:seat-unit", args=[police.pk, seat.pk])
    client.post(address, {"unit": unit.pk})
    seat.refresh_from_db()
    assert seat.unit == unit
    assert "put Investigator as contributor in a unit." in told_of_units(history_of(police))
    client.post(address, {"unit": ""})
    assert "took Investigator as contributor out of their unit." in told_of_units(
        history_of(police)
    )


def test_another_agencys_unit_or_an_ended_one_is_not_offered_and_is_refused(
    client, police, approver
):
    seat = SeatFactory(agency=police)
    ended = UnitFactory(agency=police, to_on=LAST)
    client.force_login(approver)
    for unit in (UnitFactory(), ended):
        answer = client.post(
            reverse("agencies:seat-unit", args=[police.pk, seat.pk]), {"unit": unit.pk}
        )
        assert answer.status_code == 422
        with pytest.raises(SeatRefused):
            units.set_unit(seat=seat, unit=unit, on=TODAY, by=approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatFactory(unit=UnitFactory())
