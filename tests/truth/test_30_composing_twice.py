"""Test rule 30: composing twice changes nothing, so a draft that has just begun agrees with the records."""

from datetime import UTC, date, datetime

import pytest

from agencies.records import history
from reports.briefings import services
from reports.drafting.paper import read_drafted
from reports.kinds.services import kinds
from reports.models import BriefingKind
from reports.workshop.services.beginning import begin_as
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    DelayFactory,
    GlossaryEntryFactory,
    IssuedPaperFactory,
    MilestoneFactory,
    PlanFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, DATED

WHY = "The trainers of the CNS left and nobody else could be found in time for the course. "

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize("most_words", [200, 300, 600, 1000])
def test_a_draft_that_has_just_begun_agrees_with_the_records(most_words):
    plan, by = PlanFactory(), UserFactory()
    AppointmentFactory(portfolio=plan.portfolio)
    GlossaryEntryFactory(plan=plan)
    rows = [plan]
    for number in range(1, 9):
        item = WorkItemFactory(plan=plan, number=f"1.{number}", is_key=number % 2)
        due = date(2010, number % 6 + 1, 28)
        milestone = MilestoneFactory(
            item=item, original_due=due, agreed_due=due, forecast_due=date(2011, number, 1)
        )
        delay = DelayFactory(milestone=milestone, explanation=WHY * number, effect=WHY)
        rows += [item, milestone, delay]
    for row in rows:
        history.save(row, by=None, at=BEFORE)
    kinds.take_patterns(plan=plan, by=by)
    BriefingKind.objects.filter(plan=plan, slug="annual").update(most_words=most_words)
    # The last paper is one of the draft's own kind, and this is of another.
    IssuedPaperFactory(
        briefing=BriefingFactory(
            plan=plan,
            kind=BriefingKind.objects.get(plan=plan, slug="interim"),
            dated=date(2010, 5, 30),
            period_end=date(2010, 5, 30),
            state="with_minister",
            tracker_number="10/0005",
        ),
        authorised_at=datetime(2010, 5, 29, tzinfo=UTC),
        authorised_by=by,
    )
    briefing = services.create_briefing(
        plan=plan,
        by=by,
        at=BEFORE,
        title="Progress",
        tracker_number="10/1",
        period_start=date(2009, 7, 31),
        period_end=DATED,
        dated=DATED,
        contact_name="Plan coordinator",
        manager_name="Group manager",
    )
    begun = begin_as(briefing=briefing, slug="annual", by=by)
    drafted = read_drafted(begun)
    assert drafted.found is not None
    assert list(drafted.found.facts.late) != []
    texts = [part.text for part in drafted.draft.parts()]
    assert any("customs notification system (CNS)" in text for text in texts)
    assert drafted.outdated == {}
