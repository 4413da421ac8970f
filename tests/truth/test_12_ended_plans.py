"""Rule 12: a plan that has ended is shown as it stood at its end, says so, and asks nothing more."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from agencies.models import Seat
from agencies.records import history
from tests.cast import seated
from tests.factories import (
    AgencyFactory,
    CalendarFeedFactory,
    DecisionFactory,
    DelayFactory,
    FollowUpFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import noon
from tests.workitems.workbooks import file_of, small
from workitems.calendar.due_calendar import Owing, entries_of
from workitems.desk.to_dos import lines_for
from workitems.intake.workbook import import_workbook
from workitems.models import Milestone
from workitems.notices.news import news
from workitems.plan.asat import Moment
from workitems.rules import CLOSED_BY_THE_END
from workitems.terms.spans import span_in_words

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="pages of a plan as it stood at its end"),
]

BEGUN, END, AFTER, TODAY = date(2010, 1, 4), date(2015, 6, 30), date(2015, 8, 3), date(2026, 11, 26)
DUE = date(2015, 4, 30)
SAID = "This plan ended on 30 June 2015. It is shown as it stood then."


@pytest.fixture(autouse=True)
def _today():
    with noon(TODAY):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A plan that ended late, and was put in order after its end. The tests here only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with noon(BEGUN):
            labour = AgencyFactory(short_name="DoL", name="Department of Labour")
            plan = PlanFactory(
                title="The old plan", slug="old", coordinating_agency=labour, ends_on=END
            )
            live = PlanFactory(title="The new plan", slug="newer", coordinating_agency=labour)
            for each in (plan, live):
                pillar = PillarFactory(plan=each, number=1)
                item = WorkItemFactory(plan=each, pillar=pillar, number="1.1", stage="under_way")
                milestone = MilestoneFactory(
                    item=item, number=1, description="Course given", original_due=DUE
                )
                delay = DelayFactory(milestone=milestone, found_on=date(2015, 5, 1))
                MitigationFactory(delay=delay, owner_agency=labour, due_on=DUE)
                risk = RiskFactory(plan=each, item=item, number=1)
                meeting = MeetingFactory(plan=each, held_on=date(2015, 3, 2))
                DecisionFactory(meeting=meeting, owner_agency=labour, due_on=DUE)
                variation = VariationFactory(milestone=milestone, number=1)
                if each is plan:
                    old = SimpleNamespace(
                        item=item, milestone=milestone, risk=risk, variation=variation
                    )
            feeds = [CalendarFeedFactory(plan=each, agency=labour) for each in (plan, live)]
        with noon(AFTER):
            for row, values in (
                (old.item, {"stage": "complete", "completed_on": AFTER}),
                (old.milestone, {"completed_on": AFTER}),
                (old.risk, {"closed_on": AFTER, "response": "Written after the end."}),
                (
                    old.variation,
                    {"state": "taken_back", "recommendation": "Written after the end."},
                ),
            ):
                for name, value in values.items():
                    setattr(row, name, value)
                history.save(row, by=None, actor="A test")
        with noon(TODAY):
            people = {
                role: seated(str(role), role, labour)
                for role in (Seat.Role.COORDINATOR, Seat.Role.CONTRIBUTOR)
            }
        yield SimpleNamespace(plan=plan, live=live, people=people, feeds=feeds, labour=labour)
        transaction.set_rollback(True)


def page(world, address, role=Seat.Role.COORDINATOR):
    client = Client()
    client.force_login(world.people[role])
    return client.get(address)


def text_of(response):
    return " ".join(response.text.split())


PAGES = {
    "the dashboard": "/plans/old/dashboard/",
    "attention": "/plans/old/dashboard/attention/",
    "milestones": "/plans/old/dashboard/milestones/",
    "delays": "/plans/old/dashboard/delays/",
    "the timeline": "/plans/old/dashboard/timeline/",
    "trends": "/plans/old/dashboard/trends/",
    "what changed": "/plans/old/dashboard/changes/",
    "the list": "/plans/old/items/",
    "search results": "/plans/old/items/?q=work",
    "an item": "/plans/old/items/1.1/",
    "risks": "/plans/old/risks/",
    "a risk": "/plans/old/risks/1/",
    "variations": "/plans/old/variations/",
    "a variation": "/plans/old/variations/1/",
    "the plan": "/plans/old/",
}


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_says_that_the_plan_has_ended_and_shows_it_as_it_stood(world, address):
    response = page(world, address)
    assert response.status_code == 200
    text = text_of(response)
    assert SAID in text
    assert "Back to" not in text
    assert "3 August 2015" not in text
    assert "Written after the end." not in text
    assert SAID not in text_of(page(world, address.replace("/old/", "/newer/")))


def test_an_item_is_late_as_of_the_end(world):
    text = text_of(page(world, PAGES["an item"]))
    assert f"Overdue by {span_in_words(DUE, END)}" in text
    assert "Change the status" not in text
    assert "Update this milestone" not in text


def pages_of_a_plan():
    """Return the address of every page that needs only the plan, its item 1.1 or its risk 1."""
    known = {"slug": "old", "number": "1.1", "risk": 1, "milestone": 1, "variation": 1}

    def patterns(resolver, space=""):
        for each in resolver.url_patterns:
            if isinstance(each, URLPattern):
                yield f"{space}{each.name}", set(each.pattern.converters)
            else:
                inner = f"{space}{each.namespace}:" if each.namespace else space
                for name, converters in patterns(each, inner):
                    yield name, converters | set(each.pattern.converters)

    for name, converters in patterns(get_resolver()):
        if "slug" in converters and converters <= set(known) and ":" in name:
            yield reverse(name, kwargs={key: known[key] for key in converters})


def test_no_page_counts_lateness_up_to_today(world):
    today = span_in_words(DUE, TODAY)
    found = sorted(set(pages_of_a_plan()))
    assert len(found) > 25
    late = [
        address
        for address in found
        if "text/html" in (response := page(world, address)).headers.get("Content-Type", "")
        and today in text_of(response)
    ]
    assert late == []
    assert today in text_of(page(world, "/plans/newer/items/1.1/"))


def test_a_variation_is_shown_as_at_the_end_with_what_became_of_it(world):
    asks = "Move “Course given” to 30 September 2010"
    assert asks in text_of(page(world, "/plans/old/variations/?state=waiting"))
    assert asks not in text_of(page(world, "/plans/old/variations/?state=taken-back"))
    text = text_of(page(world, PAGES["a variation"]))
    assert "Since the plan’s end: withdrawn" in text
    assert "Recommend to the working group" not in text
    assert "Recommend to the working group" in text_of(page(world, "/plans/newer/variations/1/"))
    refused = page(world, "/plans/old/variations/1/out-of-session/ask/")
    assert (refused.status_code, ENDED in refused.text) == (403, True)


def test_agencies_no_longer_answer_out_of_session(world):
    def answers(plan):
        asked = OutOfSessionFactory(variation=plan.variations.get(), due_on=TODAY)
        row = OutOfSessionAnswerFactory(out_of_session=asked, agency=world.labour)
        address = reverse("variations:give-answer", args=[plan.slug, 1, asked.pk, world.labour.pk])
        client = Client()
        client.force_login(approver)
        name = f"agency-{world.labour.pk}"
        page = client.post(address, {f"{name}-choice": "agree", f"{name}-version": row.version})
        return page.status_code

    approver = seated("Approver", Seat.Role.APPROVER, world.labour)
    assert [answers(plan) for plan in (world.plan, world.live)] == [403, 302]


def test_a_return_counts_lateness_to_the_end(world):
    item = WorkItemFactory(plan=world.plan, number="1.2", stage="under_way")
    MilestoneFactory(item=item, number=1, original_due=DUE, forecast_due=TODAY)
    own = ReturnFactory(round=RoundFactory(plan=world.plan), agency=world.labour)
    text = text_of(page(world, own.get_absolute_url(), Seat.Role.CONTRIBUTOR))
    assert f"Overdue by {span_in_words(DUE, END)}" in text
    assert span_in_words(DUE, TODAY) not in text


def test_another_day_can_be_asked_for(world):
    later = text_of(page(world, "/plans/old/items/1.1/?at=2015-08-04"))
    assert "3 August 2015" in later
    assert "The plan <strong>as at 4 August 2015</strong>" in later
    assert '<a href="/plans/old/items/1.1/">Back to the end of the plan</a>' in later
    assert "3 August 2015" in text_of(page(world, f"/plans/old/items/1.1/?at={TODAY}"))
    assert 'href="/plans/old/items/1.1/?at=2026-11-26"' in text_of(
        page(world, f"/plans/old/items/?at={TODAY}")
    )
    assert SAID in text_of(page(world, "/plans/old/dashboard/?at=2015-06-30"))
    # What has changed since the end is a comparison like others.
    compared = page(world, f"/plans/old/dashboard/changes/?at={TODAY}&since=2015-06-30")
    assert "Between 30 June 2015 and 26 November 2026" in text_of(compared)


def test_a_download_is_of_the_end(world):
    content = page(world, "/plans/old/dashboard/export/items.csv")
    assert ",Under way," in content.text
    later = page(world, f"/plans/old/dashboard/export/items.csv?at={TODAY}")
    assert ",Complete," in later.text
    assert 'filename="old work items 2015-06-30.csv"' in content.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("ends_on", "on", "shown"),
    [
        (None, TODAY, Moment.today(TODAY)),
        (END, END, Moment.today(END)),
        (END, END + timedelta(days=1), Moment.end_of(END)),
    ],
)
def test_a_plan_is_live_to_its_last_day(ends_on, on, shown):
    plan = PlanFactory.build(ends_on=ends_on)
    found = Moment.present(plan, on)
    assert (found, found.key, found.is_now) == (shown, "", shown.is_now)
    assert plan.present_day(on) == shown.on


# --- desks, mails, calendars, the switcher ----------------------------------------------------


def test_it_leaves_desks_and_calendars_but_for_open_rounds(world):
    waiting = ReturnFactory(
        round=RoundFactory(plan=world.plan, name="The last round"), agency=world.labour
    )
    for user in world.people.values():
        urls = {line.url for line in lines_for(user, TODAY) if "/old/" in line.url}
        round = waiting.round.get_absolute_url()
        assert urls <= {waiting.get_absolute_url(), round, f"{round}#manage"}
        assert any("/newer/" in line.url for line in lines_for(user, TODAY))
    days = {entry.category for entry in entries_of(Owing.of_feed(world.feeds[0]), TODAY)}
    assert days == {"Return", "Meeting"}
    assert {"Milestone", "Decision", "Mitigation"} <= {
        entry.category for entry in entries_of(Owing.of_feed(world.feeds[1]), TODAY)
    }


def test_what_a_minister_asked_for_outlives_the_plan(world):
    action = FollowUpFactory(
        issued__briefing__plan=world.plan, owner_agency=world.labour, due_on=DUE
    )
    owner = world.people[Seat.Role.CONTRIBUTOR]
    (line,) = [each for each in lines_for(owner, TODAY) if each.what == action.text]
    assert (line.url, line.when) == (action.get_absolute_url(), "Was due on 30 April 2015")
    told = [each for each in news(TODAY) if each.plan == world.plan.title]
    assert [(each.recipient, each.reason, each.sentence) for each in told] == [
        (owner, "overdue", "It was due on 30 April 2015 and is not marked as done.")
    ]
    entries = [
        each.title
        for each in entries_of(Owing.of_feed(world.feeds[0]), TODAY)
        if each.category == "Action"
    ]
    assert entries == [action.text]


def test_it_sends_no_mail(world):
    # The same action of the plan that goes on is overdue.
    assert {each.plan for each in news(TODAY)} == {world.live.title}


def test_the_menu_says_that_it_has_ended(world):
    for address in ("/plans/newer/", "/"):
        assert ">The old plan, ended 30 June 2015</a>" in text_of(page(world, address))


# --- what may still be written ----------------------------------------------------------------

ENDED = "This plan ended on 30 June 2015. It is shown as it stood then, so this can no longer be"


@pytest.mark.parametrize(
    "address",
    [
        "items/1.1/status/",
        "items/1.1/review/",
        "items/1.1/milestones/1/",
        "items/1.1/milestones/1/evidence/",
        "items/1.1/withdraw/",
        "risks/raise/",
        "risks/1/change/",
        "risks/1/close/",
    ],
)
def test_the_plan_itself_can_no_longer_be_changed(world, address):
    def answer(slug):
        return [page(world, f"/plans/{slug}/{address}", role) for role in world.people]

    refused = [response for response in answer("old") if ENDED in response.text]
    assert {response.status_code for response in refused} == {403}
    assert 200 in {response.status_code for response in answer("newer")}


def test_returns_meetings_and_papers_of_the_last_year_can_still_be_finished(world):
    for address in ("returns/open/", "meetings/call/", "briefings/new/"):
        assert page(world, f"/plans/old/{address}").status_code == 200
    assert {name for name in CLOSED_BY_THE_END if "return" in name or "meeting" in name} == set()


# --- imported after its end -------------------------------------------------------------------


def test_what_has_no_date_in_a_plan_imported_after_its_end_stood_at_its_end():
    sheets = small()
    sheets["Plan"].append(("Ends on", date(2011, 6, 30)))
    # Nothing says when the forecast moved.
    sheets["Delays"], sheets["Mitigations"] = [], []
    sheets["Milestones"][0]["Forecast due"] = date(2011, 9, 30)
    outcome = import_workbook(file_of(sheets), name="plan.xlsx", at=timezone.now())
    milestone = Milestone.objects.get(item__plan=outcome.plan)
    found = milestone.history.as_of(Moment.end_of(date(2011, 6, 30)).until)
    assert found.forecast_due == date(2011, 9, 30)
