"""Test Ministers' appointments: who may record them, how one follows another, and their pages."""

from datetime import date

import pytest

from agencies.models import Appointment, Office, Seat
from agencies.people.record_history import history_of_portfolio
from agencies.people.services import appointments
from agencies.people.services.conflicts import Conflict, Refused
from tests.agencies.reading import url
from tests.factories import AppointmentFactory, PlanFactory, SeatFactory

pytestmark = pytest.mark.django_db

IMMIGRATION = "Minister of Immigration"
FIRST, SECOND = "The first Minister", "The second Minister"


@pytest.fixture
def coordinator(client):
    user = SeatFactory(role=Seat.Role.COORDINATOR, user__name="Coordinator").user
    client.force_login(user)
    return user


def appointed(by, **differs) -> Appointment:
    values = {"portfolio": IMMIGRATION, "minister": FIRST, "from_on": date(2025, 1, 1)}
    return appointments.appoint(**{**values, "to_on": None, "by": by, **differs})


def corrected(appointment, by, **differs) -> Appointment:
    fields = ("portfolio", "minister", "from_on", "to_on", "version")
    values = {field: getattr(appointment, field) for field in fields}
    values |= {"reason": "Misread.", "by": by, **differs}
    return appointments.correct_appointment(appointment=appointment, **values)


def refusal(act) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value), refused.value.field


# --- what is recorded ---------------------------------------------------------------------------


def test_a_new_minister_ends_the_one_before_on_the_day_before(coordinator):
    first = appointed(coordinator)
    appointed(coordinator, minister=SECOND, from_on=date(2026, 2, 1), reason="New Cabinet.")
    first.refresh_from_db()
    assert (first.to_on, first.version) == (date(2026, 1, 31), 2)
    assert [(entry.what, entry.why) for entry in history_of_portfolio(IMMIGRATION)] == [
        ("recorded The second Minister, from 1 February 2026.", "New Cabinet."),
        (
            "changed the last day from none to 31 January 2026 (The first Minister).",
            "New Cabinet.",
        ),
        ("recorded The first Minister, from 1 January 2025.", ""),
    ]


def test_two_ministers_never_hold_one_portfolio(coordinator):
    appointed(coordinator, to_on=date(2026, 6, 30))
    said = (
        "The first Minister holds this portfolio from 1 January 2025 to 30 June 2026. Enter other "
        "days, or correct that appointment first."
    )
    again = {"minister": SECOND, "from_on": date(2026, 6, 30)}
    assert refusal(lambda: appointed(coordinator, **again)) == (said, "from_on")
    assert refusal(lambda: appointed(coordinator, from_on=date(2024, 1, 1))) == (said, "from_on")
    second = appointed(coordinator, minister=SECOND, from_on=date(2026, 7, 1))
    assert refusal(lambda: corrected(second, coordinator, from_on=date(2026, 6, 1))) == (
        said,
        "from_on",
    )
    assert Appointment.objects.count() == 2


def test_a_known_portfolio_keeps_its_spelling(coordinator):
    appointed(coordinator, to_on=date(2025, 1, 31))
    assert (
        appointed(
            coordinator, portfolio="minister of immigration", from_on=date(2025, 2, 1)
        ).portfolio
        == IMMIGRATION
    )
    only = appointed(coordinator, portfolio="minister of justice")
    assert corrected(only, coordinator, portfolio="Minister of Justice").portfolio == (
        "Minister of Justice"
    )


def test_an_appointment_ends_once_and_not_before_it_began(coordinator):
    made = appointed(coordinator)
    end = {"appointment": made, "version": 1, "reason": "Left.", "by": coordinator}
    assert refusal(lambda: appointments.end_appointment(to_on=date(2024, 12, 31), **end)) == (
        "The appointment began on 1 January 2025; it cannot end before.",
        "to_on",
    )
    appointments.end_appointment(to_on=date(2025, 6, 30), **end)
    again = {**end, "version": 2}
    assert refusal(lambda: appointments.end_appointment(to_on=date(2025, 7, 1), **again)) == (
        "It ended on 30 June 2025. Correct the appointment instead.",
        None,
    )


def test_a_correction_needs_a_reason_and_the_version_that_was_read(coordinator):
    made = appointed(coordinator)
    assert refusal(lambda: corrected(made, coordinator, minister=SECOND, reason="")) == (
        "Say why it is corrected.",
        "reason",
    )
    assert corrected(made, coordinator, reason="").version == 1, "nothing to explain"
    assert corrected(made, coordinator, minister=SECOND).version == 2
    with pytest.raises(Conflict):
        corrected(made, coordinator, minister=FIRST)


# --- who may ------------------------------------------------------------------------------------


def test_any_coordinator_records_a_portfolio_until_a_plan_reports_to_it(coordinator):
    office = Office(IMMIGRATION)
    assert coordinator.has_perm("agencies.keep_portfolio", office)
    plan = PlanFactory(portfolio=IMMIGRATION)
    assert not coordinator.has_perm("agencies.keep_portfolio", office)
    own = SeatFactory(role=Seat.Role.COORDINATOR, agency=plan.coordinating_agency).user
    assert own.has_perm("agencies.keep_portfolio", office)
    assert not SeatFactory(role=Seat.Role.APPROVER).user.has_perm(
        "agencies.keep_portfolio", Office("Minister of Justice")
    )


def test_a_portfolio_of_anothers_plan_is_refused_at_its_field(client, coordinator):
    PlanFactory(portfolio=IMMIGRATION)
    typed = {"portfolio": IMMIGRATION, "minister": FIRST, "from_on": "1 January 2026"}
    response = client.post(url("appoint"), typed)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "portfolio": [
            "A plan of another agency reports to this Minister. Its coordinators record who holds "
            "the portfolio."
        ]
    }
    assert Appointment.objects.count() == 0


# --- the pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_any_number(
    client, coordinator, count, django_assert_num_queries
):
    for year in range(count):
        days = {"from_on": date(2020 + year, 1, 1), "to_on": date(2020 + year, 12, 31)}
        AppointmentFactory(portfolio=IMMIGRATION, **days)
        AppointmentFactory(portfolio=f"Minister {year}", **days)
    client.get(url("ministers"))
    # Session, person, their seats, appointments, plans, offices of plans; the request's savepoint.
    with django_assert_num_queries(5 + 2):
        response = client.get(url("ministers"))
    assert len(response.context["rows"]) == count + 1
    # Also whether a plan reports to it, twice, and the history.
    with django_assert_num_queries(8 + 2):
        response = client.get(url("portfolio", Office(IMMIGRATION)))
    assert len(response.context["rows"]) == count


def test_the_list_names_who_holds_each_portfolio_today(client, coordinator):
    AppointmentFactory(portfolio=IMMIGRATION, minister=FIRST, to_on=date(2020, 1, 1))
    AppointmentFactory(portfolio=IMMIGRATION, minister=SECOND, from_on=date(2020, 1, 2))
    AppointmentFactory(portfolio="Minister of Justice", to_on=date(2020, 1, 1))
    rows = client.get(url("ministers")).context["rows"]
    assert [(office.portfolio, each and each.minister) for office, each in rows] == [
        (IMMIGRATION, SECOND),
        ("Minister of Justice", None),
    ]


def test_a_coordinator_records_ends_and_corrects_on_the_pages(client, coordinator):
    typed = {"portfolio": IMMIGRATION, "minister": FIRST, "from_on": "1 January 2026"}
    made = client.post(url("appoint"), typed)
    assert made.url == url("portfolio", Office(IMMIGRATION))
    row = Appointment.objects.get()
    end = {"to_on": "30 June 2026", "reason": "Left.", "version": 1}
    assert client.post(url("end-appointment", row.pk), end).status_code == 302
    stale = client.post(
        url("correct-appointment", row.pk), {**typed, "reason": "Typed.", "version": 1}
    )
    assert (stale.status_code, stale.context["conflict"].to_on) == (422, date(2026, 6, 30))
    right = {**typed, "minister": SECOND, "reason": "Typed.", "version": 2}
    client.post(url("correct-appointment", row.pk), right)
    row.refresh_from_db()
    assert (row.minister, row.to_on) == (SECOND, None)
    assert client.get(made.url).status_code == 200


def test_a_portfolio_that_nobody_held_is_not_found(client, coordinator):
    assert client.get(url("portfolio", Office("Minister of Nothing"))).status_code == 404
    assert client.get("/ministers/7/").status_code == 404
