"""Fixtures of an agency and its users, for tests of seats and invitations."""

import pytest
import time_machine

from agencies.models import Seat
from agencies.people.services import invitations
from tests.agencies.reading import NIGHT, TODAY
from tests.factories import SeatFactory


@pytest.fixture
def approver(police):
    return SeatFactory(user__name="Police approver", agency=police, role=Seat.Role.APPROVER).user


@pytest.fixture
def contributor(police):
    return SeatFactory(user__name="Police contributor", agency=police).user


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run `on_commit` callbacks, which send the email."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def invite(police, approver, deliver):
    def invite(**differs):
        values = {
            "place": police,
            "role": Seat.Role.CONTRIBUTOR,
            "name": "Aroha",
            "email": "aroha@example.org",
            "from_on": TODAY,
            "to_on": None,
            "by": approver,
            "at": NIGHT,
        }
        with deliver():
            return invitations.invite(**{**values, **differs})

    return invite


@pytest.fixture
def now():
    """Stop the clock of the pages at the time of the invitations."""
    with time_machine.travel(NIGHT, tick=False):
        yield
