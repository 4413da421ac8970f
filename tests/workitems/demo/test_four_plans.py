"""Test the two made-up plans beside the demo's: four plans of one agency, waits between them, and rounds that collide."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency, User
from tests.workitems.demo.plans import TODAY, four_loaded, noon, unexplained
from workitems.demo import demo_plans, four_plans
from workitems.demo.people import PASSWORD, PEOPLE, user_of
from workitems.desk import to_dos as desk
from workitems.models import Plan, Wait
from workitems.plan.plan_at.waits_at import waits_of_all
from workitems.returns.other_rounds import returns_near


@pytest.fixture(scope="module")
def _four(django_db_setup, django_db_blocker):
    with four_loaded(django_db_blocker):
        yield


pytestmark = [
    pytest.mark.usefixtures("_four"),
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="tests/truth/test_14_demo_and_history.py loads the demo on both"
    ),
]


def test_the_chief_executive_of_police_reads_four_plans():
    chief = user_of(four_plans.CHIEF_EXECUTIVE)
    assert set(Plan.objects.visible_to(chief).values_list("slug", flat=True)) == {
        demo_plans.PLAN_OF_2009,
        demo_plans.CURRENT_PLAN,
        four_plans.FRAUD,
        four_plans.LAUNDERING,
    }


def test_loading_them_again_changes_nothing():
    waits, people = Wait.objects.count(), User.objects.count()
    assert four_plans.load(noon(TODAY)) == []
    assert (Wait.objects.count(), User.objects.count()) == (waits, people)


def test_a_date_of_one_plan_holds_up_two_others():
    everything = waits_of_all(TODAY)
    not_met = {
        (step.plan_slug, step.reference)
        for step in everything.steps.values()
        if everything.cannot_be_met(step)
    }
    assert not_met == {
        (demo_plans.CURRENT_PLAN, "3.6.2"),
        (four_plans.FRAUD, "2.1.2"),
        (four_plans.FRAUD, "1.2.2"),
        (four_plans.LAUNDERING, "2.1.2"),
    }


def test_two_rounds_collide_within_a_week():
    plan = Plan.objects.get(slug=four_plans.FRAUD)
    police = Agency.objects.get(short_name="Police")
    due_on = plan.rounds.get(closed_at=None).due_on
    current = Plan.objects.get(slug=demo_plans.CURRENT_PLAN)
    assert due_on - current.rounds.get(closed_at=None).due_on == timedelta(days=3)
    assert returns_near(plan, [police], due_on, readable=[current]) == [
        f"Police has another return due on 6 July 2026, three days earlier, in “{current.title}”."
    ]


def test_their_late_milestones_have_a_cause_and_a_mitigation():
    for slug in four_plans.TEXTS:
        assert unexplained(Plan.objects.get(slug=slug), TODAY) == []


def test_their_texts_name_no_month_because_their_dates_move():
    months = r"January|February|March|June|July|August|September|October|November|December"
    for path in four_plans.TEXTS.values():
        text = path.read_text(encoding="utf-8").split("\n", 1)[1]
        assert re.findall(months, text) == []


def test_each_coordinator_has_to_dos_in_the_own_plan():
    lines = desk.lines_for(user_of(four_plans.COORDINATOR_OF_JUSTICE), TODAY)
    assert {line.plan for line in lines} <= {"Money Laundering Work Programme"}


def test_the_command_loads_four_plans_and_prints_who_signs_in(settings, client):
    settings.DEBUG = True
    out = StringIO()
    call_command("load_demo_plan", "--four-plans", "--today", str(TODAY), stdout=out)
    printed = re.findall(r"\S+@\S+", out.getvalue())
    assert printed == [person.email for person in (*PEOPLE, *four_plans.PEOPLE)]
    assert client.login(email=four_plans.CHIEF_EXECUTIVE.email, password=PASSWORD)


def test_the_demo_of_another_country_has_no_such_plans(settings):
    settings.DEBUG, settings.COUNTRY = True, "fiji"
    with pytest.raises(CommandError, match="only for the demo of New Zealand"):
        call_command("load_demo_plan", "--four-plans")
