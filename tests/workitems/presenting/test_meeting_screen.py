"""Test the meeting screen: one matter at a time, with forms to record it."""

import re

import pytest
from django.utils.html import strip_tags

from tests.factories import (
    DecisionFactory,
    DelayFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    TargetFactory,
    UserFactory,
    VariationFactory,
)
from tests.workitems.record import DUE, SLIPPED, TODAY, YESTERDAY, ready_to_decide
from tests.workitems.record import of_meeting as to
from workitems.measures.services import values
from workitems.models import Decision, Meeting

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="pages; what they record has services on both"),
]


@pytest.fixture
def asked(milestone):
    return VariationFactory(milestone=milestone, number=1, state="recommended")


def screen(client, meeting, matter=None):
    return client.get(to("present", meeting), {"matter": matter} if matter is not None else {})


@pytest.mark.parametrize(
    ("asked_for", "shown", "previous", "following"),
    [
        (None, 1, "?slide=agenda", "?matter=2"),
        ("2", 2, "?matter=1", "?matter=3"),
        ("3", 3, "?matter=2", "?slide=closing"),
        ("0", 1, "?slide=agenda", "?matter=2"),
        ("99", 3, "?matter=2", "?slide=closing"),
        ("no number", 1, "?slide=agenda", "?matter=2"),
        ("9" * 400, 1, "?slide=agenda", "?matter=2"),
    ],
)
def test_the_screen_shows_a_matter_with_links_to_the_others(
    reader, meeting, three, asked_for, shown, previous, following
):
    page = screen(reader, meeting, asked_for)
    here = to("present", meeting)
    assert page.context["matter"] == three[shown - 1]
    assert page.context["previous"]["url"] == here + previous
    assert page.context["next"]["url"] == here + following
    assert f"{shown} of 3" in page.text


def test_a_meeting_without_an_agenda_says_so(reader, meeting):
    assert "Nothing is on the agenda yet." in screen(reader, meeting).text


def test_members_see_the_screen_without_its_forms(reader, meeting, three):
    page = screen(reader, meeting).text
    assert "Mark as considered" not in page
    assert "<form" not in page


def test_nothing_can_be_recorded_before_the_day_of_the_meeting(manager, meeting, three):
    Meeting.objects.filter(pk=meeting.pk).update(held_on=DUE)
    page = screen(manager, meeting).text
    assert "Mark as considered" not in page


def test_each_kind_of_matter_shows_its_subject(
    reader, plan, meeting, item, milestone, asked, police
):
    earlier = MeetingFactory(plan=plan, held_on=YESTERDAY)
    subjects = {
        "item": item,
        "variation": asked,
        "decision": DecisionFactory(meeting=earlier, owner_agency=police, due_on=YESTERDAY),
        "risk": RiskFactory(plan=plan, response="Train two at a time."),
        "of_return": ReturnFactory(round=RoundFactory(plan=plan), agency=police),
    }
    shown = {
        "item": ("Brochure printed", "Due 30 June", "Police"),
        "variation": ("Decide", "to 30 September 2010?", "The printer is late."),
        "decision": ("Follow up", "Overdue since 31 May 2010", "New Zealand Police"),
        "risk": ("Discuss", "Medium", "Train two at a time."),
        "of_return": ("Due", "14 July 2010"),
    }
    for position, (kind, subject) in enumerate(subjects.items(), start=1):
        MatterFactory(meeting=meeting, position=position, title=kind, **{kind: subject})
    for position, words in enumerate(shown.values(), start=1):
        page = screen(reader, meeting, position).text
        assert [word for word in words if word not in page] == []


def test_reasons_for_a_matter_are_current_until_the_record_is_closed(
    reader, plan, meeting, coordinator
):
    risk = RiskFactory(plan=plan, escalated_to="group", escalated_on=YESTERDAY)
    MatterFactory(meeting=meeting, risk=risk, why="Raised last week.")
    assert screen(reader, meeting).context["reasons"] == [
        "Escalated to the working group on 31 May 2010."
    ]
    Meeting.objects.filter(pk=meeting.pk).update(
        closed_at="2010-06-01T00:00Z", closed_by=coordinator
    )
    assert screen(reader, meeting).context["reasons"] == ["On 1 June 2010: Raised last week."]


def test_a_late_item_is_shown_with_its_cause_new_date_mitigation_and_what_is_asked(
    reader, meeting, milestone, police
):
    late = MilestoneFactory(
        item=milestone.item,
        number=2,
        original_due=YESTERDAY,
        agreed_due=YESTERDAY,
        forecast_due=DUE,
    )
    delay = DelayFactory(milestone=late, cause="staffing", explanation="Two people left.")
    MitigationFactory(delay=delay, owner_agency=police, description="Hire two.", due_on=DUE)
    MatterFactory(meeting=meeting, item=milestone.item)
    asked = VariationFactory(milestone=late, number=1, state="recommended")
    MatterFactory(meeting=meeting, position=2, variation=asked)
    page = screen(reader, meeting)
    assert page.context["reasons"][0] == "Overdue by one day."
    answers = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page.text, re.DOTALL)
    assert [(name, " ".join(strip_tags(told).split())) for name, told in answers] == [
        ("Why", "Staffing: Two people left."),
        ("Being done", "Police will hire two. By 30 June 2010"),
        ("Police says", "The printer is late."),
    ]
    heading = " ".join(strip_tags(re.search(r"<h1.*?</h1>", page.text, re.DOTALL)[0]).split())
    assert heading == f"{milestone.item.number} Move “{late}” to 30 September 2010?"
    assert heading in " ".join(strip_tags(screen(reader, meeting, 2).text).split())


def test_a_question_has_both_answers_with_what_follows(reader, meeting, asked):
    asked.recommends, asked.recommendation = "approve", "The printer is booked."
    asked.save()
    MatterFactory(meeting=meeting, variation=asked)
    text = screen(reader, meeting).text
    choices = re.findall(r'<div class="choice( .*?|">.*?)</div>', text, re.DOTALL)
    approve, decline = (" ".join(strip_tags(f'<p class="{each}').split()) for each in choices)
    assert approve == (
        "Approve The coordinator recommends it. The printer is booked. The date moves three months (92 days) later."
    )
    assert decline == "Decline The agreed date stays 30 June 2010."
    assert choices[0].startswith(" is-recommended")


def test_the_agenda_slide_groups_matters_by_what_is_asked(reader, meeting, asked, plan):
    MatterFactory(meeting=meeting, position=1, title="Welcome")
    MatterFactory(meeting=meeting, position=2, title="A date", variation=asked)
    risk = RiskFactory(plan=plan, escalated_to="group", escalated_on=YESTERDAY)
    MatterFactory(meeting=meeting, position=3, title="A risk", risk=risk)
    page = reader.get(to("present", meeting), {"slide": "agenda"})
    assert [(verb, len(rows)) for verb, rows in page.context["runs"]] == [
        (None, 1),
        ("decide", 1),
        ("discuss", 1),
    ]


@pytest.mark.parametrize("position", ["1", "3"])
def test_a_screen_takes_the_same_queries_for_any_agenda(
    manager, meeting, three, position, django_assert_num_queries
):
    with django_assert_num_queries(15):  # session, user, seats, plans, meeting, agenda, forms
        screen(manager, meeting, position)


# --- recording on the screen --------------------------------------------------------------------


def test_marking_a_matter_as_considered_returns_to_the_screen(manager, meeting, three):
    address = to("consider", meeting, three[1].pk)
    sent = manager.post(address, {"considered": "yes", "at": "2"})
    assert sent.url == f"{to('present', meeting)}?matter=2"
    three[1].refresh_from_db()
    assert three[1].considered_on == TODAY
    page = manager.post(address, {"considered": "no", "at": "2"}, follow=True)
    *_, said = page.context["messages"]
    assert str(said) == "No longer marked as considered."
    assert page.context["matter"] == three[1]


def test_a_decision_is_recorded_on_the_matter_shown(manager, meeting, three, police):
    address = to("record-on", meeting, three[2].pk)
    refused = manager.post(address, {"text": "Ask.", "owner_agency": police.pk, "due_on": ""})
    assert refused.status_code == 422
    assert refused.context["matter"] == three[2]
    assert refused.context["decision_form"].errors == {
        "due_on": ["Enter the date by which the agency is to do it."]
    }
    typed = {"text": "Ask.", "owner_agency": police.pk, "due_on": "30 June 2010"}
    page = manager.post(address, typed, follow=True)
    assert [decision.text for decision in page.context["decisions"]] == ["Ask."]
    assert page.context["matter"] == three[2]
    assert Decision.objects.get().matter == three[2]


def test_a_variation_approved_on_the_screen_takes_effect(manager, meeting, asked, milestone):
    matter = MatterFactory(meeting=meeting, variation=asked)
    address = to("decide", meeting, matter.pk)
    refused = manager.post(address, {"text": "Yes."})
    assert refused.context["requests"][0].form.errors == {
        "decision": ["Choose approved or declined."]
    }
    refused = manager.post(address, {"decision": "approve", "text": "Yes."})
    assert refused.context["requests"][0].form.non_field_errors() == [
        "No agencies are recorded as present. Deciding a variation takes 2; record attendance first."
    ]
    ready_to_decide(meeting)
    page = manager.post(address, {"decision": "approve", "text": "Yes."}, follow=True)
    assert [str(each) for each in page.context["messages"]] == [
        "V1 is approved and has taken effect."
    ]
    milestone.refresh_from_db()
    matter.refresh_from_db()
    assert (milestone.agreed_due, matter.considered_on) == (SLIPPED, TODAY)
    assert [decision.text for decision in page.context["decisions"]] == ["Yes."]
    again = manager.post(address, {"decision": "decline"})
    assert again.status_code == 422


def test_the_variations_of_an_item_are_decided_on_its_own_slide(
    manager, meeting, asked, milestone, item
):
    matter = MatterFactory(meeting=ready_to_decide(meeting), item=item)
    other = VariationFactory(
        milestone=MilestoneFactory(item=item, number=2), number=2, state="recommended"
    )
    page = screen(manager, meeting)
    assert [each.variation for each in page.context["requests"]] == [asked, other]
    address = to("decide", meeting, matter.pk)
    answer = manager.post(
        address, {"variation": other.pk, "decision": "approve", "text": "Agreed."}
    )
    assert answer.url == f"{to('present', meeting)}?matter=1"
    for row in (asked, other, matter):
        row.refresh_from_db()
    assert (asked.state, other.state, matter.considered_on) == ("recommended", "approved", TODAY)
    assert matter.decisions.get().variation == other
    assert manager.post(address, {"decision": "approve"}).status_code == 404


def test_the_slide_of_an_item_has_its_risks_and_what_was_decided_and_is_not_done(
    reader, meeting, plan, item, police
):
    MatterFactory(meeting=meeting, item=item)
    RiskFactory(plan=plan, item=item, number=4, escalated_to="group", escalated_on=YESTERDAY)
    earlier = MeetingFactory(plan=plan, held_on=YESTERDAY)
    DecisionFactory(meeting=earlier, item=item, owner_agency=police, due_on=DUE, text="Call them.")
    page = screen(reader, meeting).text
    assert "Risk, with the group" in page
    assert ">R4</a>" in page
    assert "Decided before, not done" in page
    assert "Call them." in page


def test_a_variation_can_be_declined_on_the_screen(manager, meeting, asked, milestone):
    matter = MatterFactory(meeting=ready_to_decide(meeting), variation=asked)
    manager.post(to("decide", meeting, matter.pk), {"decision": "decline"})
    asked.refresh_from_db()
    milestone.refresh_from_db()
    assert (asked.state, milestone.agreed_due) == ("declined", DUE)


def test_a_matter_without_a_variation_offers_no_decision_on_one(manager, meeting, three):
    answer = manager.post(to("decide", meeting, three[0].pk), {"decision": "approve"})
    assert answer.status_code == 404


def test_a_slide_of_an_item_has_what_its_measures_say(manager, meeting, item, police):
    row = MeasureFactory(item=item, number=8, kind="level", as_told="the number of staff trained")
    MeasureFactory(item=item, number=9, description="Words only.")
    value = MeasureValueFactory(measure=row, day=YESTERDAY)
    MatterFactory(meeting=meeting, position=1, item=item)
    page = screen(manager, meeting, "1")
    assert [each.reading.sentence for each in page.context["measures"]] == [
        "No number has been given for the number of staff trained."
    ]
    values.accept(value=value, by=UserFactory(), on=TODAY)
    shown = " ".join(strip_tags(screen(manager, meeting, "1").content.decode()).split())
    assert "Does it help?The number of staff trained was 83 in " in shown
    assert "No target" in shown


def test_a_missed_target_is_said_once_on_the_slide_of_a_late_item(manager, meeting, item):
    MilestoneFactory(item=item, number=5, description="Late", original_due=YESTERDAY)
    row = MeasureFactory(item=item, number=8, kind="level", as_told="the number of staff trained")
    TargetFactory(measure=row, number=120, due=YESTERDAY, set_on=YESTERDAY)
    values.accept(value=MeasureValueFactory(measure=row, day=YESTERDAY), by=UserFactory(), on=TODAY)
    MatterFactory(meeting=meeting, position=1, item=item)
    page = screen(manager, meeting, "1")
    (measure,) = page.context["measures"]
    text = re.sub(r"<title>.*?</title>", "", page.text)
    assert measure.reading.state == "missed"
    assert text.count(measure.reading.sentence) == 1
