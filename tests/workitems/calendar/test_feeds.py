"""Test calendars of due dates: making and revoking feeds, and their events."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from agencies.models import Agency
from agencies.records import history
from tests.factories import (
    AgencyFactory,
    CalendarFeedFactory,
    DecisionFactory,
    DelayFactory,
    MeasureFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, NOW, SLIPPED, TODAY, entries, newest, refused
from workitems.calendar import due_calendar, services
from workitems.models import CalendarFeed, Member, Plan, Target

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SITE = "https://plan.example"
# The history of factory rows begins when the test runs.
LATER = datetime(2099, 6, 2, 9, tzinfo=ZoneInfo("Pacific/Auckland"))


@pytest.fixture
def feed(plan, police):
    return CalendarFeedFactory(plan=plan, agency=police)


def events(feed, on=TODAY):
    """Return the calendar's events by title, as another program reads them."""
    text = due_calendar.calendar_of(
        feed, due_calendar.entries_of(due_calendar.Owing.of_feed(feed), on), SITE
    )
    return {str(event["summary"]): event for event in Calendar.from_ical(text).events}


def titles(feed, on=TODAY):
    return list(events(feed, on))


# --- making and revoking --------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_address_is_stored_only_as_a_hash(plan, police, contributor):
    feed, token = services.make_feed(
        agency=police, plan=plan, label="My Outlook", by=contributor, at=NOW
    )
    assert len(token) == 43
    assert services.find_by_token(token, TODAY) == feed
    stored = [str(value) for value in CalendarFeed.objects.values_list().get()]
    assert [value for value in stored if token in value] == []
    assert entries(feed) == [("+", "Police contributor (Police)", "")]
    assert "token_hash" not in {field.name for field in CalendarFeed.history.model._meta.fields}


def test_an_agency_outside_the_plan_has_no_calendar_of_it(police, contributor):
    with refused("Police takes no part in this plan.", "plan"):
        services.make_feed(agency=police, plan=PlanFactory(), label="Mine", by=contributor, at=NOW)


def test_an_agency_that_has_ended_cannot_make_an_address(plan, police, contributor):
    police.valid_to = date(2010, 5, 31)
    police.save()
    with refused("Police does not exist today."):
        services.make_feed(agency=police, plan=plan, label="Mine", by=contributor, at=NOW)


def test_an_address_without_a_label_is_refused(plan, police, contributor):
    with refused("Say where the calendar will be read.", "label"):
        services.make_feed(agency=police, plan=plan, label="", by=contributor, at=NOW)


def test_too_many_addresses_are_refused_and_revoked_ones_do_not_count(plan, police, contributor):
    made = [CalendarFeedFactory(plan=plan, agency=police) for _ in range(20)]
    with refused("Police has 20 addresses for this calendar. Revoke one that nobody reads."):
        services.make_feed(agency=police, plan=plan, label="Mine", by=contributor, at=NOW)
    services.revoke_feed(feed=made[0], by=contributor, at=NOW)
    services.make_feed(agency=police, plan=plan, label="Mine", by=contributor, at=NOW)


def test_a_revoked_address_no_longer_works(plan, police, approver, contributor):
    feed, token = services.make_feed(agency=police, plan=plan, label="Mine", by=contributor, at=NOW)
    services.revoke_feed(feed=feed, by=approver, at=NOW, reason="Sent to a list.")
    assert services.find_by_token(token, TODAY) is None
    assert newest(feed) == ("~", "Police approver (Police)", "Sent to a list.")


def test_revoking_twice_writes_once(feed, approver, coordinator):
    services.revoke_feed(feed=feed, by=approver, at=NOW)
    with refused("This address is already revoked."):
        services.revoke_feed(feed=feed, by=coordinator, at=NOW + timedelta(hours=1))
    feed.refresh_from_db()
    assert (feed.revoked_by, feed.revoked_at, len(entries(feed))) == (approver, NOW, 2)


@pytest.mark.both_databases
def test_an_address_outlasts_its_makers_seat_and_ends_with_the_agencys_membership(
    plan, police, contributor
):
    _, token = services.make_feed(agency=police, plan=plan, label="Mine", by=contributor, at=NOW)
    contributor.seats.update(to_on=date(2010, 5, 1))
    assert services.find_by_token(token, TODAY) is not None
    police.valid_to = TODAY
    police.save()
    assert services.find_by_token(token, TODAY) is not None
    assert services.find_by_token(token, TODAY + timedelta(days=1)) is None
    assert services.find_by_token(token, TODAY) is not None
    Member.objects.filter(plan=plan, agency=police).delete()
    assert services.find_by_token(token, TODAY) is None


@pytest.mark.both_databases
def test_a_request_is_recorded_once_a_day_without_a_history_row(feed, django_assert_num_queries):
    services.note_reading(feed, TODAY)
    feed.refresh_from_db()
    assert (feed.last_read_on, len(entries(feed))) == (TODAY, 1)
    with django_assert_num_queries(0):
        services.note_reading(feed, TODAY)


# --- what is in a calendar ------------------------------------------------------------------


def test_an_open_milestone_is_a_whole_day_on_its_agreed_date(feed, milestone):
    milestone.forecast_due, milestone.done_means = SLIPPED, "Copies are in the districts."
    history.save(milestone, by=None, at=LATER)
    event = events(feed)["Brochure printed"]
    assert event["uid"] == f"milestone-{milestone.pk}@plan.example"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DUE, date(2010, 7, 1))
    assert event["description"] == (
        "Item 1.2 Print a brochure\nForecast: 30 September 2010\n"
        "Done when: Copies are in the districts."
    )
    assert event["url"] == SITE + milestone.item.get_absolute_url()
    assert (event["transp"], event.categories, event["sequence"]) == (
        "TRANSPARENT",
        ["Milestone"],
        1,
    )
    assert event.decoded("last-modified") == event.decoded("dtstamp") == LATER


def test_milestones_that_are_done_withdrawn_or_of_others_are_not_in_the_calendar(
    feed, item, customs
):
    MilestoneFactory(item=item, completed_on=TODAY)
    MilestoneFactory(item=item, withdrawn_on=TODAY)
    MilestoneFactory(item=item, responsible_agency=customs)
    MilestoneFactory(
        item=WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, complete=True)
    )
    MilestoneFactory(item=WorkItemFactory(lead_agency=item.lead_agency))
    assert titles(feed) == []


def test_a_milestone_is_in_the_calendar_of_its_responsible_agency(plan, item, customs):
    MilestoneFactory(item=item, responsible_agency=customs, description="Posters at the airport")
    assert titles(CalendarFeedFactory(plan=plan, agency=customs)) == ["Posters at the airport"]


def test_a_return_is_in_the_calendar_until_it_is_submitted(feed, of_return):
    event = events(feed)["Return for January to June 2010"]
    assert event.decoded("dtstart") == date(2010, 7, 14)
    assert event["description"] == "For 1 January 2010 to 30 June 2010"
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    assert titles(feed) == []


def test_a_return_whose_due_date_moved_has_a_new_sequence_number(feed, of_return):
    first = events(feed)["Return for January to June 2010"]
    of_return.round.due_on = date(2010, 7, 20)
    history.save(of_return.round, by=None, at=LATER)
    second = events(feed)["Return for January to June 2010"]
    assert second["uid"] == first["uid"]
    assert second["sequence"] == first["sequence"] + 1
    assert second.decoded("last-modified") == LATER


@pytest.mark.both_databases
def test_a_decision_is_in_the_calendar_of_its_owner_until_it_is_done(feed, plan, item):
    meeting = MeetingFactory(plan=plan, held_on=date(2010, 5, 10))
    decision = DecisionFactory(
        meeting=meeting, item=item, owner_agency=feed.agency, due_on=DUE, text="Ask the printer."
    )
    DecisionFactory(meeting=meeting, number=2, text="Nobody's.")
    event = events(feed)["Ask the printer."]
    assert event["description"] == (
        "Decided by the working group on 10 May 2010\nItem 1.2 Print a brochure"
    )
    assert event["url"] == SITE + meeting.get_absolute_url()
    decision.done_on = TODAY
    decision.save()
    assert titles(feed) == ["Meeting of the working group"]


@pytest.mark.both_databases
def test_a_mitigation_is_in_the_calendar_while_its_delay_is_open(feed, delayed):
    delay = delayed.delays.get()
    delay.mitigations.update(due_on=DUE)
    event = events(feed)["Ask for money in the next budget."]
    assert event["description"] == (
        "Against the delay of “Staff trained” (funding)\nItem 1.2 Print a brochure"
    )
    delay.ended_on = TODAY
    delay.save()
    assert titles(feed) == [
        "Staff trained",
        "Staff trained (agreed for 30 June 2010, now expected 30 September 2010)",
    ]


def test_meetings_are_in_every_agencys_calendar(feed, plan, customs):
    meeting = MeetingFactory(plan=plan, place="Level 12")
    MeetingFactory()
    for each in (feed, CalendarFeedFactory(plan=plan, agency=customs)):
        event = events(each)["Meeting of the working group"]
        assert (event.decoded("dtstart"), event["location"]) == (date(2010, 6, 10), "Level 12")
        assert event["url"] == SITE + meeting.get_absolute_url()


def test_the_calendar_is_named_after_its_agency_and_plan(feed, plan):
    calendar = Calendar.from_ical(due_calendar.calendar_of(feed, [], SITE))
    assert calendar["x-wr-calname"] == calendar["name"] == f"Police: {plan.title}"
    assert (calendar["version"], calendar["prodid"]) == (
        "2.0",
        "-//Plan Register//Due dates//EN",
    )
    assert "method" not in calendar


@pytest.mark.parametrize("count", [1, 3])
def test_a_calendar_takes_the_same_queries_for_any_number_of_events(
    feed, plan, item, count, django_assert_num_queries
):
    for n in range(count):
        milestone = MilestoneFactory(item=item)
        MitigationFactory(delay=DelayFactory(milestone=milestone), due_on=DUE)
        DecisionFactory(
            meeting=MeetingFactory(plan=plan, held_on=date(2010, 5, 10 + n)),
            item=item,
            owner_agency=feed.agency,
            due_on=DUE,
        )
        target_of(MeasureFactory(item=item, number=n + 1))
    ReturnFactory(round=RoundFactory(plan=plan), agency=feed.agency)
    with django_assert_num_queries(
        9 + 2
    ):  # with waits in two; and the Minister's actions, and clearances
        found = due_calendar.entries_of(due_calendar.Owing.of_feed(feed), TODAY)
    assert len(found) == 5 * count + 1


def target_of(measure, **more):
    return Target.objects.create(
        measure=measure, **{"number": 1700, "due": DUE, "set_on": date(2010, 1, 1)} | more
    )


def test_a_target_that_is_still_to_be_reached_is_there_without_its_number(feed, plan, item, police):
    told = {"kind": "level", "as_told": "the number of staff trained"}
    target_of(MeasureFactory(item=item, number=1, **told))
    target_of(MeasureFactory(item=item, number=2, responsible_agency=AgencyFactory()))
    target_of(MeasureFactory(item=item, number=3), due=TODAY - timedelta(days=1))
    replaced = target_of(MeasureFactory(item=item, number=4, description="Replaced"))
    target_of(replaced.measure, replaces=replaced, due=TODAY)
    target_of(
        MeasureFactory(item=WorkItemFactory(plan=plan, lead_agency=police, stage="withdrawn"))
    )
    outcome = MeasureFactory(item=None, of_plan=plan, responsible_agency=police, **told)
    target_of(outcome, due=DUE + timedelta(days=1))
    found = due_calendar.entries_of(due_calendar.Owing.of_feed(feed), TODAY)
    assert [(entry.title, entry.day) for entry in found] == [
        ("Target: Replaced", TODAY),
        ("Target: the number of staff trained", DUE),
        ("Target: the number of staff trained", DUE + timedelta(days=1)),
    ]
    assert "700" not in "".join(entry.title + entry.text for entry in found)


# --- the text -------------------------------------------------------------------------------

SOME_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('āēīōūĀ,;:\\"\n'),
    min_size=1,
    max_size=300,
)


@given(SOME_TEXT)
def test_any_text_survives_a_round_trip_and_lines_follow_the_standard(words):
    entry = due_calendar.Entry(
        uid="milestone-1",
        plan=Plan(title=words),
        day=DUE,
        title=words,
        text=words,
        category="Milestone",
        path="/a/",
        changed_at=NOW,
        changes=3,
        place=words,
    )
    feed = CalendarFeed(agency=Agency(short_name=words[:30]), plan=Plan(title=words))
    text = due_calendar.calendar_of(feed, [entry], SITE)
    assert text.endswith(b"END:VCALENDAR\r\n")
    lines = text.split(b"\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"") and b"\r" not in text.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is split
    (event,) = Calendar.from_ical(text).events
    assert [str(event[name]) for name in ("summary", "description", "location")] == [words] * 3


def test_the_same_rows_give_the_same_bytes(feed, milestone, of_return):
    def text():
        return due_calendar.calendar_of(
            feed, due_calendar.entries_of(due_calendar.Owing.of_feed(feed), TODAY), SITE
        )

    assert text() == text()
    with time_machine.travel(NOW + timedelta(days=3)):
        assert text() == text()


# --- all plans ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_feed_of_all_plans_has_the_dates_of_each_and_names_it(plan, police, contributor):
    other = PlanFactory(title="Another plan", members=[police])
    for each in (plan, other, PlanFactory()):
        item = WorkItemFactory(plan=each, lead_agency=police)
        MilestoneFactory(item=item, original_due=DUE, description=f"Of {each.title}")
    feed, token = services.make_feed(
        agency=police, plan=None, label="My Outlook", by=contributor, at=NOW
    )
    assert services.find_by_token(token, TODAY) == feed
    found = events(feed)
    assert sorted(found) == sorted([f"Of {plan.title}", "Of Another plan"])
    assert str(found["Of Another plan"]["description"]).endswith("\nAnother plan")


def test_a_feed_of_all_plans_goes_on_when_the_agency_leaves_one(plan, police):
    feed = CalendarFeedFactory(plan=None, agency=police)
    later = PlanFactory(members=[police])
    assert {each.pk for each in feed.plans()} == {later.pk, plan.pk}
    Member._base_manager.filter(plan=later, agency=police).delete()
    assert CalendarFeed.objects.working(TODAY).get() == feed
