"""Test loading the demo: once, with open work on any day, and only with debug on."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency, User
from tests.workitems.demo.plans import load, unexplained
from workitems.demo import demo_plans, people
from workitems.models import (
    Decision,
    Delay,
    Matter,
    Meeting,
    Milestone,
    OutOfSession,
    OutOfSessionAnswer,
    Plan,
    Return,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.plan.services import items

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="tests/truth/test_14_demo_and_history.py loads the demo on both"
    ),
]

RECORDS = (Milestone, Variation, Meeting, Matter, Decision, OutOfSession, OutOfSessionAnswer)


@pytest.fixture
def loaded():
    return list(load())


def test_the_command_loads_both_plans(loaded):
    assert [plan.slug for plan in loaded] == [demo_plans.PLAN_OF_2009, demo_plans.CURRENT_PLAN]


def test_a_second_load_keeps_entered_data(loaded, settings):
    settings.DEBUG = True
    item = WorkItem.objects.get(plan__slug=demo_plans.CURRENT_PLAN, number="1.4")
    items.change_status(
        item=item,
        version=item.version,
        stage=Stage.ONGOING,
        confidence="on_track",
        reason="Tried out by a visitor",
        by=User.objects.get(email="coordinator@example.org"),
        on=date(2026, 6, 30),
    )
    versions = WorkItem.history.count()
    out = StringIO()
    call_command("load_demo_plan", stdout=out)
    item.refresh_from_db()
    assert out.getvalue().splitlines()[0] == (
        "The demo plans are here already; nothing was changed."
    )
    assert (item.stage, WorkItem.history.count()) == (Stage.ONGOING, versions)
    assert User.objects.count() == len(people.PEOPLE)


def test_the_command_refuses_to_run_with_debug_off(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="Put DEBUG=yes into .env there"):
        call_command("load_demo_plan")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("day", "refusal"),
    [("30 June", "“30 June” is not a day"), ("2010-07-30", "Choose a day from 2016 on")],
)
def test_the_command_refuses_an_invalid_day(settings, day, refusal):
    settings.DEBUG = True
    with pytest.raises(CommandError, match=refusal):
        call_command("load_demo_plan", "--today", day)


def test_the_command_prints_the_sign_ins(settings, client):
    settings.DEBUG = True
    out = StringIO()
    call_command("load_demo_plan", "--today", "2026-06-30", stdout=out)
    printed = re.findall(r"\S+@\S+", out.getvalue())
    assert printed == [person.email for person in people.PEOPLE]
    assert f"password {people.PASSWORD}\n" in out.getvalue()
    assert all(client.login(email=email, password=people.PASSWORD) for email in printed)


@pytest.mark.parametrize("today", [date(2016, 1, 1), date(2026, 6, 30), date(2028, 2, 29)])
def test_the_current_plan_has_open_work_on_any_day(today):
    load(today)
    plan = Plan.objects.get(slug=demo_plans.CURRENT_PLAN)
    opened = plan.rounds.get(closed_at=None)
    assert opened.due_on - today == timedelta(days=6)
    assert {*opened.returns.values_list("state", flat=True), "moved"} == {*Return.State.values}
    assert set(plan.items.values_list("stage", flat=True)) == set(Stage.values)
    assert sorted(Variation.objects.pending().values_list("state", flat=True)) == [
        "recommended",
        "recommended",
        "recommended",
        "requested",
    ]
    assert plan.meetings.coming(today).get().held_on - today == timedelta(days=8)
    assert unexplained(plan, today) == [("1.4", 2)]
    assert Delay.objects.open(today).filter(times_moved__gt=1).count() == 2
    assert Agency.objects.get(short_name="MBIE").valid_from == date(2012, 7, 1)


def test_every_record_matches_its_last_history_row(loaded):
    for model in RECORDS:
        fields = [field.attname for field in model._meta.concrete_fields]
        if model is Meeting:
            fields.remove("slide")  # not in history
        for row in model.objects.all():
            last = row.history.order_by("history_date", "history_id").last()
            assert {name: getattr(last, name) for name in fields} == {
                name: getattr(row, name) for name in fields
            }


def test_two_meetings_were_held_and_the_next_has_an_agenda(loaded):
    first, last, coming = Meeting.objects.with_counts().order_by("held_on")
    assert [(each.is_closed, each.decisions_count) for each in (first, last, coming)] == [
        (True, 1),
        (True, 4),
        (False, 0),
    ]
    assert not last.matters.filter(considered_on=None).exists()
    assert last.history.order_by("history_date").first().history_date.date() == date(2026, 5, 10)
    assert {matter.kind for matter in coming.matters.all()} == {"", "item", "of_return"}
