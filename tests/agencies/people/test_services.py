"""Test giving and ending seats."""

from datetime import date

import pytest

from agencies.models import Seat
from agencies.people import services
from agencies.people.services import SeatRefused
from tests.factories import AgencyFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2010, 3, 1), date(2010, 8, 31)


@pytest.fixture
def coordinator():
    return SeatFactory(
        user__name="Coordinator", agency__short_name="DoL", role=Seat.Role.COORDINATOR
    ).user


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police", valid_to=date(2012, 6, 30))


@pytest.fixture
def person():
    return UserFactory(name="Dana")


def give(user, agency, by, **differs):
    values = {"role": Seat.Role.APPROVER, "from_on": FIRST, "to_on": LAST, "reason": "New job."}
    return services.give_seat(user=user, place=agency, by=by, **{**values, **differs})


def record(seat) -> list[tuple[str, str, str]]:
    return list(
        seat.history.order_by("history_id").values_list(
            "history_type", "history_actor", "history_change_reason"
        )
    )


def refusal(act) -> str:
    with pytest.raises(SeatRefused) as refused:
        act()
    return str(refused.value)


def test_a_seat_is_given_for_a_period_and_records_who_gave_it_and_why(person, police, coordinator):
    seat = give(person, police, coordinator)
    seat.refresh_from_db()
    assert (seat.user, seat.agency, seat.role) == (person, police, "approver")
    assert (seat.from_on, seat.to_on) == (FIRST, LAST)
    assert record(seat) == [("+", "Coordinator (DoL)", "New job.")]
    assert str(seat) == "Dana, an approver at Police"


@pytest.mark.parametrize(
    ("differs", "sentence"),
    [
        (
            {"to_on": date(2010, 2, 28)},
            "The role would end on 28 February 2010, before it begins.",
        ),
        (
            {"from_on": date(2012, 7, 1), "to_on": None},
            "Police does not exist on 1 July 2012.",
        ),
    ],
)
def test_an_invalid_seat_is_refused_with_the_reason(person, police, coordinator, differs, sentence):
    assert refusal(lambda: give(person, police, coordinator, **differs)) == sentence
    assert Seat.objects.filter(user=person).count() == 0


def test_the_same_seat_cannot_be_held_twice_at_a_time(person, police, coordinator):
    give(person, police, coordinator)
    again = refusal(lambda: give(person, police, coordinator, from_on=LAST, to_on=None))
    assert again == "Dana is already an approver at Police for part of that time."
    give(person, police, coordinator, from_on=date(2010, 9, 1), to_on=None)
    assert Seat.objects.filter(user=person).count() == 2


def test_a_seat_ends_with_a_reason_and_stays_on_record(person, police, coordinator):
    seat = give(person, police, coordinator, to_on=None)
    assert (
        refusal(lambda: services.end_seat(seat=seat, on=LAST, by=coordinator, reason=""))
        == "Say why the role ends."
    )
    services.end_seat(seat=seat, on=LAST, by=coordinator, reason="Retired.")
    seat.refresh_from_db()
    assert seat.to_on == LAST
    assert record(seat) == [
        ("+", "Coordinator (DoL)", "New job."),
        ("~", "Coordinator (DoL)", "Retired."),
    ]


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (date(2010, 2, 28), "The role began on 1 March 2010; it cannot end before."),
        (LAST, "The role already ended on 31 August 2010."),
        (date(2010, 9, 1), "The role already ended on 31 August 2010."),
    ],
)
def test_a_seat_that_cannot_end_is_refused_with_the_reason(
    person, police, coordinator, on, sentence
):
    seat = give(person, police, coordinator)
    assert (
        refusal(lambda: services.end_seat(seat=seat, on=on, by=coordinator, reason="So."))
        == sentence
    )
    assert len(record(seat)) == 1


def test_a_seat_may_end_earlier_than_was_planned(person, police, coordinator):
    seat = give(person, police, coordinator)
    services.end_seat(seat=seat, on=FIRST, by=coordinator, reason="Moved.")
    assert Seat.objects.get(pk=seat.pk).to_on == FIRST


def test_a_command_gives_a_seat_without_naming_an_author(person, police):
    assert record(give(person, police, None)) == [("+", "", "New job.")]
