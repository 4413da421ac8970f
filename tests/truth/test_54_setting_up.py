"""A service is set up without waiting: a draft's coordinator invites its members, and who was invited then need not wait."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate, now

from agencies.models import Invitation, Seat, User
from agencies.people.services import invitations, seats
from tests.cast import client_of
from tests.factories import AgencyFactory, PlanFactory, SeatFactory, UserFactory
from workitems.desk.to_dos import lines_for
from workitems.models import Plan, Round

pytestmark = pytest.mark.django_db

MANY = reverse("agencies:invite-many")


@pytest.fixture
def fes(people):
    """A member of a plan that Labour's coordinator is making."""
    agency = AgencyFactory(short_name="FES", name="Fire and Emergency Service")
    PlanFactory(coordinating_agency=people.agencies["labour"], members=[agency], adopted_on=None)
    return agency


def invited(by, place):
    user = UserFactory(name="Newcomer")
    offer = {"place": place, "role": Seat.Role.APPROVER, "name": user.name, "email": user.email}
    return user, invitations.invite(by=by, from_on=localdate(), to_on=None, at=now(), **offer)


def test_the_coordinator_of_a_draft_invites_to_its_members_and_no_other(people, fes):
    coordinator = client_of(people, "coordinator")
    other = AgencyFactory(short_name="Other")
    assert [coordinator.get(reverse("agencies:invite", args=[each.pk])).status_code for each in (fes, other)] == [200, 404]  # fmt: skip
    line = "Ana Bell, ana@fes.example, FES, approver"
    coordinator.post(MANY, {"lines": line})
    assert Invitation.objects.filter(agency=fes, email="ana@fes.example").count() == 1


def test_a_new_coordinator_invites_colleagues_before_there_is_a_plan(client):
    user = SeatFactory(agency=AgencyFactory(), role=Seat.Role.COORDINATOR).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    desk = client.get(reverse("home")).text
    address = reverse("agencies:invite", args=[user.seats.get().agency_id])
    assert (f'href="{address}"' in desk, client.get(address).status_code) == (True, 200)


def test_who_makes_a_plan_with_an_agency_confirms_no_signatory_of_it(people, fes):
    seat = Seat.objects.create(
        agency=fes,
        user=UserFactory(),
        role=Seat.Role.APPROVER,
        from_on=localdate(),
        given_by=people["superuser"],
    )
    assert [people["coordinator"].has_perm(name, row) for name, row in (
        ("agencies.manage_seats", fes), ("agencies.confirm_seat", seat),
    )] == [True, False]  # fmt: skip


def test_a_list_that_is_refused_keeps_what_was_typed(people, fes):
    coordinator = client_of(people, "coordinator")
    typed = "Ana Bell, ana@fes.example, FES, approver\r\nBo, bo@nowhere.example, Nowhere, approver"
    assert coordinator.post(MANY, {"lines": typed}).status_code == 422
    assert Invitation.objects.filter(email__endswith="example").count() == 0
    assert coordinator.get(MANY).context["form"]["lines"].value() == typed
    coordinator.post(MANY, {"lines": typed.splitlines()[0]})
    assert coordinator.get(MANY).context["form"]["lines"].value() == ""


def test_who_was_invited_before_the_first_round_does_not_wait(people, fes):
    Plan.objects.filter(members__agency=fes).update(adopted_on=localdate())
    user, offer = invited(people["coordinator"], fes)
    Round.objects.update(opened_at=now())
    seat = invitations.accept(invitation=offer, user=user, at=now())
    assert seat.is_waiting(localdate()) is False
    user, offer = invited(people["superuser"], fes)
    assert invitations.accept(invitation=offer, user=user, at=now()).is_waiting(localdate())


def test_who_waits_reads_the_names_and_is_mailed_when_it_is_done(
    people, django_capture_on_commit_callbacks
):
    police = people.agencies["police"]
    user, offer = invited(people["superuser"], police)
    seat = invitations.accept(invitation=offer, user=user, at=now())
    (line,) = lines_for(User.objects.get(pk=user.pk), localdate())
    assert line.detail == (
        "Administrator gave you this role. A second person has to confirm it first: "
        f"{people['approver']} or {people['coordinator']}. We have emailed them, and will email you when it is done."
    )
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        seats.confirm_seat(seat=seat, by=people["approver"], at=now())
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        [user.email],
        "Plan Register: You are an approver at Police",
    )
    assert letter.body.startswith("Police approver (Police) has confirmed")
