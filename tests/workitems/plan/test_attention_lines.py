"""Test the answers of a line that needs attention: why, expected when, being done, asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from reports.compose.slips import late_items
from reports.progress.dashboard_parts import Landing
from reports.progress.view import PlanView
from tests.factories import (
    DelayFactory,
    MeasureFactory,
    MeasureValueFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    TargetFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, SLIPPED, TODAY, YESTERDAY
from workitems.plan.asat import Moment, end_of
from workitems.plan.attention import attention
from workitems.plan.plan_at import items_in_full, plan_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(plan, police):
    return WorkItemFactory(plan=plan, lead_agency=police, stage="under_way", heard_on=YESTERDAY)


@pytest.fixture
def late(item):
    return MilestoneFactory(item=item, original_due=YESTERDAY, forecast_due=SLIPPED)


def line(plan, moment=None):
    [found] = attention(plan_at(plan, moment or Moment.today(TODAY)))
    return found


def test_an_overdue_item_without_a_record_has_gaps_and_asks_what_will_be_done(plan, item):
    MilestoneFactory(item=item, original_due=YESTERDAY)
    found = line(plan)
    assert (found.reason, found.further, found.cause) == ("Overdue by one day.", "", "")
    assert found.expected == ("No new date", "agreed for 31 May 2010", True)
    assert found.doing == ("Nothing recorded", "", True)
    assert found.asked[:2] == (f"Ask {item.lead_agency} what will be done", "")


@pytest.mark.parametrize("settlement", ["", "needs_decision"])
def test_of_several_open_causes_a_late_item_says_the_one_that_its_paper_tells(
    plan, item, late, settlement
):
    said = {"milestone": late, "settlement": ""}
    DelayFactory(**said, number=1, found_on=YESTERDAY, explanation="no money was set aside")
    DelayFactory(
        **said | {"settlement": settlement, "number": 2},
        found_on=TODAY,
        explanation="the trainers left",
    )
    (entry,) = late_items(items_in_full(plan, Moment.today(TODAY)), YESTERDAY)
    told = entry.main_delay[1].explanation
    assert told == ("the trainers left" if settlement else "no money was set aside")
    assert told[1:] in line(plan).cause


@pytest.mark.parametrize(
    ("decides", "said"),
    [
        (2, "No bidder. It needs a decision. Before that, it had moved to 31 July 2010: funding."),
        (1, "No money. It needs a decision. Since then, it has moved to 30 September 2010: procurement."),
    ],
)  # fmt: skip
def test_no_single_cause_is_blamed_for_all_of_a_milestones_lateness(plan, late, decides, said):
    for number, cause, words, until in (
        (1, "funding", "No money", date(2010, 7, 31)),
        (2, "procurement", "No bidder", SLIPPED),
    ):
        DelayFactory(
            milestone=late, number=number, cause=cause, explanation=words, found_on=YESTERDAY,
            due_after=until, settlement="needs_decision" if number == decides else "",
        )  # fmt: skip
    found = line(plan)
    assert found.cause.endswith(said)
    view = PlanView(plan=plan, at=Moment.today(TODAY))
    (strip,) = Landing([found], view).all
    assert strip.cause == "funding, then procurement"


def test_a_late_item_says_its_cause_its_new_date_and_what_is_done_by_whom(plan, late, customs):
    delay = DelayFactory(
        milestone=late, cause="funding", explanation="no money was set aside", times_moved=2,
        found_on=YESTERDAY, settlement="being_settled", settling_agency=customs,
        settling_by=SLIPPED,
    )  # fmt: skip
    MitigationFactory(delay=delay, number=1, description="Ask again", done_on=YESTERDAY)
    MitigationFactory(
        delay=delay, number=2, description="Borrow a room", owner_agency=customs, due_on=DUE
    )
    found = line(plan)
    settled = f"It is being settled by {customs} by {SLIPPED:%-d %B %Y}."
    assert found.cause == f"Funding: no money was set aside. {settled}"
    assert (found.reason, found.further) == (
        "Overdue by one day.", "Its date has moved twice.",
    )  # fmt: skip
    assert found.expected == (f"{SLIPPED:%-d %B %Y}", "agreed for 31 May 2010", False)
    assert found.doing == (f"{customs} will borrow a room.", f"By {DUE:%-d %B %Y}", False)
    assert found.asked[:2] == (f"Hear from {late.item.lead_agency}", "")


def test_a_cause_that_is_settled_is_told_only_if_no_other_is_open(plan, late):
    DelayFactory(milestone=late, number=1, cause="staffing", explanation="no trainer")
    DelayFactory(
        milestone=late,
        number=2,
        cause="consultation",
        explanation="more wished to be heard",
        settlement="settled",
    )
    assert line(plan).cause == "Staffing: no trainer."


def test_a_typed_list_is_told_in_sentences(plan, late):
    typed = "- shortage of trainers\n- training course closed"
    MitigationFactory(
        delay=DelayFactory(milestone=late, cause="staffing", explanation=typed),
        description="- hire two\n- open the course",
    )
    found = line(plan)
    assert found.cause == "Staffing: shortage of trainers. Training course closed."
    assert found.doing.words == "Police will hire two. Open the course."


def test_what_was_done_is_said_if_nothing_else_is_being_done(plan, late, customs):
    delay = DelayFactory(milestone=late, found_on=YESTERDAY)
    MitigationFactory(delay=delay, description="Ask again", owner_agency=customs, done_on=YESTERDAY)
    assert line(plan).doing == ("Ask again", f"{customs}, done on 31 May 2010", False)


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("recommended", ("{asks}?", "V7")),
        ("requested", ("{asks}? Not advised yet", "V7")),
    ],
)
def test_a_request_is_asked_about_by_its_name(plan, late, state, asked):
    row = VariationFactory(
        milestone=late, number=7, state=state, due_before=YESTERDAY, due_after=SLIPPED
    )
    found = line(plan)
    assert found.asked[:2] == tuple(each.format(asks=row.asks) for each in asked)
    # What is asked says that it waits, so the reasons do not.
    assert "variation" not in f"{found.reason} {found.further}"


def test_a_cause_that_needs_a_decision_is_asked_for_before_a_report(plan, late):
    delay = DelayFactory(milestone=late, found_on=YESTERDAY, settlement="needs_decision")
    MitigationFactory(delay=delay)
    assert line(plan).asked.words == "Decide how to settle the cause"


def test_an_escalated_risk_is_discussed_and_says_what_is_done(plan, item, customs):
    RiskFactory(
        plan=plan, item=item, number=4, description="Money ends", response="Ask for more",
        owner_agency=customs, escalated_to="minister", escalated_on=YESTERDAY,
    )  # fmt: skip
    found = line(plan)
    assert (found.reason, found.cause) == ("R4 is escalated.", "Money ends")
    assert found.doing == ("Ask for more", str(customs), False)
    assert found.asked[:2] == ("Discuss risk R4", "with the Minister since 31 May 2010")
    assert found.more == ["Money ends. With the Minister since 31 May 2010.", "Ask for more"]


@pytest.mark.parametrize(
    ("ratings", "asked"),
    [
        ({"confidence": "off_track"}, "Hear from {}"),
        ({"confidence": "on_track", "reviewer_confidence": "at_risk"}, "Agree a rating with {}"),
        ({"heard_on": TODAY - timedelta(days=200)}, "Ask {} for an update"),
    ],
)
def test_an_item_that_is_not_late_is_asked_about_by_its_reason(plan, item, ratings, asked):
    for name, value in ratings.items():
        setattr(item, name, value)
    item.save()
    found = line(plan)
    assert found.asked.words == asked.format(item.lead_agency)
    assert (found.expected.words, found.doing.words) == ("", "")


def test_a_missing_return_is_with_its_agency_which_is_reminded(plan, police):
    WorkItemFactory(plan=plan, lead_agency=police)
    ReturnFactory(round=RoundFactory(plan=plan, due_on=YESTERDAY), agency=police)
    found = line(plan)
    assert (found.doing.words, found.asked.words) == (f"With {police}", f"Remind {police}")


def test_the_list_has_a_measure_by_its_state_with_its_sentence_behind(plan, item):
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
        measure = MeasureFactory(item=item, kind="level", as_told="the number of staff trained")
        TargetFactory(measure=measure, due=date(2010, 4, 30))
        MeasureValueFactory(measure=measure, day=YESTERDAY, accepted=True, accepted_on=YESTERDAY)
    found = line(plan)
    assert (found.gist, found.asked.short) == ("Target missed.", "Target missed")
    assert found.more == [found.reason]
    assert found.reason.endswith("the target of 120 by 30 April 2010 was missed.")


def test_nothing_is_asked_once_the_plan_has_ended(plan, late):
    ended = Moment(date(2010, 6, 1), end_of(date(2100, 1, 1)), is_end_of_plan=True)
    assert line(plan, ended).asked.words == ""


@pytest.mark.parametrize("state", ["requested", "recommended"])
def test_a_request_says_that_its_milestone_is_expected_later_than_the_date_asked_for(
    plan, late, state
):
    asked = VariationFactory(
        milestone=late, state=state, due_before=YESTERDAY, due_after=DUE, number=3
    )
    words = f"Police now expects {SLIPPED:%-d %B %Y}, later than the date asked for"
    assert words in line(plan).asked.short
    asked.due_after = SLIPPED
    asked.save()
    assert words not in line(plan).asked.short


@pytest.mark.parametrize(
    ("known_by", "asked"),
    [(TODAY, "Hear from {agency}"), (YESTERDAY, "Ask {agency} for a new date")],
)
def test_a_new_date_is_asked_for_once_the_day_to_know_it_by_is_past(
    plan, item, customs, known_by, asked
):
    late = MilestoneFactory(item=item, original_due=YESTERDAY)
    delay = DelayFactory(
        milestone=late, cause="funding", explanation="no money was set aside", times_moved=0, found_on=YESTERDAY,
        due_before=YESTERDAY, due_after=YESTERDAY, settlement="being_settled", settling_agency=customs,
        settling_by=known_by,
    )  # fmt: skip
    MitigationFactory(delay=delay, description="Borrow a room", owner_agency=customs, due_on=DUE)
    assert line(plan).asked[0] == asked.format(agency=item.lead_agency)
    says = f"A new date is to be known by {known_by:%-d %B %Y} ({customs})."
    assert line(plan).cause == f"Funding: no money was set aside. {says}"
