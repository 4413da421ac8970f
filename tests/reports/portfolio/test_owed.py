"""What a reader's agencies owe in all plans, by month."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from reports.portfolio.owed_by_month import by_month
from tests.factories import (
    CalendarFeedFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WorkItemFactory,
)
from workitems.calendar.due_calendar import EXPECTED, Owing, entries_of
from workitems.calendar.owed import owed_in, own_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2026, 12, 1)
DUE, CSV = reverse("portfolio:due"), reverse("portfolio:due-csv")


@pytest.fixture
def two_plans(plan, police, customs):
    """Plans with a milestone of Police each, one overdue, and one of Customs in January."""
    other = PlanFactory(title="Another plan", members=[police])
    for of, agency, due, words in (
        (plan, police, TODAY - timedelta(days=3), "Brochure printed"),
        (other, police, date(2026, 12, 20), "Course held"),
        (plan, customs, date(2027, 1, 15), "Ports asked"),
    ):
        item = WorkItemFactory(plan=of, lead_agency=agency)
        MilestoneFactory(item=item, original_due=due, description=words)
    return [plan, other]


def told(months):
    return [(month.heading, [row.entry.title for row in month.rows]) for month in months]


def test_what_is_overdue_comes_first_and_the_rest_by_month(two_plans, police, customs):
    months = by_month(owed_in(two_plans, [police, customs], TODAY), TODAY)
    assert told(months) == [
        ("Overdue", ["Brochure printed"]),
        ("December 2026", ["Course held"]),
        ("January 2027", ["Ports asked"]),
    ]


def test_each_agencys_own_numbers_are_one_sentence(two_plans, police, customs):
    rows = owed_in(two_plans, [police, customs], TODAY)
    assert own_numbers(rows, [police, customs], TODAY) == [
        "Police has one thing due this month and one thing overdue.",
        "Customs has nothing due this month and nothing overdue.",
    ]


def test_the_desk_of_who_only_reads_says_what_the_agency_owes(two_plans, police, client):
    reader = SeatFactory(agency=police, role="observer").user
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(datetime(2026, 12, 1, 3, tzinfo=UTC), tick=False):
        page = client.get("/").text
    assert re.findall(r'<h1[^>]*>([^<]*)|<p class="lead">([^<]*)', page) == [
        ("Nothing needs you now", ""),
        ("", "Police has one thing due this month and one thing overdue."),
    ]


def test_it_is_the_same_as_in_the_agencys_calendars(two_plans, police):
    ReturnFactory(round=RoundFactory(plan=two_plans[0]), agency=police)
    of_calendars = [
        entry.uid
        for plan in two_plans
        for entry in entries_of(Owing.of_feed(CalendarFeedFactory(plan=plan, agency=police)), TODAY)
        if not entry.uid.startswith(EXPECTED)
    ]
    found = owed_in(two_plans, [police], TODAY)
    assert sorted(row.entry.uid for row in found) == sorted(of_calendars)
    assert {row.to for row in found} == {plan.coordinating_agency for plan in two_plans}


@pytest.mark.both_databases
def test_an_agency_owes_nothing_in_plans_of_others(two_plans, customs):
    rows = owed_in(two_plans, [customs], TODAY)
    assert [row.entry.plan for row in rows] == [two_plans[0]]


def test_the_page_and_its_file_show_the_agencies_of_the_reader(client, two_plans, police, customs):
    user = SeatFactory(agency=police).user
    client.force_login(user)
    assert "Ports asked" not in client.get(DUE).content.decode()
    SeatFactory(user=user, agency=customs)
    page = client.get(DUE).content.decode()
    assert ("Ports asked" in page, "Course held" in page) == (True, True)
    assert "Course held" not in client.get(DUE, {"agency": customs.pk}).content.decode()
    text = client.get(CSV, {"agency": customs.pk}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Due"], row["Agency"], row["What"]) for row in rows] == [
        ("2027-01-15", "Customs", "Ports asked")
    ]


def test_without_anything_due_the_page_says_so(client, plan, police):
    client.force_login(SeatFactory(agency=police).user)
    assert "Nothing is due." in client.get(DUE).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_queries_for_any_number_of_plans_and_dates(
    count, police, django_assert_num_queries
):
    plans = [PlanFactory(members=[police]) for _ in range(count)]
    for plan in plans:
        MilestoneFactory(item=WorkItemFactory(plan=plan, lead_agency=police))
    # Members; returns, milestones with waits, decisions, mitigations, votes, waits to answer, targets; follow-ups and clearances.
    with django_assert_num_queries(11):
        assert len(owed_in(plans, [police], TODAY)) == count
