"""Rule 54, and nothing untrue: a form says who confirms an approver, or that nobody can, before the invitation is sent."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from agencies.models import Seat
from agencies.people.services import invitations
from tests.factories import RoundFactory, UserFactory
from tests.workitems.record import NOW, TODAY
from workitems.desk.to_dos import lines_for

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

Role = Seat.Role
SINCE = "Since the first round was opened, a second person confirms an approver, authorising manager or decision-maker"
NOBODY = f"{SINCE}. Nobody else can confirm it, so the role counts three working days after it is accepted."


@pytest.fixture
def form(police, coordinator, client_of):
    """What the coordinator reads above the form that invites one person."""
    address = reverse("agencies:invite", args=[police.pk])
    return lambda: client_of(coordinator).get(address).context["to_confirm"]


def test_before_the_first_round_no_second_person_is_asked_for(plan, form):
    assert form() == ""


def test_where_nobody_else_can_confirm_the_form_promises_no_email(plan, form, police, coordinator):
    RoundFactory(plan=plan, opened_at=NOW - timedelta(days=1))
    assert form() == NOBODY
    user = UserFactory(email="ana@example.org")
    invitation = invitations.invite(
        place=police, role=Role.APPROVER, name="Ana", email=user.email, from_on=TODAY, to_on=None,
        by=coordinator, at=NOW,
    )  # fmt: skip
    seat = invitations.accept(invitation=invitation, user=user, at=NOW)
    assert seat.counts_from == date(2010, 6, 4)
    (own,) = lines_for(user, TODAY)
    assert own.detail.endswith(
        "There is none, so it takes effect, and you can read the plans, from 4 June 2010."
    )


def test_the_form_names_who_will_be_emailed(plan, form, approver):
    RoundFactory(plan=plan, opened_at=NOW - timedelta(days=1))
    administrator = UserFactory(name="Kim", is_superuser=True)
    assert form() == f"{SINCE} before the role counts. We’ll email who can: {approver} and {administrator}."  # fmt: skip


@pytest.mark.parametrize("name", ["agencies:invite-many", "returns:open-round"])
def test_the_pages_that_lead_to_invitations_say_when_an_approver_counts(
    plan, item, coordinator, client_of, name
):
    """Before the first round, the page that opens it; afterwards, the page that invites several."""
    says = {
        "agencies:invite-many": "An approver’s role counts once a second person has confirmed it",
        "returns:open-round": "A second person has to confirm an approver whom you invite later.",
    }[name]
    address = reverse(name, args=[plan.slug] if "round" in name else [])
    found = [says in " ".join(client_of(coordinator).get(address).text.split())]
    RoundFactory(plan=plan, opened_at=NOW - timedelta(days=1))
    found.append(says in " ".join(client_of(coordinator).get(address).text.split()))
    assert found == [name == "returns:open-round", name == "agencies:invite-many"]
