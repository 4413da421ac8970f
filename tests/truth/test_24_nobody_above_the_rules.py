"""Test that nobody is above the rules, administrators and signatories included."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from agencies.models import Office, Seat, User
from agencies.people.seating import history_of
from agencies.people.services import invitations, seats
from reports.models import Briefing, IssuedPaper
from tests.cast import Scene, client_of, standing_scene
from tests.factories import PASSWORD, SeatFactory, UserFactory
from tests.test_permissions import ONWARD, RULES, told
from tests.truth.every_form import waits_for_its_signature

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
MINISTER = "Minister of Immigration"
OBSERVER = "superuser with an observer's seat"
# What is open to administrators: agencies, people and their seats, and nothing of a plan.
ADMINISTRATORS = {
    *("agencies:list", "agencies:add", "agencies:change", "agencies:hand-over"),
    *("agencies:people", "agencies:choose-place", "agencies:person", "agencies:change-account"),
    *("agencies:close-account", "agencies:reopen-account", "agencies:reset-second-step"),
    *(
        "agencies:seats",
        "agencies:invite",
        "agencies:cover",
        "agencies:end",
        "agencies:invite-many",
        "maintenance",
        "maintenance-end",
        "data-of-person",
    ),
    "agencies:confirm-seat",
    *("agencies:send-again", "agencies:withdraw"),
}


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with standing_scene(django_db_blocker) as scene:
        police = scene.agencies["police"]
        seat = SeatFactory(agency=police, role=Seat.Role.OBSERVER, user__name="Administrator")
        User.objects.filter(pk=seat.user.pk).update(is_superuser=True)
        scene.people[OBSERVER] = User.objects.get(pk=seat.user.pk)
        yield scene


@pytest.mark.one_database(reason="rules decide")
def test_a_superuser_gets_the_answers_of_their_seat_on_every_address(people):
    client = client_of(people, OBSERVER)
    expected, found = {}, {}
    for name, row in RULES.items():
        address = reverse(name, args=row.arguments(people))
        who = "superuser" if name in ADMINISTRATORS else "observer"
        expected[name] = (row.get[who], row.post[who])
        found[name] = told(client.get(address)), told(client.post(address, {}))
        if name == "account_logout":
            client = client_of(people, OBSERVER)
    # In the matrix it is somebody else who withdraws the invitation.
    expected["agencies:withdraw"] = (200, ONWARD)
    assert found == expected


def test_a_superuser_without_a_seat_gets_the_answers_of_a_stranger_on_all_of_a_plan():
    """The matrix asks every address as a superuser without a seat."""
    differs = {
        name
        for name, row in RULES.items()
        if (row.get["superuser"], row.post["superuser"])
        != (row.get["stranger"], row.post["stranger"])
    }
    assert differs == ADMINISTRATORS


def test_django_itself_answers_nothing_for_a_superuser():
    user = UserFactory(is_superuser=True)
    assert not user.has_perm("agencies.change_seat")
    assert not user.has_perm("workitems.no_such_act")


# --- the signature ------------------------------------------------------------------------------


@pytest.fixture
def signing(people, client):
    """Post the form of the page where the authorising manager signs."""
    waits_for_its_signature(people)
    briefing = Briefing.objects.get(tracker_number="11/1")
    client.force_login(people["authorising manager"], BACKEND)
    address = reverse("briefings:authorise", args=[briefing.plan.slug, briefing.pk])
    page = client.get(address)
    typed = {"pdf_sha256": page.context["sha256"], "has_read": "on"}
    return lambda password: client.post(address, {**typed, "password": password})


def test_a_signature_asks_for_the_password_again(people, signing):
    refused = signing("a guess")
    assert refused.status_code == 422
    form = refused.context["form"]
    assert form.errors == {"password": ["The password is incorrect."]}
    # Nothing typed is lost but the password, which no page shows again.
    assert form["has_read"].value() is True
    assert "a guess" not in refused.text
    assert IssuedPaper.objects.filter(briefing__tracker_number="11/1").count() == 0
    assert (
        signing(PASSWORD).url
        == IssuedPaper.objects.get(briefing__tracker_number="11/1").get_absolute_url()
    )


def test_wrong_passwords_at_a_signature_count_with_those_of_the_sign_in_page(people, signing):
    email = people["authorising manager"].email
    for _ in range(2):
        Client().post(reverse("account_login"), {"login": email, "password": "a guess"})
    signing("a guess")
    refused = signing(PASSWORD)
    assert refused.context["form"].errors == {
        "password": ["Too many wrong passwords. Wait 2 seconds, then try again."]
    }
    assert IssuedPaper.objects.filter(briefing__tracker_number="11/1").count() == 0


# --- seats --------------------------------------------------------------------------------------


@pytest.fixture
def told_of(people, django_capture_on_commit_callbacks):
    """Do something, and return who was told what: the subject by address."""

    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return {address: letter.subject for letter in mail.outbox for address in letter.to}

    return run


def offered(people, by, user, role, place):
    """Invite the user to the role, as they accept."""
    offer = {"place": place, "role": role, "name": user.name, "email": user.email}
    offer |= {"from_on": localdate(), "to_on": None, "at": now()}
    made = invitations.invite(by=by, **offer)
    return lambda: invitations.accept(invitation=made, user=user, at=now())


def test_administrators_who_seat_themselves_are_recorded_and_told_of(people, told_of):
    by, police = people["superuser"], people.agencies["police"]
    told = told_of(offered(people, by, by, Seat.Role.APPROVER, police))
    subject = "Plan Register: Confirm that Administrator is an approver at Police"
    assert told == {people[who].email: subject for who in ("approver", "coordinator", OBSERVER)}
    assert "gave themselves a role" in mail.outbox[0].body
    assert reverse("agencies:seats", args=[police]) in mail.outbox[0].body
    assert history_of(police)[0].what.startswith("accepted the invitation as approver, from")
    assert history_of(police)[0].why == "Invited by Administrator."


def test_administrators_who_seat_another_are_told_of_too(people, told_of):
    """The other may be themselves under another name."""
    by, user = people["superuser"], people["stranger"]
    told = told_of(offered(people, by, user, Seat.Role.MINISTERS_OFFICE, Office(MINISTER)))
    subject = "Plan Register: Stranger is a member of the office of the Minister of Immigration"
    # The other plan reports to this Minister too.
    coordinators = ("coordinator", "other plan's coordinator")
    assert told == {people[who].email: subject for who in coordinators}
    assert "Administrator gave Stranger a role" in mail.outbox[0].body


def test_whoever_has_the_role_is_not_asked_whether_it_should_exist(people, told_of):
    police, user = people.agencies["police"], people["approver"]
    told = told_of(offered(people, people["superuser"], user, Seat.Role.OBSERVER, police))
    assert set(told) == {people["coordinator"].email}


def test_an_approver_who_covers_for_themselves_is_told_of(people, told_of):
    second = SeatFactory(agency=people.agencies["police"], role=Seat.Role.APPROVER).user
    cover = {"role": Seat.Role.CONTRIBUTOR, "from_on": localdate(), "to_on": localdate()}
    cover |= {"agency": people.agencies["police"], "reason": "Leave", "today": localdate()}
    by = people["approver"]
    told = told_of(lambda: seats.cover_leave(user=by, by=by, **cover))
    assert set(told) == {second.email, people["coordinator"].email}
    assert told_of(lambda: seats.cover_leave(user=by, by=by, **cover)) == told, "told once"


def test_a_coordinator_who_invites_themselves_is_told_of(people, told_of):
    by = people["coordinator"]
    offer = {"role": Seat.Role.APPROVER, "name": by.name, "email": by.email, "from_on": localdate()}
    offer |= {"place": people.agencies["police"], "to_on": None, "at": now()}
    made = invitations.invite(by=by, **offer)
    told = told_of(lambda: invitations.accept(invitation=made, user=by, at=now()))
    administrators = {people[who].email for who in ("superuser", OBSERVER)}
    assert set(told) == {people["approver"].email} | administrators


def test_a_seat_that_an_administrator_ends_is_told_of(people, told_of):
    seat = people["contributor"].seats.get()
    told = told_of(
        lambda: seats.end_seat_at_once(seat=seat, by=people["superuser"], reason="Left.", at=now())
    )
    # Whose role ended is told as well.
    assert set(told) == {people[who].email for who in ("contributor", "approver", "coordinator")}
    bodies = [each.body for each in mail.outbox if each.to != [people["contributor"].email]]
    says = (
        "has ended the role of Police contributor in the Plan Register as a contributor at Police."
    )
    assert all(says in " ".join(body.split()) for body in bodies)


def test_a_person_who_accepts_an_invitation_by_another_is_not(people, told_of):
    by, user = people["approver"], people["stranger"]
    offer = {"role": Seat.Role.OBSERVER, "name": user.name, "email": user.email}
    offer |= {"from_on": localdate(), "to_on": None, "at": now()}
    made = invitations.invite(place=people.agencies["police"], by=by, **offer)
    assert told_of(lambda: invitations.accept(invitation=made, user=user, at=now())) == {}


def test_a_seat_is_given_although_the_mail_server_is_away(people, told_of, settings):
    settings.EMAIL_BACKEND = "tests.truth.test_24_nobody_above_the_rules.Away"
    by, police = people["superuser"], people.agencies["police"]
    told_of(offered(people, by, by, Seat.Role.OBSERVER, police))
    assert by.seats.get().role == "observer"


class Away(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


def test_an_administrator_cannot_change_an_address_unseen(people, client, told_of):
    user = people["approver"]
    old = user.email
    client.force_login(people["superuser"], BACKEND)
    address = reverse("agencies:change-account", args=[user.pk])
    values = {"email": "mine@example.org", "name": user.name, "reason": "Asked.", "version": 1}
    assert told_of(lambda: client.post(address, values)) == {
        old: "Plan Register: Your email address was changed"
    }
    assert told_of(lambda: client.post(address, {**values, "name": "Other", "version": 2})) == {
        old: "Plan Register: Your email address was changed"
    }, "told once"
