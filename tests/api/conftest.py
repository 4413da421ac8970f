"""Fixtures of the API's tests."""

import pytest
from django.core.cache import cache

from tests.factories import AgencyFactory, PlanFactory


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def plan(police):
    leader = AgencyFactory(short_name="DoL")
    return PlanFactory(
        title="Plan of Action", slug="plan", members=[police], coordinating_agency=leader
    )
