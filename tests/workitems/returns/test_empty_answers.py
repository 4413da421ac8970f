"""Test which boxes of an answer say nothing, and the remark at each."""

import pytest
from django.urls import reverse

from tests.factories import MilestoneFactory
from tests.workitems.record import DUE
from tests.workitems.returns.test_return_saves import asked, typed
from workitems.models import MilestoneAnswer, Update
from workitems.returns.empty_answers import empty_boxes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def test_boxes_are_named_once_and_empty_ones_are_not_meant():
    update = Update(achieved="Printed.", planned_next="", challenges="Nil")
    empty = dict.fromkeys(["effect", "meanwhile", "needs", "new_mitigation"], "")
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


def test_a_challenge_that_says_nothing_gets_a_remark(writer, of_return, item):
    told = save(writer, of_return, item, typed(item, achieved="Printed.", challenges="As above"))
    assert "“Challenges” says nothing that a reader can use." in told["in_briefing"]
    assert told["empty"] == "Challenges"


def test_evidence_that_says_nothing_is_kept_and_gets_a_remark(writer, of_return, item):
    step = MilestoneFactory(item=item, original_due=DUE, responsible_agency=of_return.agency)
    done = asked(step, outcome="done", completed_on="28 May 2010", shown_by="n/a")
    told = save(writer, of_return, item, done | {"milestone": step.pk})
    assert "“Evidence” says nothing that a reader can use." in told["milestone"]
    assert (told["empty"], step.answers.get().reason) == ("Evidence", "n/a")
