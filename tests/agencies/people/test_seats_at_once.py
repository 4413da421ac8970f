"""Test simultaneous changes of seats: one invitation, one seat, and always an approver left."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from agencies.models import Invitation, Seat, User
from agencies.people.services import invitations, seats
from agencies.people.services.invitations import hash_of
from tests.factories import PASSWORD, InvitationFactory, SeatFactory
from tests.workitems.plan.test_concurrency import kinds, simultaneously

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def test_ten_simultaneous_requests_create_one_invitation(police, mailoutbox):
    approver = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    outcomes = simultaneously(
        10,
        lambda number: invitations.invite(
            place=police,
            role=Seat.Role.CONTRIBUTOR,
            name="Aroha",
            email="aroha@example.org",
            from_on=TODAY,
            to_on=None,
            by=User.objects.get(pk=approver.pk),
            at=NOW,
        ),
    )
    assert kinds(outcomes) == Counter(Invitation=1, SeatRefused=9)
    assert Invitation.history.count() == 1
    assert len(mailoutbox) == 1


def test_ten_simultaneous_requests_accept_an_invitation_once(police):
    InvitationFactory(
        agency=police,
        email="aroha@example.org",
        token_hash=hash_of("token"),
        sent_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    invitation = invitations.find_by_token("token", NOW)
    assert invitation is not None
    outcomes = simultaneously(
        10,
        lambda number: invitations.accept_as_new_person(
            invitation=invitation, name="Aroha", password=PASSWORD, at=NOW
        ),
    )
    assert kinds(outcomes) == Counter(User=1, InvitationGone=9)
    assert User.objects.get(email="aroha@example.org").seats.count() == 1


def test_two_approvers_who_end_each_other_at_once_leave_one_approver(police):
    both = SeatFactory.create_batch(2, agency=police, role=Seat.Role.APPROVER)
    outcomes = simultaneously(
        2,
        lambda number: seats.end_seat_at_once(
            seat=both[number],
            by=User.objects.get(pk=both[1 - number].user_id),
            reason="Left.",
            at=NOW,
            confirmed=False,
        ),
    )
    assert kinds(outcomes) == Counter(Seat=1, NobodyLeft=1)
    assert Seat.objects.on(TODAY).filter(agency=police).count() == 1
