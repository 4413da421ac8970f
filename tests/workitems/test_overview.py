"""A plan on a given day: the figures, the headline made of them, and what needs attention."""

from datetime import date

import pytest

from tests.factories import (
    DelayFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    ReturnFactory,
    RoundFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, SLIPPED, TODAY, YESTERDAY
from workitems import overview
from workitems.overview import headline, plan_overview

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ((0, 0, 0, 0, 0), "No work items yet."),
        ((1, 0, 1, 0, 0), "1 work item: 0 complete, 1 on track, 0 late."),
        (
            (24, 9, 11, 4, 1),
            "24 work items: 9 complete, 11 on track, 4 late; 1 variation waits for a decision.",
        ),
        (
            (1200, 1000, 100, 10, 3),
            "1,200 work items: 1,000 complete, 100 on track, 10 late; "
            "3 variations wait for a decision.",
        ),
    ],
)
def test_headline_says_the_figures_with_right_grammar(figures, sentence):
    names = ("total", "complete", "on_track", "late", "pending")
    assert headline(**dict(zip(names, figures, strict=True))) == sentence


def test_figures_are_those_of_the_plan_and_the_day(plan, police):
    one, two = PillarFactory(plan=plan, number=1), PillarFactory(plan=plan, number=2)
    common = {"plan": plan, "lead_agency": police}
    WorkItemFactory(**common, pillar=one, complete=True, confidence="on_track")
    late = WorkItemFactory(**common, pillar=one, stage="under_way", confidence="on_track")
    slipping = WorkItemFactory(**common, pillar=two, stage="under_way", confidence="at_risk")
    # Late twice over is still one item.
    MilestoneFactory(item=late, original_due=YESTERDAY)
    MilestoneFactory(item=late, original_due=date(2010, 1, 1))
    MilestoneFactory(item=slipping, original_due=DUE, forecast_due=SLIPPED)
    VariationFactory(milestone=MilestoneFactory(item=slipping))
    VariationFactory(milestone=MilestoneFactory(item=slipping), state="taken_back")
    MilestoneFactory(original_due=YESTERDAY)  # another plan's

    found = plan_overview(plan, TODAY)
    assert found.headline == (
        "3 work items: 1 complete, 1 on track, 2 late; 1 variation waits for a decision."
    )
    assert [
        (line.pillar, {stage: number for stage, number in line.stages if number}, line.late)
        for line in found.pillars
    ] == [
        (one, {"complete": 1, "under_way": 1}, 1),
        (two, {"under_way": 1}, 1),
    ]
    assert [line.total for line in found.pillars] == [2, 1]
    assert plan_overview(plan, date(2009, 12, 31)).pillars[0].late == 0


def attention(plan):
    return [
        (line.item.number, [reason.words for reason in line.reasons])
        for line in plan_overview(plan, TODAY).attention
    ]


def test_attention_names_each_item_once_with_every_reason_and_the_worst_first(plan, police):
    common = {"plan": plan, "lead_agency": police, "stage": "under_way", "heard_on": YESTERDAY}
    WorkItemFactory(**common, number="1")
    WorkItemFactory(**common, number="2", confidence="on_track", reviewer_confidence="at_risk")
    off_track = WorkItemFactory(**common, number="3", confidence="off_track")
    MilestoneFactory(item=off_track, original_due=DUE, forecast_due=SLIPPED)
    mitigated = MilestoneFactory(
        item=WorkItemFactory(**common, number="4"), original_due=YESTERDAY, forecast_due=DUE
    )
    MitigationFactory(delay=DelayFactory(milestone=mitigated, times_moved=3))
    MilestoneFactory(item=WorkItemFactory(**common, number="5"), original_due=YESTERDAY)
    MilestoneFactory(
        item=WorkItemFactory(**common, number="6", is_key=True), original_due=YESTERDAY
    )
    VariationFactory(milestone=MilestoneFactory(item=WorkItemFactory(**common, number="7")))
    assert attention(plan) == [
        # A key item comes first among equals.
        ("6", ["Overdue by 1 day, and no mitigation is recorded."]),
        ("5", ["Overdue by 1 day, and no mitigation is recorded."]),
        ("4", ["Overdue by 1 day.", "Its date has moved 3 times."]),
        ("3", ["Its agency says it is off track.", "Expected 92 days late."]),
        ("2", ["The reviewer is of another mind than the agency."]),
        ("7", ["A variation waits for a decision."]),
    ]


@pytest.mark.parametrize("stage", [{"complete": True}, {"stage": "withdrawn"}])
def test_item_that_is_over_needs_no_attention(plan, stage):
    item = WorkItemFactory(plan=plan, confidence="off_track", **stage)
    MilestoneFactory(item=item, original_due=YESTERDAY)
    assert attention(plan) == []


def test_only_the_most_urgent_are_shown_and_the_rest_counted(plan, monkeypatch):
    monkeypatch.setattr(overview, "ATTENTION_SHOWN", 2)
    WorkItemFactory.create_batch(3, plan=plan, confidence="off_track")
    found = plan_overview(plan, TODAY)
    assert (len(found.attention), found.attention_total) == (2, 3)


def test_open_rounds_returns_are_listed_with_how_many_items_are_answered(
    plan, police, customs, item
):
    around = RoundFactory(plan=plan)
    ReturnFactory(round=around, agency=police)
    ReturnFactory(round=around, agency=customs)
    UpdateFactory(item=item, of_return=around.returns.get(agency=police))
    closed = RoundFactory(
        plan=plan,
        period_start=date(2009, 1, 1),
        period_end=date(2009, 6, 30),
        closed_at="2009-08-01T00:00:00Z",
    )
    ReturnFactory(round=closed, agency=police)
    ReturnFactory()  # another plan's
    assert [(row.agency, row.answered) for row in plan_overview(plan, TODAY).returns] == [
        (customs, 0),
        (police, 1),
    ]


def test_next_meeting_is_the_first_from_today_on(plan):
    MeetingFactory(plan=plan, held_on=YESTERDAY)
    MeetingFactory(plan=plan, held_on=SLIPPED)
    today = MeetingFactory(plan=plan, held_on=TODAY)
    MeetingFactory(held_on=TODAY)
    assert plan_overview(plan, TODAY).next_meeting == today
    assert plan_overview(plan, date(2010, 10, 1)).next_meeting is None
