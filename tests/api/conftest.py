"""Fixtures of the API's tests."""

import pytest
from django.core.cache import cache

from tests.api.programs import program_of
from tests.factories import AgencyFactory, PlanFactory, SeatFactory


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def plan(police):
    leader = AgencyFactory(short_name="DoL")
    return PlanFactory(
        title="Plan of Action", slug="plan", members=[police], coordinating_agency=leader
    )


@pytest.fixture
def person(police):
    return SeatFactory(agency=police, role="contributor").user


@pytest.fixture
def reader(police):
    return program_of(SeatFactory(agency=police, role="observer").user)
