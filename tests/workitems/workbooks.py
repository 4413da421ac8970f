"""Workbooks for tests: a small valid one, files made from rows by heading, and their import."""

import io
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import openpyxl
from openpyxl.utils import get_column_letter

from workitems.intake.workbook import import_workbook
from workitems.intake.workbook.columns import SHEETS

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)

SMALL = {
    "Plan": [
        ("Title", "Plan of Action"),
        ("Released on", date(2009, 7, 31)),
        ("Portfolio", "Minister of Immigration"),
        ("Coordinating agency", "DoL"),
    ],
    "Agencies": [
        {"Short name": "DoL", "Name": "Department of Labour"},
        {"Short name": "Police", "Name": "New Zealand Police"},
    ],
    "Pillars": [{"Number": 1, "Title": "Prevention"}],
    "Work items": [
        {
            "Number": "1.1",
            "Pillar": 1,
            "Title": "Train frontline staff",
            "Objective": "Staff know the signs.",
            "Action": "Train all staff at the border.",
            "Kind": "Action item",
            "Lead agency": "DoL",
            "Supporting agencies": "Police",
            "Key": "Yes",
            "Timeframe": "Short",
            "Stage": "Under way",
            "Confidence": "At risk",
        }
    ],
    "Milestones": [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Description": "Course written",
            "Responsible agency": "DoL",
            "Original due": date(2010, 3, 31),
            "Forecast due": date(2010, 9, 30),
        }
    ],
    "Delays": [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Number": 1,
            "Cause": "Prior commitments",
            "Explanation": "The Immigration Act came first.",
            "Found on": date(2010, 2, 15),
        }
    ],
    "Mitigations": [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Delay": 1,
            "Number": 1,
            "Mitigation": "Use the intranet until then.",
            "Owner agency": "DoL",
            "Due": date(2010, 6, 30),
        }
    ],
    "Updates": [
        {
            "Period start": date(2009, 7, 1),
            "Period end": date(2009, 12, 31),
            "Agency": "DoL",
            "Work item": "1.1",
            "Stage": "Under way",
            "Confidence": "At risk",
            "Achieved": "The course was drafted.",
            "Accepted on": date(2010, 1, 20),
        }
    ],
    "Risks": [
        {
            "Number": 1,
            "Risk": "Trained staff leave.",
            "Likelihood": "Medium",
            "Impact": "High",
            "Owner agency": "Police",
        }
    ],
    "Measures": [{"Work item": "1.1", "Number": 1, "Measure": "Share of staff trained"}],
    "Measure values": [],
}


def small():
    """Return the sheets of a small plan, which a test may change."""
    return deepcopy(SMALL)


def setting(rows, key, value):
    """Return the rows of the sheet Plan with another value for a key, added if missing."""
    kept = [row for row in rows if row[0] != key]
    return [*kept, (key, value)]


def headings_of(name):
    sheet = next(sheet for sheet in SHEETS if sheet.name == name)
    return [column.heading for column in sheet.written]


def column_of(name, heading, beyond=0):
    """Return the letter of the column of a heading, or of a column `beyond` the last."""
    headings = headings_of(name)
    return get_column_letter(len(headings) + beyond if beyond else headings.index(heading) + 1)


def place(name, row, heading, beyond=0):
    """Return how the sentence of a fault starts: "Work items, row 2, Stage (M2)"."""
    if name == "Plan":
        letter = get_column_letter(1 if heading == "Key" else 2)
    else:
        letter = column_of(name, heading, beyond)
    return f"{name}, row {row}, {heading} ({letter}{row})"


def book(sheets, headings=None):
    """Return an openpyxl workbook of the sheets; `headings` replaces those of a sheet."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        worksheet = made.create_sheet(name)
        if name == "Plan":
            worksheet.append(["Key", "Value"])
            for row in rows:
                worksheet.append(list(row))
            continue
        columns = (headings or {}).get(name) or headings_of(name)
        worksheet.append(columns)
        for row in rows:
            worksheet.append([row.get(column) for column in columns])
    return made


def file_of(sheets, headings=None):
    return saved(book(sheets, headings))


def saved(made):
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


def cells(content):
    """Return every sheet of an exported workbook, row by row."""
    made = openpyxl.load_workbook(io.BytesIO(content))
    return {
        worksheet.title: [tuple(row) for row in worksheet.iter_rows(values_only=True)]
        for worksheet in made
    }


def imported(sheets, **options):
    options = {"name": "plan.xlsx", "at": NOW, **options}
    return import_workbook(file_of(sheets), **options)


def later(sheets, **options):
    """Import again a minute later: history cannot hold two states of a row at one moment."""
    return imported(sheets, at=NOW + timedelta(minutes=1), **options)


def completed(**milestone):
    sheets = small()
    sheets["Work items"][0]["Stage"] = "Complete"
    sheets["Milestones"][0] |= milestone
    return sheets
