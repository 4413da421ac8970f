"""All that is asked of the group about an item is asked, wherever it is shown, until each of it is dealt with."""

import re
from datetime import date

import pytest
from django.urls import reverse

from reports.meetings.minutes import compose_minutes
from reports.progress.dashboard_parts import asked_of
from tests.factories import (
    MatterFactory,
    MeetingFactory,
    RiskFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, TOMORROW, ready_to_decide
from workitems.meetings.agenda import AgendaRow, not_on, present_lines, proposals, rows_of
from workitems.models import Matter, Variation
from workitems.plan.attention import Verb
from workitems.variations.services import variations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
RECOMMENDED = Variation.State.RECOMMENDED


@pytest.fixture
def risk(item):
    return RiskFactory(
        plan=item.plan,
        item=item,
        number=3,
        description="Staff leave.",
        escalated_on=TODAY,
        escalated_to="group",
    )


@pytest.fixture
def asked(item, milestone, risk, coordinator):
    """A new agreed date for the item that has a risk with the group."""
    return VariationFactory(milestone=milestone, state=RECOMMENDED)


def of_item(item):
    return next(
        each for each in present_lines(item.plan, TODAY) if each.item and each.item.pk == item.pk
    )


def test_a_request_hides_no_risk_of_its_item(item, asked, risk, client_of, coordinator):
    line = of_item(item)
    assert [each.of for each in line.all_asked] == [asked.reference, "R3"]
    assert {group.verb: [each.ask.of for each in group.asks] for group in asked_of([line])} == {
        Verb.DECIDE: [asked.reference],
        Verb.DISCUSS: ["R3"],
    }
    meeting = MeetingFactory(plan=item.plan, held_on=TOMORROW)
    MatterFactory(meeting=meeting, item=item, title="An item")
    client = client_of(coordinator)
    for page in (
        meeting.get_absolute_url(),
        item.get_absolute_url(),
        reverse("dashboard:overview", args=[item.plan.slug]),
    ):
        text = client.get(page).text
        assert (page, asked.reference in text, "R3" in text) == (page, True, True)


def test_deciding_a_request_leaves_the_risk_of_its_item_to_be_discussed(
    item, asked, risk, coordinator, client_of
):
    meeting = MeetingFactory(plan=item.plan, held_on=TODAY)
    own = MatterFactory(meeting=meeting, item=item, title="An item", position=1)
    ready_to_decide(meeting)
    variations.decide(variation=asked, approve=True, meeting=meeting, by=coordinator, at=NOW)
    matters = list(Matter.objects.filter(meeting=meeting).in_order())
    assert [(each.item, each.risk, each.considered_on) for each in matters] == [
        (item, None, TODAY),
        (None, risk, None),
    ]
    rows = rows_of(matters, present_lines(item.plan, TODAY), TODAY, meeting.decisions.all())
    assert rows[0].results == [f"Approved: {asked}."]
    assert (rows[0].asks, rows[0].verb, rows[1].verb) == ("", None, Verb.DISCUSS)
    page = client_of(coordinator).get(meeting.get_absolute_url()).text
    assert f"Approved: {asked}." in page
    assert own.why not in page or not own.why
    minutes = compose_minutes(meeting, NOW)
    assert minutes.not_reached == ("2. Risk R3: Staff leave.",)


def test_a_risk_that_was_taken_off_the_agenda_does_not_come_back(item, asked, risk, coordinator):
    meeting = MeetingFactory(plan=item.plan, held_on=TODAY)
    MatterFactory(meeting=meeting, item=item, title="An item", position=1)
    MatterFactory(meeting=meeting, risk=risk, title="R3", position=2, withdrawn_on=TODAY)
    ready_to_decide(meeting)
    variations.decide(variation=asked, approve=True, meeting=meeting, by=coordinator, at=NOW)
    assert meeting.matters.on_agenda().count() == 1


@pytest.mark.parametrize("state", [Variation.State.REQUESTED, RECOMMENDED])
def test_a_request_about_the_plan_itself_is_asked_of_the_group_and_proposed(plan, state):
    later = date(2013, 1, 31)
    request = VariationFactory(
        plan=plan,
        milestone=None,
        item=None,
        kind=Variation.Kind.END,
        state=state,
        due_before=plan.ends_on,
        due_after=later,
        requesting_agency=plan.coordinating_agency,
    )
    lines = present_lines(plan, TODAY)
    assert [(each.verb, each.asked.of) for each in lines] == [(Verb.DECIDE, request.reference)]
    assert [group.verb for group in asked_of(lines)] == [Verb.DECIDE]
    found = proposals(plan, TODAY, lines)
    assert [(each.subject, each.verb) for each in found] == [(request, Verb.DECIDE)]
    meeting = MeetingFactory(plan=plan, held_on=TOMORROW)
    assert not_on(found, [MatterFactory(meeting=meeting, variation=request)]) == []


def heading_of(client, plan):
    """Return the heading of what is asked on the dashboard, and each thing with its day, as words."""
    page = " ".join(client.get(reverse("dashboard:overview", args=[plan.slug])).text.split())
    part = page.split('id="asked">')[1].split("</section></section>")[0].split('class="changes"')[0]
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", part)).strip()
    return text.split(" Decide")[0].split(" Discuss")[0], text


def test_what_is_asked_is_asked_at_the_meeting_whose_agenda_has_it(
    item, asked, risk, client_of, coordinator, customs
):
    client, plan = client_of(coordinator), item.plan
    soon = MeetingFactory(plan=plan, held_on=TOMORROW)
    assert heading_of(client, plan)[0] == "Asked of the group on 2 June"
    other = MatterFactory(meeting=soon, title="Another matter")
    later = MeetingFactory(plan=plan, held_on=date(2010, 6, 10))
    MatterFactory(meeting=later, item=item, title="An item")
    assert heading_of(client, plan)[0] == "Asked of the group on 10 June"
    more = WorkItemFactory(plan=plan, number="3.3", lead_agency=customs, confidence="off_track")
    MatterFactory(meeting=soon, item=more, title="Another item")
    heading, text = heading_of(client, plan)
    assert heading == "Asked of the group"
    assert f"{asked.reference}, 10 June" in text
    Matter.objects.filter(meeting=soon).update(considered_on=TODAY)
    assert heading_of(client, plan)[0] == "Asked of the group on 10 June"
    assert other.meeting == soon


def test_a_meeting_that_has_dealt_with_its_agenda_is_asked_nothing(
    item, asked, client_of, coordinator
):
    meeting = MeetingFactory(plan=item.plan, held_on=TODAY)
    MatterFactory(meeting=meeting, title="Another matter", considered_on=TODAY)
    assert heading_of(client_of(coordinator), item.plan)[0] == "Asked of the group"


def test_a_request_does_not_take_the_two_ratings_off_the_agenda(item, asked, risk):
    item.confidence, item.reviewer_confidence = "on_track", "at_risk"
    item.save()
    line = next(each for each in present_lines(item.plan, TODAY) if each.item)
    further = [(each.verb, each.reference, each.ask.short) for each in line.further_asks]
    assert further[-1] == (Verb.DISCUSS, "", "At risk, or on track?")
    row = AgendaRow(MatterFactory(meeting__plan=item.plan, item=item), line)
    assert [each.ask.short for each in row.further][-1] == "At risk, or on track?"
