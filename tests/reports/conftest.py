"""Fixtures of a plan with its agencies, and of its drafted briefing, for the tests of this folder."""

import pytest

from agencies.models import Seat
from tests.factories import AgencyFactory, PlanFactory, SeatFactory, UserFactory, WorkItemFactory
from tests.reports.drafted import drafted


@pytest.fixture
def labour():
    """The coordinating agency."""
    return AgencyFactory(short_name="DoL", name="Department of Labour")


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police", name="New Zealand Police")


@pytest.fixture
def customs():
    return AgencyFactory(short_name="Customs", name="New Zealand Customs Service")


@pytest.fixture
def plan(labour, police, customs):
    return PlanFactory(coordinating_agency=labour, members=[police, customs])


@pytest.fixture
def item(plan, police):
    """An item led by Police, under way and on track."""
    return WorkItemFactory(
        plan=plan,
        number="1.2",
        title="Print a brochure",
        lead_agency=police,
        stage="under_way",
        confidence="on_track",
    )


@pytest.fixture
def coordinator(plan, client):
    """The plan's coordinator, signed in with `client`."""
    user = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def colleague():
    return UserFactory(name="Other coordinator")


@pytest.fixture
def briefing(plan, item, coordinator):
    """A briefing that the coordinator has drafted."""
    return drafted(plan, item, coordinator)
