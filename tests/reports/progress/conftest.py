"""A reader of the plan at noon of `TODAY`."""

from datetime import UTC, datetime

import pytest
import time_machine

from agencies.models import Seat
from tests.factories import SeatFactory


@pytest.fixture
def reader(client, plan, police):
    client.force_login(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user)
    noon = datetime(2010, 6, 1, 0, 0, tzinfo=UTC)  # in New Zealand
    with time_machine.travel(noon, tick=False):
        yield client
