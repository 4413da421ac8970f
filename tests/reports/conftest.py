"""Fixtures of a plan with its agencies, for the tests of this folder."""

import pytest

from tests.factories import AgencyFactory, PlanFactory, WorkItemFactory


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
