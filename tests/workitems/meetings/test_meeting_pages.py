"""Test the pages of meetings: list, calling one, agenda, record and decisions."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    DecisionFactory,
    MatterFactory,
    MeetingFactory,
    RiskFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, TODAY, YESTERDAY
from tests.workitems.record import of_meeting as to
from workitems.meetings.agenda import Considered
from workitems.models import Decision, Meeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def meeting(plan):
    return MeetingFactory(plan=plan, held_on=TODAY, place="Room 3")


@pytest.fixture
def coming(plan):
    return MeetingFactory(plan=plan, held_on=DUE)


def agenda(meeting):
    return [matter.title for matter in meeting.matters.on_agenda().in_order()]


def said(page):
    """Return the messages on the page, including those of redirects."""
    return [str(message) for message in page.context["messages"]][-1:]


# --- the list -----------------------------------------------------------------------------------


@pytest.fixture
def listing(plan):
    return reverse("meetings:list", args=[plan.slug])


def test_the_list_shows_coming_meetings_before_past_ones(reader, plan, meeting, coming, listing):
    past = MeetingFactory(plan=plan, held_on=YESTERDAY)
    older = MeetingFactory(plan=plan, held_on=date(2010, 1, 5))
    MatterFactory(meeting=past)
    MatterFactory(meeting=past, withdrawn_on=YESTERDAY)
    for number in (1, 2):
        DecisionFactory(meeting=past, number=number)
    page = reader.get(listing)
    assert list(page.context["coming"]) == [meeting, coming]
    assert list(page.context["page"]) == [past, older]
    row = page.context["page"][0]
    assert (row.matters_count, row.decisions_count) == (1, 2)
    assert "Call a meeting" not in page.text


def test_an_empty_list_says_what_it_will_show(manager, listing):
    page = manager.get(listing).text
    assert "No meeting has been called yet." in page
    assert "Call a meeting" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_meetings(
    reader, plan, listing, count, django_assert_num_queries
):
    for day in range(1, 1 + count):
        MatterFactory(meeting=MeetingFactory(plan=plan, held_on=date(2010, 7, day)))
        MatterFactory(meeting=MeetingFactory(plan=plan, held_on=date(2010, 2, day)))
    with django_assert_num_queries(12):  # session, user, seats, plans, count, two lists; savepoints
        reader.get(listing)


# --- one meeting --------------------------------------------------------------------------------


def test_a_meeting_can_be_called_with_its_form(manager, plan):
    address = reverse("meetings:call", args=[plan.slug])
    page = manager.post(address, {"held_on": "30 June 2010", "place": "Room 3"}, follow=True)
    made = Meeting.objects.get()
    assert (made.held_on, made.place) == (DUE, "Room 3")
    assert said(page) == ["The working group meets on 30 June 2010."]
    refused = manager.post(address, {"held_on": "30 June 2010"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {
        "held_on": ["The working group already meets on that day."]
    }


def test_a_conflicting_change_shows_both_versions(manager, coming, coordinator):
    Meeting.objects.filter(pk=coming.pk).update(place="Room 4", version=2)
    typed = {"held_on": "30 June 2010", "place": "Room 5", "notes": "", "version": 1}
    page = manager.post(to("change", coming), typed)
    assert page.status_code == 422
    assert page.context["conflict"].place == "Room 4"
    manager.post(to("change", coming), typed | {"version": 2})
    coming.refresh_from_db()
    assert coming.place == "Room 5"


def test_members_can_read_a_meeting_but_not_change_it(reader, meeting):
    MatterFactory(meeting=meeting)
    page = reader.get(to("detail", meeting))
    assert "<button" not in page.text.split("<main")[1]
    assert page.context["proposals"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_meeting_takes_the_same_queries_for_any_number_of_matters(
    manager, plan, meeting, police, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        matter = MatterFactory(meeting=meeting, position=number, item=item)
        DecisionFactory(meeting=meeting, number=number, matter=matter, item=item)
        RiskFactory(plan=plan, number=number, escalated_to="group", escalated_on=TODAY)
    with django_assert_num_queries(MEETING_QUERIES):
        manager.get(to("detail", meeting))


# Nine are for the agenda, its reasons and the record, the rest for the user and proposals.
MEETING_QUERIES = 33


# --- the agenda ---------------------------------------------------------------------------------


def test_proposals_are_added_to_the_agenda_one_by_one_or_all_at_once(manager, plan, coming):
    for number in (1, 2, 3):
        RiskFactory(
            plan=plan,
            number=number,
            description=f"Risk {number}.",
            escalated_to="group",
            escalated_on=YESTERDAY,
        )
    second = plan.risks.get(number=2)
    manager.post(to("draft", coming), {"add": f"risk-{second.pk}"})
    assert agenda(coming) == ["Risk R2: Risk 2."]
    page = manager.post(to("draft", coming), {"add": "all"}, follow=True)
    assert said(page) == ["2 matters are added to the agenda."]
    assert agenda(coming) == ["Risk R2: Risk 2.", "Risk R1: Risk 1.", "Risk R3: Risk 3."]
    assert page.context["proposals"] == []
    page = manager.post(to("draft", coming), {"add": "risk-0"}, follow=True)
    assert said(page) == ["That is no longer proposed. Choose from the list below."]


def test_matters_can_be_added_moved_changed_removed_and_restored(manager, coming):
    for title in ("One", "Two", "Three"):
        manager.post(to("add-matter", coming), {"title": title})
    one, two, three = coming.matters.in_order()
    manager.post(to("move-matter", coming, three.pk), {"to": "1"})
    assert agenda(coming) == ["Three", "One", "Two"]
    manager.post(to("move-matter", coming, three.pk), {"to": "no number"})
    assert agenda(coming) == ["Three", "One", "Two"]
    typed = {"title": "Last", "note": "", "position": "3", "version": 1}
    manager.post(to("change-matter", coming, three.pk), typed)
    assert agenda(coming) == ["One", "Two", "Last"]
    manager.post(to("remove-matter", coming, one.pk))
    assert agenda(coming) == ["Two", "Last"]
    page = manager.post(to("restore-matter", coming, one.pk), follow=True)
    assert said(page) == ["“One” is on the agenda again, at its end."]
    assert agenda(coming) == ["Two", "Last", "One"]


def test_a_matter_of_another_meeting_is_not_found(manager, meeting, coming):
    matter = MatterFactory(meeting=coming)
    assert manager.post(to("remove-matter", meeting, matter.pk)).status_code == 404


# --- the record ---------------------------------------------------------------------------------


def test_attendance_can_be_recorded_and_changed(manager, meeting, police, customs):
    manager.post(to("attendance", meeting), {"agencies": [police.pk, customs.pk]})
    page = manager.get(to("attendance", meeting))
    assert set(page.context["form"]["agencies"].value()) == {police.pk, customs.pk}
    page = manager.post(to("attendance", meeting), {"agencies": [customs.pk]}, follow=True)
    assert said(page) == ["1 agency is on the record."]
    assert page.context["present"] == [customs]


def test_recording_attendance_from_the_meeting_screen_returns_to_it(manager, meeting, police):
    MatterFactory(meeting=meeting)
    sent = manager.post(to("attendance", meeting), {"agencies": [police.pk], "at": "1"})
    assert sent.url == f"{to('present', meeting)}?matter=1"


def test_attendance_cannot_be_recorded_before_the_meeting(manager, coming, police):
    page = manager.post(to("attendance", coming), {"agencies": [police.pk]})
    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == ["That meeting has not been held yet."]


def test_the_record_can_be_closed_and_reopened(manager, meeting, police):
    page = manager.post(to("close", meeting), follow=True)
    assert said(page) == ["Record who came before you close the record."]
    manager.post(to("attendance", meeting), {"agencies": [police.pk]})
    page = manager.post(to("close", meeting), follow=True)
    assert said(page) == ["The record of the meeting is closed. We’ll email members their actions."]
    assert "Record closed on 1 June 2010 by Coordinator" in page.text
    assert page.context["may_arrange"] is False
    page = manager.post(to("reopen", meeting), {"reason": ""})
    assert page.status_code == 422
    page = manager.post(to("reopen", meeting), {"reason": "Customs came too."}, follow=True)
    assert said(page) == ["The record is reopened."]


# --- decisions ----------------------------------------------------------------------------------


@pytest.fixture
def register(plan):
    return reverse("meetings:decisions", args=[plan.slug])


def follow_up(name, decision):
    return reverse(f"meetings:{name}-decision", args=[decision.meeting.plan.slug, decision.pk])


def test_a_decision_outside_the_agenda_is_linked_to_an_item(manager, meeting, item, police):
    typed = {"text": "Print it.", "item": item.pk, "owner_agency": police.pk, "due_on": "30/6/2010"}
    page = manager.post(to("record", meeting), typed, follow=True)
    assert said(page) == ["Decision 1 is recorded."]
    made = Decision.objects.get()
    assert (made.item, made.owner_agency, made.due_on) == (item, police, DUE)
    refused = manager.post(to("record", meeting), typed | {"due_on": ""})
    assert refused.context["form"].errors == {
        "due_on": ["Enter the date by which the agency is to do it."]
    }


def test_the_register_shows_open_decisions_first(reader, register, meeting, police):
    def made(number, **more):
        return DecisionFactory(meeting=meeting, number=number, **more)

    noted = made(1)
    later = made(2, owner_agency=police, due_on=DUE)
    late = made(3, owner_agency=police, due_on=YESTERDAY)
    done = made(4, owner_agency=police, due_on=DUE, done_on=TODAY)
    told = made(5, owner_agency=police, due_on=DUE, done_on=TODAY, awaits_confirmation=True)
    page = reader.get(register)
    assert page.context["rows"] == [
        *((late, True), (later, False)),
        *((noted, False), (done, False), (told, False)),
    ]
    assert "Overdue since 31 May 2010" in page.text
    assert "to be confirmed" in page.text
    for state, rows in (
        ("open", [late, later]),
        ("confirm", [told]),
        ("done", [done]),
        ("other", None),
    ):
        shown = [row for row, _ in reader.get(register, {"state": state}).context["rows"]]
        assert shown == (rows if rows is not None else [late, later, noted, done, told])


def test_an_empty_register_says_so(reader, register):
    assert "No decision has been recorded yet." in reader.get(register).text
    assert "There is nothing to do." in reader.get(register, {"state": "open"}).text
    assert "Nothing is recorded as done yet." in reader.get(register, {"state": "done"}).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_takes_the_same_queries_for_any_number_of_decisions(
    reader, register, plan, meeting, police, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        DecisionFactory(
            meeting=meeting,
            number=number,
            item=WorkItemFactory(plan=plan),
            owner_agency=police,
            due_on=DUE,
        )
    with django_assert_num_queries(11):  # session, user, seats, plans, count, rows; savepoints
        reader.get(register)


def test_a_decision_can_be_changed_marked_as_done_and_reopened(manager, meeting, police):
    decision = DecisionFactory(meeting=meeting, owner_agency=police, due_on=DUE)
    typed = {"text": "Print two.", "owner_agency": police.pk, "due_on": "30/6/2010", "version": 1}
    page = manager.post(follow_up("change", decision), typed, follow=True)
    assert said(page) == ["The decision is saved."]
    assert manager.post(follow_up("change", decision), typed).status_code == 422
    done = {"done_on": "1 June 2010", "note": "Printed.", "version": 2}
    page = manager.post(follow_up("finish", decision), done, follow=True)
    assert said(page) == ["Marked as done."]
    page = manager.post(follow_up("finish", decision), done | {"version": 3})
    assert page.context["finish_form"].non_field_errors() == ["This is already confirmed as done."]
    reopen = {"reason": "Half was printed.", "version": 3}
    page = manager.post(follow_up("reopen", decision), reopen, follow=True)
    assert said(page) == ["Reopened. It is on the desk of Police again."]
    decision.refresh_from_db()
    assert (decision.text, decision.done_on) == ("Print two.", None)


def test_a_variation_can_be_decided_only_at_a_meeting_with_an_open_record(
    manager, plan, meeting, milestone, coordinator
):
    closed = MeetingFactory(
        plan=plan,
        held_on=YESTERDAY,
        closed_at="2010-06-01T00:00Z",
        closed_by=coordinator,
    )
    asked = VariationFactory(milestone=milestone, number=1, state="recommended")
    for each in (meeting, closed):
        MatterFactory(meeting=each, variation=asked)
    address = reverse("variations:detail", args=[plan.slug, asked.number])
    offered = manager.get(address).context["decide_form"].meetings.values()
    assert (meeting in offered, closed in offered) == (True, False)


# --- the item's page ----------------------------------------------------------------------------


def test_an_items_page_lists_meetings_that_considered_it_and_their_decisions(
    reader, plan, meeting, item, milestone
):
    asked = VariationFactory(milestone=milestone, number=1)
    earlier = MeetingFactory(plan=plan, held_on=YESTERDAY)
    on_it = MatterFactory(meeting=meeting, item=item, considered_on=TODAY)
    DecisionFactory(meeting=meeting, number=1, matter=on_it, item=item, text="Print two.")
    DecisionFactory(meeting=meeting, number=2, item=item, text="Beside the agenda.")
    MatterFactory(meeting=earlier, variation=asked, considered_on=YESTERDAY)
    MatterFactory(meeting=MeetingFactory(plan=plan, held_on=DUE), item=item)
    page = reader.get(item.get_absolute_url())
    assert page.context["considered"] == [
        Considered(TODAY, meeting.pk, ["Print two.", "Beside the agenda."]),
        Considered(YESTERDAY, earlier.pk, []),
    ]
    assert "The group’s decision" in page.text


def test_an_items_page_says_how_long_a_decision_on_it_is_overdue(
    reader, police, plan, meeting, item
):
    owed = {"item": item, "owner_agency": police, "due_on": YESTERDAY}
    DecisionFactory(meeting=meeting, number=1, text="Print two.", done_on=TODAY, **owed)
    assert "Overdue by one day." not in reader.get(item.get_absolute_url()).text
    DecisionFactory(meeting=meeting, number=2, text="Print four.", **owed)
    page = reader.get(item.get_absolute_url())
    assert [each.overdue for each in page.context["considered"]] == ["one day"]
    assert "Overdue by one day." in page.text


def test_the_page_of_an_item_without_meetings_takes_no_query_for_them(reader, meeting, item):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            reader.get(item.get_absolute_url())
        return len(queries)

    asked()  # drop what is cached between requests
    without = asked()
    MatterFactory(meeting=meeting, item=item, considered_on=TODAY)
    assert asked() == without + 1
