"""Rule 48: what is decided out of session is shown as that, with its day, and not asked again at the meeting."""

from datetime import date

import pytest

from reports.meetings.pack import compose_pack
from tests.factories import (
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    OutOfSessionFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import TODAY
from workitems.meetings.agenda import proposals
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at
from workitems.variations.votes import Count

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(plan, police):
    """An item that is on time, with a variation."""
    return WorkItemFactory(plan=plan, number="1.1", lead_agency=police, confidence="on_track")


@pytest.fixture
def asked(item):
    step = MilestoneFactory(item=item, original_due=date(2010, 12, 31))
    variation = VariationFactory(milestone=step, number=4, state="recommended")
    return OutOfSessionFactory(variation=variation, due_on=date(2010, 6, 20))


def line(plan):
    (found,) = attention(plan_at(plan, Moment.today(TODAY)))
    return found


def test_the_line_says_where_and_by_when_it_is_decided(plan, asked):
    assert line(plan).why == (
        "A variation is being decided out of session; agencies answer by 20 June 2010."
    )
    assert line(plan).asked[:2] == (
        f"{asked.variation.asks}: being decided out of session",
        "V4, agencies answer by 20 June 2010",
    )


def test_it_is_not_proposed_for_the_agenda_until_it_has_ended(plan, asked):
    assert proposals(plan, TODAY) == []
    asked.delete()
    assert [each.kind for each in proposals(plan, TODAY)] == ["item"]


def test_the_pack_does_not_ask_the_meeting_to_decide_it(plan, item, asked):
    meeting = MeetingFactory(plan=plan, held_on=date(2010, 6, 15))
    MatterFactory(meeting=meeting, item=item)
    MatterFactory(meeting=meeting, variation=asked.variation, position=2)
    of_item, of_variation = compose_pack(meeting, Moment.today(TODAY)).agenda
    assert of_item.requests == ()
    assert of_variation.variation.outcome == (
        "Not at this meeting: out of session, where agencies answer by 20 June 2010"
    )
    assert of_variation.variation.effects == ()


def test_another_variation_of_the_item_is_still_asked(plan, item, asked):
    other = MilestoneFactory(item=item, original_due=date(2010, 12, 31))
    asks = VariationFactory(milestone=other, number=5, state="recommended").asks
    assert line(plan).why == (
        "A variation is waiting for a decision. "
        "A variation is being decided out of session; agencies answer by 20 June 2010."
    )
    assert line(plan).asked[:2] == (f"{asks}?", "V5")


def test_after_the_day_the_time_is_over_and_the_coordinator_is_chased(plan, item, asked):
    later = date(2010, 12, 1)
    (found,) = [
        each for each in attention(plan_at(plan, Moment.today(later))) if each.item is not None
    ]
    coordinating = plan.coordinating_agency.short_name
    assert found.reasons[-1].words == (
        "The time to answer on a variation out of session ended on 20 June 2010; the coordinator has to close it, "
        "give more time or end it."
    )
    assert (found.verb, *found.asked[:2]) == (
        "chase",
        f"{coordinating} has to close V4, give more time or end it",
        f"{asked.variation.asks}; the time to answer ended on 20 June 2010",
    )
    assert (
        asked.state_on(later)
        == "Time is over; the coordinator has to close it, give more time or end it"
    )
    meeting = MeetingFactory(plan=plan, held_on=date(2010, 12, 15))
    MatterFactory(meeting=meeting, variation=asked.variation)
    (matter,) = compose_pack(meeting, Moment.today(later)).agenda
    assert matter.variation.outcome == (
        "Not at this meeting: out of session, where the time to answer ended on 20 June 2010; "
        "the coordinator has to close it, give more time or end it"
    )


def test_every_variation_of_an_item_that_the_group_decides_is_named(plan, item):
    names = []
    for number in (8, 9, 17):
        step = MilestoneFactory(item=item, original_due=date(2010, 12, 31))
        names.append(VariationFactory(milestone=step, number=number, state="recommended").asks)
    asks = " ".join(f"{name}?" for name in names)
    assert line(plan).asked[:2] == (asks, "V8, V9 and V17")


@pytest.mark.parametrize(
    ("answers", "is_over", "says"),
    [
        ((5, 2, 1), False, "7 answers, 6 needed; closes 5 June"),
        ((2, 1, 4), True, "3 answers, 6 needed; time is over"),
    ],
)
def test_more_answers_than_are_needed_are_not_a_part_of_them(answers, is_over, says):
    agree, decline, waiting = answers
    found = Count(agree, decline, 0, waiting, 6, date(2010, 6, 5), is_over)
    assert found.progress == says
