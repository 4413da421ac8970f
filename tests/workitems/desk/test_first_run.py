"""Test the four first steps: their states by table, and who sees them with which buttons."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    PlanFactory,
    RoundFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.desk.first_run import Facts, PlanState, Reader, steps

SEATED = {"agencies": 2, "coordinators": 1}
NONE, BEGUN, EMPTY, ADOPTED = PlanState
# When a link still works.
IN_TIME = datetime(2100, 1, 1, tzinfo=UTC)
EXPIRED = "the link has expired. Send the invitation again."


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ({}, "next later later later"),
        ({"agencies": 1}, "done next later later"),
        ({"agencies": 1, "invited": "Aroha"}, "done next later later"),
        ({"coordinators": 1}, "next done later later"),
        (SEATED, "done done next later"),
        ({**SEATED, "plan": BEGUN}, "done done next later"),
        ({**SEATED, "plan": EMPTY}, "done done next later"),
        ({**SEATED, "plan": ADOPTED}, "done done done next"),
        ({"plan": ADOPTED}, "next later done later"),
        ({**SEATED, "plan": ADOPTED, "round_was_opened": True}, ""),
        ({"round_was_opened": True}, ""),
    ],
)
@pytest.mark.parametrize("reader", Reader)
def test_the_first_step_that_is_not_done_is_next(facts, states, reader):
    assert " ".join(step.state for step in steps(Facts(reader=reader, **facts))) == states


@pytest.mark.parametrize(
    ("facts", "buttons"),
    [
        ({}, ["Add an agency", "", "", ""]),
        ({"agencies": 1}, ["Add an agency", "Invite a person", "", ""]),
        ({**SEATED, "plan": ADOPTED}, ["Add an agency", "Invite a person", "", ""]),
    ],
)
def test_an_administrator_has_buttons_for_agencies_and_people_alone(facts, buttons):
    found = steps(Facts(reader=Reader.ADMINISTRATOR, **facts))
    assert [step.act for step in found] == buttons


@pytest.mark.parametrize(
    ("plan", "buttons"),
    [
        (NONE, ["", "Invite a person", "Start a plan", ""]),
        (BEGUN, ["", "Invite a person", "Open the plan", ""]),
        (EMPTY, ["", "Invite a person", "Open the plan", ""]),
        (ADOPTED, ["", "Invite a person", "Open the plan", "Open a round"]),
    ],
)
def test_a_coordinator_has_buttons_for_people_plan_and_round(plan, buttons):
    found = steps(Facts(reader=Reader.COORDINATOR, plan=plan, **SEATED))
    assert [step.act for step in found] == buttons


def test_every_step_has_one_sentence_or_two_and_never_sends_to_somebody_else():
    for reader in Reader:
        for plan in PlanState:
            for facts in ({}, {"agencies": 1, "invited": "Aroha"}, SEATED):
                found = steps(Facts(reader=reader, plan=plan, plan_title="The plan", **facts))
                said = " ".join(step.sentence for step in found)
                assert all(step.sentence.endswith(".") for step in found)
                assert "ask your" not in said.lower()


# --- on the home page ---------------------------------------------------------------------------


@pytest.fixture
def coordinator():
    return SeatFactory(role=Seat.Role.COORDINATOR).user


def shown(client, user) -> list[tuple[str, str, str]]:
    client.force_login(user)
    response = client.get(reverse("home"))
    return [(step.key, step.state, address) for step, address in response.context["steps"]]


@pytest.mark.django_db
def test_an_administrator_of_an_empty_register_begins_with_an_agency(client, administrator):
    assert shown(client, administrator) == [
        ("agencies", "next", "/agencies/add/"),
        ("people", "later", ""),
        ("plan", "later", ""),
        ("round", "later", ""),
    ]
    assert "Ask the approver" not in client.get(reverse("home")).text


@pytest.mark.django_db
def test_an_invitation_that_waits_is_named(client, administrator):
    InvitationFactory(name="Aroha", role=Seat.Role.COORDINATOR, expires_at=IN_TIME)
    assert [state for _, state, _ in shown(client, administrator)][:2] == ["done", "next"]
    assert "Aroha is invited as coordinator" in client.get(reverse("home")).text


@pytest.mark.django_db
@pytest.mark.parametrize("failed_at", [None, IN_TIME])
def test_who_invited_themselves_accepts_on_the_page(client, administrator, failed_at):
    of = {"email": administrator.email, "role": Seat.Role.COORDINATOR}
    invited = InvitationFactory(name="Aroha", **of, expires_at=IN_TIME, failed_at=failed_at)
    accept = reverse("agencies:accept-own", args=[invited.pk])
    assert shown(client, administrator)[1] == ("people", "next", accept)
    page = client.get(reverse("home")).text
    assert "You are invited as coordinator." in page
    assert "Accept invitation" in page


@pytest.mark.parametrize(
    ("email", "who", "values", "why"),
    [
        ("aroha@example.org", "Aroha is", {}, EXPIRED),
        ("admin@example.org", "You are", {}, EXPIRED),
        (
            "aroha@example.org",
            "Aroha is",
            {"expires_at": IN_TIME, "failed_at": IN_TIME},
            "the email could not be sent. Check the address, and send it again.",
        ),
    ],
)
@pytest.mark.django_db
def test_an_invitation_that_cannot_be_accepted_is_sent_again(
    client, administrator, values, why, email, who
):
    administrator.email = "admin@example.org"
    administrator.save()
    invited = InvitationFactory(name="Aroha", email=email, role=Seat.Role.COORDINATOR, **values)
    seats = reverse("agencies:seats", args=[invited.agency])
    assert shown(client, administrator)[1] == ("people", "next", f"{seats}#invitations")
    page = client.get(reverse("home")).text
    assert f"{who} invited as coordinator, but {why}" in page
    assert "Send it again" in page
    # One that works comes first.
    InvitationFactory(name="Ana", role=Seat.Role.COORDINATOR, expires_at=IN_TIME)
    assert "Ana is invited as coordinator and has not accepted yet." in client.get("/").text


@pytest.mark.django_db
def test_a_first_coordinator_begins_with_the_plan(client, coordinator):
    agency = coordinator.seats.get().agency
    assert shown(client, coordinator) == [
        ("agencies", "done", ""),
        ("people", "done", reverse("agencies:invite", args=[agency])),
        ("plan", "next", reverse("plans:start")),
        ("round", "later", ""),
    ]


@pytest.mark.django_db
def test_the_steps_give_way_to_the_desk_once_a_round_was_opened(client, administrator, coordinator):
    plan = PlanFactory(coordinating_agency=coordinator.seats.get().agency)
    WorkItemFactory(plan=plan)
    assert shown(client, coordinator)[3] == (
        "round",
        "next",
        reverse("returns:open-round", args=[plan.slug]),
    )
    RoundFactory(plan=plan, closed_at="2010-01-01T00:00Z")  # of an import: nobody opened it
    assert shown(client, coordinator)[3][1] == "next"
    RoundFactory(plan=plan, period_start=date(2011, 1, 1), period_end=date(2011, 6, 30))
    assert shown(client, coordinator) == shown(client, administrator) == []
    assert "You manage agencies and people" in client.get(reverse("home")).text


@pytest.mark.django_db
def test_a_plan_that_is_not_adopted_is_opened_next_and_unknown_to_administrators(
    client, administrator, coordinator
):
    agency = coordinator.seats.get().agency
    plan = PlanFactory(title="The plan", coordinating_agency=agency, adopted_on=None)
    assert shown(client, coordinator)[2] == ("plan", "next", plan.get_absolute_url())
    assert "The plan is begun." in client.get(reverse("home")).text
    assert shown(client, administrator)[2] == ("plan", "next", "")
    assert "The plan is begun." not in client.get(reverse("home")).text


@pytest.mark.django_db
def test_an_adopted_plan_without_items_is_filled_before_a_round_is_opened(client, coordinator):
    plan = PlanFactory(title="The plan", coordinating_agency=coordinator.seats.get().agency)
    assert shown(client, coordinator)[2:] == [
        ("plan", "next", plan.get_absolute_url()),
        ("round", "later", ""),
    ]
    home = client.get(reverse("home")).text
    assert "The plan has no work items yet. Add them on its page." in home


@pytest.mark.django_db
def test_a_coordinator_of_another_agency_has_steps_of_their_own(client, coordinator):
    RoundFactory(plan=PlanFactory(coordinating_agency=AgencyFactory()))
    assert [state for _, state, _ in shown(client, coordinator)] == [
        *("done", "done", "next", "later")
    ]


@pytest.mark.django_db
def test_others_see_their_desk(client):
    for user in (UserFactory(), SeatFactory(role=Seat.Role.APPROVER).user):
        assert shown(client, user) == []
