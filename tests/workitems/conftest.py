"""Fixtures of a plan with two agencies and their users, for the tests of this folder."""

import pytest
import time_machine
from django.test import Client

from agencies.models import Seat
from tests.factories import (
    DelayFactory,
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    UserFactory,
)
from tests.workitems.record import NOW, SLIPPED, TODAY
from workitems.models import Return


def seated(name, agency, role):
    return SeatFactory(user__name=name, agency=agency, role=role).user


@pytest.fixture
def contributor(police):
    return seated("Police contributor", police, Seat.Role.CONTRIBUTOR)


@pytest.fixture
def approver(police):
    return seated("Police approver", police, Seat.Role.APPROVER)


@pytest.fixture
def coordinator(labour):
    return seated("Coordinator", labour, Seat.Role.COORDINATOR)


@pytest.fixture
def colleague(customs):
    """A user who reads the plan and writes for another agency's items."""
    return seated("Customs contributor", customs, Seat.Role.CONTRIBUTOR)


@pytest.fixture
def stranger():
    """A user of an agency outside the plan."""
    return SeatFactory(user__name="Stranger").user


@pytest.fixture
def nobody():
    return UserFactory(name="Without a seat")


@pytest.fixture
def milestone(item):
    """Due on 30 June 2010 by all three dates."""
    return MilestoneFactory(item=item, number=1, description="Brochure printed")


@pytest.fixture
def delayed(item):
    """A milestone that slipped from 30 June to 30 September, with its delay and mitigation."""
    milestone = MilestoneFactory(
        item=item, number=2, description="Staff trained", forecast_due=SLIPPED
    )
    MitigationFactory(delay=DelayFactory(milestone=milestone))
    return milestone


@pytest.fixture
def of_return(plan, police):
    """The return that Police owes in the open round."""
    return Return.objects.create(round=RoundFactory(plan=plan), agency=police)


@pytest.fixture
def on_the_day():
    """Stop the clock, for tests of pages."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client_of():
    """Return a function that gives each user a separate client."""

    def client_of(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture
def writer(client_of, contributor):
    return client_of(contributor)


@pytest.fixture
def manager(client_of, coordinator):
    return client_of(coordinator)


@pytest.fixture
def reader(client_of, colleague):
    return client_of(colleague)


@pytest.fixture
def meeting(plan):
    return MeetingFactory(plan=plan, held_on=TODAY)


@pytest.fixture
def three(meeting):
    """Matters on the agenda of the meeting."""
    return [MatterFactory(meeting=meeting, position=n, title=f"M{n}") for n in (1, 2, 3)]


@pytest.fixture
def update(of_return, item):
    return UpdateFactory(of_return=of_return, item=item)
