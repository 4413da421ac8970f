"""A coordinator tries by every way to have their own paper signed by themselves, with as many accounts as they like.

They invite, accept and confirm on the pages that everybody uses. Each time it is refused until somebody has confirmed the signatory who has nothing from the coordinator, and that
somebody was emailed.
"""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.timezone import localdate, now

from agencies.models import Seat, User
from agencies.people.confirming import confirmers_of
from agencies.people.services import handing_over, seats
from agencies.people.succession import HandOver
from agencies.typed.fields import TOKEN_FIELD
from reports.issuing.services.issuing import signatory_obstacle
from reports.models import Briefing, IssuedPaper
from tests.factories import PASSWORD, AgencyFactory, SeatFactory, UserFactory
from tests.truth.every_form import waits_for_its_signature

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

Role = Seat.Role
MANAGER = Role.AUTHORISING_MANAGER
NOT_BY_THEM = "nobody else has confirmed it|asked .* yourself"
names = iter(f"Account {number}" for number in range(1000))


@pytest.fixture
def paper(people):
    """The coordinator's own, which waits for its signature."""
    waits_for_its_signature(people)
    return Briefing.objects.get(tracker_number="11/1")


@pytest.fixture
def coordinator(people):
    return people["coordinator"]


@pytest.fixture
def labour(paper):
    return paper.plan.coordinating_agency


def seated(by, place, role, user=None):
    """Let `by` invite the account, which accepts. Return its seat."""
    user = user or UserFactory(name=next(names))
    form = {"name": user.name, "email": user.email, "role": role, "from_on": localdate()}
    invited = on_page(
        by, reverse("agencies:invite", args=[place.pk]), form | {"to_on": "", "reason": ""}
    )
    assert invited.status_code == 302
    letter = [each.body for each in mail.outbox if user.email in each.to][-1]
    link = re.search(r"https?://[^/]+(/invitation/\S+)", letter)[1]
    assert on_page(user, link).url == reverse("home")
    return user.seats.filter(agency=place, role=role).latest("pk")


def on_page(person, address, form=None):
    """Post a form as the person, in a browser of theirs, and let the mail of it be sent. Each page gives its form a token."""
    browser = Client()
    browser.force_login(again(person), backend="django.contrib.auth.backends.ModelBackend")
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browser.post(address, {**(form or {}), TOKEN_FIELD: get_random_string(22)})


def confirming(seat):
    return reverse("agencies:confirm-seat", args=[seat.agency_id, seat.pk])


def covered(by, place, user, role=MANAGER):
    period = {"from_on": localdate(), "to_on": localdate() + timedelta(days=9)}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return seats.cover_leave(
            user=user, agency=place, role=role, by=by, reason="Leave", today=localdate(), **period
        )


def again(person):
    """The person as their next request has them."""
    return User.objects.get(pk=person.pk)


# Each way gives the seat from which the paper would be signed, and every account that the coordinator made on the way.


def by_inviting_themselves(me, labour):
    return seated(me, labour, MANAGER, me), []


def by_inviting_another_account(me, labour):
    return seated(me, labour, MANAGER), []


def by_covering_for_a_colleague(me, labour):
    colleague = seated(me, labour, Role.CONTRIBUTOR).user
    return covered(me, labour, colleague), []


def by_a_coordinator_whom_they_invited(me, labour):
    second = again(seated(me, labour, Role.COORDINATOR).user)
    return seated(second, labour, MANAGER), [second]


def for_themselves_by_a_coordinator_whom_they_invited(me, labour):
    second = again(seated(me, labour, Role.COORDINATOR).user)
    return seated(second, labour, MANAGER, me), [second]


def by_a_chain_of_three_accounts(me, labour):
    second = again(seated(me, labour, Role.COORDINATOR).user)
    third = again(seated(second, labour, Role.COORDINATOR).user)
    return seated(third, labour, MANAGER), [second, third]


def by_two_coordinators_who_invite_each_other(me, labour):
    second = again(seated(me, labour, Role.COORDINATOR).user)
    third = again(seated(second, labour, Role.COORDINATOR).user)
    seats.end_seat_at_once(seat=second.seats.get(), by=me, reason="Left.", at=now())
    second = again(seated(third, labour, Role.COORDINATOR, second).user)
    return seated(second, labour, MANAGER), [second, third]


def confirmed_by_a_coordinator_whom_they_invited(me, labour):
    second = again(seated(me, labour, Role.COORDINATOR).user)
    return seated(me, labour, MANAGER), [second]


def confirmed_by_an_approver_whom_they_invited(me, labour):
    approver = again(seated(me, labour, Role.APPROVER).user)
    return seated(me, labour, MANAGER), [approver]


def confirmed_by_an_approver_whom_that_approver_invited(me, labour):
    first = again(seated(me, labour, Role.APPROVER).user)
    second = again(seated(first, labour, Role.APPROVER).user)
    return seated(me, labour, MANAGER), [first, second]


def confirmed_by_a_sibling_of_who_gave_it(me, labour):
    second = again(seated(me, labour, Role.COORDINATOR).user)
    third = again(seated(me, labour, Role.COORDINATOR).user)
    return seated(second, labour, MANAGER), [second, third]


def by_ending_a_confirmed_role_and_giving_it_anew(me, labour):
    seat = seated(me, labour, MANAGER)
    seats.confirm_seat(seat=seat, by=UserFactory(is_superuser=True), at=now())
    seats.end_seat_at_once(seat=seat, by=me, reason="Left.", at=now())
    return seated(me, labour, MANAGER, seat.user), []


def by_handing_over_an_agency_that_ended(me, labour):
    ended = AgencyFactory(short_name="Ended", valid_to=localdate() - timedelta(days=1))
    user = SeatFactory(agency=ended, role=MANAGER, from_on=date(2010, 1, 1)).user
    ended.successor = labour
    ended.save()
    act = HandOver(agency=ended, to=labour, on=localdate(), by=me, at=now(), reason="Ended.")
    with TestCase.captureOnCommitCallbacks(execute=True):
        handing_over.PEOPLE[0].move(act)
    return user.seats.get(agency=labour), []


WAYS = [
    by_inviting_themselves,
    by_inviting_another_account,
    by_covering_for_a_colleague,
    by_a_coordinator_whom_they_invited,
    for_themselves_by_a_coordinator_whom_they_invited,
    by_a_chain_of_three_accounts,
    by_two_coordinators_who_invite_each_other,
    confirmed_by_a_coordinator_whom_they_invited,
    confirmed_by_an_approver_whom_they_invited,
    confirmed_by_an_approver_whom_that_approver_invited,
    confirmed_by_a_sibling_of_who_gave_it,
    by_ending_a_confirmed_role_and_giving_it_anew,
    by_handing_over_an_agency_that_ended,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_is_refused_or_confirmed_by_another_who_was_emailed(
    people, paper, coordinator, labour, way
):
    seat, accounts = way(coordinator, labour)
    signatory = again(seat.user)
    # On the page of the paper the signatory is refused as well.
    sign = reverse("briefings:authorise", args=[paper.plan.slug, paper.pk])
    refused = on_page(signatory, sign, {"has_read": "on", "password": PASSWORD})
    assert re.search(NOT_BY_THEM, refused.text)
    paper.refresh_from_db()
    assert (
        paper.state == Briefing.State.AWAITING
        and not IssuedPaper.objects.filter(briefing=paper).exists()
    )
    assert re.search(NOT_BY_THEM, signatory_obstacle(paper, signatory))
    # None of the coordinator's accounts confirms it.
    for account in {coordinator, signatory, *accounts}:
        assert not again(account).has_perm("agencies.confirm_seat", seat)
        assert on_page(account, confirming(seat)).status_code in (302, 403, 404)
        seat.refresh_from_db()
        assert seat.confirmed_at is None
    # An administrator can, and was emailed of exactly this seat.
    other = people["superuser"]
    assert other in confirmers_of(seat, localdate())
    assert not {coordinator, signatory, *accounts} & {*confirmers_of(seat, localdate())}
    told = [each.body for each in mail.outbox if other.email in each.to]
    assert any(seat.user.name in body for body in told)
    seats.confirm_seat(seat=seat, by=other, at=now())
    obstacle = signatory_obstacle(paper, again(signatory))
    assert obstacle.startswith(
        "You asked for this authorisation yourself" if signatory == coordinator else ""
    )
    assert bool(obstacle) == (signatory == coordinator)


def test_a_coordinator_whom_an_administrator_invited_is_another_person(
    people, paper, coordinator, labour
):
    other = again(seated(people["superuser"], labour, Role.COORDINATOR).user)
    seat = seated(coordinator, labour, MANAGER)
    seats.confirm_seat(seat=seat, by=other, at=now())
    assert signatory_obstacle(paper, again(seat.user)) == ""


def test_an_account_is_another_person_once_its_own_role_was_confirmed(people, coordinator, labour):
    approver = seated(coordinator, labour, Role.APPROVER)
    seat = seated(coordinator, labour, MANAGER)
    seats.confirm_seat(seat=approver, by=people["superuser"], at=now())
    seats.confirm_seat(seat=seat, by=again(approver.user), at=now())


def test_who_approved_since_the_setting_up_confirms(people, coordinator, labour, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("agencies.people.confirming.IN_USE", [lambda *_: False])
        approver = seated(coordinator, labour, Role.APPROVER).user
    seat = seated(coordinator, labour, MANAGER)
    seats.confirm_seat(seat=seat, by=again(approver), at=now())
