"""Rule 47: the group's own overdue actions lead what needs attention, the agenda and the pack."""

from datetime import date

import pytest

from reports.meetings.pack import compose_pack
from tests.factories import DecisionFactory, MeetingFactory, MilestoneFactory, WorkItemFactory
from tests.workitems.record import TODAY
from workitems.meetings.agenda import proposals
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(plan):
    return MeetingFactory(plan=plan, held_on=date(2010, 3, 3), recorded=True)


@pytest.fixture
def late(plan, police):
    item = WorkItemFactory(plan=plan, number="1.1", title="Brochure", lead_agency=police)
    MilestoneFactory(item=item, original_due=date(2010, 1, 31))
    return item


def decision(meeting, owner, due_on, number=1, **given):
    return DecisionFactory(
        meeting=meeting, owner_agency=owner, due_on=due_on, number=number,
        text=f"Ask the banks ({number}).", **given,
    )  # fmt: skip


def lines(plan, moment=None, **narrowed):
    at = plan_at(plan, moment or Moment.today(TODAY)).narrowed(**narrowed)
    return [(line.title, line.why) for line in attention(at)]


def test_an_overdue_action_comes_before_a_late_item(plan, meeting, late, customs):
    decision(meeting, customs, date(2010, 5, 20))
    decision(meeting, customs, date(2010, 5, 1), 2)
    assert [title for title, _ in lines(plan)] == [
        "Ask the banks (2).",
        "Ask the banks (1).",
        "Brochure",
    ]
    assert lines(plan)[1][1] == "This was to be done by 20 May 2010; overdue by 12 days."


@pytest.mark.parametrize("due, done", [(TODAY, None), (date(2010, 5, 1), date(2010, 5, 30))])
def test_what_is_not_due_or_done_does_not_need_attention(plan, meeting, customs, due, done):
    decision(meeting, customs, due, done_on=done)
    assert lines(plan) == []


def test_an_action_belongs_to_its_item_or_else_to_its_agency(plan, meeting, late, customs, police):
    decision(meeting, customs, date(2010, 5, 1), item=late)
    decision(meeting, customs, date(2010, 5, 2), 2)
    assert [title for title, _ in lines(plan, lead=police.pk)] == ["Ask the banks (1).", "Brochure"]
    assert [title for title, _ in lines(plan, lead=customs.pk)] == ["Ask the banks (2)."]


def test_agenda_and_pack_begin_with_it(plan, meeting, late, customs):
    decision(meeting, customs, date(2010, 5, 1))
    assert [each.kind for each in proposals(plan, TODAY)] == ["decision", "item"]
    coming = MeetingFactory(plan=plan, held_on=date(2010, 6, 20))
    pack = compose_pack(coming, Moment.today(TODAY))
    assert [each.title for each in pack.attention] == ["Ask the banks (1).", "Brochure"]
