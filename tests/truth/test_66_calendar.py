"""Rule 66: the calendar shows a slipped milestone on the day now expected too, votes and clearances."""

from datetime import date

import pytest

from tests.factories import (
    BriefingFactory,
    CalendarFeedFactory,
    ClearanceFactory,
    MilestoneFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    PlanFactory,
    VariationFactory,
    WorkItemFactory,
)
from workitems.calendar import due_calendar

pytestmark = pytest.mark.django_db

TODAY, AGREED, EXPECTED = date(2010, 6, 1), date(2010, 6, 30), date(2010, 9, 30)


@pytest.fixture
def plan(police):
    return PlanFactory(members=[police])


@pytest.fixture
def feed(plan, police):
    return CalendarFeedFactory(plan=plan, agency=police)


def entries(feed):
    return [
        (each.day, each.title)
        for each in due_calendar.entries_of(due_calendar.Owing.of_feed(feed), TODAY)
    ]


def test_a_milestone_that_is_expected_later_has_both_days(feed, plan, police):
    item = WorkItemFactory(plan=plan, lead_agency=police)
    MilestoneFactory(
        item=item, description="Print it", responsible_agency=police, original_due=AGREED,
        agreed_due=AGREED, forecast_due=EXPECTED,
    )  # fmt: skip
    assert entries(feed) == [
        (AGREED, "Print it"),
        (EXPECTED, "Print it (agreed for 30 June 2010, now expected 30 September 2010)"),
    ]


def test_a_vote_out_of_session_is_there_until_it_is_given(feed, plan, police):
    asked = OutOfSessionFactory(variation=VariationFactory(plan=plan, state="recommended"))
    OutOfSessionAnswerFactory(out_of_session=asked, agency=police)
    title = f"Answer out of session: {asked.variation}"
    assert entries(feed) == [(asked.due_on, title)]
    asked.answers.update(choice="agree", answered_by=asked.asked_by, answered_at=asked.asked_at)
    assert entries(feed) == []


def test_a_clearance_is_there_without_the_papers_name(feed, plan, police):
    briefing = BriefingFactory(plan=plan, state="in_consultation", title="A secret title")
    row = ClearanceFactory(briefing=briefing, agency=police)
    assert entries(feed) == [(row.due_on, "Answer on a draft briefing")]
