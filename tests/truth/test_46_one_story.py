"""Rule 46: the headline and what stands beside it are the same story."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from agencies.records import history
from reports.progress import dashboard
from reports.progress.changes import Kind, read_changes
from reports.progress.view import PlanView
from tests.factories import DelayFactory, MilestoneFactory, WorkItemFactory
from tests.workitems.record import TODAY
from workitems.plan.asat import Moment

pytestmark = pytest.mark.django_db

MARCH = Moment.end_of(date(2010, 3, 31))
# Between the two moments.
PASSED, AHEAD = date(2010, 4, 30), date(2011, 4, 30)


@pytest.fixture
def recorded(plan, police):
    """Record an item in March, with a milestone for each of the dates."""
    numbers = iter(range(1, 9))

    def record(*due, confidence="on_track", **dates):
        with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
            item = WorkItemFactory(
                plan=plan,
                number=f"1.{next(numbers)}",
                lead_agency=police,
                stage="under_way",
                confidence=confidence,
            )
            for day in due:
                MilestoneFactory(item=item, description="Printed", original_due=day, **dates)
        return item

    return record


def changed(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    with time_machine.travel(datetime(2010, 5, 1, tzinfo=UTC)):
        history.save(row, by=None, reason="As told")


def view(plan):
    return PlanView(plan=plan, at=Moment.today(TODAY), since=MARCH)


def read(plan):
    return dashboard.read_dashboard(view(plan))


def figure(page, kind):
    return next(each for each in page.figures if each.kind == kind)


def test_the_headline_names_the_items_that_became_late_and_they_come_first(plan, recorded):
    gone, _, _, _ = recorded(AHEAD), recorded(PASSED), recorded(AHEAD), recorded(PASSED)
    # A change that weighs more than all others.
    changed(gone, stage="withdrawn")
    page = read(plan)
    assert page.finding == (
        "Two of three work items are late, two more than on 31 March: 1.2 and 1.4 became late."
    )
    assert [(each.kind, [item.number for item in each.items]) for each in page.changed_groups] == [
        (Kind.LATE, ["1.2", "1.4"]),
        (Kind.OVERDUE, ["1.2", "1.4"]),
        (Kind.WITHDRAWN, ["1.1"]),
    ]


def test_the_headline_names_what_is_no_longer_late_beside_what_became_late(plan, recorded):
    slipped, nearer = recorded(AHEAD), recorded(AHEAD, forecast_due=date(2011, 9, 30))
    changed(slipped.milestones.get(), forecast_due=date(2011, 9, 30))
    changed(nearer.milestones.get(), forecast_due=AHEAD)
    page = read(plan)
    assert page.finding == (
        "One of two work items is late, as many as on 31 March: 1.1 became late, and 1.2 is no longer late."
    )
    assert [item.number for item in page.named] == ["1.1", "1.2"]


def test_fewer_in_doubt_is_worse_if_they_became_late(plan, recorded):
    recorded(PASSED, confidence="at_risk"), recorded(PASSED, confidence="at_risk")
    page = read(plan)
    assert [
        (figure(page, kind).change, figure(page, kind).is_better) for kind in ("in_doubt", "late")
    ] == [(-2, False), (2, False)]


def test_fewer_in_doubt_is_better_if_they_are_on_time(plan, recorded):
    changed(recorded(AHEAD, confidence="at_risk"), confidence="on_track")
    page = read(plan)
    assert [
        (figure(page, kind).change, figure(page, kind).is_better)
        for kind in ("in_doubt", "on_time")
    ] == [(-1, True), (1, True)]


def test_a_milestone_that_passed_its_date_counts_as_having_passed_it_with_a_new_date_too(
    plan, recorded
):
    recorded(PASSED)
    step = recorded(PASSED).milestones.get()
    changed(step, forecast_due=date(2010, 9, 30))
    DelayFactory(milestone=step, found_on=date(2010, 5, 1))
    found = read_changes(view(plan))
    assert [change.item.number for change in found.of(Kind.OVERDUE)] == ["1.1", "1.2"]
    assert [change.item.number for change in found.of(Kind.SLIPPED)] == ["1.2"]
    assert found.summary == "2 became late, 1 date slipped, 2 fell overdue"
