"""Fixtures of the API's tests."""

import pytest
from django.core.cache import cache

from tests.factories import AgencyFactory


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police")
