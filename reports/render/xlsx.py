"""A table as an Excel workbook: heading, frozen title row with filters, print settings."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from reports.progress.tables import Kind, Sheet, Value
from workitems.workbook.cell_kinds import CELL_CHARACTERS, FIRST_SHEET_DAY, clean

MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATE_FORMAT = "d mmm yyyy"
A4, A3 = 9, 8
# A table wider than this is too small to read on A4.
A4_CHARACTERS = 150
TITLES_ROW = 3
CUT = " … (the CSV file has the whole text)"
TOP = Alignment(vertical="top")
WRAPPED = Alignment(vertical="top", wrap_text=True)
FORMATS = {Kind.TEXT: "@", Kind.DATE: DATE_FORMAT, Kind.NUMBER: "#,##0"}


def write(sheet: Sheet, made_at: datetime) -> bytes:
    """Return the workbook. Text too long for a cell is cut, and ends with a note about it."""
    return write_all([sheet], made_at)


def write_all(sheets: Sequence[Sheet], made_at: datetime) -> bytes:
    """Return a workbook of several sheets. Its title and description are the first sheet's."""
    workbook = openpyxl.Workbook(write_only=True)
    properties = workbook.properties
    properties.title, properties.creator = clean(sheets[0].title), "Plan Register"
    properties.description = clean(sheets[0].about_line)
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    for sheet in sheets:
        _write(workbook.create_sheet(sheet.name), sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write(worksheet: Any, sheet: Sheet) -> None:
    _format_sheet(worksheet, sheet)
    worksheet.append([_text(worksheet, sheet.title, Font(bold=True, size=14))])
    worksheet.append([_text(worksheet, sheet.about_line, Font(color="FF444444"))])
    below = Border(bottom=Side(style="medium"))
    worksheet.append(
        [
            _text(worksheet, column.title, Font(bold=True), WRAPPED, below)
            for column in sheet.columns
        ]
    )
    cells = [_cell(worksheet, column.kind) for column in sheet.columns]
    for row in sheet.rows:
        # A row is written as soon as it is appended, so one cell object for each column serves all
        # rows.
        worksheet.append([_filled(*pair) for pair in zip(cells, row, strict=True)])


def _format_sheet(worksheet: Any, sheet: Sheet) -> None:
    last = get_column_letter(len(sheet.columns))
    worksheet.freeze_panes = f"A{TITLES_ROW + 1}"
    worksheet.auto_filter.ref = f"A{TITLES_ROW}:{last}{TITLES_ROW + len(sheet.rows)}"
    for index, column in enumerate(sheet.columns, start=1):
        worksheet.column_dimensions[get_column_letter(index)].width = column.width
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = A4 if sheet.width <= A4_CHARACTERS else A3
    # One page wide, any number of pages high.
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_setup.fitToHeight = 0
    worksheet.print_title_rows = f"{TITLES_ROW}:{TITLES_ROW}"
    margins = worksheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom = 0.6, 0.7
    worksheet.oddHeader.center.text = sheet.marking or None
    # In a footer, an ampersand starts a code.
    worksheet.oddFooter.left.text = clean(sheet.title).replace("&", "&&")
    worksheet.oddFooter.right.text = "&P of &N"


def _text(
    worksheet: Any,
    text: str,
    font: Font,
    alignment: Alignment = TOP,
    border: Border | None = None,
) -> Any:
    cell = _cell(worksheet, Kind.TEXT)
    cell.font, cell.alignment = font, alignment
    if border is not None:
        cell.border = border
    return _filled(cell, text)


def _cell(worksheet: Any, kind: Kind) -> Any:
    cell = WriteOnlyCell(worksheet)
    cell.alignment = WRAPPED if kind == Kind.TEXT else TOP
    cell.number_format = FORMATS[kind]
    # Keeps the value a text when the cell is edited in a spreadsheet program.
    cell.quotePrefix = kind == Kind.TEXT
    return cell


def _filled(cell: Any, value: Value) -> Any:
    """Set the cell's value. Text stays text, even if it looks like a formula."""
    if isinstance(value, str):
        text = clean(value)
        if len(text) > CELL_CHARACTERS:
            text = text[: CELL_CHARACTERS - len(CUT)] + CUT
        cell.value = text or None
        cell.data_type = "s" if text else "n"
    elif isinstance(value, date) and value < FIRST_SHEET_DAY:
        # Spreadsheet programs do not support earlier dates.
        cell.value, cell.data_type = value.isoformat(), "s"
    else:
        cell.value = value
    return cell
