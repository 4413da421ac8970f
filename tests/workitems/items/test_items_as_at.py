"""Test the page of an item as at a past day: everything as recorded by then."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from agencies.records import history
from tests.factories import (
    DecisionFactory,
    DelayFactory,
    EvidenceFactory,
    MatterFactory,
    MeasureFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    RiskFactory,
    SupportFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import SLIPPED, noon
from workitems.models import Delay, Measure, Milestone, Mitigation, Variation

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

EARLY, THEN, NOW = date(2010, 5, 3), date(2010, 6, 1), date(2010, 9, 1)


@pytest.fixture
def item(plan, police, customs):
    """Item 1.2 as on 1 June: delayed, with a risk and a variation, supported by Customs."""
    with noon(EARLY):
        item = WorkItemFactory(
            plan=plan,
            pillar=PillarFactory(plan=plan, number=1, title="Stopping it"),
            number="1.2",
            title="Print a leaflet",
            action="Print it in two languages.",
            lead_agency=police,
            stage="under_way",
            confidence="at_risk",
            is_key=True,
        )
        SupportFactory(item=item, agency=customs, role="Airports")
        MeasureFactory(item=item, description="Leaflets handed out.")
        milestone = MilestoneFactory(
            item=item,
            number=1,
            description="Leaflet printed",
            original_due=date(2010, 5, 21),
            forecast_due=SLIPPED,
        )
        MitigationFactory(delay=DelayFactory(milestone=milestone))
        RiskFactory(plan=plan, item=item, number=4, owner_agency=police, description="No paper.")
        VariationFactory(milestone=milestone, number=7)
    return item


@pytest.fixture
def changed(item, plan, police, customs):
    """The same item on 1 September, with everything changed and more records."""
    with noon(NOW):
        item.title, item.action = "Print a brochure", "Print it in ten languages."
        item.pillar = PillarFactory(plan=plan, number=2, title="Protection")
        item.lead_agency, item.is_key, item.confidence = customs, False, "on_track"
        with without_decisions():
            history.save(item, by=None, reason="A new plan.")
        for model, words in [
            (Measure, {"description": "Brochures read."}),
            (Mitigation, {"description": "Ask again."}),
            (Delay, {"explanation": "The printer closed."}),
            (Milestone, {"description": "Brochure printed", "completed_on": date(2010, 8, 1)}),
        ]:
            row = model.objects.get()
            for name, value in words.items():
                setattr(row, name, value)
            history.save(row, by=None)
        risk, variation = item.risks.get(), Variation.objects.get()
        risk.closed_on, variation.state = NOW, "taken_back"
        history.save(risk, by=None)
        history.save(variation, by=None)
        SupportFactory(item=item, agency=plan.coordinating_agency)
        MilestoneFactory(item=item, description="Brochure read")
        RiskFactory(plan=plan, item=item, number=5, owner_agency=police, description="No ink.")
    return item


def page_of(client_of, person, item, at, on=NOW):
    with noon(on):
        return client_of(person).get(item.get_absolute_url(), {"at": at} if at else {})


def words_of(page):
    """Return the page's text, with white space collapsed."""
    body = page.text.partition('<main id="main"')[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_past_page_shows_the_item_as_it_was(client_of, contributor, changed):
    page = page_of(client_of, contributor, changed, "2010-06-01")
    assert "</span> Print a leaflet</h1>" in page.text
    words = words_of(page)
    for shown in [
        "The plan as at 1 June 2010 , as it was recorded by then. Back to today",
        "Late: overdue by 11 days Police says At risk Under way",
        "Lead New Zealand Police",
        "Supporting Customs (Airports) Pillar 1 Stopping it",
        "Action item, key item",
        "For the group Move “Leaflet printed” to 30 September 2010? Not advised yet V7",
        "Print it in two languages.",
        "Leaflets handed out.",
        "Leaflet printed",
        "Overdue by 11 days expected 30 September, first promised for 21 May",
        "Moved once, on 1 May 2010 Funding.",
        "Funding. No money was set aside.",
        "From 21 May 2010 to 30 September 2010 (four months). Found 1 May 2010.",
        "Police will ask for money in the next budget.",
        "R4 No paper.",
        "No update had been accepted by then.",
    ]:
        assert shown in words
    for later in [
        "rochure",
        "ten languages",
        "printer closed",
        "Ask again",
        "No ink",
        "Protection",
    ]:
        assert later not in words


def test_the_page_of_today_shows_later_changes(client_of, contributor, changed):
    words = words_of(page_of(client_of, contributor, changed, ""))
    for shown in ["Print it in ten languages.", "Pillar 2 Protection", "R5 No ink.", "Ask again."]:
        assert shown in words
    for gone in ["The plan as at", "leaflet", "R4", "V7", "Asked for"]:
        assert gone not in words


def test_a_past_page_leads_to_its_history_up_to_its_day(client_of, contributor, changed):
    page = page_of(client_of, contributor, changed, "2010-06-01").text
    assert f'<a href="{changed.get_absolute_url()}history/?until=2010-06-01">History</a>' in page


@pytest.mark.parametrize("person", ["contributor", "coordinator"])
def test_a_past_page_offers_no_changes(person, request, client_of, item):
    person = request.getfixturevalue(person)
    now = page_of(client_of, person, item, "").text
    then = page_of(client_of, person, item, "2010-06-01").text
    ways = r'href="[^"]*/(status|review|milestones|evidence|request-[a-z]+|raise)/[^"]*"'
    assert re.search(ways, now)
    assert re.search(ways, then) is None
    assert 'method="post"' not in then.partition("<main")[2]


def test_a_past_page_links_to_the_list_of_that_day_and_to_today(client_of, contributor, changed):
    page = page_of(client_of, contributor, changed, "1 June 2010").text
    listing = f"/plans/{changed.plan.slug}/items/"
    assert f'<a href="{listing}?at=2010-06-01">Work items</a>' in page
    assert f'<a href="{listing}1.2/">Back to today</a>' in page
    assert (
        f'<a href="{listing}">Work items</a>' in page_of(client_of, contributor, changed, "").text
    )


def test_the_page_says_that_the_item_did_not_exist_yet(client_of, contributor, changed):
    page = page_of(client_of, contributor, changed, "2010-05-02")
    assert page.status_code == 200
    assert "The plan did not have this item on that day." in page.text
    assert f'href="{changed.get_absolute_url()}">Show the item today</a>' in page.text


@pytest.mark.both_databases
def test_an_invalid_day_is_reported_and_kept_and_today_is_shown(client_of, contributor, changed):
    page = page_of(client_of, contributor, changed, "soon")
    assert "<title>Error: 1.2 Print a brochure" in page.text
    assert page.text.count("Enter a date, such as 7 September 2010.") == 2
    assert 'value="soon"' in page.text


@pytest.mark.parametrize("at", ["2010-06-01", "2010-05-02", "soon"])
def test_the_page_is_not_found_on_any_day_by_a_user_outside_the_plan(
    client_of, stranger, changed, at
):
    assert page_of(client_of, stranger, changed, at).status_code == 404


# --- updates, evidence, meetings --------------------------------------------------------------


def an_update(item, achieved, accepted_on=None, year=2010):
    return UpdateFactory(
        item=item,
        achieved=achieved,
        of_return__state="accepted" if accepted_on else "submitted",
        of_return__submitted_at=datetime(2010, 5, 10, tzinfo=UTC),
        of_return__accepted_on=accepted_on,
        of_return__round__period_start=date(year, 1, 1),
        of_return__round__period_end=date(year, 5, 31),
        of_return__round__closed_at=timezone.now(),
    )


def test_a_past_page_shows_updates_accepted_by_that_day(client_of, contributor, item):
    with noon(EARLY):
        an_update(item, "Old news.", EARLY, year=2009)
        news = an_update(item, "First words.", EARLY)
        waits = an_update(item, "Not read yet.", year=2008)
    with noon(NOW):
        news.achieved = "Later words."
        history.save(news, by=None)
        waits.of_return.state, waits.of_return.accepted_on = "accepted", NOW
        history.save(waits.of_return, by=None)

    def shown(at):
        updates = page_of(client_of, contributor, item, at).context["updates"]
        return [(update.achieved, str(update.of_return.agency)) for update, _ in updates]

    assert shown("2010-06-01") == [("First words.", "Police"), ("Old news.", "Police")]
    assert [achieved for achieved, _ in shown("")] == ["Later words.", "Old news.", "Not read yet."]


@pytest.mark.both_databases
def test_a_past_page_lists_evidence_of_that_day_without_links_to_withdrawn_files(
    client_of, contributor, item
):
    milestone = item.milestones.get()
    common = {"milestone": milestone, "added_by": contributor}
    with noon(EARLY):
        EvidenceFactory(**common, note="A receipt.", added_at=timezone.now())
        wrong = EvidenceFactory(**common, note="A wrong letter.", added_at=timezone.now())
    with noon(NOW):
        EvidenceFactory(**common, note="A later photograph.", added_at=timezone.now())
        wrong.withdrawn_at, wrong.withdrawn_by = timezone.now(), contributor
        wrong.withdrawn_reason = "Of another item."
        history.save(wrong, by=contributor)
    words = words_of(page_of(client_of, contributor, item, "2010-06-01"))
    assert "A receipt." in words
    assert "was withdrawn on 1 September 2010: Of another item." in words
    assert "A wrong letter." not in words
    assert "A later photograph." not in words


def test_a_past_page_lists_meetings_that_had_considered_the_item(
    client_of, contributor, plan, item
):
    with noon(EARLY):
        matters = {
            day: MatterFactory(meeting=MeetingFactory(plan=plan, held_on=day), item=item)
            for day in (EARLY, NOW)
        }
        asked = MatterFactory(
            meeting=matters[EARLY].meeting, position=2, variation=Variation.objects.get()
        )
        for matter in (matters[EARLY], asked):
            matter.considered_on = EARLY
            history.save(matter, by=None)
        DecisionFactory(meeting=matters[EARLY].meeting, matter=asked, text="Wait for a quote.")
        DecisionFactory(meeting=matters[EARLY].meeting, number=2, item=item, text="Print less.")
        DecisionFactory(meeting=matters[EARLY].meeting, number=3, text="Of something else.")
    with noon(NOW):
        matters[NOW].considered_on = NOW
        history.save(matters[NOW], by=None)

    def considered(at):
        page = page_of(client_of, contributor, item, at)
        return [(each.held_on, each.decisions) for each in page.context["considered"]]

    assert considered("2010-06-01") == [(EARLY, ["Wait for a quote.", "Print less."])]
    assert considered("") == [(NOW, []), (EARLY, ["Wait for a quote.", "Print less."])]


# --- queries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_past_page_takes_the_same_queries_for_any_number_of_records(
    client_of, contributor, plan, police, customs, count, django_assert_num_queries
):
    with noon(EARLY):
        item = WorkItemFactory(action="Print it.", plan=plan, lead_agency=police)
        agencies = [customs, plan.coordinating_agency, police]
        for number in range(1, count + 1):
            SupportFactory(item=item, agency=agencies[number - 1])
            MeasureFactory(item=item, number=number)
            milestone = MilestoneFactory(item=item)
            for one in range(1, count + 1):
                delay = DelayFactory(milestone=milestone, number=one)
                for step in range(1, count + 1):
                    MitigationFactory(delay=delay, number=step)
            VariationFactory(milestone=milestone)
            RiskFactory(plan=plan, item=item, number=number, owner_agency=police)
            EvidenceFactory(milestone=milestone, added_at=timezone.now())
            an_update(item, "News.", EARLY, year=2000 + number)
            meeting = MeetingFactory(plan=plan, held_on=date(2010, 3, number))
            MatterFactory(meeting=meeting, item=item, considered_on=meeting.held_on)
    with noon(NOW):
        client = client_of(contributor)
        client.get("/plans/")  # the first page of a session writes when it began
        # Savepoint and release; session, person, seats, plans; today's item and who supports it,
        # fourteen for what it was.
        with django_assert_num_queries(23):
            page = client.get(item.get_absolute_url(), {"at": "2010-06-01"})
    assert len(page.context["milestones"]) == len(page.context["updates"]) == count
