"""Test what the API reads of plans: the same rows as the pages, as at any moment, in pages."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    AgencyFactory,
    AuditFactory,
    DelayFactory,
    FindingFactory,
    MeasureFactory,
    MeasureValueFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    SeatFactory,
    SupportFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.measures.services import values
from workitems.plan.services import items as item_services

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def item(plan, police):
    """An item that was recorded on the first day of 2026."""
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        return WorkItemFactory(
            plan=plan,
            pillar=PillarFactory(plan=plan, number=1, title="Prevention"),
            number="1.2",
            title="Print a brochure",
            lead_agency=police,
            stage="under_way",
            confidence="at_risk",
        )


def read(reader, name, *arguments, **asked):
    answer = reader.get(reverse(f"api:{name}", args=["plan", *arguments]), asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(reader, name, **asked):
    answer = reader.get(reverse(f"api:{name}", args=["plan"]), asked)
    assert answer.status_code == 422
    return answer.json()["errors"]


def test_the_plans_that_may_be_read_are_listed(reader, plan):
    PlanFactory()
    found = reader.get(reverse("api:plans")).json()
    assert [each["slug"] for each in found["results"]] == ["plan"]
    assert found["results"][0]["url"] == "http://testserver/api/plans/plan/"
    assert (found["count"], found["next"]) == (1, None)


def test_what_is_due_in_all_plans_is_that_of_the_readers_agencies(reader, plan, police, customs):
    for agency, words in ((police, "Ours"), (customs, "Theirs")):
        item = WorkItemFactory(plan=plan, lead_agency=agency)
        MilestoneFactory(item=item, description=words, original_due=date(2010, 5, 3))
    found = reader.get(reverse("api:due")).json()["results"]
    assert [(row["what"], row["agency"], row["plan"], row["due"]) for row in found] == [
        ("Ours", "Police", "plan", "2010-05-03")
    ]


def test_a_plan_has_its_members_and_pillars(reader, plan, item, police):
    found = read(reader, "plan")
    assert (found["title"], found["coordinating_agency"]) == ("Plan of Action", "DoL")
    assert {"id": police.pk, "short_name": "Police", "name": "New Zealand Police"} in found[
        "members"
    ]
    assert found["pillars"] == [{"id": item.pillar_id, "number": 1, "title": "Prevention"}]


def test_an_item_has_its_milestones_delays_and_mitigations(reader, plan, item):
    SupportFactory(item=item, agency=AgencyFactory(short_name="Customs"))
    milestone = MilestoneFactory(item=item, number=1, description="Brochure printed")
    bridged = {"meanwhile": "Police copy it.", "needs": "A tender.", "if_declined": "People wait."}
    delay = DelayFactory(milestone=milestone, cause="funding", **bridged)
    MitigationFactory(delay=delay, description="Ask for money")
    found = read(reader, "item", "1.2")
    assert (found["number"], found["lead_agency"], found["pillar"]) == ("1.2", "Police", 1)
    assert found["supporting_agencies"] == ["Customs"]
    (step,) = found["milestones"]
    assert (step["description"], step["agreed"]["last_day"]) == (
        "Brochure printed",
        milestone.agreed_due.isoformat(),
    )
    (late,) = step["delays"]
    assert (late["meanwhile"], late["needs"]) == ("Police copy it.", "A tender.")
    assert (late["money_from"], late["if_declined"]) == ("", "People wait.")
    assert (late["cause"], late["mitigations"][0]["description"]) == ("funding", "Ask for money")


def test_an_item_that_is_not_there_is_a_404(reader, plan):
    assert reader.get(reverse("api:item", args=["plan", "9.9"])).status_code == 404


def test_a_past_moment_is_read_as_it_was(reader, plan, item, police):
    person = SeatFactory(agency=police, role="contributor").user
    then = datetime(2026, 3, 1, tzinfo=UTC)
    item_services.change_status(
        item=item, stage="under_way", confidence="on_track", version=item.version, by=person,
        reason="Money came", on=date(2026, 6, 1),
    )  # fmt: skip
    assert read(reader, "items")["results"][0]["confidence"] == "on_track"
    found = read(reader, "items", at=then.isoformat())
    assert found["results"][0]["confidence"] == "at_risk"
    assert found["as_at"] == {
        "on": "2026-03-01", "at": "2026-03-01T13:00:00+13:00", "is_now": False,
    }  # fmt: skip
    assert read(reader, "items", at="2025-12-31")["results"] == []


@pytest.mark.parametrize(
    "name", ["plan", "items", "milestones", "delays", "measures", "changes", "papers"]
)
@pytest.mark.parametrize("at", ["2090-01-01", "2090-01-01T00:00:00+13:00"])
def test_a_moment_ahead_is_refused_with_the_pages_sentence(reader, plan, name, at):
    assert refused(reader, name, at=at) == [{"field": "at", "detail": "Choose a day up to today."}]


@pytest.mark.parametrize("at", ["yesterdayish", "2026-13-45", "T", "2026-01-01T99:00"])
def test_a_moment_that_cannot_be_read_is_refused(reader, plan, at):
    (wrong,) = refused(reader, "items", at=at)
    assert wrong["field"] == "at"


@pytest.mark.both_databases
def test_items_are_filtered_as_in_their_list(reader, plan, item, police):
    WorkItemFactory(plan=plan, pillar=item.pillar, number="1.10", title="Search ships")
    assert [each["number"] for each in read(reader, "items")["results"]] == ["1.2", "1.10"]
    assert [each["number"] for each in read(reader, "items", q="ships")["results"]] == ["1.10"]
    led = read(reader, "items", lead=police.pk)
    assert [each["number"] for each in led["results"]] == ["1.2"]
    (wrong,) = refused(reader, "items", stage="nearly")
    assert wrong["field"] == "stage"
    (wrong,) = refused(reader, "items", sort="colour")
    assert wrong["field"] == "sort"


def test_rows_come_in_pages(reader, plan, item):
    for number in range(3, 6):
        WorkItemFactory(plan=plan, pillar=item.pillar, number=f"1.{number}")
    first = read(reader, "items", limit=3)
    assert [each["number"] for each in first["results"]] == ["1.2", "1.3", "1.4"]
    assert first["next"] == "http://testserver/api/plans/plan/items/?limit=3&page=2"
    last = reader.get(first["next"].removeprefix("http://testserver")).json()
    assert [each["number"] for each in last["results"]] == ["1.5"]
    assert (last["count"], last["next"]) == (4, None)
    assert read(reader, "items", page=9)["results"] == []
    assert refused(reader, "items", limit=501)[0]["field"] == "limit"


def test_milestones_are_all_or_those_that_are_late(reader, plan, item):
    MilestoneFactory(
        item=item, number=1, agreed_due=date(2010, 6, 30), completed_on=date(2010, 6, 1)
    )
    MilestoneFactory(item=item, number=2, agreed_due=date(2011, 6, 30))
    assert [each["number"] for each in read(reader, "milestones")["results"]] == [1, 2]
    (late,) = read(reader, "milestones", late="overdue")["results"]
    assert (late["number"], late["lateness"]["state"]) == (2, "overdue")


def test_delays_are_open_and_ended_or_open(reader, plan, item):
    step = MilestoneFactory(item=item, number=4)
    DelayFactory(milestone=step, number=1, ended_on=date(2010, 5, 5))
    DelayFactory(milestone=step, number=2)
    every = read(reader, "delays")["results"]
    assert [(each["item"], each["milestone"], each["number"]) for each in every] == [
        ("1.2", 4, 1),
        ("1.2", 4, 2),
    ]
    assert [each["number"] for each in read(reader, "delays", state="open")["results"]] == [2]


def test_what_changed_is_told_as_on_its_page(reader, plan, item, police):
    item.confidence = "off_track"
    item.save()
    found = read(reader, "changes", since="2026-02-01")
    (change,) = found["results"]
    assert (change["kind"], change["item"], found["summary"]) == ("confidence", "1.2", "1 change")
    assert read(reader, "changes", since="2026-02-01", kind="slipped")["results"] == []
    assert refused(reader, "changes", since="2090-01-01")[0]["field"] == "since"


@pytest.mark.parametrize("asked", [{}, {"at": "2026-03-01"}], ids=["today", "past"])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.both_databases
def test_an_item_is_read_by_the_same_queries_whatever_else_the_plan_has(
    reader, plan, item, count, asked
):
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=item)))
        for number in range(count):
            other = WorkItemFactory(plan=plan, pillar=item.pillar, number=f"2.{number}")
            MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=other)))
    read(reader, "item", "1.2")
    with CaptureQueriesContext(connection) as made:
        assert len(read(reader, "item", "1.2", **asked)["milestones"]) == 1
    assert len(made) == (30 if asked else 29)
    # None of them reads every item of the plan.
    every = re.compile(
        r'"workitems_workitem"."plan_id" = \(?\d+\b(?!\)? AND "workitems_workitem"."number")'
    )
    assert [sql for query in made if every.search(sql := query["sql"])] == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("items", 26), ("milestones", 22), ("delays", 23), ("measures", 22), ("findings", 19)],
)
def test_a_list_makes_as_many_queries_for_one_row_as_for_three(
    reader, plan, item, count, name, queries, django_assert_num_queries
):
    for number in range(count):
        other = WorkItemFactory(plan=plan, pillar=item.pillar, number=f"2.{number}")
        MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=other)))
        if name == "findings":
            FindingFactory(audit__plan=plan, audit__from_on=date(2010, 6, 1), item=other)
        if name == "measures":
            value = MeasureValueFactory(measure=_measure(other))
            values.accept(value=value, by=UserFactory(), on=date(2010, 7, 1))
    read(reader, name)
    with django_assert_num_queries(queries):
        read(reader, name)


def _measure(item):
    return MeasureFactory(item=item, kind="level", as_told="the number of staff trained")


def test_the_latest_finding_that_everyone_sees_is_read_with_its_reply(reader, plan, item, police):
    audit = AuditFactory(plan=plan, agency__short_name="OAG", from_on=date(2026, 6, 1))
    on_item = {"audit": audit, "item": item, "verdict": "in_part"}
    FindingFactory(**on_item, number=1, note="Looked at too early.")
    row = FindingFactory(
        **on_item,
        number=2,
        given_on=date(2026, 6, 10),
        reply="Two receipts are added.",
        replied_for=police,
        replied_by=UserFactory(),
        replied_on=date(2026, 6, 20),
    )
    FindingFactory(audit=audit, number=3, shown_from=date(2090, 1, 1))  # waits for a reply
    (found,) = read(reader, "findings")["results"]
    assert found.pop("url").endswith(row.get_absolute_url())
    assert found == {
        "id": row.pk,
        "reference": "F2",
        "item": "1.2",
        "verdict": "in_part",
        "as_at": "2026-06-10",
        "note": "Nothing shows it.",
        "auditor": "OAG",
        "given_on": "2026-06-10",
        "reply": "Two receipts are added.",
        "replied_for": "Police",
        "replied_on": "2026-06-20",
    }
    (then,) = read(reader, "findings", at="2026-06-19")["results"]
    assert (then["reference"], then["reply"]) == ("F1", "")
    assert read(reader, "findings", at="2026-06-02")["results"] == []


def test_a_measure_has_its_accepted_numbers_alone(reader, plan, item):
    row = _measure(item)
    MeasureFactory(
        item=None,
        of_plan=plan,
        responsible_agency=plan.coordinating_agency,
        kind="level",
        as_told="the number of people helped",
    )
    value = MeasureValueFactory(measure=row, number="83.5")
    values.accept(value=value, by=UserFactory(), on=date(2010, 7, 1))
    MeasureValueFactory(measure=row, day=date(2010, 9, 30), number=90)
    outcome, found = read(reader, "measures")["results"]
    assert (outcome["item"], outcome["state"], outcome["values"]) == (None, "none", [])
    assert (found["item"], found["state"]) == ("1.2", "given")
    assert [(each["day"], each["number"]) for each in found["values"]] == [("2010-06-30", 83.5)]
    assert found["sentence"] == "The number of staff trained was 83.5 in June 2010."
    assert read(reader, "measures", at="2010-06-30")["results"] == []
