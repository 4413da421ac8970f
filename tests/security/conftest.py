"""Fixtures of several tests of this folder."""

import pytest

from tests.factories import MilestoneFactory, SeatFactory


@pytest.fixture(scope="session")
def metrics_folder(tmp_path_factory):
    """One for a whole run: the library keeps the files of a process open."""
    return str(tmp_path_factory.mktemp("metrics"))


@pytest.fixture
def milestone(db, client):
    """One to which the client, who contributes to its item, can add evidence."""
    milestone = MilestoneFactory()
    user = SeatFactory(agency=milestone.item.lead_agency, role="contributor").user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.raise_request_exception = False
    return milestone


@pytest.fixture
def person():
    return SeatFactory(user__email="contributor@example.org").user
