"""The plan, its agencies and their users, as in other tests; and every page with its forms."""

import pytest
from django.test import Client

from agencies.models import Seat
from tests.cast import standing_scene
from tests.factories import MeetingFactory, SeatFactory, WorkItemFactory
from tests.reports.conftest import accepted, before_the_paper, by  # noqa: F401
from tests.truth.every_page import pages_of
from tests.workitems.conftest import (  # noqa: F401
    approver,
    client_of,
    colleague,
    contributor,
    coordinator,
    milestone,
    of_return,
    on_the_day,
)
from tests.workitems.record import TODAY, noon


@pytest.fixture(scope="module")
def standing_world(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def every_page(standing_world):
    return pages_of(standing_world)


@pytest.fixture
def writer(police):  # noqa: F811
    """A contributor of Police, for tests of rule 4."""
    return SeatFactory(agency=police, role=Seat.Role.CONTRIBUTOR).user


@pytest.fixture
def browser(writer):
    """The writer's signed-in client, at noon of `TODAY`."""
    client = Client()
    with noon(TODAY):
        client.force_login(writer, backend="django.contrib.auth.backends.ModelBackend")
        yield client


@pytest.fixture
def meeting(plan):
    return MeetingFactory(plan=plan, held_on=TODAY)


@pytest.fixture
def second(plan, police):
    return WorkItemFactory(plan=plan, number="1.4", title="Train staff", lead_agency=police)
