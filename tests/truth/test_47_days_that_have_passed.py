"""Half a year later by the clock: what is asked, expected and done says which of its days have passed."""

from datetime import date, timedelta

import pytest

from reports.compose.facts import read_facts
from reports.compose.late_words import requested
from reports.compose.paragraphs import Writer
from reports.progress import dashboard, registers
from reports.progress.view import PlanView
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    CalendarFeedFactory,
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    RiskFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import DUE, SLIPPED, TODAY
from workitems.calendar.due_calendar import Owing, entries_of
from workitems.meetings.agenda import proposals
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

LATER = SLIPPED + timedelta(days=90)


@pytest.fixture
def step(plan, police):
    item = WorkItemFactory(plan=plan, number="1.1", lead_agency=police, stage="under_way")
    return MilestoneFactory(item=item, original_due=DUE, forecast_due=SLIPPED)


@pytest.fixture
def asked(step, police):
    return VariationFactory(
        plan=step.item.plan,
        item=step.item,
        milestone=step,
        number=3,
        state="recommended",
        requesting_agency=police,
        due_before=DUE,
        due_after=SLIPPED,
    )


def line(plan, on=LATER):
    (found,) = [row for row in attention(plan_at(plan, Moment.today(on))) if row.item]
    return found


def test_a_date_asked_for_that_has_passed_is_not_put_to_the_group(plan, asked, police):
    today = line(plan, TODAY)
    assert (today.verb, today.asked[0]) == ("decide", f"{asked.asks}?")
    day = f"{SLIPPED:%-d %B %Y}"
    says = f"{police} has to ask for a later date"
    passed = f"{asked.asks} (V3): that date has passed"
    later = line(plan)
    assert later.verb == "chase"
    assert later.asked == (says, passed, f"{says}. {passed}", "V3")
    (proposal,) = proposals(plan, LATER)
    assert proposal.reasons[-1].endswith(
        f"to {day}. That date has passed: {police} has to ask for a later one."
    )


def test_a_matter_on_the_plan_itself_says_once_what_is_asked(plan):
    end = VariationFactory(
        plan=plan,
        kind="end",
        item=None,
        milestone=None,
        number=9,
        requesting_agency=plan.coordinating_agency,
        state="recommended",
        due_before=plan.ends_on,
        due_after=LATER,
        text_after="a year later",
    )
    (proposal,) = proposals(plan, TODAY)
    assert (proposal.title, proposal.reasons) == (
        f"{end.asks} (V9)",
        ("With the working group.",),
    )


def test_a_paper_says_that_the_date_asked_for_has_passed(plan, asked, police):
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(
        plan=plan, dated=LATER, period_start=date(2010, 1, 1), period_end=LATER
    )
    facts = read_facts(briefing, LATER)
    day = f"{SLIPPED:%-d %B %Y}"
    assert list(requested(Writer(facts), facts.items[0])) == [
        (
            f"{police} asked the working group for {day}, which has passed, and has to ask for a later "
            "date.",
            True,
        )
    ]


def test_the_calendar_has_no_date_ahead_that_has_passed(plan, step, police):
    feed = CalendarFeedFactory(plan=plan, agency=police)
    titles = [
        [row.title for row in entries_of(Owing.of_feed(feed), on)][-1] for on in (TODAY, LATER)
    ]
    agreed, expected = f"{DUE:%-d %B %Y}", f"{SLIPPED:%-d %B %Y}"
    assert titles == [
        f"{step} (agreed for {agreed}, now expected {expected})",
        f"{step} (agreed for {agreed}, was expected {expected}; no new date)",
    ]


def test_an_open_delay_counts_to_the_day_of_the_view_once_its_last_date_has_passed(plan, step):
    middle = DUE + timedelta(days=30)
    of_step = {"milestone": step, "cause": "funding", "found_on": TODAY}
    DelayFactory(**of_step, number=1, due_before=DUE, due_after=middle)
    DelayFactory(**of_step, number=2, due_before=middle, due_after=SLIPPED)

    def days(on):
        at = plan_at(plan, Moment.today(on))
        page = dashboard.read_dashboard(PlanView(plan=plan, at=at.moment))
        return page.costliest, [row.days for row in registers.open_delays(at)]

    first, second, third = 30, (SLIPPED - middle).days, (LATER - middle).days
    says = "Funding costs most: {0} of {0} days in open delays."
    assert days(TODAY) == (says.format(first + second), [first, second])
    assert days(LATER) == (says.format(first + third), [first, third])


def test_an_action_whose_day_has_passed_is_said_to_be_not_done(plan, step, police):
    delay = DelayFactory(milestone=step, found_on=TODAY)
    MitigationFactory(delay=delay, description="Readvertise", owner_agency=police, due_on=DUE)
    day = f"{DUE:%-d %B %Y}"
    assert line(plan, TODAY).doing[:2] == ("Readvertise.", f"{police}, by {day}")
    assert line(plan).doing[:2] == (
        "Readvertise.",
        f"{police}, was due on {day} and is not recorded as done",
    )


def test_what_is_done_about_a_risk_is_not_said_of_the_delay(plan, step, police):
    RiskFactory(
        plan=plan,
        item=step.item,
        number=3,
        owner_agency=police,
        response="Name deputies.",
        escalated_to="group",
        escalated_on=TODAY,
    )
    assert line(plan).doing[:2] == ("Name deputies.", f"{police}, about risk R3")


def test_a_late_milestones_own_agency_is_asked(plan, step, customs):
    with without_decisions():
        step.responsible_agency = customs
        step.save()
    assert line(plan).asked[0] == f"Ask {customs} what will be done"
    assert line(plan).asked.short == "Late, no cause or action recorded"
    DelayFactory(milestone=step)
    assert line(plan).asked.short == "Late, no action recorded"
