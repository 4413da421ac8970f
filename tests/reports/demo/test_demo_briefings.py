"""Test the demo's briefings: their states, their links to each other, and their content."""

from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from reports import checks
from reports.compose import compose
from reports.demo.issued_briefing import Paper
from reports.drafting import draft_rows
from reports.drafting.cover import draft
from reports.drafting.paper import read_drafted
from reports.issuing.services import issuing
from reports.models import Briefing, Clearance, FollowUp
from tests.reports.paper_length import too_long
from workitems.demo.demo_plans import CURRENT_PLAN, PLAN_OF_2009
from workitems.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEBUG = True
    call_command("load_demo_plan", stdout=StringIO())


def load():
    output = StringIO()
    call_command("load_demo_briefing", stdout=output)
    return output.getvalue().splitlines()


def paper_on(plan, start, end, dated):
    return compose(
        draft(plan, period_start=start, period_end=end, dated=dated, tracker_number="10/96252")
    )


@pytest.mark.sqlite  # truth/test_14_demo_and_history.py loads the demo on both
def test_the_demos_papers_are_short_and_loaded_once_in_their_states(demo):
    old, current = (Plan.objects.get(slug=slug) for slug in (PLAN_OF_2009, CURRENT_PLAN))
    of_2010 = paper_on(old, date(2009, 7, 31), date(2010, 7, 30), date(2010, 7, 30))
    assert too_long(of_2010, most_words=1_000, most_paragraphs=20) == []
    first, second = current.rounds.order_by("period_start")[:2]
    of_today = paper_on(
        current, first.period_end + timedelta(days=1), second.period_end, localdate()
    )
    # With what its measures say, and when agencies last reported what is in doubt; most of the rest is what hurried
    # officials wrote of late items.
    assert too_long(of_today, most_words=1_200) == []
    assert [line.partition(", ")[2] for line in load()] == ["closed", "closed", "in consultation"]
    assert len(load()) == 2
    assert Briefing.objects.count() == 3

    paper = Briefing.objects.get(plan__slug=PLAN_OF_2009)
    issued = paper.issued.get()
    assert (paper.tracker_number, paper.manager_name) == ("10/96252", "Group Manager")
    assert issuing.faults(issued, render=True) == []
    answer = issued.responses.get()
    assert (answer.decided_on, [choice.option for choice in answer.choices.order_by("number")]) == (
        date(2010, 8, 3),
        ["noted", "noted", "agreed"],
    )
    assert FollowUp.objects.open().count() == 1

    current = Briefing.objects.select_related("plan__coordinating_agency", "kind").get(
        plan__slug=CURRENT_PLAN, state=Briefing.State.IN_CONSULTATION
    )
    answers = current.clearances.order_by("agency__short_name")
    assert [(row.agency.short_name, row.answer) for row in answers] == [
        ("Customs", "concurs"),
        ("DIA", ""),
        ("IR", ""),
        ("MFAT", "dissents"),
        ("MSD", ""),
        ("MoJ", ""),
        ("Police", ""),
    ]
    again = Clearance.objects.exclude(reopened_because="").get()
    assert again.agency.short_name == "MSD"
    found = [
        check.key.partition("-")[0]
        for check in checks.blocking(read_drafted(current), checks.Gate.AUTHORISATION)
    ]
    assert sorted(found) == ["comment", "comment", "late"]


def test_the_demos_briefings_need_its_plans(settings):
    settings.DEBUG = True
    with pytest.raises(CommandError, match="Load the demo plans first"):
        load()


def test_the_demos_briefings_cannot_be_loaded_with_debug_off(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError):
        load()
    assert Briefing.objects.count() == 0


def test_a_paragraph_that_the_demo_edits_and_that_is_missing_is_named(monkeypatch):
    empty = SimpleNamespace(portion=lambda _section: SimpleNamespace(shown=()))
    monkeypatch.setattr(draft_rows, "read_draft", lambda _briefing: SimpleNamespace(draft=empty))
    paper = Paper(Plan(), localdate())
    paper.briefing = Briefing(tracker_number="10/96252")
    with pytest.raises(
        LookupError, match="No paragraph of section “delay” of 10/96252.* has “late”"
    ):
        paper.edit("delay", "late", add="It is over.")
