"""Rule 50: two figures that differ carry names that differ."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from reports.progress import dashboard, trend_words
from reports.progress.record_of_dates import record_of_dates
from reports.progress.trends import read_trends
from reports.progress.view import PlanView
from tests.factories import DelayFactory, MilestoneFactory, WorkItemFactory
from tests.workitems.record import TODAY
from workitems.plan.asat import Moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(plan, police):
    """A late milestone with an ended and an open delay."""
    with time_machine.travel(datetime(2010, 1, 10, tzinfo=UTC)):
        item = WorkItemFactory(plan=plan, lead_agency=police, number="1.1")
        step = MilestoneFactory(
            item=item, original_due=date(2010, 3, 31), forecast_due=date(2010, 6, 30)
        )
        of_step = {"milestone": step, "cause": "funding", "due_before": date(2010, 3, 31)}
        DelayFactory(
            **of_step, number=1, due_after=date(2010, 4, 30), found_on=date(2010, 3, 1),
            ended_on=date(2010, 4, 1),
        )  # fmt: skip
        DelayFactory(**of_step, number=2, due_after=date(2010, 6, 30), found_on=date(2010, 4, 2))
    return step


def test_days_of_open_delays_and_of_all_delays_are_named_apart(plan, late):
    moment = Moment.today(TODAY)
    page = dashboard.read_dashboard(PlanView(plan=plan, at=moment))
    assert page.finding == "One of one work item is late."
    assert page.costliest == "Funding costs most: 91 of 91 days in open delays."
    assert trend_words.delays_finding(read_trends(plan, moment)) == (
        "121 days in 2 delays, open and ended"
    )


def test_an_open_delay_is_as_long_in_the_trends_as_on_the_dashboard(plan, late):
    later = Moment.today(date(2010, 9, 30))
    page = dashboard.read_dashboard(PlanView(plan=plan, at=later))
    assert page.costliest == "Funding costs most: 183 of 183 days in open delays."
    found = read_trends(plan, later)
    assert trend_words.delays_finding(found) == "213 days in 2 delays, open and ended"
    assert sum(row.days for row in found.delayed_agencies) == 213


def test_the_dates_met_are_one_figure(plan, late):
    moment = Moment.today(TODAY)
    assert trend_words.dates_finding(record_of_dates(plan, moment)) == (
        "The only date that came was missed"
    )
