"""What a spreadsheet says is known from its own day on, and it is the spreadsheet that says it."""

from datetime import date

import pytest
from django.urls import reverse

from reports.progress.record_of_dates import record_of_dates
from reports.progress.trends import read_trends
from tests.factories import ReturnFactory, RoundFactory, UpdateFactory
from tests.truth.test_52_first_day import kept_files
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import answer, give_columns, mbie, person, upload
from workitems.models import Plan, Return, WorkItem
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at
from workitems.returns.services import rounds

__all__ = ["kept_files", "mbie", "person"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_files"),
    pytest.mark.one_database(reason="what pages say of a spreadsheet"),
]

HEADINGS = ["No", "Action", "Lead", "Start", "Due", "Status", "RAG", "Last updated"]
ROWS = [
    ["1.1", "Model the danger", "MBIE", "1/3/2026", "Mar 2027 (was Dec 2026)", "In progress", "R", "15/06/2026"],
    ["1.2", "Register people", "MBIE", "1/5/2026", "30/9/2027", "In progress", "G", ""],
    ["1.3", "Reopen schools", "MBIE", "", "31/8/2027", "-", "", ""],
]  # fmt: skip
BEFORE, ROW, SHEET = date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 30)


@pytest.fixture
def plan(person):
    upload(person, trackers.sheet_of([HEADINGS, *ROWS]))
    give_columns(person)
    answer(person, act="import")
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    return Plan.objects.get()


def as_at(plan, day):
    return plan_at(plan, Moment.end_of(day)).items


def test_before_its_day_an_item_is_not_reported(plan):
    rows = [
        [(item.stage, item.confidence, item.heard_on) for item in as_at(plan, day)]
        for day in (BEFORE, ROW, SHEET)
    ]
    silent = ("not_started", "", None)
    first, second = ("under_way", "off_track", ROW), ("under_way", "on_track", SHEET)
    assert rows == [[silent] * 3, [first, silent, silent], [first, second, silent]]


def test_a_date_that_moved_counts_from_the_day_on_which_that_is_known(plan):
    late = [as_at(plan, day)[0].late.words for day in (BEFORE, ROW)]
    assert late == ["On time", "Expected three months late"]


def test_the_record_of_trends_begins_with_the_spreadsheet(plan):
    months = read_trends(plan, Moment.end_of(date(2026, 8, 31))).months
    assert [month.day for month in months] == [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]  # fmt: skip


@pytest.mark.parametrize(("due", "missed"), [("14/6/2026", 0), ("1/7/2026", 1)])
def test_a_date_that_came_before_the_spreadsheet_is_not_counted_by_its_warning(person, due, missed):
    """What warned of it is not known."""
    row = ["1.1", "Register people", "MBIE", "1/5/2026", due, "In progress", "G", "10/06/2026"]
    day = ["1.2", "Reopen", "MBIE", "", "31/8/2027", "In progress", "G", "30/06/2026"]
    upload(person, trackers.sheet_of([HEADINGS, row, day]))
    give_columns(person)
    answer(person, act="import")
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    found = record_of_dates(Plan.objects.get(), Moment.end_of(date(2026, 8, 31)))
    assert (found.dates, found.missed) == (missed, missed)


def test_trends_do_not_say_that_an_item_that_is_not_reported_is_not_started(plan, person):
    page = person.get(reverse("dashboard:trends", args=[plan.slug]))
    assert "Not started or not reported" in page.context["stage_names"]


def test_the_page_of_an_item_says_not_reported(plan, person):
    url = WorkItem.objects.get(number="1.2").get_absolute_url()
    assert [
        ("Not reported" in page, "The plan came from a spreadsheet of 30 June 2026." in page)
        for page in (person.get(f"{url}?at={day}").text for day in (BEFORE, SHEET))
    ] == [(True, True), (False, False)]
    silent = person.get(WorkItem.objects.get(number="1.3").get_absolute_url()).text
    listed = person.get(reverse("workitems:list", args=[plan.slug])).text
    assert ["Not reported" in page for page in (silent, listed)] == [True, True]


def test_it_is_the_spreadsheet_that_says_so_until_the_agency_has_answered(plan, person, mbie):
    item = WorkItem.objects.get(number="1.1")

    def said():
        lines = attention(plan_at(Plan.objects.get(), Moment.today(date(2026, 12, 1))))
        (line,) = [each for each in lines if each.item and each.item.number == "1.1"]
        return line.why, "The spreadsheet says" in person.get(item.get_absolute_url()).text

    assert said() == (
        "Expected three months late. The spreadsheet says it is off track.",
        True,
    )
    of_return = ReturnFactory(
        round=RoundFactory(plan=plan, period_start=date(2026, 7, 1), period_end=date(2026, 11, 30)),
        agency=mbie,
        state=Return.State.SUBMITTED,
    )
    for each in plan.items.all():
        UpdateFactory(of_return=of_return, item=each, stage="under_way", confidence="off_track")
    by = mbie.seats.get().user
    rounds.accept(of_return=of_return, by=by, on=date(2026, 12, 1))
    assert said() == ("Expected three months late. Its agency says it is off track.", False)
