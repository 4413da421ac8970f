"""The workbook to fill in for a new plan: instructions, the sheets with their lists, and an example.

The example is on a sheet of its own, which an import does not read. On the sheets themselves it would
have to be recognised and skipped, and a row that was half overwritten would be lost or imported.
"""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import openpyxl
from django.conf import settings
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from agencies.models import Agency
from workitems.intake.cell_kinds import (
    AgencyList,
    Choice,
    Day,
    DueDate,
    ItemNumber,
    Lines,
    YesNo,
)
from workitems.intake.workbook.columns import (
    AGENCIES,
    EXAMPLE,
    INSTRUCTIONS,
    ITEMS,
    MEASURE_VALUES,
    MEASURES,
    MILESTONES,
    PILLARS,
    PLAN,
    SHEETS,
    Column,
    Sheet,
)
from workitems.intake.workbook.export import (
    BOLD,
    DATE_FORMAT,
    LAST_OFFERED,
    columns_of,
    expected,
    labels_of,
    offer_list,
    styled_cell,
)
from workitems.terms.sentence_ends import with_capital

TITLE = Font(bold=True, size=16)
GROUND = PatternFill("solid", fgColor="E9F1F1")
TEXT_FORMAT = "@"
REQUIRED = "(required)"
# Excel shows no more of a prompt's title and text.
TITLE_MOST, PROMPT_MOST = 32, 255

STEPS = (
    "Fill in the sheets Plan, Agencies, Pillars, Work items and Milestones, in this order. The others may "
    "stay empty.",
    f"Columns marked {REQUIRED} must be filled in every row that you use. The others may stay empty.",
    "Write one agency, pillar, item or milestone in each row. Leave no heading out and add no column.",
    "Many cells offer a list: press Alt and the down arrow, or the small arrow beside the cell.",
    "On the sheet Agencies, delete the rows of agencies that do not take part in this plan. Add those that "
    "are missing.",
    "Write the numbers of work items as text, as printed: 1.10 is not 1.1. The columns are set to text.",
    "Write dates as 2027-06-30. A milestone may also be due in a month (June 2027) or a quarter (Q2 2027).",
    "Write no formulas. Paste from another spreadsheet as values.",
    "The sheet Example has a row for each sheet. The import does not read Instructions or Example, so you "
    "can leave or delete them.",
    "Save the workbook as .xlsx and upload it under Plans. You see what it would make, and everything "
    "that needs correcting, before anything is saved.",
)

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    PLAN.name: [
        {"Key": "Title", "Value": "Plan of Action 2027"},
        {"Key": "Released on", "Value": date(2027, 1, 31)},
        {"Key": "Ends on", "Value": date(2031, 1, 31)},
        {"Key": "Portfolio", "Value": settings.PORTFOLIO_EXAMPLE},
        {"Key": "Minister", "Value": "(name of the Minister, as papers print it)"},
        {"Key": "Coordinating agency", "Value": "MOJ"},
        {"Key": "Background", "Value": "The Government adopted this plan in January 2027."},
        {"Key": "Copied to", "Value": "Minister of Police"},
    ],
    AGENCIES.name: [
        {
            "Short name": "MOJ",
            "Name": "Ministry of Justice",
            "Te reo name": "(its name in te reo Māori, if it has one)",
        },
        {"Short name": "Police", "Name": "National Police"},
    ],
    PILLARS.name: [
        {"Number": 1, "Title": "Prevention", "Description": "Stop it before it begins."}
    ],
    ITEMS.name: [
        {
            "Number": "1.1",
            "Pillar": 1,
            "Title": "Train frontline staff",
            "As told": "training for frontline staff",
            "Objective": "Frontline staff know the signs.",
            "Action": "Train all frontline staff at the border.",
            "Kind": "Action item",
            "Lead agency": "MOJ",
            "Supporting agencies": "Police (trains staff)",
            "Key": "Yes",
            "Timeframe": "Short",
            "Months": 12,
            "Starts on": date(2027, 2, 1),
            "Stage": "Under way",
            "Confidence": "On track",
        }
    ],
    MILESTONES.name: [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Description": "Course written",
            "As told": "the course for frontline staff",
            "Done means": "The working group has accepted the course.",
            "Responsible agency": "MOJ",
            "Original due": date(2027, 6, 30),
            "Agreed due": date(2027, 6, 30),
            "Forecast due": "September 2027",
        }
    ],
    "Delays": [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Number": 1,
            "Cause": "Staffing",
            "Explanation": "The author of the course left.",
            "Effect": "The course begins three months later.",
            "Until then": "Police teach the course of 2025.",
            "It needs": "A second author.",
            "Cause settled": "Being settled",
            "Settled by agency": "MOJ",
            "Settled by date": date(2027, 7, 31),
            "Found on": date(2027, 5, 15),
        }
    ],
    "Mitigations": [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Delay": 1,
            "Number": 1,
            "Mitigation": "Police lends an author.",
            "Owner agency": "Police",
            "Due": date(2027, 6, 15),
        }
    ],
    "Updates": [
        {
            "Period start": date(2027, 1, 1),
            "Period end": date(2027, 6, 30),
            "Agency": "MOJ",
            "Work item": "1.1",
            "Stage": "Under way",
            "Confidence": "At risk",
            "Achieved": "The course is half written.",
            "Planned next": "Finish the course.",
            "Challenges": "The author of the course left.",
            "Key achievement": "No",
            "Accepted on": date(2027, 7, 20),
        }
    ],
    "Risks": [
        {
            "Number": 1,
            "Work item": "1.1",
            "Risk": "Trained staff leave within a year.",
            "Likelihood": "Medium",
            "Impact": "High",
            "Owner agency": "MOJ",
            "Response": "Train twice a year.",
        }
    ],
    MEASURES.name: [
        {
            "Work item": "1.1",
            "Number": 1,
            "Measure": "Share of staff trained",
            "What is counted": "the share of frontline staff who are trained",
            "Counted as": "A share: so many of so many",
            "Better": "Higher is better",
            "Asked": "In each round",
            "Source": "The register of courses, once a person.",
            "Responsible agency": "Police",
            "Why not known": "Nobody counted before.",
            "Targets": "80 by June 2028",
        }
    ],
    MEASURE_VALUES.name: [
        {
            "Work item": "1.1",
            "Number of the measure": 1,
            "As at, or to": date(2027, 6, 30),
            "Number": 640,
            "Of how many": 960,
            "Agency": "Police",
            "Accepted on": date(2027, 7, 20),
        }
    ],
}


def empty_workbook(agencies: Iterable[Agency] = ()) -> bytes:
    """Return a workbook to fill in for a new plan, with these agencies on their sheet."""
    workbook = openpyxl.Workbook(write_only=True)
    _instructions(workbook.create_sheet(INSTRUCTIONS))
    for sheet in SHEETS:
        worksheet = workbook.create_sheet(sheet.name)
        worksheet.freeze_panes = "A2"
        if sheet.downwards:
            _keys(worksheet, sheet)
            continue
        for index, column in enumerate(columns_of(sheet), start=1):
            letter = get_column_letter(index)
            _prepare(worksheet, letter, sheet, column)
            _offer(worksheet, f"{letter}2:{letter}{LAST_OFFERED}", sheet, column)
        worksheet.append([_heading(worksheet, column) for column in columns_of(sheet)])
        if sheet is AGENCIES:
            for agency in agencies:
                worksheet.append(_agency(worksheet, agency))
    _example(workbook.create_sheet(EXAMPLE))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _instructions(worksheet: Any) -> None:
    worksheet.column_dimensions["A"].width = 4
    worksheet.column_dimensions["B"].width = 100
    worksheet.append([styled_cell(worksheet, "How to fill in this workbook", TITLE)])
    worksheet.append([])
    for number, step in enumerate(STEPS, start=1):
        worksheet.append([styled_cell(worksheet, number), styled_cell(worksheet, step)])


def _heading(worksheet: Any, column: Column) -> Any:
    words = f"{column.heading} {REQUIRED}" if column.required else column.heading
    cell = styled_cell(worksheet, words, BOLD)
    cell.fill = GROUND
    return cell


def _keys(worksheet: Any, sheet: Sheet) -> None:
    """Write the sheet Plan, with a row for each key."""
    key, value = columns_of(sheet)
    for letter, column in (("A", key), ("B", value)):
        worksheet.column_dimensions[letter].width = column.width + 10 * (letter == "A")
    for row, column in enumerate(sheet, start=2):
        _offer(worksheet, f"B{row}", sheet, column)
    worksheet.append([_heading(worksheet, key), _heading(worksheet, value)])
    for column in sheet:
        empty = styled_cell(worksheet, None)
        empty.number_format = _format(column) or TEXT_FORMAT
        worksheet.append([_heading(worksheet, column), empty])


def _agency(worksheet: Any, agency: Agency) -> list[Any]:
    values = (getattr(agency, column.field or "short_name") for column in AGENCIES)
    return [
        styled_cell(worksheet, value.short_name if isinstance(value, Agency) else value or None)
        for value in values
    ]


def _example(worksheet: Any) -> None:
    """Write an example row of each sheet below its headings."""
    for index in range(1, max(len(sheet.columns) for sheet in SHEETS) + 1):
        worksheet.column_dimensions[get_column_letter(index)].width = 24
    for sheet in SHEETS:
        headings = [column.heading for column in columns_of(sheet)]
        worksheet.append([styled_cell(worksheet, f"Sheet {sheet.name}", TITLE)])
        worksheet.append([_heading(worksheet, column) for column in columns_of(sheet)])
        for example in EXAMPLES[sheet.name]:
            values = (example.get(heading) for heading in headings)
            worksheet.append([styled_cell(worksheet, value) for value in values])
        worksheet.append([])


def _format(column: Column) -> str:
    """Return the number format of a column's empty cells, or "" for the spreadsheet's own.

    A due date keeps the spreadsheet's own: "June 2027" typed into a cell of dates would become its
    first day, and what is typed into a cell of text is no date.
    """
    if isinstance(column.kind, DueDate):
        return ""
    if isinstance(column.kind, Day):
        return DATE_FORMAT
    return TEXT_FORMAT if isinstance(column.kind, ItemNumber) else ""


def _prepare(worksheet: Any, letter: str, sheet: Sheet, column: Column) -> None:
    dimension = worksheet.column_dimensions[letter]
    heading = len(f"{column.heading} {REQUIRED}") if column.required else len(column.heading)
    dimension.width = max(column.width, heading + 2)
    if wanted := _format(column):
        dimension.number_format = wanted


def _offer(worksheet: Any, cells: str, sheet: Sheet, column: Column) -> None:
    """Offer a list of choices in the cells, or say beside them how to fill them."""
    formula = _list(sheet, column)
    if formula:
        rule = offer_list(worksheet, cells, column, formula)
    elif isinstance(column.kind, Day | AgencyList | Lines | ItemNumber):
        rule = DataValidation(allow_blank=True)
        rule.add(cells)
        worksheet.data_validations.append(rule)
    else:
        return
    words = f"{with_capital(expected(column))} {column.note}".strip()
    rule.promptTitle = column.heading[:TITLE_MOST]
    rule.prompt = words if len(words) <= PROMPT_MOST else with_capital(expected(column))
    rule.showInputMessage = True


def _list(sheet: Sheet, column: Column) -> str:
    """Return the formula of a column's choices, or "" if it has none."""
    if isinstance(column.kind, Choice):
        return labels_of(column.kind)
    if isinstance(column.kind, YesNo):
        return '"Yes,No"'
    if column.names_agency and (sheet, column.heading) != (AGENCIES, "Short name"):
        return _first_column(AGENCIES)
    if column.heading == "Pillar":
        return _first_column(PILLARS)
    if column.heading == "Work item":
        return _first_column(ITEMS)
    return ""


def _first_column(sheet: Sheet) -> str:
    return f"{quote_sheetname(sheet.name)}!$A$2:$A${LAST_OFFERED}"
