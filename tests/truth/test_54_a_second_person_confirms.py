"""Nobody makes their own signatory unseen: a second person confirms who gets a role that signs."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate, now

from agencies.models import Seat, User
from agencies.people.confirming import after_working_days
from agencies.people.seating import history_of
from agencies.people.services import invitations, seats
from agencies.people.services.accounts import change_account
from agencies.people.services.seats import SeatRefused
from reports.issuing.services.issuing import signatory_obstacle
from reports.models import Briefing
from tests.cast import client_of
from tests.factories import SeatFactory, UserFactory
from tests.truth.every_form import waits_for_its_signature
from workitems.desk.to_dos import lines_for
from workitems.models import Round

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

Role = Seat.Role


@pytest.fixture
def police(people):
    return people.agencies["police"]


@pytest.fixture
def second():
    return UserFactory(name="Second administrator", is_superuser=True)


def offered(by, place, role=Role.APPROVER, user=None):
    """Return the seat that the user accepts from this person."""
    user = user or UserFactory(name="Newcomer")
    offer = {"place": place, "role": role, "name": user.name, "email": user.email}
    offer |= {"from_on": localdate(), "to_on": None, "at": now()}
    made = invitations.invite(by=by, **offer)
    return invitations.accept(invitation=made, user=user, at=now())


def is_seated(user, place, role=Role.APPROVER):
    return place.pk in User.objects.get(pk=user.pk).agencies_as(role)


def test_an_approver_whom_an_administrator_seats_waits_for_a_second_person(people, police):
    seat = offered(people["superuser"], police)
    assert seat.is_waiting(localdate())
    assert not is_seated(seat.user, police)
    seats.confirm_seat(seat=seat, by=people["approver"], at=now())
    assert is_seated(seat.user, police)
    entry = history_of(police)[0]
    assert (entry.who, entry.what) == (
        "Police approver (Police)",
        "confirmed the role of Newcomer as approver.",
    )


@pytest.mark.parametrize("role", [Role.AUTHORISING_MANAGER, Role.OIA_DECISION_MAKER])
def test_every_role_that_signs_waits(people, police, role):
    assert offered(people["superuser"], police, role).is_waiting(localdate())


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.OBSERVER, Role.COORDINATOR])
def test_a_role_that_does_not_sign_counts_at_once(people, police, role):
    assert is_seated(offered(people["superuser"], police, role).user, police, role)


def test_an_approver_seats_the_next_one_of_their_own_agency_alone(people, police):
    assert is_seated(offered(people["approver"], police).user, police)


def test_cover_by_the_coordinator_of_another_agency_waits_too(people, police):
    user = people["contributor"]
    seat = seats.cover_leave(
        user=user,
        agency=police,
        role=Role.APPROVER,
        from_on=localdate(),
        to_on=localdate(),
        by=people["coordinator"],
        reason="Leave",
        today=localdate(),
    )
    assert (seat.is_waiting(localdate()), is_seated(user, police)) == (True, False)


@pytest.mark.parametrize("who", ["superuser", "newcomer"])
def test_neither_who_gave_it_nor_who_holds_it_confirms_it(people, police, who):
    seat = offered(people["superuser"], police)
    by = seat.user if who == "newcomer" else people[who]
    with pytest.raises(SeatRefused, match="A second person must confirm it"):
        seats.confirm_seat(seat=seat, by=by, at=now())
    assert not by.has_perm("agencies.confirm_seat", seat)


def test_the_agencys_approvers_its_coordinators_and_all_administrators_are_mailed_at_once(
    people, police, second, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        offered(people["superuser"], police)
    letters = [letter for letter in mail.outbox if "Newcomer is an approver" in letter.subject]
    expected = {people["approver"].email, people["coordinator"].email, second.email}
    assert {address for letter in letters for address in letter.to} == expected
    assert "before a second person has confirmed it" in letters[0].body


@pytest.mark.both_databases
def test_where_there_is_nobody_else_it_counts_after_three_working_days(people, police, settings):
    people["approver"].seats.update(to_on=date(2010, 1, 1))
    Seat.objects.filter(role=Role.COORDINATOR).update(to_on=date(2010, 1, 1))
    seat = offered(people["superuser"], police)
    after = after_working_days(localdate(), 3)
    assert seat.counts_from == after
    assert [Seat.objects.on(day).filter(pk=seat.pk).exists() for day in (localdate(), after)] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        (date(2026, 11, 30), date(2026, 12, 3)),
        (date(2026, 12, 3), date(2026, 12, 8)),
        (date(2026, 12, 5), date(2026, 12, 9)),
    ],
)
def test_working_days_are_monday_to_friday(given, counts):
    assert after_working_days(given, 3) == counts


def test_a_new_service_is_set_up_without_waiting_until_its_first_round(people, police, monkeypatch):
    monkeypatch.setattr(Round.objects, "filter", lambda *given: Round.objects.none())
    assert is_seated(offered(people["superuser"], police).user, police)


# --- where it is seen -----------------------------------------------------------------------------


def test_the_confirmer_has_a_to_do_with_a_button_and_can_finish_it(people, police, client):
    seat = offered(people["superuser"], police)
    address = reverse("agencies:confirm-seat", args=[police, seat.pk])
    for who in ("approver", "coordinator"):
        found = [
            each.what
            for each in lines_for(people[who], localdate())
            if each.act and each.act.url == address
        ]
        assert found == ["Confirm that Newcomer is an approver at Police"]
    answer = client_of(people, "approver").post(address, {"from": "desk"})
    assert answer.url == reverse("home")
    seat.refresh_from_db()
    assert seat.confirmed_by == people["approver"]


def test_who_is_seated_reads_why_they_wait(people, police):
    seat = offered(people["superuser"], police)
    found = [(each.what, each.detail) for each in lines_for(seat.user, localdate())]
    assert found == [
        (
            "You will be an approver at Police",
            "Administrator gave you this role. A second person has to confirm it first: Police approver or "
            "Coordinator. We have emailed them, and will email you when it is done.",
        )
    ]


def test_people_shows_it_with_a_button_for_the_second_person_alone(people, police):
    offered(people["superuser"], police)
    pages = {
        who: client_of(people, who).get(reverse("agencies:seats", args=[police])).text
        for who in ("approver", "superuser")
    }
    for text in pages.values():
        assert "given by Administrator, waits for a second person" in " ".join(text.split())
    assert ["/confirm/" in text for text in pages.values()] == [True, False]


# --- what it signs --------------------------------------------------------------------------------


@pytest.fixture
def briefing(people):
    waits_for_its_signature(people)
    return Briefing.objects.get(tracker_number="11/1")


def test_a_coordinators_own_paper_is_not_signed_from_a_seat_that_only_they_gave(people, briefing):
    labour = briefing.plan.coordinating_agency
    author = people["coordinator"]
    seat = offered(author, labour, Role.AUTHORISING_MANAGER)
    by = User.objects.get(pk=seat.user_id)
    assert is_seated(by, labour, Role.AUTHORISING_MANAGER)
    assert signatory_obstacle(briefing, by).startswith(
        "Your role was given by a person who worked on this paper"
    )
    seats.confirm_seat(seat=seat, by=people["superuser"], at=now())
    assert signatory_obstacle(briefing, User.objects.get(pk=by.pk)) == ""


def test_anothers_paper_is(people, briefing):
    seat = offered(
        SeatFactory(agency=briefing.plan.coordinating_agency, role=Role.COORDINATOR).user,
        briefing.plan.coordinating_agency,
        Role.AUTHORISING_MANAGER,
    )
    assert signatory_obstacle(briefing, User.objects.get(pk=seat.user_id)) == ""


# --- domains --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "is_allowed"),
    [
        ("ana@police.govt.nz", True),
        ("ana@GOVT.NZ", True),
        ("ana@example.org", False),
        ("ana@notgovt.nz", False),
    ],
)
def test_only_addresses_of_allowed_domains_are_invited(people, police, settings, email, is_allowed):
    settings.ALLOWED_EMAIL_DOMAINS = ["govt.nz"]
    values = {"name": "Ana", "email": email, "role": "observer", "from_on": "today"}
    page = client_of(people, "approver").post(reverse("agencies:invite", args=[police]), values)
    says = "" if is_allowed else "Addresses at {} cannot be used here. Enter one at govt.nz."
    errors = page.context["form"].errors.get("email", []) if page.status_code == 422 else []
    assert errors == ([says.format(email.partition("@")[2])] if says else [])


def test_an_account_does_not_move_to_another_domain_either(people, settings):
    settings.ALLOWED_EMAIL_DOMAINS = ["govt.nz"]
    user = people["approver"]
    with pytest.raises(Exception, match="cannot be used here"):
        change_account(
            user=user,
            version=user.version,
            name=user.name,
            email="mine@example.org",
            is_administrator=False,
            reason="Asked.",
            by=people["superuser"],
        )
