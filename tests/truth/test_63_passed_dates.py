"""Rule 63: the paper's chart marks a date that has passed without a new one."""

from datetime import date

import pytest

from reports.charts import milestone_timeline
from reports.compose.annex_rows import progress_picture
from tests.reports.in_memory import ON, facts, item, step

pytestmark = pytest.mark.one_database(reason="reads no database")

PASSED, AHEAD = date(2010, 6, 30), date(2011, 6, 30)


def chart(*steps):
    picture = progress_picture(facts(item("1.1", *steps)))
    return milestone_timeline(picture.timeline, as_at=ON)


def test_a_date_that_has_passed_without_a_new_one_is_marked():
    assert "30 Jun 2010, overdue" in chart(step(PASSED))


@pytest.mark.parametrize(
    "given", [{"forecast_due": AHEAD}, {"completed_on": PASSED}, {"agreed_due": AHEAD}]
)
def test_a_date_with_a_new_one_or_done_is_not(given):
    assert "overdue" not in chart(step(PASSED, **given))
