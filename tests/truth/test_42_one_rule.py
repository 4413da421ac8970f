"""Rule 42, and nothing untrue: who can submit, who is missing and who waits to be confirmed is one rule, on every page."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Seat
from agencies.people.submitting import Invited, Submitters
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    MemberFactory,
    ReturnFactory,
    SeatFactory,
    SupportFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY
from workitems.desk.to_dos import lines_for
from workitems.models import Plan

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

Role = Seat.Role
WHY = "The agency has nobody else in the plan."


@pytest.fixture
def tpk(plan):
    agency = AgencyFactory(name="Te Puni Kōkiri", short_name="TPK")
    WorkItemFactory(plan=plan, number="3.3", lead_agency=agency)
    return MemberFactory(plan=plan, agency=agency).agency


@pytest.fixture
def owed(tpk, of_return):
    return ReturnFactory(round=of_return.round, agency=tpk)


def to_invite(coordinator):
    """What the coordinator's desk says of people to invite."""
    return [
        each.detail for each in lines_for(coordinator, TODAY) if each.what.startswith("Invite people")
    ]  # fmt: skip


def text_of(client, address):
    return " ".join(client.get(address).text.split())


# --- the desk and the round's page ----------------------------------------------------------------


def test_an_approver_who_waits_to_be_confirmed_is_somebody_on_the_desk_too(
    owed, tpk, contributor, approver, coordinator, client_of
):
    assert to_invite(coordinator) == ["TPK has no contributor or approver"]
    new = SeatFactory(
        agency=tpk, role=Role.APPROVER, given_by=coordinator, counts_from=date(2010, 6, 4)
    )
    assert to_invite(coordinator) == ["TPK needs a contributor"]
    page = text_of(client_of(coordinator), owed.round.get_absolute_url())
    assert (
        f"A second person has to confirm: {new.user.name} (approver from 4 June 2010)" in page,
        "It also needs a contributor." in page,
    ) == (True, True)


def test_an_agency_whose_invitation_is_pending_stays_on_the_desk_while_it_needs_another(
    owed, tpk, contributor, approver, coordinator
):
    InvitationFactory(agency=tpk, role=Role.APPROVER)
    assert to_invite(coordinator) == ["TPK needs a contributor"]
    InvitationFactory(agency=tpk, role=Role.CONTRIBUTOR)
    assert to_invite(coordinator) == []


def test_who_is_let_submit_alone_and_has_not_joined_is_said_not_to_have(
    owed, tpk, coordinator, client_of
):
    owed.alone_reason, owed.alone_allowed_at, owed.alone_allowed_by = WHY, NOW, coordinator
    owed.save()
    InvitationFactory(agency=tpk, role=Role.APPROVER, name="Ana")
    page = text_of(client_of(coordinator), owed.round.get_absolute_url())
    says = "Te Puni Kōkiri cannot submit its return before Ana (approver) joins. Only an approver submits."
    assert ("Not all have joined" in page, says in page) == (True, True)


@pytest.mark.parametrize(
    ("approvers", "invited", "is_ready", "needs"),
    [
        (1, [], True, ""),
        (0, [Invited("Ben", Role.APPROVER)], False, ""),
        (0, [Invited("Ana", Role.CONTRIBUTOR)], False, "an approver"),
        (0, [], False, "an approver"),
    ],
)
def test_an_approver_is_enough_for_who_is_let_submit_alone(approvers, invited, is_ready, needs):
    people = Submitters(None, range(approvers), range(approvers), invited, is_let_alone=True)
    assert (people.is_ready, people.still_needs) == (is_ready, needs)


def test_a_ready_return_without_an_approver_leads_to_the_people_not_to_letting_a_contributor_submit(
    owed, tpk, coordinator, client_of
):
    writer = SeatFactory(agency=tpk, role=Role.CONTRIBUTOR).user
    owed.ready_at, owed.ready_by = NOW, writer
    owed.save()
    InvitationFactory(agency=tpk, role=Role.APPROVER, name="Ana")
    (ready,) = [each for each in lines_for(coordinator, TODAY) if "is ready" in each.what]
    assert (ready.detail, ready.url) == (
        "Te Puni Kōkiri cannot submit its return before Ana (approver) joins. Only an approver submits.",
        reverse("agencies:seats", args=[tpk.pk]),
    )
    alone = reverse("returns:allow-alone", args=[owed.round.plan.slug, owed.round_id, tpk.pk])
    page = client_of(coordinator).post(alone, {"reason": WHY})
    owed.refresh_from_db()
    assert (page.status_code, owed.alone_allowed_at) == (422, None)


def test_a_return_that_is_ready_says_so_in_the_round_to_the_coordinator_and_its_own_agency(
    owed, tpk, coordinator, client_of
):
    writer = SeatFactory(agency=tpk, role=Role.CONTRIBUTOR).user
    other = SeatFactory(agency=owed.round.returns.exclude(pk=owed.pk).get().agency).user
    owed.ready_at, owed.ready_by = NOW, writer
    owed.save()
    address = owed.round.get_absolute_url()
    found = [
        "Ready for approval" in text_of(client_of(user), address)
        for user in (coordinator, writer, other)
    ]
    assert found == [True, True, False]


# --- the pages that invite ------------------------------------------------------------------------


def missing_at(client, address):
    return {each.agency.short_name: each.still_needs for each in client.get(address).context["short"]}  # fmt: skip


def test_the_pages_that_invite_name_the_same_agencies_as_missing(
    plan, tpk, item, police, coordinator, client_of
):
    """Whoever only supports items has nothing to answer."""
    helper = MemberFactory(plan=plan, agency=AgencyFactory(short_name="LINZ")).agency
    SupportFactory(item=item, agency=helper)
    InvitationFactory(agency=tpk, role=Role.APPROVER)
    client = client_of(coordinator)
    found = [
        missing_at(client, address)
        for address in (
            reverse("agencies:invite-many"),
            reverse("plans:tracker-people", args=[Plan.objects.get().slug]),
        )
    ]
    assert found == [{police.short_name: "a contributor and an approver", "TPK": "a contributor"}] * 2  # fmt: skip


def test_who_may_submit_alone_is_not_missing(owed, tpk, coordinator, client_of):
    InvitationFactory(agency=tpk, role=Role.APPROVER)
    owed.alone_reason, owed.alone_allowed_at, owed.alone_allowed_by = WHY, NOW, coordinator
    owed.save()
    assert "TPK" not in missing_at(client_of(coordinator), reverse("agencies:invite-many"))
