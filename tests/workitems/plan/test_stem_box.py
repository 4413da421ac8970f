"""Test the boxes whose sentence the form begins, and what the script below them shows."""

from datetime import date

import pytest
from django import forms
from django.urls import reverse

from agencies.models import Agency
from agencies.typed.fields import Form
from tests.factories import (
    AgencyFactory,
    GlossaryEntryFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    RiskFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.intake.forms.plan_making import ItemForm, MilestoneForm
from workitems.measures.forms import NewMeasureForm
from workitems.meetings.forms.meetings import DecisionForm
from workitems.models import Measure
from workitems.plan.forms.item_texts import TextForm
from workitems.plan.forms.stems import StemField, speak_of
from workitems.returns.forms.returns import UpdateForm
from workitems.risks.forms import ChangeRiskForm, RaiseRiskForm
from workitems.variations.forms.additions import ProposeItemForm
from workitems.variations.forms.variations import RequestDateForm, RequestWordingForm

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SAYS_NOTHING = "This says nothing that a reader can use. Write, for example: {}."
CHAPTERS = "publish the parts that are agreed"


class Act(Form):
    mitigation = StemField("mitigation", owner="agency", label="What is done")
    agency = forms.ChoiceField(choices=[("", "Choose"), ("1", "MBIE"), ("2", "Police")])
    needs = StemField("needs", label="What it needs")
    effect = StemField("effect", label="Effect")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        speak_of(self, "MBIE", ["MBIE", "Police"])


# --- the box ----------------------------------------------------------------------------------


def test_the_form_begins_the_sentence_and_gives_an_example():
    page = str(Act()["needs"].as_field_group())
    assert "<span data-beginning>To be done, it needs …</span>" in page
    assert "for example, “a second tender”" in page
    assert "It will read" not in page


def test_the_box_is_described_by_its_beginning_its_error_and_its_reading():
    box = Act({"needs": "n/a"})["needs"]
    assert 'aria-describedby="id_needs_begins id_needs_error id_needs_reads"' in str(box)
    for part in ("begins", "error", "reads"):
        assert f'id="id_needs_{part}"' in box.as_field_group()


@pytest.mark.parametrize(
    ("chosen", "reads"),
    [("2", "Police will publish the chapters."), ("", "The owner will publish the chapters.")],
)
def test_the_chosen_agency_is_the_subject_of_the_sentence(chosen, reads):
    box = Act({"mitigation": "Publish the chapters", "agency": chosen})["mitigation"]
    assert (box.beginning, box.reading.sentence) == ("The owner will", reads)


def test_a_form_with_a_mistake_comes_back_with_the_reading():
    page = str(Act({"effect": "Police wait for months", "agency": ""}))
    assert "It will read: <q>For people this means that Police wait for months.</q>" in page


@pytest.mark.parametrize("field", ["mitigation", "needs"])
def test_a_text_that_says_nothing_is_refused_with_what_to_write(field):
    form = Act({field: "As above.", "agency": "1"})
    assert form.errors == {field: [SAYS_NOTHING.format(form.fields[field].example)]}
    assert form[field].reading.remarks == []  # said once


def test_an_effect_that_says_nothing_is_advised_against_and_kept():
    form = Act({"effect": "n/a", "agency": "1"})
    assert form.is_valid()
    assert form["effect"].reading.remarks == [SAYS_NOTHING.format(form.fields["effect"].example)]


def test_a_text_that_only_names_a_topic_is_kept_with_a_remark():
    form = Act({"effect": "Ongoing discussions", "agency": "1"})
    assert form.is_valid()
    assert (
        form["effect"].reading.remarks[0].startswith("This only names a topic. Write, for example:")
    )


def test_an_old_draft_that_says_nothing_is_kept():
    form = Act({"needs": "n/a", "agency": "1"}, initial={"needs": "n/a"})
    assert form.is_valid()


# --- what six officers type --------------------------------------------------------------------

WORDS = "Use at most 30 words; the paper shortens what is longer."


@pytest.fixture
def read(client):
    AgencyFactory(short_name="Police", name="New Zealand Police")
    client.force_login(UserFactory())

    def read(text, asked="mitigation", agency="MBIE", **more):
        typed = {"asked": asked, "agency": agency, "text": text, **more}
        return client.post(reverse("read-sentence"), typed)

    return read


@pytest.mark.parametrize(
    ("typed", "sentence", "remarks"),
    [
        ("Publish the chapters", "MBIE will publish the chapters.", []),
        ("n/a", "", [SAYS_NOTHING.format(CHAPTERS)]),
        ("see above", "", [SAYS_NOTHING.format(CHAPTERS)]),
        ("COMPLETED", "", [SAYS_NOTHING.format(CHAPTERS)]),
        (
            "we are hiring",
            "MBIE is hiring.",
            [
                f"Continue the sentence “MBIE will …”, for example: {CHAPTERS}.",
            ],
        ),
        (
            "publish " + "a chapter " * 199 + "now",
            "MBIE will publish " + "a chapter " * 28 + "a…",
            [WORDS],
        ),
    ],
)
def test_each_text_is_shown_as_it_will_read_with_a_plain_sentence(read, typed, sentence, remarks):
    reading = read(typed).context["reading"]
    assert reading == (sentence, remarks)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("No money was set aside.", "… no money was set aside."),
        ("Funding", "… because of funding."),
        ("Is it late?", "Is it late?"),
    ],
)
def test_of_a_cause_only_what_completes_the_sentence_is_shown(read, typed, sentence):
    assert read(typed, "explanation").context["reading"].sentence == sentence


def test_nothing_is_shown_of_nothing(read):
    assert read(" ").text.strip() == ""


def test_a_name_of_an_agency_may_begin_a_clause(read):
    reading = read("Police keep a list", "meanwhile").context["reading"]
    assert reading == ("Until then, Police keep a list.", [])


def test_an_act_of_another_agency_stays_its_own(read):
    page = read("Police will lend a lawyer").text
    assert "It will read: <q>Police will lend a lawyer.</q>" in page
    assert "stem-remark" not in page


def test_one_word_is_no_cause(read):
    assert "This only names a topic." in read("Coroners", asked="explanation").text


def test_what_is_not_asked_is_not_found(read):
    assert read("Anything", "weather").status_code == 404


def test_what_is_typed_is_escaped(read):
    assert "<q>&lt;b&gt;Bold&lt;/b&gt;.</q>" in read("<b>Bold</b>").text


# --- acronyms -----------------------------------------------------------------------------------


def test_a_box_of_a_plan_says_which_acronyms_the_plan_does_not_know():
    plan = PlanFactory()
    GlossaryEntryFactory(plan=plan)
    form = Act({"needs": "A test of the CNS by the INZ", "agency": "1"})
    speak_of(form, "MBIE", ["MBIE"], plan)
    assert f'data-plan="{plan.pk}"' in str(form["needs"])
    assert form["needs"].reading.remarks == [
        "INZ is not in the plan’s glossary, which the coordinator keeps: write it out."
    ]


def test_only_who_reads_the_plan_is_told_of_its_glossary(read, client):
    seat = SeatFactory()
    mine, other = PlanFactory(coordinating_agency=seat.agency), PlanFactory()
    for plan in (mine, other):
        GlossaryEntryFactory(plan=plan)
    client.force_login(seat.user)
    typed = "Test the CNS with the INZ"
    words = "INZ is not in the plan’s glossary, which the coordinator keeps: write it out."
    told = {plan: words in read(typed, plan=plan).content.decode() for plan in (mine.pk, "x", "")}
    assert told == {mine.pk: True, "x": False, "": False}
    assert words not in read(typed, plan=other.pk).content.decode()


CNS = "CNS is not in the plan’s glossary, which the coordinator keeps: write it out."


def boxes_of(plan):
    """Return the forms whose texts papers print, with the names of their boxes."""
    item = WorkItemFactory(plan=plan, pillar=PillarFactory(plan=plan))
    step, risk = MilestoneFactory(item=item), RiskFactory(plan=plan, item=item)
    agencies = Agency.objects.all()
    pillars, at = plan.pillars.all(), {"plan": plan, "on": date(2026, 12, 1)}
    propose = {"pillars": pillars, "members": agencies, "agencies": list(agencies), **at}
    one = {"agencies": list(agencies)[:1]}
    new = {"plan": plan, "items": plan.items.all(), "agencies": agencies, "coordinates": True}
    return [
        (RaiseRiskForm, new, ["description", "response"]),
        (ChangeRiskForm, {"row": risk}, ["response"]),
        (RequestDateForm, {"row": step, **one}, ["reason"]),
        (RequestWordingForm, {"row": item, "wording": "title", **one}, ["text_after", "reason"]),
        (ProposeItemForm, {"row": item, **propose}, ["title", "milestone_1", "done_3"]),
        (NewMeasureForm, {"row": Measure(item=item), "members": agencies}, ["description"]),
        (DecisionForm, {"plan": plan, "with_items": False, "on": date(2010, 7, 1)}, ["text"]),
        (TextForm, {"row": item, "field": "as_told"}, ["as_told"]),
        (TextForm, {"row": step, "field": "as_told"}, ["as_told"]),
        (ItemForm, {"row": item, "pillars": pillars, "members": agencies}, ["title", "action"]),
        (MilestoneForm, {"row": step, "members": agencies}, ["description", "done_means"]),
        (UpdateForm, {"item": item, "update": None, "agency": agencies[0]}, ["challenges"]),
    ]


def test_every_form_of_what_papers_print_asks_what_an_acronym_stands_for():
    plan = PlanFactory()
    for form_class, asked, names in boxes_of(plan):
        start = form_class(None, **asked).prefix
        typed = {f"{start}-{name}" if start else name: "Mend the CNS" for name in names}
        form = form_class(typed, **asked)
        assert {name: form[name].reading.remarks[-1] for name in names} == dict.fromkeys(names, CNS)
        for name in names:
            assert f'data-plan="{plan.pk}"' in str(form[name])


def test_the_remark_on_a_text_of_ones_own_stands_below_its_box():
    plan = PlanFactory()
    step = MilestoneFactory(item=WorkItemFactory(plan=plan, pillar=PillarFactory(plan=plan)))
    page = str(TextForm({"as_told": "the CNS"}, row=step, field="as_told"))
    shown = page.split('id="id_as_told_reads" aria-live="polite">')[1]
    assert shown.lstrip().startswith(f'<p class="stem-remark">{CNS}</p>')


# --- dates -------------------------------------------------------------------------------------

BY_WHEN = "If there is a day, enter it under “By when”: the paper tells dated steps."
GAP = (
    "The actions against the delay end by 17 December 2026, and nothing covers the time to the "
    "new date, 31 March 2027. Add an action with a later day, or write under “Until then” what people have in the meantime."
)
AFTER = "An action against the delay is due on 30 June 2027, after the new date, 31 March 2027. Is that so?"


@pytest.mark.parametrize(
    ("sent", "remarks"),
    [
        ({"expected": "31 March 2027"}, []),
        ({"expected": "31 March 2027", "due": ""}, [BY_WHEN]),
        ({"expected": "31 March 2027", "due": "17 Dec 2026"}, [GAP]),
        ({"expected": "31 March 2027", "due": "17 Dec 2026", "meanwhile": "Motels are used"}, []),
        ({"expected": "31 March 2027", "due": "17 Dec 2026", "others": "2027-03-15"}, []),
        ({"expected": "31 March 2027", "due": "17 Dec 2026", "others": ","}, []),
        ({"expected": "31 March 2027", "due": "30 June 2027"}, [AFTER]),
        ({"expected": "soon", "due": "30 June 2027"}, []),
    ],
)
def test_the_days_beside_an_action_are_asked_about_while_it_is_typed(read, sent, remarks):
    assert read("Publish the chapters", **sent).context["reading"].remarks == remarks


def test_what_covers_the_gap_until_a_day_is_asked_about(read):
    reading = read("Motels are used until May 2026", "meanwhile", expected="June 2026")
    assert reading.context["reading"].remarks == [
        "What covers the gap ends by May 2026, and the new date is June 2026. What covers the rest?"
    ]
