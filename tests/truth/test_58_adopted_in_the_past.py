"""Rule 58: a plan adopted for a day in the past has that past."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from agencies.records import history
from reports.progress import dashboard
from reports.progress.changes import read_changes
from reports.progress.view import PlanView
from tests.factories import MilestoneFactory, PlanFactory, UserFactory, WorkItemFactory
from tests.workitems.record import TODAY
from workitems.intake.services import plan_making
from workitems.models import Plan
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at

pytestmark = pytest.mark.django_db

ADOPTED, DUE = date(2010, 2, 1), date(2010, 12, 31)


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def plan(labour, police, user):
    """A plan that was made in May and is adopted today for February, with an item under way and a late milestone."""
    with time_machine.travel(datetime(2010, 5, 20, tzinfo=UTC)):
        made = PlanFactory(
            coordinating_agency=labour, members=[police], adopted_on=None,
            released_on=date(2010, 1, 31),
        )  # fmt: skip
        item = WorkItemFactory(
            plan=made,
            number="1.1",
            lead_agency=police,
            stage="under_way",
            confidence="on_track",
            action="Train staff.",
        )
        MilestoneFactory(item=item, original_due=DUE, forecast_due=date(2011, 3, 31))
    with time_machine.travel(datetime(2010, 6, 1, tzinfo=UTC)):
        plan_making.adopt(
            plan=made,
            version=made.version,
            adopted_on=ADOPTED,
            by=user,
            on=TODAY,
            reason="Targets follow.",
        )
    return Plan.objects.get(pk=made.pk)


def test_its_page_as_at_that_day_has_its_items_as_they_began(plan):
    (item,) = plan_at(plan, Moment.end_of(ADOPTED)).items
    assert (item.number, item.stage, item.confidence) == ("1.1", "not_started", "")
    (step,) = item.milestones
    assert (step.agreed_due, step.forecast_due) == (DUE, DUE)
    page = dashboard.read_dashboard(PlanView(plan=plan, at=Moment.end_of(ADOPTED)))
    assert page.grid.total.count == 1


def test_it_was_empty_the_day_before(plan):
    assert plan_at(plan, Moment.end_of(date(2010, 1, 31))).items == []


def test_its_items_are_not_new_since_then(plan):
    view = PlanView(plan=plan, at=Moment.today(TODAY), since=Moment.end_of(ADOPTED))
    assert {str(change.kind) for change in read_changes(view).changes} == {
        "late", "slipped", "confidence", "stage",
    }  # fmt: skip


def test_a_change_after_the_adoption_is_told_on_its_own_day(plan, user):
    item = plan.items.get()
    item.confidence = "off_track"
    history.save(item, by=user)
    assert [row.confidence for row in item.history.order_by("history_date")] == [
        "", "on_track", "off_track",
    ]  # fmt: skip
