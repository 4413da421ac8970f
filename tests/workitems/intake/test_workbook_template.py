"""Test the workbook to fill in: what helps people, and that it imports once it is filled in."""

import io
from datetime import UTC, datetime
from string import ascii_uppercase

import openpyxl
import pytest

from tests.factories import AgencyFactory
from workitems.intake.workbook import (
    WorkbookRefused,
    empty_workbook,
    import_workbook,
    preview_import,
)
from workitems.intake.workbook.columns import ITEMS, MILESTONES, SHEETS
from workitems.intake.workbook.template import EXAMPLES
from workitems.models import Milestone, WorkItem

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="a workbook is read and compared; an export is imported on both"
    ),
]

NOW = datetime(2027, 12, 1, tzinfo=UTC)


def opened(*agencies) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(empty_workbook(agencies)))


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    return file


def filled(book: openpyxl.Workbook) -> io.BytesIO:
    """Fill in the example, as a person would: below the headings, and beside the keys."""
    for sheet in SHEETS:
        worksheet = book[sheet.name]
        if sheet.downwards:
            values = {row["Key"]: row["Value"] for row in EXAMPLES[sheet.name]}
            for key, cell in worksheet.iter_rows(min_row=2, max_col=2):
                cell.value = values[key.value.partition(" (")[0]]
            continue
        for number, example in enumerate(EXAMPLES[sheet.name], start=2):
            for index, column in enumerate(sheet, start=1):
                if column.heading in example:
                    worksheet.cell(number, index).value = example[column.heading]
    return saved(book)


def test_it_has_instructions_every_sheet_and_an_example():
    book = opened()
    names = [sheet.name for sheet in SHEETS]
    assert book.sheetnames == ["Instructions", *names, "Example"]
    assert {book[name].freeze_panes for name in names} == {"A2"}
    example = {cell.value for row in book["Example"].iter_rows() for cell in row}
    assert {f"Sheet {name}" for name in names} <= example


def test_the_example_filled_in_imports():
    outcome = import_workbook(filled(opened()), name="new-plan.xlsx", at=NOW)
    assert outcome.plan.title == "Plan of Action 2027"
    assert WorkItem.objects.get().number == "1.1"
    assert str(Milestone.objects.get().forecast) == "September 2027"


def test_every_column_has_an_example_unless_it_is_for_what_is_over():
    over = {"Valid from", "Valid to", "Successor", "Ended on", "Done on", "Completed on"}
    over |= {"Cancelled on", "Escalated on", "Closed on"}
    # Instead of Settled by agency, which the example has.
    over |= {"Settled by others"}
    # Only where a decision of the Minister is needed.
    over |= {"Money from", "If declined"}
    over |= {
        "Unit",
        "Before the plan",
        "Before the plan, on",
        "From",
        "Counted differently",
        "Note",
    }
    over |= {"No number yet, because", "Expected by", "Corrects the number of", "Why corrected"}
    missing = {
        column.heading
        for sheet in SHEETS
        if not sheet.downwards
        for column in sheet.written
        if not any(column.heading in example for example in EXAMPLES[sheet.name])
    }
    assert missing == over


def test_it_has_the_agencies_of_the_register_and_may_lose_some():
    police = AgencyFactory(short_name="Police", name="New Zealand Police", name_mi="Ngā Pirihimana")
    AgencyFactory(short_name="MOJ", name="Ministry of Law")
    book = opened(police)
    assert [cell.value for cell in book["Agencies"][2]][:3] == [
        "Police",
        "New Zealand Police",
        "Ngā Pirihimana",
    ]
    outcome = preview_import(filled(book), at=NOW)
    assert any("Ministry of Justice" in sentence for sentence in outcome.differences)


def lists(worksheet) -> dict[str, str]:
    return {
        str(rule.sqref): rule.formula1
        for rule in worksheet.data_validations.dataValidation
        if rule.type == "list"
    }


def test_cells_offer_agencies_pillars_items_and_choices():
    book = opened()
    agencies, items = "'Agencies'!$A$2:$A$5000", "'Work items'!$A$2:$A$5000"
    assert lists(book["Plan"]) == {"B7": agencies}
    assert by_heading(ITEMS, book) == {
        "Pillar": "'Pillars'!$A$2:$A$5000",
        "Kind": '"Action item,Business as usual"',
        "Lead agency": agencies,
        "Key": '"Yes,No"',
        "Timeframe": '"Short,Medium,Long,Ongoing"',
        "Stage": '"Not started,Under way,Complete,Ongoing,Withdrawn"',
        "Confidence": '"On track,At risk,Off track"',
    }
    assert by_heading(MILESTONES, book) == {"Work item": items, "Responsible agency": agencies}


def by_heading(sheet, book) -> dict[str, str]:
    """Return the lists that are offered in whole columns."""
    headings = {
        f"{letter}2:{letter}5000": column.heading
        for letter, column in zip(ascii_uppercase, sheet, strict=False)
    }
    return {headings[cells]: formula for cells, formula in lists(book[sheet.name]).items()}


def test_numbers_of_items_are_text_and_days_are_dates():
    book = opened()
    formats = {
        f"{sheet.name}: {column.heading}": book[sheet.name].column_dimensions[letter].number_format
        for sheet in (ITEMS, MILESTONES)
        for letter, column in zip(ascii_uppercase, sheet, strict=False)
    }
    assert {name: value for name, value in formats.items() if value != "General"} == {
        "Work items: Number": "@",
        "Work items: Starts on": "yyyy-mm-dd",
        "Milestones: Work item": "@",
        "Milestones: Completed on": "yyyy-mm-dd",
        "Milestones: Cancelled on": "yyyy-mm-dd",
    }
    assert [cell.number_format for cell in book["Plan"]["B"]][1:4] == ["@", *["yyyy-mm-dd"] * 2]


def test_another_sheet_is_still_refused():
    book = opened()
    book.create_sheet("Notes")
    with pytest.raises(WorkbookRefused) as refused:
        preview_import(saved(book), at=NOW)
    assert "Notes" in {fault.sheet for fault in refused.value.faults}


def test_prompts_fit_into_what_spreadsheets_show():
    for worksheet in opened():
        for rule in worksheet.data_validations.dataValidation:
            assert len(rule.prompt or "") <= 255
            assert len(rule.promptTitle or "") <= 32
            assert len(rule.error or "") <= 255
            assert len(rule.formula1 or "") <= 255
