"""Test a meeting of the working group from its call to its closed record."""

from datetime import date

import pytest

from tests.factories import (
    AgencyFactory,
    DecisionFactory,
    MatterFactory,
    MeetingFactory,
    PlanFactory,
)
from tests.workitems.record import (
    DUE,
    NOW,
    SLIPPED,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    refused,
    unchanged,
)
from workitems.meetings.services import actions, decisions, matters, meetings
from workitems.models import Meeting
from workitems.plan.services import Conflict
from workitems.variations.services import variations

pytestmark = pytest.mark.django_db

WHO = "Coordinator (DoL)"
CLOSED = "The record of the meeting of 1 June 2010 is closed."


@pytest.fixture
def closed(meeting, police, coordinator):
    attend(meeting, coordinator, police)
    return meetings.close_meeting(meeting=meeting, on=TODAY, at=NOW, by=coordinator)


def attend(meeting, by, *agencies, on=TODAY):
    return meetings.record_attendance(meeting=meeting, agencies=agencies, on=on, by=by)


def present(meeting):
    return [row.agency for row in meeting.attendances.present().order_by("pk")]


# --- the day ----------------------------------------------------------------------------------


def test_a_meeting_can_be_called(plan, coordinator):
    made = meetings.call_meeting(plan=plan, held_on=DUE, place="Room 3", by=coordinator)
    assert (made.plan, made.held_on, made.place, made.version) == (plan, DUE, "Room 3", 1)
    assert entries(made) == [("+", WHO, "")]


def test_no_meeting_is_called_for_a_plan_that_is_not_adopted(coordinator):
    with refused("This plan is not adopted yet. Adopt it, then call a meeting."):
        meetings.call_meeting(plan=PlanFactory(adopted_on=None), held_on=DUE, by=coordinator)


def test_the_working_group_cannot_meet_twice_on_a_day(meeting, plan, coordinator):
    with refused("The working group already meets on that day.", "held_on"):
        meetings.call_meeting(plan=plan, held_on=TODAY, by=coordinator)
    assert Meeting.objects.count() == 1


def test_working_groups_of_two_plans_can_meet_on_one_day(plan, coordinator):
    MeetingFactory(held_on=DUE)
    assert meetings.call_meeting(plan=plan, held_on=DUE, by=coordinator).held_on == DUE


def change(meeting, by, **differs):
    wanted = {"held_on": meeting.held_on, "place": "", "notes": "", "on": TODAY} | differs
    return meetings.change_meeting(meeting=meeting, by=by, **wanted)


def test_a_coming_meeting_can_be_moved(meeting, coordinator):
    moved = change(meeting, coordinator, held_on=DUE, place="Room 4", notes="Bring the figures.")
    moved.refresh_from_db()
    assert (moved.held_on, moved.place, moved.notes) == (DUE, "Room 4", "Bring the figures.")
    assert moved.version == 2
    assert newest(moved) == ("~", WHO, "")


def test_saving_a_meeting_unchanged_writes_nothing(meeting, coordinator):
    with unchanged(meeting):
        change(meeting, coordinator)


def test_a_meeting_cannot_move_to_the_day_of_another(meeting, plan, coordinator):
    MeetingFactory(plan=plan, held_on=DUE)
    with unchanged(meeting), refused("The working group already meets on that day.", "held_on"):
        change(meeting, coordinator, held_on=DUE)


@pytest.mark.parametrize(
    "held",
    [
        lambda meeting, by: attend(meeting, by, meeting.plan.coordinating_agency),
        lambda meeting, by: DecisionFactory(meeting=meeting),
        lambda meeting, by: MatterFactory(meeting=meeting, considered_on=TODAY),
        lambda meeting, by: Meeting.objects.filter(pk=meeting.pk).update(held_on=YESTERDAY),
    ],
)
def test_a_meeting_that_was_held_cannot_move(meeting, coordinator, held):
    held(meeting, coordinator)
    meeting.refresh_from_db()
    with (
        unchanged(meeting),
        refused("This meeting has been held, so its date cannot change.", "held_on"),
    ):
        change(meeting, coordinator, held_on=DUE)
    assert change(meeting, coordinator, notes="All came.").notes == "All came."


def test_the_second_of_two_changes_to_a_meeting_is_a_conflict(meeting, coordinator):
    change(meeting, coordinator, place="Room 4", version=1)
    with pytest.raises(Conflict) as conflict:
        change(meeting, coordinator, place="Room 5", version=1)
    assert conflict.value.current.place == "Room 4"


# --- attendance -------------------------------------------------------------------------------


def test_ticked_agencies_are_recorded_as_present(meeting, police, customs, coordinator):
    rows = attend(meeting, coordinator, police, customs, customs)
    assert present(meeting) == [police, customs]
    assert [entries(row) for row in rows] == [[("+", WHO, "")]] * 2


def test_a_removed_attendance_leaves_its_history(meeting, police, customs, coordinator):
    row, _ = attend(meeting, coordinator, police, customs)
    attend(meeting, coordinator, customs)
    assert present(meeting) == [customs]
    row.refresh_from_db()
    assert row.withdrawn_on == TODAY
    attend(meeting, coordinator, police, customs)
    assert present(meeting) == [police, customs]
    assert entries(row) == [("+", WHO, ""), ("~", WHO, ""), ("~", WHO, "")]


def test_recording_the_same_attendance_writes_nothing(meeting, police, coordinator):
    (row,) = attend(meeting, coordinator, police)
    with unchanged(row):
        attend(meeting, coordinator, police)


def test_attendance_is_refused_before_the_day_and_for_agencies_outside_the_group(
    meeting, police, coordinator
):
    with refused("That meeting has not been held yet.", "meeting"):
        attend(meeting, coordinator, police, on=YESTERDAY)
    other = AgencyFactory(short_name="Health")
    with refused("Health has no part in the working group.", "agencies"):
        attend(meeting, coordinator, other)
    assert present(meeting) == []


# --- closing the record -----------------------------------------------------------------------


def test_closing_a_record_stores_who_closed_it_and_when(closed, coordinator):
    closed.refresh_from_db()
    assert (closed.closed_at, closed.closed_by, closed.version) == (NOW, coordinator, 2)
    assert newest(closed) == ("~", WHO, "")


def test_a_record_cannot_be_closed_early_without_attendance_or_twice(meeting, police, coordinator):
    def close(on=TODAY):
        return meetings.close_meeting(meeting=meeting, on=on, at=NOW, by=coordinator)

    with refused("That meeting has not been held yet.", "meeting"):
        close(YESTERDAY)
    with unchanged(meeting), refused("Record who came before you close the record."):
        close()
    attend(meeting, coordinator, police)
    close()
    with refused(CLOSED):
        close()


@pytest.mark.parametrize(
    "act",
    [
        lambda meeting, by, matter, decision: change(meeting, by, place="Room 9"),
        lambda meeting, by, matter, decision: attend(meeting, by),
        lambda meeting, by, matter, decision: matters.add_matter(
            meeting=meeting, title="More", by=by
        ),
        lambda meeting, by, matter, decision: matters.draft_agenda(
            meeting=meeting, proposals=[], by=by
        ),
        lambda meeting, by, matter, decision: matters.change_matter(
            matter=matter, title="More", note="", by=by
        ),
        lambda meeting, by, matter, decision: matters.move_matter(matter=matter, to=2, by=by),
        lambda meeting, by, matter, decision: matters.remove_matter(matter=matter, on=TODAY, by=by),
        lambda meeting, by, matter, decision: matters.restore_matter(matter=matter, by=by),
        lambda meeting, by, matter, decision: matters.consider(matter=matter, on=TODAY, by=by),
        lambda meeting, by, matter, decision: decisions.record_decision(
            meeting=meeting, text="Yes.", on=TODAY, by=by
        ),
        lambda meeting, by, matter, decision: decisions.change_decision(
            decision=decision, text="No.", by=by
        ),
    ],
)
def test_a_closed_record_cannot_be_changed(meeting, police, coordinator, act):
    attend(meeting, coordinator, police)
    matter, decision = MatterFactory(meeting=meeting), DecisionFactory(meeting=meeting)
    meetings.close_meeting(meeting=meeting, on=TODAY, at=NOW, by=coordinator)
    with unchanged(meeting, matter, decision), refused(CLOSED):
        act(meeting, coordinator, matter, decision)
    assert (meeting.matters.count(), meeting.decisions.count()) == (1, 1)
    assert present(meeting) == [police]


def test_a_variation_cannot_be_decided_at_a_closed_meeting(closed, milestone, police, coordinator):
    asked = variations.request_date(
        milestone=milestone, due_after=SLIPPED, reason="So.", agency=police, by=coordinator, at=NOW
    )
    variations.recommend(variation=asked, recommendation="Agree.", by=coordinator, at=NOW)
    with unchanged(asked), refused(CLOSED):
        variations.decide(variation=asked, approve=True, meeting=closed, by=coordinator, at=NOW)


def test_a_decision_of_a_closed_meeting_can_still_be_marked_as_done(meeting, police, coordinator):
    attend(meeting, coordinator, police)
    decision = DecisionFactory(meeting=meeting, owner_agency=police, due_on=DUE)
    meetings.close_meeting(meeting=meeting, on=TODAY, at=NOW, by=coordinator)
    done = actions.finish(
        action=decision,
        done_on=TOMORROW,
        note="Printed.",
        on=date(2010, 6, 3),
        by=coordinator,
        confirms=True,
    )
    assert done.done_on == TOMORROW


def test_a_record_is_reopened_with_a_reason(closed, coordinator):
    with unchanged(closed), refused("Say why the record is reopened.", "reason"):
        meetings.reopen_meeting(meeting=closed, reason="", by=coordinator)
    meetings.reopen_meeting(meeting=closed, reason="Customs came too.", by=coordinator)
    closed.refresh_from_db()
    assert (closed.closed_at, closed.closed_by) == (None, None)
    assert newest(closed) == ("~", WHO, "Customs came too.")
    with refused("The record of this meeting is open."):
        meetings.reopen_meeting(meeting=closed, reason="Again.", by=coordinator)
