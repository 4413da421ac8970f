"""Test exports: the rows of the page, as filtered and as at a moment, in XLSX and CSV."""

import csv as standard_csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from agencies.records import history
from reports.progress import dashboard
from reports.progress.view import PlanView
from tests.factories import (
    DecisionFactory,
    DelayFactory,
    MeasureValueFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    SupportFactory,
    TargetFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, SLIPPED, TODAY, YESTERDAY
from workitems.models import Milestone
from workitems.plan.asat import Moment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="files of the rows that a page has read"),
]
NOON = datetime(2010, 6, 1, 0, 0, tzinfo=UTC)  # noon in New Zealand
SETTLING = "The cause (funding) is being settled by Customs by 1 July 2010."
SHEETS = (
    "dashboard",
    "items",
    "attention",
    "milestones",
    "timeline",
    "delays",
    "changes",
    "trends",
)


@pytest.fixture
def full(plan, police, customs):
    """Three items in two pillars, recorded on 1 April: late by 2 days, expected late, complete."""
    at = datetime(2010, 4, 1, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        one = PillarFactory(plan=plan, number=1, title="Prevention")
        two = PillarFactory(plan=plan, number=2, title="Protection")
        common = {"plan": plan, "stage": "under_way", "confidence": "on_track"}
        late = WorkItemFactory(
            **common, pillar=one, number="1.1", title="Brochure", lead_agency=police, is_key=True
        )
        slow = WorkItemFactory(
            **common, pillar=two, number="2.10", title="=Training", lead_agency=customs
        )
        WorkItemFactory(
            plan=plan, pillar=one, number="1.2", title="Done", lead_agency=police, complete=True
        )
        MilestoneFactory(item=late, original_due=date(2010, 5, 30), description="Printed")
        MilestoneFactory(item=late, completed_on=date(2010, 3, 1), description="Written")
        trained = MilestoneFactory(item=slow, forecast_due=SLIPPED, description="Trained")
        delay = DelayFactory(
            milestone=trained, due_before=DUE, due_after=SLIPPED, settlement="being_settled",
            settling_agency=customs, settling_by=date(2010, 7, 1),
        )  # fmt: skip
        MitigationFactory(delay=delay, due_on=date(2010, 8, 1))
    return plan


def address(plan, what, format="csv", **query):
    return reverse("dashboard:export", args=[plan.slug, what, format], query=query)


def rows(reader, plan, what, **query):
    """Return the table's rows as dictionaries."""
    response = reader.get(address(plan, what, **query))
    assert response.status_code == 200
    text = response.content.decode("utf-8-sig")
    return list(standard_csv.DictReader(io.StringIO(text, newline="")))


def column(found, title):
    return [row[title] for row in found]


# --- each table -----------------------------------------------------------------------------


def test_items_are_exported_with_their_current_values(reader, full):
    first, second, third = rows(reader, full, "items")
    assert {"Reviewer’s confidence", "Latest update"} <= first.keys()
    assert {heading: value for heading, value in first.items() if value} == {
        "Item": "1.1",
        "Work item": "Brochure",
        "Pillar": "1 Prevention",
        "Lead agency": "Police",
        "Key item": "Key item",
        "Stage": "Under way",
        "Status": "Late",
        "Agency’s confidence": "On track",
        "Next agreed date": "2010-05-30",
        "Dates": "Overdue by two days",
        "Why it needs attention": "Overdue by two days, and no mitigation is recorded.",
    }
    assert (second["Item"], second["Status"], second["Dates"]) == ("1.2", "Complete", "")
    assert (third["Item"], third["Work item"]) == ("2.10", "'=Training")


def test_the_attention_list_is_exported_with_its_order_and_reasons(reader, full):
    RiskFactory(plan=full, escalated_to="group", escalated_on=YESTERDAY, description="Staff leave")
    found = rows(reader, full, "attention")
    assert [(row["Place"], row["Item"], row["Why"]) for row in found] == [
        ("1", "1.1", "Overdue by two days, and no mitigation is recorded."),
        ("2", "2.10", f"Expected at least three months late. {SETTLING}"),
        ("3", "", "R1 is escalated."),
    ]
    answers = ("Now expected", "Being done", "For the group", "Detail")
    assert [[row[name] for name in answers] for row in found] == [
        ["", "Nothing recorded", "Ask Police what will be done", ""],
        [f"{SLIPPED}", "Customs will ask for money in the next budget.", "Hear from Customs", ""],
        ["", found[2]["Being done"], "Discuss risk R1", "with the working group since 31 May 2010"],
    ]


def test_open_milestones_are_ordered_by_agreed_date_and_filtered_as_on_the_page(reader, full):
    found = rows(reader, full, "milestones")
    step = Milestone.objects.get(description="Trained")
    assert column(found, "Milestone") == ["Printed", "Trained"]
    assert found[1] == {
        "Item": "2.10",
        "Work item": "'=Training",
        "Lead agency": "Customs",
        "Number": str(step.number),
        "Milestone": "Trained",
        "Responsible agency": "Customs",
        "Done means": "",
        "Original date": "2010-06-30",
        "Agreed date": "2010-06-30",
        "Forecast": "2010-09-30",
        "Dates": "Expected at least three months late",
        "Days overdue": "",
        "Days from agreed date to forecast": "92",
        "Waits for": "",
        "Earliest": "",
        "Page": f"{settings.SITE_URL}/plans/{full.slug}/items/2.10/#milestone-{step.number}",
    }
    assert column(rows(reader, full, "milestones", late="overdue"), "Milestone") == ["Printed"]
    assert column(rows(reader, full, "milestones", due="30"), "Milestone") == ["Trained"]


def test_the_page_and_the_file_say_the_same_length_of_a_milestone_that_waits(reader, full):
    page = reader.get(reverse("dashboard:milestones", args=[full.slug]))
    assert page.text.count("Expected at least three months late") == 1
    found = column(rows(reader, full, "milestones"), "Dates")
    assert found == ["Overdue by two days", "Expected at least three months late"]


def test_the_timeline_includes_milestones_that_are_done(reader, full):
    found = rows(reader, full, "timeline")
    assert [(row["Item"], row["Milestone"], row["Completed"]) for row in found] == [
        ("1.1", "Printed", ""),
        ("1.1", "Written", "2010-03-01"),
        ("2.10", "Trained", ""),
    ]
    assert column(found, "Dates") == [
        "Overdue by two days",
        "Done",
        "Expected at least three months late",
    ]


def test_delays_are_exported_with_cause_and_mitigation(reader, full):
    (row,) = rows(reader, full, "delays")
    assert row == {
        "Item": "2.10",
        "Work item": "'=Training",
        "Milestone": "Trained",
        "Cause": "Funding",
        "Why": "No money was set aside.",
        "Effect": "",
        "Until then": "",
        "It needs": "",
        "Money from": "",
        "If declined": "",
        "Cause settled": "Being settled by Customs by 1 July 2010",
        "Found": "2010-05-01",
        "Date before": "2010-06-30",
        "Date after": "2010-09-30",
        "Days": "92",
        "Times moved": "1",
        "Mitigation": "Ask for money in the next budget. Customs, by 1 August 2010",
    }
    assert rows(reader, full, "delays", cause="legislation") == []
    page = reader.get(reverse("dashboard:delays", args=[full.slug]))
    assert "Being settled by Customs by 1 July 2010" in page.text


def test_the_dashboards_figures_are_those_of_the_page(reader, full):
    page = dashboard.read_dashboard(PlanView(plan=full, at=Moment.today(TODAY)))
    found = rows(reader, full, "dashboard")
    standing = [(row["Figure"], int(row["Number"])) for row in found if row["Part"] == "Status"]
    assert standing == [(figure.label, figure.count) for figure in page.figures]
    items = [row for row in found if row["Part"] == "Work items"]
    cells = [int(row["Number"]) for row in items if row["Pillar"] and row["Lead agency"]]
    assert (sum(cells), int(items[-1]["Number"])) == (3, 3)
    assert [
        (row["Part"], row["Figure"], row["Number"])
        for row in found
        if "delay" in row["Part"].lower()
    ] == [("Open delays", "Funding", "1"), ("Days of open delays", "Funding", "92")]
    assert "Before" not in found[0]


def test_changes_have_one_row_each_with_their_cause(reader, full):
    found = rows(reader, full, "changes", since="2010-05-01")
    assert [(row["What changed"], row["Item"], row["Lead agency"]) for row in found] == [
        ("Became late", "1.1", "Police"),
        ("Fell overdue", "1.1", "Police"),
    ]
    item = full.items.get(number="1.1")
    item.title = "A better brochure"
    history.save(item, by=None, at=datetime(2010, 5, 20, tzinfo=UTC))
    row = next(
        row
        for row in rows(reader, full, "changes", since="2010-05-01")
        if row["What changed"] == "Reworded"
    )
    assert (row["Before"], row["After"]) == ("Brochure", "A better brochure")
    only = rows(reader, full, "changes", since="2010-05-01", kind="reworded")
    assert column(only, "What changed") == ["Reworded"]


def test_the_lists_of_records_are_exported_as_filtered(reader, full, police, customs):
    item = full.items.get(number="1.1")
    RiskFactory(plan=full, item=item, number=1, owner_agency=customs, description="No paper.")
    RiskFactory(plan=full, number=2, owner_agency=police, closed_on=YESTERDAY)
    milestone = item.milestones.get(completed_on=None)
    VariationFactory(milestone=milestone, number=7, due_after=SLIPPED, requesting_agency=customs)
    meeting = MeetingFactory(plan=full, held_on=YESTERDAY, place="Room 3")
    DecisionFactory(
        meeting=meeting, item=item, text="Print less.", owner_agency=police, due_on=SLIPPED
    )
    RoundFactory(plan=full, name="First half")

    found = rows(reader, full, "risks")
    assert [(row["Reference"], row["Item"], row["Owner"], row["State"]) for row in found] == [
        ("R1", "1.1", "Customs", "Open"),
        ("R2", "", "Police", "Closed"),
    ]
    assert column(rows(reader, full, "risks", agency=customs.pk), "Reference") == ["R1"]
    assert column(rows(reader, full, "risks", state="closed"), "Closed") == [f"{YESTERDAY}"]
    (row,) = rows(reader, full, "variations", state="waiting")
    assert (row["Reference"], row["Date after"], row["Agency"]) == ("V7", f"{SLIPPED}", "Customs")
    assert rows(reader, full, "variations", state="declined") == []
    (row,) = rows(reader, full, "decisions", state="open")
    assert (row["Decision"], row["Item"], row["Decided on"], row["Agency"], row["State"]) == (
        "Print less.", "1.1", f"{YESTERDAY}", "Police", "To do",
    )  # fmt: skip
    assert rows(reader, full, "decisions", state="done") == []
    (row,) = rows(reader, full, "meetings")
    assert (row["Day"], row["Place"], row["Decisions"]) == (f"{YESTERDAY}", "Room 3", "1")
    assert column(rows(reader, full, "rounds"), "Round") == ["First half"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("what", "queries"),
    [("risks", 7), ("variations", 7), ("decisions", 7), ("meetings", 8), ("rounds", 7)],
)
def test_a_list_takes_the_same_queries_for_any_number_of_rows(
    reader, full, police, count, what, queries, django_assert_num_queries
):
    for number in range(1, count + 1):
        RiskFactory(plan=full, number=number, owner_agency=police)
        VariationFactory(milestone=MilestoneFactory(item=full.items.first()), number=number)
        meeting = MeetingFactory(plan=full, held_on=date(2010, 5, number))
        DecisionFactory(meeting=meeting, owner_agency=police, due_on=SLIPPED)
        RoundFactory(
            plan=full,
            period_end=date(2010, 6, number),
            closed_at=NOON,
            closed_by=SeatFactory().user,
        )
    reader.get("/plans/")
    with django_assert_num_queries(queries):
        assert len(rows(reader, full, what)) == count


@pytest.mark.parametrize(
    ("what", "page"),
    [
        ("risks", "risks:list"),
        ("variations", "variations:list"),
        ("decisions", "meetings:decisions"),
        ("meetings", "meetings:list"),
        ("rounds", "returns:list"),
    ],
)
def test_each_list_offers_its_file(reader, full, what, page):
    shown = reader.get(reverse(page, args=[full.slug])).text
    # Django 6 writes an empty query as "?".
    assert f'href="{address(full, what, "xlsx")}"' in shown.replace('?"', '"')


# --- as filtered and as at ------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", ["items", "attention", "milestones", "timeline", "delays", "changes"]
)
def test_a_pillar_and_an_agency_filter_every_list(reader, full, what, customs):
    pillar = full.pillars.get(number=2)
    agency = "lead" if what == "items" else "agency"
    for query in ({"pillar": pillar.pk}, {agency: customs.pk}):
        assert set(column(rows(reader, full, what, **query), "Item")) == {"2.10"}


@pytest.mark.parametrize("at", ["", "2010-05-31"])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "train"},
        {"stage": "complete"},
        {"confidence": "on_track", "sort": "-due"},
        {"late": "overdue"},
        {"standing": "late", "sort": "-number"},
        {"attention": "yes"},
        {"stage": "nonsense", "sort": "nonsense"},
    ],
)
def test_items_are_exported_as_filtered_and_sorted_in_the_list(reader, full, query, at):
    listed = reader.get(reverse("workitems:list", args=[full.slug], query={**query, "at": at}))
    numbers = [row["item"].number for row in listed.context["rows"]]
    assert column(rows(reader, full, "items", at=at, **query), "Item") == numbers


def test_filtering_items_by_agency_includes_those_it_supports(reader, full, customs):
    SupportFactory(item=full.items.get(number="1.2"), agency=customs)
    found = rows(reader, full, "items", agency=customs.pk)
    assert column(found, "Item") == ["1.2", "2.10"]


def test_an_export_of_a_past_day_has_the_values_of_that_day(reader, full):
    item = full.items.get(number="1.1")
    item.title, item.stage, item.completed_on = "Brochure, finished", "complete", YESTERDAY
    history.save(item, by=None, at=datetime(2010, 5, 31, tzinfo=UTC))
    for milestone in item.milestones.filter(completed_on=None):
        milestone.completed_on = YESTERDAY
        history.save(milestone, by=None, at=datetime(2010, 5, 31, tzinfo=UTC))
    now, past = rows(reader, full, "items"), rows(reader, full, "items", at="2010-05-30")
    assert (now[0]["Work item"], now[0]["Status"]) == ("Brochure, finished", "Complete")
    assert (past[0]["Work item"], past[0]["Status"]) == ("Brochure", "On time")
    assert rows(reader, full, "items", at="2010-03-01") == []
    printed, written, _ = rows(reader, full, "timeline", at="2010-05-30")
    assert (printed["Completed"], written["Completed"]) == ("", "2010-03-01")


def test_a_comparison_adds_the_earlier_values(reader, full):
    found = rows(reader, full, "dashboard", since="2010-05-01")
    late = next(row for row in found if row["Figure"] == "Late")
    assert (late["Number"], late["Before"]) == ("2", "1")


def test_an_invalid_moment_is_reported_on_the_page(reader, full):
    answer = reader.get(address(full, "delays", at="2010-07-01", cause="funding"))
    page = reverse("dashboard:delays", args=[full.slug])
    assert (answer.status_code, answer.url) == (302, f"{page}?at=2010-07-01&cause=funding")
    assert "Choose a day up to today." in reader.get(answer.url).text


# --- the files ------------------------------------------------------------------------------


@pytest.mark.parametrize("what", SHEETS)
def test_both_files_hold_the_same_rows(reader, full, what):
    response = reader.get(address(full, what, "xlsx"))
    assert response["Content-Type"] == (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    (worksheet,) = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets
    titles, *cells = list(worksheet.iter_rows(min_row=3, values_only=True))
    found = rows(reader, full, what)
    assert list(titles) == list(found[0])
    assert len(cells) == len(found)


def test_the_workbook_describes_its_content(reader, full, police):
    pillar = full.pillars.get(number=1)
    response = reader.get(
        address(full, "milestones", "xlsx", pillar=pillar.pk, agency=police.pk, late="overdue")
    )
    (worksheet,) = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets
    assert worksheet["A2"].value == (
        f"Plan: {full.title} · As at: 1 June 2010 · "
        "Shown: Prevention, led by Police, Overdue · Made: 1 June 2010, 12:00"
    )


def test_the_file_name_gives_plan_table_and_day(reader, full):
    response = reader.get(address(full, "milestones", "xlsx", at="2010-05-30"))
    assert response["Content-Disposition"] == (
        f'attachment; filename="{full.slug} open milestones 2010-05-30.xlsx"'
    )
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")


@pytest.mark.parametrize(("what", "format"), [("secrets", "csv"), ("items", "pdf"), ("items", "x")])
def test_unknown_exports_are_not_found(reader, full, what, format):
    assert reader.get(address(full, what, format)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("what", "queries"),
    [
        ("dashboard", 20),
        ("items", 17),
        ("attention", 20),
        ("milestones", 12),
        ("timeline", 13),
        ("delays", 12),
        ("changes", 25),
    ],
)
def test_an_export_takes_the_same_queries_for_any_number_of_rows(
    reader, full, count, what, queries, django_assert_num_queries
):
    item = full.items.get(number="1.1")
    for number in range(count):
        MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=item)))
        target = TargetFactory(measure__item=item, measure__number=number + 1)
        MeasureValueFactory(measure=target.measure, day=YESTERDAY, accepted=True)
    reader.get(reverse("plans:list"))
    # Savepoint and release; session, person, seats, plans; eight of the plan at a moment; what the
    # table adds to it, with measures, targets and numbers where attention is read.
    with django_assert_num_queries(queries):
        reader.get(address(full, what, "xlsx"))
