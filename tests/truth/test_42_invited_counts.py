"""Rule 42, small agencies 1 and 3: who is invited counts, and every page says whom an agency still needs."""

import pytest
from django.core import mail
from django.urls import reverse

from agencies.models import Agency, Seat
from agencies.people.submitting import Invited, Submitters
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    MemberFactory,
    ReturnFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.workitems.record import TODAY
from workitems.desk.before_a_round import missing_for_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

Role = Seat.Role
WRITES, SUBMITS = Invited("Ana", Role.CONTRIBUTOR), Invited("Ben", Role.APPROVER)


@pytest.fixture
def fes(plan):
    return MemberFactory(plan=plan, agency=AgencyFactory(name="Fire Service", short_name="FES")).agency  # fmt: skip


@pytest.mark.parametrize(
    ("writers", "approvers", "invited", "needs"),
    [
        (0, 0, [], "a contributor and an approver"),
        (1, 0, [], "an approver"),
        (1, 1, [], "a contributor"),
        (2, 0, [], "an approver"),
        (2, 1, [], ""),
        (0, 0, [WRITES], "an approver"),
        (0, 0, [SUBMITS], "a contributor"),
        (0, 0, [WRITES, SUBMITS], ""),
        (1, 0, [SUBMITS], ""),
        (1, 1, [WRITES], ""),
        (1, 0, [WRITES, WRITES], "an approver"),
    ],
)
def test_an_agency_needs_whom_it_has_not_and_has_not_invited(writers, approvers, invited, needs):
    people = Submitters(None, range(writers), range(approvers), invited)
    assert people.still_needs == needs


@pytest.mark.parametrize(
    ("writers", "approvers", "invited", "who"),
    [
        (1, 0, [WRITES, SUBMITS], "Ben (approver) joins"),
        (1, 1, [WRITES, SUBMITS], "one of Ana (contributor) and Ben (approver) joins"),
        (0, 0, [WRITES, SUBMITS], "Ana (contributor) and Ben (approver) join"),
        (0, 0, [WRITES, WRITES, SUBMITS],
         "Ben (approver) and one of Ana (contributor) and Ana (contributor) join"),
        (0, 0, [SUBMITS, SUBMITS], "two of Ben (approver) and Ben (approver) join"),
    ],
)  # fmt: skip
def test_only_who_is_really_lacking_is_named(writers, approvers, invited, who):
    fes = AgencyFactory.build(name="Fire Service")
    says = Submitters(fes, range(writers), range(approvers), invited).words
    assert says.startswith(f"Fire Service cannot submit its return before {who}.")


def invite(agency, **people):
    for name, role in people.items():
        InvitationFactory(agency=agency, name=name, role=role)


def test_an_agency_that_has_invited_all_is_not_asked_to_invite_a_second(
    plan, fes, coordinator, client_of
):
    WorkItemFactory(plan=plan, number="9.1", lead_agency=fes)
    SeatFactory(agency=fes, role=Role.CONTRIBUTOR)
    invite(fes, Ana=Role.CONTRIBUTOR, Ben=Role.APPROVER)
    says = "Fire Service cannot submit its return before Ben (approver) joins. Only an approver submits."
    assert [each.says for each in missing_for_round(plan, TODAY) if "Fire" in each.says] == [says]
    for url in (
        reverse("returns:open-round", args=[plan.slug]),
        reverse("agencies:seats", args=[fes.pk]),
    ):
        text = " ".join(client_of(coordinator).get(url).text.split())
        assert (says in text, "Fire Service has one person" in text) == (True, False)


def test_agencies_that_only_wait_for_whom_they_invited_are_one_line(plan, fes):
    health = MemberFactory(plan=plan, agency=AgencyFactory(name="Health", short_name="MoH")).agency
    for number, agency in enumerate((fes, health), 1):
        WorkItemFactory(plan=plan, number=f"9.{number}", lead_agency=agency)
        invite(agency, Ana=Role.CONTRIBUTOR, Ben=Role.APPROVER)
    (wait,) = [each for each in missing_for_round(plan, TODAY) if "Fire" in each.says]
    assert (wait.says, wait.url) == (
        "Everybody whom Fire Service and Health need is invited. Until they accept, these agencies cannot submit.",
        f"{plan.get_absolute_url()}#members",
    )


def test_the_round_names_who_is_invited_and_has_not_joined(plan, fes, coordinator, client_of):
    invite(fes, Ben=Role.APPROVER)
    owed = ReturnFactory(round__plan=plan, agency=fes)
    page = client_of(coordinator).get(owed.round.get_absolute_url())
    text = " ".join(page.text.split())
    assert "Invited, not yet joined: Ben (approver)</li>" in text
    assert "It also needs a contributor." in text


def test_the_page_to_invite_several_says_whom_each_agency_needs_and_how_a_line_looks(
    plan, fes, coordinator, client_of
):
    invite(fes, Ben=Role.APPROVER)
    other = MemberFactory(plan=plan, agency=AgencyFactory(name="Health", short_name="MoH")).agency
    for number, agency in enumerate((fes, other), 1):
        WorkItemFactory(plan=plan, number=f"9.{number}", lead_agency=agency)
    page = client_of(coordinator).get(reverse("agencies:invite-many"))
    short = {each.agency.short_name: each.still_needs for each in page.context["short"]}
    assert (short["FES"], short["MoH"]) == ("a contributor", "a contributor and an approver")
    text = " ".join(page.text.split())
    link = f'<a href="{reverse("agencies:invite", args=[fes])}"><strong>FES</strong></a>'
    assert f"{link}: needs a contributor, unless its approver does both" in text
    assert "make that person its approver, and let them do both when you open a round." in text
    invite(fes, Ana=Role.CONTRIBUTOR)
    invite(other, Ana=Role.CONTRIBUTOR, Ben=Role.APPROVER)
    page = client_of(coordinator).get(reverse("agencies:invite-many"))
    assert {"FES", "MoH"} & {each.agency.short_name for each in page.context["short"]} == set()


def test_a_plans_agencies_without_anybody_are_one_line_with_one_way(plan):
    for number, name in (("9.1", "Health"), ("9.2", "Schools")):
        agency = AgencyFactory(name=name)
        MemberFactory(plan=plan, agency=agency)
        WorkItemFactory(plan=plan, number=number, lead_agency=agency)
    names = Agency.objects.filter(name__in=("Health", "Schools")).values_list(
        "short_name", flat=True
    )
    (bare,) = [
        each for each in missing_for_round(plan, TODAY) if "no contributor or approver" in each.says
    ]
    assert (all(each in bare.says for each in names), bare.url) == (
        True,
        "/people/invite-several/",
    )
    assert bare.says.endswith(" have no contributor or approver yet.")


def test_the_mail_and_its_page_say_who_invites_in_which_role_and_for_which_agency(
    plan, fes, coordinator, client_of, client, django_capture_on_commit_callbacks
):
    typed = {"lines": "Ben, ben@fes.example, FES, approver", "reason": ""}
    with django_capture_on_commit_callbacks(execute=True):
        client_of(coordinator).post(reverse("agencies:invite-many"), typed)
    at = coordinator.current_seats[0].agency.name
    says = f"{coordinator.name}, a coordinator at {at}, invites you "
    (mailed,) = mail.outbox
    assert mailed.body.startswith(f"{says}to the Plan Register as an approver at Fire Service.\n")
    link = next(line for line in mailed.body.split("\n") if "/invitation/" in line)
    page = client.get(link[link.index("/invitation/") :])
    assert f"{says}as an approver at Fire Service." in page.text


def test_an_administrator_invites_as_that(fes, client_of, django_capture_on_commit_callbacks):
    typed = {"lines": "Ben, ben@fes.example, FES, approver", "reason": ""}
    with django_capture_on_commit_callbacks(execute=True):
        client_of(UserFactory(name="Kim", is_superuser=True)).post(reverse("agencies:invite-many"), typed)  # fmt: skip
    assert mail.outbox[0].body.startswith("Kim, an administrator of the Plan Register, invites you")
