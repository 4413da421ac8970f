"""Meetings of the working group and the decisions they take."""

import pytest

from tests.factories import DecisionFactory, MeetingFactory, WorkItemFactory
from tests.workitems.record import (
    DUE,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    refused,
    unchanged,
)
from workitems.models import Decision, Meeting
from workitems.services import meetings

pytestmark = pytest.mark.django_db

WHO = "Coordinator (DoL)"


@pytest.fixture
def meeting(plan):
    return MeetingFactory(plan=plan, held_on=TODAY)


# --- meetings ---------------------------------------------------------------------------------


def test_a_meeting_is_put_in_the_calendar(plan, coordinator):
    made = meetings.call_meeting(plan=plan, held_on=DUE, place="Room 3", by=coordinator)
    assert (made.plan, made.held_on, made.place) == (plan, DUE, "Room 3")
    assert entries(made) == [("+", WHO, "")]


def test_the_working_group_meets_once_a_day(meeting, plan, coordinator):
    with refused("The working group already meets on that day.", "held_on"):
        meetings.call_meeting(plan=plan, held_on=TODAY, by=coordinator)
    assert Meeting.objects.count() == 1


def test_another_plans_group_may_meet_that_day_too(plan, coordinator):
    MeetingFactory(held_on=DUE)
    assert meetings.call_meeting(plan=plan, held_on=DUE, by=coordinator).held_on == DUE


def test_who_was_present_is_added_to_and_never_doubled(meeting, police, customs, coordinator):
    for agencies in ([police], [police, customs], [customs, customs]):
        meetings.record_attendance(meeting=meeting, agencies=agencies, by=coordinator)
    present = meeting.attendances.order_by("pk")
    assert [attendance.agency for attendance in present] == [police, customs]
    assert [entries(attendance) for attendance in present] == [[("+", WHO, "")]] * 2


# --- decisions --------------------------------------------------------------------------------


def decide(meeting, by, **differs):
    return meetings.record_decision(meeting=meeting, by=by, **{"text": "Print it.", **differs})


def test_decisions_are_numbered_in_their_meeting(meeting, item, police, coordinator):
    first = decide(meeting, coordinator)
    second = decide(meeting, coordinator, item=item, owner_agency=police, due_on=DUE)
    assert [(each.number, each.text) for each in (first, second)] == [
        (1, "Print it."),
        (2, "Print it."),
    ]
    assert (second.item, second.owner_agency, second.due_on) == (item, police, DUE)
    assert entries(second) == [("+", WHO, "")]


def test_a_decision_that_cannot_be_says_why(meeting, police, coordinator):
    with refused("Write what was decided.", "text"):
        decide(meeting, coordinator, text="")
    both = "A decision to follow up has both an owner and a date."
    with refused(both, "due_on"):
        decide(meeting, coordinator, owner_agency=police)
    with refused(both, "due_on"):
        decide(meeting, coordinator, due_on=DUE)
    with refused("The item belongs to another plan.", "item"):
        decide(meeting, coordinator, item=WorkItemFactory())
    assert Decision.objects.count() == 0


def finish(decision, by, done_on=TODAY):
    return meetings.finish_decision(decision=decision, done_on=done_on, on=TODAY, by=by)


def test_a_decision_is_followed_up_until_it_is_done(police, coordinator):
    decision = DecisionFactory(owner_agency=police, due_on=DUE)
    finish(decision, coordinator, YESTERDAY)
    decision.refresh_from_db()
    assert decision.done_on == YESTERDAY
    assert newest(decision) == ("~", WHO, "")


@pytest.mark.parametrize(
    ("fields", "done_on", "sentence", "field"),
    [
        ({}, TODAY, "Nobody was asked to follow this decision up.", None),
        (
            {"due_on": DUE, "done_on": YESTERDAY},
            TODAY,
            "This was done on 31 May 2010.",
            None,
        ),
        ({"due_on": DUE}, TOMORROW, "The day is in the future.", "done_on"),
    ],
)
def test_a_decision_that_cannot_be_finished_says_why(
    police, coordinator, fields, done_on, sentence, field
):
    decision = DecisionFactory(owner_agency=police if fields else None, **fields)
    with unchanged(decision), refused(sentence, field):
        finish(decision, coordinator, done_on)
