"""Test invalid and hostile files, and the values that cells may have."""

import io
import os
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.workitems.workbooks import (
    book,
    column_of,
    file_of,
    headings_of,
    place,
    saved,
    setting,
    small,
)
from workitems.demo.demo_plans import TEXT_OF_2009
from workitems.demo.plan_text import workbook_of
from workitems.intake.cell_kinds import join_with_or
from workitems.intake.workbook import WorkbookRefused
from workitems.intake.workbook.read import NOT_GIVEN, read_workbook

TODAY = date(2026, 6, 30)


def faults_in(file):
    """Return the faults as sentences, whether found at once or at the end."""
    try:
        found = read_workbook(file, today=TODAY).faults.found
    except WorkbookRefused as refused:
        found = refused.faults
    return [str(fault) for fault in found]


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    file.seek(0)
    return file


def with_sheet_xml(xml):
    """Return the small workbook with other XML for its first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(file_of(small())) as plain, zipfile.ZipFile(out, "w", 8) as archive:
        for name in plain.namelist():
            archive.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else plain.read(name))
    out.seek(0)
    return out


DAMAGED = (
    "The file is damaged or is not a workbook (.xlsx). Expected: a workbook saved as "
    ".xlsx. Open it in your spreadsheet program and save it again."
)
SPREADSHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def test_a_valid_workbook_has_no_faults():
    assert faults_in(file_of(small())) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Number,Title\n1.1,Train staff\n",
        b"%PDF-1.7\n",
        b"PK\x03\x04 and then nothing",
        file_of(small()).getvalue()[:2000],
        zipped(**{"hello.txt": "hello"}).getvalue(),
        zipped(**{"[Content_Types].xml": "<Types/>"}).getvalue(),
        zipped(**{"[Content_Types].xml": "not XML"}).getvalue(),
    ],
    ids=["empty", "csv", "pdf", "stub", "cut short", "zip", "no workbook in it", "no xml"],
)
def test_a_file_that_is_not_a_workbook_is_refused_with_a_message(content):
    assert faults_in(io.BytesIO(content)) == [DAMAGED]


def test_a_part_that_was_tampered_with_is_refused():
    content = bytearray(file_of(small()).getvalue())
    content[len(content) // 3] ^= 0xFF
    assert faults_in(io.BytesIO(bytes(content))) == [DAMAGED]


def test_a_workbook_with_a_password_is_refused():
    mark = "EncryptedPackage".encode("utf-16-le")
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500) + mark + bytes(500)
    assert faults_in(io.BytesIO(content)) == [
        "The workbook is protected by a password, so it cannot be read. Expected: the same "
        "workbook saved without a password."
    ]


def test_a_workbook_of_the_old_format_is_refused():
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)
    assert faults_in(io.BytesIO(content)) == [
        "The file is not an .xlsx workbook; it may be one of the old format (.xls). Expected:"
        " the same workbook saved as .xlsx."
    ]


def test_a_zip_bomb_of_200_mb_is_refused_before_it_is_unpacked():
    bomb = zipped(xl__worksheets__sheet1=b"0" * 200_000_000)
    assert len(bomb.getvalue()) < 1_000_000
    tracemalloc.start()
    found = faults_in(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    assert found == [
        "Unpacked, the workbook has 190 MB in 1 parts. Expected: at most 120 MB. Delete "
        "pictures and formatted rows that hold nothing."
    ]


def test_too_many_cells_are_refused_before_they_are_read():
    rows = '<row><c r="A1"/><c r="B1"/></row>' * 1_100_000
    assert faults_in(with_sheet_xml(f"{SPREADSHEET}<sheetData>{rows}</sheetData></worksheet>")) == [
        "The workbook has too many cells. Expected: at most some ten thousand work items. "
        "Most often the cells are empty but formatted: delete the rows below the last one."
    ]


def test_entities_in_the_xml_are_refused():
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        f'{SPREADSHEET}<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    assert faults_in(with_sheet_xml(bomb)) == [DAMAGED]


def test_a_million_empty_rows_are_reported_without_being_read():
    rows = "".join(f'<row r="{number}"/>' for number in range(2, 1_000_002))
    head = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Key</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Value</t></is></c></row>'
    )
    found = faults_in(
        with_sheet_xml(
            f'{SPREADSHEET}<dimension ref="A1:B1000001"/>'
            f"<sheetData>{head}{rows}</sheetData></worksheet>"
        )
    )
    assert found[0] == (
        "Plan, row 2: From here on more than 1,000 rows are empty. Expected: no empty rows. "
        "Select the rows below the last one that holds something, delete them, and save."
    )


def test_a_sheet_with_a_wrong_declared_size_is_read_completely():
    with zipfile.ZipFile(file_of(small())) as plain:
        xml = plain.read("xl/worksheets/sheet1.xml").decode()
    assert '<dimension ref="A1:B5"' in xml
    file = with_sheet_xml(xml.replace('<dimension ref="A1:B5"', '<dimension ref="A1:A2"'))
    assert faults_in(file) == []


def test_a_cell_in_the_last_row_of_a_sheet_is_reported():
    made = book(small())
    made["Risks"].cell(row=1_048_576, column=1, value="x")
    assert faults_in(saved(made)) == [
        "Risks, row 3: From here on more than 1,000 rows are empty. Expected: no empty "
        "rows. Select the rows below the last one that holds something, delete them, and save."
    ]


def test_a_few_empty_rows_in_between_are_no_fault():
    made = book(small())
    made["Pillars"].cell(row=20, column=1, value=2)
    made["Pillars"].cell(row=20, column=2, value="Protection")
    rows = read_workbook(saved(made), today=TODAY).rows["Pillars"]
    assert [(row.number, row["Title"]) for row in rows] == [(2, "Prevention"), (20, "Protection")]


def test_a_cell_far_to_the_right_is_reported():
    made = book(small())
    made["Pillars"]["XFD2"] = "x"
    assert faults_in(saved(made)) == [
        "Pillars, row 2: The sheet goes on to column XFD. Expected: the columns Number, "
        "Title and Description."
    ]


@pytest.mark.sqlite  # one database is enough to test it
def test_a_workbook_reads_the_same_without_lxml(settings, tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import django; django.setup();"
        "import openpyxl; from datetime import date; from workitems.intake.workbook.read import read_workbook;"
        "book = read_workbook(open(sys.argv[2], 'rb'), today=date(2026, 6, 30));"
        "print(openpyxl.LXML, len(book.faults.found), len(book.rows['Work items']))"
    )
    sample = tmp_path / "plan.xlsx"
    sample.write_bytes(workbook_of(TEXT_OF_2009).getvalue())
    counts = set()
    for lxml in ("True", "False"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(settings.BASE_DIR), str(sample)],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            env={**os.environ, "OPENPYXL_LXML": lxml},
        )
        counts.add(tuple(done.stdout.split()[1:]))
    assert len(counts) == 1
    assert counts.pop()[0] == "0"


# --- Sheets and headings --------------------------------------------------------------------


def test_sheets_and_headings_may_come_in_any_order_and_case():
    sheets = dict(reversed(small().items()))
    sheets["  pillars "] = sheets.pop("Pillars")
    sheets["  pillars "] = [{"TITLE": "Prevention", "number": 1, "Description ": None}]
    found = read_workbook(
        file_of(sheets, {"  pillars ": ["TITLE", "Description ", "number"]}), today=TODAY
    )
    assert found.faults.found == []
    assert found.rows["Pillars"][0].values == {
        "Number": 1,
        "Title": "Prevention",
        "Description": NOT_GIVEN,
    }


def test_a_heading_may_have_a_remark_in_brackets():
    sheets = small()
    headings = [
        "Supporting agencies (semicolons)" if heading == "Supporting agencies" else heading
        for heading in headings_of("Work items")
    ]
    assert faults_in(file_of(sheets, {"Work items": headings})) == []


def test_an_unknown_column_is_reported_with_a_suggestion():
    headings = [*headings_of("Milestones"), "Agreed date", "Colour"]
    sheets = small()
    sheets["Milestones"][0] |= {"Agreed date": "soon", "Colour": "red"}
    assert faults_in(file_of(sheets, {"Milestones": headings})) == [
        f"{place('Milestones', 1, 'Agreed date', beyond=1)}: This sheet has no such column. Expected: "
        "“Agreed due”, if that is meant.",
        f"{place('Milestones', 1, 'Colour', beyond=2)}: This sheet has no such column. Expected: one of "
        f"the columns {join_with_or(headings_of('Milestones'))}.",
    ]


def test_a_missing_column_is_reported_once_and_not_for_each_row():
    headings = [heading for heading in headings_of("Pillars") if heading != "Title"]
    assert faults_in(file_of(small(), {"Pillars": headings})) == [
        "Pillars, row 1, Title: The column is missing. Expected: a column headed “Title”."
    ]


def test_a_duplicate_column_is_reported():
    headings = [*headings_of("Pillars"), "Title"]
    assert faults_in(file_of(small(), {"Pillars": headings})) == [
        f"{place('Pillars', 1, 'Title', beyond=1)}: The column is there twice. Expected: the column once."
    ]


def test_values_without_a_heading_are_reported():
    made = book(small())
    letter = column_of("Pillars", "", beyond=2)
    made["Pillars"][f"{letter}2"] = "forgotten"
    assert faults_in(saved(made)) == [
        f"{place('Pillars', 2, letter, beyond=2)}: The column has no heading. Expected: a heading in row 1, "
        "or nothing in the column."
    ]


def test_missing_and_unknown_sheets_are_reported():
    sheets = small()
    sheets["Milestone"] = sheets.pop("Milestones")
    sheets["Milestone"] = []
    assert faults_in(file_of(sheets, {"Milestone": ["Work item"]})) == [
        "Milestone: The workbook has a sheet that does not belong. Expected: only the "
        "sheets Plan, Agencies, Pillars, Work items, Milestones, Delays, Mitigations, Updates, "
        "Risks, Measures and Measure values.",
        "Milestones: The sheet is missing. Expected: a sheet of that name; where there is "
        "nothing to say it may be empty.",
    ]


def test_a_sheet_may_be_empty_with_or_without_headings():
    made = book({**small(), "Delays": [], "Mitigations": [], "Risks": []})
    made["Risks"].delete_rows(1)
    assert faults_in(saved(made)) == []


def test_an_empty_plan_sheet_reports_each_missing_key():
    made = book({**small(), "Plan": []})
    made["Plan"].delete_rows(1)
    assert [fault.partition(". ")[0] for fault in faults_in(saved(made))] == [
        "Plan, row 2, Key: There is no row with the key Title",
        "Plan, row 2, Key: There is no row with the key Released on",
        "Plan, row 2, Key: There is no row with the key Portfolio",
        "Plan, row 2, Key: There is no row with the key Coordinating agency",
    ]


def test_unknown_and_duplicate_keys_are_reported():
    sheets = small()
    sheets["Plan"] += [("Released", date(2009, 7, 31)), ("Title", "Again"), (None, "adrift")]
    assert faults_in(file_of(sheets)) == [
        f"{place('Plan', 6, 'Key')}: “Released” is not a key of this sheet. Expected: “Released "
        "on”, if that is meant.",
        f"{place('Plan', 7, 'Key')}: The key is there twice. Expected: the key once.",
        f"{place('Plan', 8, 'Key')}: The row has no key. Expected: one of Title, Released on, "
        "Ends on, Portfolio, Minister, Coordinating agency, Background or Copied to.",
    ]


def test_background_rows_are_paragraphs():
    sheets = small()
    sheets["Plan"] += [("Background", "First."), ("Background", None), ("background", "Second.")]
    assert read_workbook(file_of(sheets), today=TODAY).plan["Background"] == "First.\n\nSecond."


# --- Cell values ----------------------------------------------------------------------------


def value_of(sheet, heading, raw):
    sheets = small()
    sheets[sheet][0][heading] = raw
    found = read_workbook(file_of(sheets), today=TODAY)
    assert found.faults.found == []
    return found.rows[sheet][0][heading]


def fault_of(sheet, heading, raw):
    sheets = small()
    sheets[sheet][0][heading] = raw
    (fault,) = faults_in(file_of(sheets))
    return fault.partition("): ")[2]


@pytest.mark.parametrize(
    ("sheet", "heading", "raw", "value"),
    [
        ("Work items", "Title", "  Train \n frontline   staff ", "Train frontline staff"),
        ("Work items", "Title", 2010, "2010"),
        ("Work items", "Action", " one\r\ntwo\n\nthree ", "one\ntwo\n\nthree"),
        ("Work items", "Action", "one_x000D_\ntwo", "one\ntwo"),
        ("Work items", "Action", "=1+1 is text", None),
        ("Work items", "Number", "1.10", "1.10"),
        ("Work items", "Number", 3, "3"),
        ("Work items", "Stage", "UNDER WAY", "under_way"),
        ("Work items", "Stage", "under_way", "under_way"),
        ("Work items", "Stage", "Underway", "under_way"),
        ("Work items", "Confidence", "on-track", "on_track"),
        ("Work items", "Confidence", "  ", NOT_GIVEN),
        ("Work items", "Confidence", "(none)", ""),
        ("Work items", "Key", "YES", True),
        ("Work items", "Key", False, False),
        ("Work items", "Key", None, NOT_GIVEN),
        ("Work items", "Key", " (None) ", False),
        ("Work items", "Months", 24, 24),
        ("Work items", "Months", 24.0, 24),
        ("Work items", "Months", " 24 ", 24),
        ("Work items", "Starts on", date(2010, 7, 30), date(2010, 7, 30)),
        ("Work items", "Starts on", datetime.fromisoformat("2010-07-30"), date(2010, 7, 30)),
        ("Work items", "Starts on", "2010-07-30", date(2010, 7, 30)),
        ("Work items", "Starts on", "2010-07-30 00:00:00", date(2010, 7, 30)),
        ("Work items", "Starts on", "30/7/2010", date(2010, 7, 30)),
        (
            "Measures",
            "Targets",
            "80.5 by June 2012 \n\n  60 in 12 months by 30/6/2013",
            "80.5 by June 2012\n60 in 12 months by 30 June 2013",
        ),
        ("Measures", "Targets", "by Q2 2012", "1 by April to June 2012"),
        ("Measures", "Before the plan", "1,250", Decimal(1250)),
        ("Measures", "Before the plan", 1.125, Decimal("1.125")),
        ("Agencies", "Te reo name", "Ngā Pirihimana o Aotearoa", "Ngā Pirihimana o Aotearoa"),
        ("Agencies", "Valid from", "1886-09-01", date(1886, 9, 1)),
    ],
)
def test_a_valid_cell_is_read(sheet, heading, raw, value):
    if value is None:
        made = book(small())
        column = headings_of(sheet).index(heading) + 1
        cell = made[sheet].cell(row=2, column=column, value=raw)
        cell.data_type = "s"
        assert read_workbook(saved(made), today=TODAY).rows[sheet][0][heading] == raw
    else:
        assert value_of(sheet, heading, raw) == value


A_DATE = "Expected: a date, such as 2010-07-30, or a cell formatted as a date."
A_DUE_DATE = (
    "Expected: a date, such as 2010-07-30; a month, such as July 2010; or a quarter of the "
    "calendar year, such as July to September 2010 or Q3 2010."
)


@pytest.mark.parametrize(
    ("sheet", "heading", "raw", "sentence"),
    [
        (
            "Work items",
            "Title",
            None,
            "The cell is empty. Expected: text of at most 200 characters.",
        ),
        (
            "Work items",
            "Title",
            "x" * 201,
            "The text has 201 characters. Expected: text of at most 200 characters.",
        ),
        (
            "Work items",
            "Title",
            date(2010, 7, 30),
            "The cell holds the date 30 July 2010, not text. Expected: text of at most 200 "
            "characters. Format the cell as Text and type it again.",
        ),
        (
            "Work items",
            "Title",
            "=A1",
            "The cell has a formula. Expected: what the formula shows. Copy the cell and "
            "paste it as a value.",
        ),
        (
            "Work items",
            "Title",
            "#REF!",
            "The cell shows a spreadsheet error. Expected: text of at most 200 characters.",
        ),
        (
            "Work items",
            "Action",
            "bell\x9b",
            "“bell” holds a control character that cannot be seen. Expected: text of at "
            "most 32,767 characters. Type it again by hand.",
        ),
        (
            "Work items",
            "Stage",
            "Started",
            "“Started” is not an allowed value. Expected: Not started, Under way, Complete, "
            "Ongoing or Withdrawn.",
        ),
        (
            "Work items",
            "Key",
            "maybe",
            "“maybe” is neither yes nor no. Expected: yes or no.",
        ),
        (
            "Work items",
            "Months",
            1.5,
            "The cell holds the number 1.5. Expected: a whole number from 1 to 32,767.",
        ),
        (
            "Work items",
            "Months",
            40_000,
            "The cell holds the number 40000. Expected: a whole number from 1 to 32,767.",
        ),
        (
            "Milestones",
            "Original due",
            "31 March 2010",
            f"“31 March 2010” is not a date. {A_DUE_DATE}",
        ),
        (
            "Milestones",
            "Original due",
            "2010-02-30",
            f"“2010-02-30” is not in the calendar. {A_DUE_DATE}",
        ),
        (
            "Milestones",
            "Original due",
            40_268,
            f"The cell holds the number 40268. {A_DUE_DATE}",
        ),
        (
            "Milestones",
            "Forecast due",
            "May to July 2010",
            "“May to July 2010” is not a quarter. Expected: January to March, April to June, "
            "July to September or October to December, with the year.",
        ),
        (
            "Milestones",
            "Original due",
            "0210-03-31",
            "The year 210 is probably wrong. Expected: a date in the years 1800 to 2200.",
        ),
        (
            "Milestones",
            "Original due",
            datetime.fromisoformat("2010-03-31T17:30:00"),
            "The cell holds a time of day, 17:30:00 on 31 March 2010. Expected: the date alone.",
        ),
        (
            "Milestones",
            "Completed on",
            date(2062, 3, 31),
            "31 March 2062 is in the future. Expected: a day not after today, 30 June 2026.",
        ),
        (
            "Agencies",
            "Short name",
            "DoL; Police",
            "“DoL; Police” holds a semicolon, which keeps agencies apart. Expected: one "
            "agency's short name, without a semicolon.",
        ),
    ],
)
def test_an_invalid_cell_is_reported(sheet, heading, raw, sentence):
    assert fault_of(sheet, heading, raw) == sentence


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            1.1,
            "The cell holds the number 1.1, and a spreadsheet takes 1.1 and 1.10 for the same. "
            "Expected: the number as text, such as 1.10: format the column as Text and "
            "type it again.",
        ),
        (
            datetime.fromisoformat("2010-02-01"),
            "The cell holds the date 1 February 2010. Expected: the number as text, such "
            "as 1.10: format the column as Text and type it again.",
        ),
        (
            "1/2",
            "“1/2” is not an item number. Expected: at most 20 letters, digits, full stops "
            "and hyphens, such as 1.10.",
        ),
    ],
)
def test_an_item_number_must_be_text(raw, sentence):
    assert fault_of("Work items", "Number", raw) == sentence


def test_reading_stops_after_a_thousand_faults():
    sheets = small()
    sheets["Pillars"] = [{"Number": "x", "Title": "x"} for _ in range(1_500)]
    found = faults_in(file_of(sheets))
    assert len(found) == 1_001
    assert found[-1] == "There are more problems than are shown here. Expected: these fixed first."


def test_a_fault_in_the_plan_sheet_names_its_row():
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Released on", "soon")
    assert faults_in(file_of(sheets)) == [
        f"{place('Plan', 5, 'Released on')}: “soon” is not a date. {A_DATE}"
    ]
