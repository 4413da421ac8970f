"""Rule 59: a meeting never recorded as held is no measure; its agenda shows its own day, and somebody is asked about it."""

from datetime import date

import pytest

from reports.progress.view import meetings_before
from tests.factories import MatterFactory, MeetingFactory, MilestoneFactory, WorkItemFactory
from tests.workitems.record import NOW, TODAY
from workitems.calendar.due_calendar import Owing, entries_of
from workitems.desk.to_dos import lines_for
from workitems.meetings.meeting_news import called_notices
from workitems.meetings.services import meetings
from workitems.models import CalendarFeed, Meeting
from workitems.plan.asat import Moment
from workitems.plan.services.refusals import Refused

pytestmark = pytest.mark.django_db

PAST, AHEAD = date(2010, 5, 20), date(2010, 6, 20)


def measures(plan):
    return [each.words for each in meetings_before(plan, Moment.today(TODAY))]


def to_dos(user):
    return [line.what for line in lines_for(user, TODAY) if "meeting" in line.what]


def cancel(meeting, coordinator, reason="Nobody could come."):
    return meetings.cancel_meeting(meeting=meeting, reason=reason, on=TODAY, by=coordinator)


def test_only_a_meeting_that_is_recorded_is_compared_with(plan):
    MeetingFactory(plan=plan, held_on=PAST)
    MeetingFactory(plan=plan, held_on=date(2010, 3, 3), recorded=True)
    assert measures(plan) == ["Meeting of 3 March 2010"]


def test_the_coordinator_is_asked_to_record_or_cancel_it(plan, coordinator, contributor):
    MeetingFactory(plan=plan, held_on=PAST)
    MeetingFactory(plan=plan, held_on=AHEAD)
    MeetingFactory(plan=plan, held_on=date(2010, 3, 3), recorded=True)
    assert to_dos(coordinator) == ["Record or cancel the meeting of 20 May 2010"]
    assert to_dos(contributor) == []


def test_a_cancelled_meeting_leaves_the_desk_the_calendar_and_what_is_to_come(plan, coordinator):
    past, ahead = (MeetingFactory(plan=plan, held_on=day) for day in (PAST, AHEAD))
    feed = CalendarFeed(plan=plan, agency=plan.coordinating_agency)
    assert (
        len([each for each in entries_of(Owing.of_feed(feed), TODAY) if "meeting" in each.uid]) == 2
    )
    for meeting in (past, ahead):
        cancel(meeting, coordinator)
    assert to_dos(coordinator) == []
    assert [each for each in entries_of(Owing.of_feed(feed), TODAY) if "meeting" in each.uid] == []
    assert list(plan.meetings.coming(TODAY)) == []
    assert list(plan.meetings.past(TODAY)) == [ahead, past]
    # Its day is free for another meeting.
    MeetingFactory(plan=plan, held_on=AHEAD)


def test_the_members_are_told_why_it_is_cancelled(plan, coordinator, contributor):
    meeting = cancel(MeetingFactory(plan=plan, held_on=AHEAD), coordinator)
    says = {each.sentence for each in called_notices(TODAY, only=meeting.pk)}
    assert says == {"The meeting of 20 June 2010 is cancelled: Nobody could come."}


def test_a_cancelled_meeting_stays_readable_with_its_reason(plan, coordinator, client_of):
    meeting = MeetingFactory(plan=plan, held_on=AHEAD)
    client = client_of(coordinator)
    page = client.get(f"{meeting.get_absolute_url()}cancel/")
    assert page.status_code == 200
    answer = client.post(
        f"{meeting.get_absolute_url()}cancel/", {"version": 1, "reason": "Nobody could come."}
    )
    assert answer.status_code == 302
    meeting.refresh_from_db()
    assert meeting.is_cancelled
    assert "Nobody could come." in client.get(meeting.get_absolute_url()).text


@pytest.mark.parametrize("reason", ["", "Nobody could come."])
def test_a_meeting_is_cancelled_with_a_reason_and_only_if_nothing_is_recorded(
    plan, coordinator, reason
):
    meeting = MeetingFactory(plan=plan, held_on=PAST, recorded=bool(reason))
    with pytest.raises(Refused):
        cancel(meeting, coordinator, reason)
    assert not Meeting.objects.get().is_cancelled


def test_nothing_is_written_to_a_cancelled_meeting(plan, coordinator):
    meeting = cancel(MeetingFactory(plan=plan, held_on=PAST), coordinator)
    with pytest.raises(Refused, match="is cancelled"):
        meetings.record_attendance(meeting=meeting, agencies=[], on=TODAY, by=coordinator)


def test_the_agenda_of_a_past_meeting_shows_its_own_day(plan, police, coordinator, client_of):
    item = WorkItemFactory(plan=plan, lead_agency=police, number="1.1", confidence="on_track")
    # Overdue today, and not on the meeting's day.
    MilestoneFactory(item=item, original_due=PAST)
    meeting = MeetingFactory(plan=plan, held_on=PAST)
    MatterFactory(meeting=meeting, item=item)
    page = client_of(coordinator).get(meeting.get_absolute_url())
    ((verb, (row,)),) = page.context["runs"]
    assert (verb, row.line) == (None, None)
    assert page.context["proposals"] == []


def test_a_meeting_whose_record_is_closed_today_is_not_the_next_one(plan, coordinator):
    today, ahead = (MeetingFactory(plan=plan, held_on=day) for day in (TODAY, AHEAD))
    assert list(plan.meetings.coming(TODAY)) == [today, ahead]
    Meeting.objects.filter(pk=today.pk).update(closed_at=NOW, closed_by=coordinator)
    assert list(plan.meetings.coming(TODAY)) == [ahead]
    assert list(plan.meetings.past(TODAY)) == [today]
