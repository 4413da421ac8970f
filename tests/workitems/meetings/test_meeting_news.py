"""Test the emails about meetings: called, decided, and closed with each agency's own actions."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    AttendanceFactory,
    CalendarFeedFactory,
    DecisionFactory,
    MeetingFactory,
    VariationFactory,
)
from tests.workitems.conftest import seated
from tests.workitems.record import DUE, NOW, TODAY, TOMORROW, ready_to_decide
from tests.workitems.record import of_meeting as to
from workitems.calendar.due_calendar import Owing, calendar_of, entries_of
from workitems.models import Notice
from workitems.notices import send_notices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

Role = Seat.Role


@pytest.fixture
def people(police, labour):
    """Contributors of two agencies, and an approver of one."""
    return [
        seated("Police contributor", police, Role.CONTRIBUTOR),
        seated("Police approver", police, Role.APPROVER),
        seated("Labour contributor", labour, Role.CONTRIBUTOR),
    ]


def mails(mailoutbox):
    """Return the recipient, subject and body of each email, and forget them."""
    found = [(mail.to[0], mail.subject.split("] ")[-1], mail.body) for mail in mailoutbox]
    mailoutbox.clear()
    return found


def call(manager, plan, **more):
    sent = {"held_on": "30 June 2010", "starts_at": "10:30 am", "place": "Stout Street", **more}
    manager.post(reverse("meetings:call", args=[plan.slug]), sent)
    return plan.meetings.get()


def test_members_are_told_at_once_that_a_meeting_is_called(
    manager, plan, people, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        call(manager, plan)
    sent = mails(mailoutbox)
    assert sorted(to for to, _, _ in sent) == sorted(each.email for each in people)
    _, subject, body = sent[0]
    assert subject.endswith("Meeting of 30 June 2010 begins at 10:30 am")
    assert "The working group meets on 30 June 2010, 10:30 am at Stout Street." in body
    send_notices(on=TOMORROW, at=NOW)
    assert mails(mailoutbox) == []


def test_another_time_or_place_is_told_and_other_notes_are_not(
    manager, plan, people, mailoutbox, django_capture_on_commit_callbacks
):
    meeting = call(manager, plan)
    send_notices(on=TODAY, at=NOW)
    mails(mailoutbox)
    same = {"held_on": "30 June 2010", "starts_at": "10:30", "place": "Stout Street"}

    def change(**more):
        meeting.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):
            sent = {**same, "version": meeting.version, **more}
            manager.post(to("change", meeting), sent)
        return len(mails(mailoutbox))

    assert change(notes="Bring the pack.") == 0
    assert change(place="Bowen Street", notes="Bring the pack.") == 3


def test_closing_tells_each_agency_its_own_actions_once(
    manager, plan, people, police, labour, mailoutbox, django_capture_on_commit_callbacks
):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    AttendanceFactory(meeting=meeting, agency=police)
    DecisionFactory(
        meeting=meeting, number=1, text="Ask three printers.", owner_agency=police, due_on=DUE
    )
    DecisionFactory(meeting=meeting, number=2, text="The brochure is agreed.")
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(to("close", meeting))
    sent = {to: (subject, body) for to, subject, body in mails(mailoutbox)}
    assert set(sent) == {each.email for each in people}
    own, other = sent[people[0].email], sent[people[2].email]
    assert own[0].endswith("Meeting of 1 June 2010 has 1 action for Police")
    assert (
        "The record of the meeting is closed. 2 decisions were recorded. "
        "For Police to do: Ask three printers, by 30 June 2010."
    ) in own[1]
    assert f"/meetings/{meeting.pk}/minutes/" in own[1]
    assert other[0].endswith("Meeting of 1 June 2010 has its minutes")
    assert "None is for DoL to act on." in other[1]
    # The action is not told once more by itself, until it is nearly due.
    send_notices(on=TOMORROW, at=NOW)
    assert mails(mailoutbox) == []
    send_notices(on=DUE - timedelta(days=7), at=NOW)
    assert {to for to, _, _ in mails(mailoutbox)} == {people[0].email, people[1].email}


def test_an_action_of_an_open_record_is_told_by_itself(plan, people, police, mailoutbox):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    DecisionFactory(meeting=meeting, owner_agency=police, due_on=DUE)
    send_notices(on=TODAY, at=NOW)
    assert Notice.objects.filter(reason="action").count() == 2


def test_the_agency_is_told_at_once_what_was_decided_on_its_variation(
    manager, plan, milestone, people, police, mailoutbox, django_capture_on_commit_callbacks
):
    asked = VariationFactory(milestone=milestone, number=1, state="recommended")
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    ready_to_decide(meeting, asked)
    matter = meeting.matters.get()
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(to("decide", meeting, matter.pk), {"decision": "approve", "text": "Agreed."})
    sent = mails(mailoutbox)
    assert sorted(to for to, _, _ in sent) == sorted(each.email for each in people[:2])
    assert sent[0][1].endswith("Move “Brochure printed” to 30 September 2010, 1.2 (V1) is approved")
    assert "The meeting of 1 June 2010 decided it: approved. It has taken effect." in sent[0][2]


def test_the_calendar_has_the_meeting_at_its_time(plan, police):
    MeetingFactory(plan=plan, held_on=DUE, starts_at=time(10, 30), link="https://example.org/join")
    feed = CalendarFeedFactory(plan=plan, agency=police)
    text = calendar_of(feed, entries_of(Owing.of_feed(feed), TODAY), "https://example.org").decode()
    assert "DTSTART:20100629T223000Z" in text.replace("\r\n ", "")
    assert "Join online: https://example.org/join" in text.replace("\r\n ", "")
