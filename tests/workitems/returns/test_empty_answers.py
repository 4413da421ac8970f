"""Test which boxes of an answer say nothing, and the remark at each."""

import pytest
from django.urls import reverse

from tests.factories import MilestoneFactory
from tests.workitems.record import DUE
from tests.workitems.returns.test_return_saves import asked, typed
from workitems.models import MilestoneAnswer, Update
from workitems.returns.empty_answers import empty_boxes
from workitems.terms.stems import CASE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def test_boxes_are_named_once_and_empty_ones_are_not_meant():
    update = Update(achieved="Printed.", planned_next="", challenges="Nil")
    empty = dict.fromkeys(["effect", "meanwhile", "needs", *CASE, "new_mitigation"], "")
    late = MilestoneAnswer(outcome="not_yet", **empty | {"reason": "Weather", "meanwhile": "n/a"})
    done = MilestoneAnswer(outcome="done", **empty, reason="n/a")
    assert empty_boxes(update, [late, late, done]) == [
        "Challenges",
        "Why the date moves",
        "Until then",
        "Evidence",
    ]


def save(writer, of_return, item, data):
    place = [of_return.round.plan.slug, of_return.round_id, of_return.agency_id, item.number]
    return writer.post(reverse("returns:save", args=place), data).json()


CHALLENGES = (
    "This says nothing that a reader can use. Write what stands in the way, or leave the box empty."
)


def test_a_challenge_that_says_nothing_gets_a_remark_at_its_box(writer, of_return, item):
    said = typed(item, achieved="Printed.", challenges="As above")
    assert save(writer, of_return, item, said)["empty"] == "Challenges"
    page = " ".join(writer.get(of_return.get_absolute_url()).text.split())
    box = f'id="id_i{item.pk}-challenges_reads" aria-live="polite">'
    assert page.split(box)[1].lstrip().startswith(f'<p class="stem-remark">{CHALLENGES}</p>')


WE = "The paper speaks of agencies by name: write Police instead of “we”."


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("Nil", [CHALLENGES]),
        ("Staff left.", None),
        ("We lack staff.", [WE]),
        ("Staff left. " * 16, ["Use at most 30 words; the paper shortens what is longer."]),
    ],
)
def test_the_remark_comes_while_it_is_typed(writer, text, remarks):
    typed = {"asked": "challenges", "text": text, "agency": "Police"}
    reading = writer.post(reverse("read-sentence"), typed)
    found = reading.context["reading"]
    assert (found and found.remarks) == remarks


def test_evidence_that_says_nothing_is_kept_and_gets_a_remark(writer, of_return, item):
    step = MilestoneFactory(item=item, original_due=DUE, responsible_agency=of_return.agency)
    done = asked(step, outcome="done", completed_on="28 May 2010", shown_by="n/a")
    told = save(writer, of_return, item, done | {"milestone": step.pk})
    assert "Write what shows that it is done, such as a document or a page" in told["milestone"]
    assert (told["empty"], step.answers.get().reason) == ("Evidence", "n/a")
