"""Test the workbook of a briefing's annexes, of a draft and of the signed version."""

import io
from dataclasses import replace
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings

from reports.document import DelayRegister, MilestoneRow, TimelineRow, plain
from reports.render.annex_sheets import render_workbook
from tests.reports import sample
from tests.reports.documents_at_random import documents
from workitems.terms.known_dates import KnownTo


def opened(document):
    return openpyxl.load_workbook(io.BytesIO(render_workbook(document)))


def day(*parts):
    """Return a day as a spreadsheet stores it: midnight without a time zone."""
    return datetime.combine(date(*parts), time())


def table(book, name):
    """Return a sheet's rows by title, without the two lines of description."""
    titles, *rows = list(book[name].iter_rows(min_row=3, values_only=True))
    return [dict(zip(titles, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def book():
    return opened(sample.document(annexes=sample.annexes()))


def test_each_kind_of_row_has_a_sheet(book):
    assert book.sheetnames == [
        *("Briefing", "Work items", "Milestones", "Reports"),
        *("Delays", "Mitigations", "Risks", "Consulted", "Measures", "Findings"),
    ]


def test_the_cover_sheet_has_the_printed_values(book):
    facts = {row["Fact"]: row["On the cover"] for row in table(book, "Briefing")}
    assert (facts["Tracker number"], facts["Dated"], facts["Deadline"]) == (
        "10/96252",
        "30 July 2010",
        "N/A",
    )
    assert facts["Authorising manager"] == "Group Manager, Border Security Group"


def test_every_sheet_names_its_paper_and_shows_the_marking(book):
    for sheet in book.worksheets:
        assert sheet["A2"].value == (
            "Tracker number: 10/96252 · Dated: 30 July 2010 · Marking: IN CONFIDENCE"
        )
        assert sheet.oddHeader.center.text == "IN CONFIDENCE"


def test_the_texts_of_an_item_have_a_line_for_each_bullet(book):
    row = table(book, "Work items")[0]
    assert (row["No."], row["Supporting"], row["Key item"]) == (
        "1.1",
        "Customs (trains its own staff)\nPolice",
        "Yes",
    )
    assert row["Action"] == (
        "Write and deliver training on the signs of trafficking.\nThe training covers:\n"
        "• what to look for\n   – at the border\n   – at work\n• whom to tell."
    )


def test_dates_are_stored_as_dates_and_days_as_numbers(book):
    row = table(book, "Milestones")[1]
    assert row == {
        "No.": "1.1",
        "Work item": "Train frontline staff to recognise the signs of trafficking",
        "Milestone": "All border staff trained",
        "Original": day(2010, 6, 30),
        "Agreed": day(2010, 6, 30),
        "Forecast": day(2011, 6, 30),
        "Done": None,
        "Days from original": 365,
        "Standing": "30 days late",
    }


def test_a_month_and_a_quarter_are_shown_as_such():
    end = date(2010, 6, 30)
    milestone = MilestoneRow(
        label="Brochures printed",
        original_on=end,
        original_known_to=KnownTo.QUARTER,
        agreed_on=end,
        agreed_known_to=KnownTo.MONTH,
    )
    picture = replace(sample.progress_picture(), timeline=(TimelineRow("1.1", milestone),))
    book = opened(sample.document(annexes=(picture,)))
    dates = [cell for cell in book["Milestones"][4] if cell.value == day(2010, 6, 30)]
    assert [cell.number_format for cell in dates] == ['"Apr–Jun" yyyy', "mmm yyyy", "mmm yyyy"]


def test_reports_mitigations_risks_and_answers_have_a_row_each(book):
    assert [len(table(book, name)) for name in ("Reports", "Delays", "Mitigations")] == [3, 2, 3]
    assert table(book, "Mitigations")[1]["Done"] == day(2010, 7, 1)
    assert [(row["No."], row["To item"], row["Severity"]) for row in table(book, "Risks")] == [
        ("R2", "1.2", "High"),
        ("R1", "The Plan", "Medium"),
        ("R3", "The Plan", "Low"),
    ]
    assert [row["Answer"] for row in table(book, "Consulted")] == [
        "Concurs with comment",
        "Concurs",
        "Had not answered by 30 July 2010",
    ]


@pytest.mark.parametrize(
    ("annexes", "names"),
    [
        ((), ["Briefing"]),
        ((sample.progress_picture(),), ["Briefing", "Milestones"]),
        ((sample.work_item_table(),), ["Briefing", "Work items", "Milestones"]),
        ((sample.consulted_table(),), ["Briefing", "Consulted"]),
    ],
)
def test_a_workbook_has_exactly_the_rows_of_the_annexes(annexes, names):
    assert opened(sample.document(annexes=annexes)).sheetnames == names


def test_a_table_of_items_has_a_row_for_each(book):
    rows = table(opened(sample.document(annexes=(sample.work_item_table(),))), "Work items")
    assert [(row["No."], row["Lead"]) for row in rows] == [(i[0], i[2]) for i in sample.ITEMS]


def test_no_cell_is_a_formula():
    register = sample.delay_register()
    risky = replace(
        register, rows=(replace(register.rows[0], explanation=plain("=1+1"), number="@1"),)
    )
    sheet = opened(sample.document(annexes=(risky,)))["Delays"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in ("=1+1", "@1")]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)] * 2


@given(document=documents())
@settings(max_examples=25, deadline=None)
def test_any_document_can_be_exported(document):
    book = opened(document)
    cover = {row["Fact"]: row["On the cover"] for row in table(book, "Briefing")}
    assert cover["Security marking"] == document.cover.marking.value
    days = [
        row.days
        for annex in document.annexes
        if isinstance(annex, DelayRegister)
        for row in annex.rows
    ]
    found = [
        row["Days"]
        for name in book.sheetnames
        if name.startswith("Delays")
        for row in table(book, name)
    ]
    assert found == days
