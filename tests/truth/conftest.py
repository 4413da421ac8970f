"""The plan, its agencies and their users, as in other tests; and every page with its forms."""

import pytest

from tests.cast import standing_scene
from tests.reports.conftest import customs, item, labour, plan, police  # noqa: F401
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


@pytest.fixture(scope="module")
def standing_world(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def every_page(standing_world):
    return pages_of(standing_world)
