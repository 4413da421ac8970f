"""A table as an Excel workbook: heading, frozen title row with filters, print settings.

XlsxWriter writes row by row, so a process never has a large table twice. It takes 2 MiB of a process where openpyxl takes 8.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.render.tables import Kind, Sheet, Value
from workitems.intake.cell_kinds import CELL_CHARACTERS, FIRST_SHEET_DAY, clean
from workitems.terms.known_dates import KnownDate, KnownTo

A4, A3 = 9, 8
# A table wider than this is too small to read on A4.
A4_CHARACTERS = 150
TITLES_ROW = 2  # counted from 0
CUT = " … (the CSV file has the whole text)"
# A prefixed quote keeps the value a text when the cell is edited in a spreadsheet program.
TEXT: dict[str, Any] = {"num_format": "@", "quote_prefix": True}
QUARTERS = ("Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec")
STYLES: dict[str, dict[str, Any]] = {
    "title": TEXT | {"bold": True, "font_size": 14},
    "about": TEXT | {"font_color": "#444444"},
    "heading": TEXT | {"bold": True, "bottom": 2, "text_wrap": True},
    Kind.TEXT: TEXT | {"text_wrap": True},
    Kind.NUMBER: {"num_format": "#,##0"},
    Kind.DATE: {"num_format": "d mmm yyyy"},
    "month": {"num_format": "mmm yyyy"},
    **{months: {"num_format": f'"{months}" yyyy'} for months in QUARTERS},
}


def write(sheet: Sheet, made_at: datetime) -> bytes:
    """Return the workbook. Text too long for a cell is cut, and ends with a note about it."""
    return write_all([sheet], made_at)


def write_all(sheets: Sequence[Sheet], made_at: datetime) -> bytes:
    """Return a workbook of several sheets. Its title and description are the first sheet's."""
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as workbook:
        workbook.set_properties(
            {
                "title": clean(sheets[0].title),
                "comments": clean(sheets[0].about_line),
                "author": "Plan Register",
                "created": made_at.astimezone(UTC),
            }
        )
        styles = {
            name: workbook.add_format({"valign": "top", **style}) for name, style in STYLES.items()
        }
        for sheet in sheets:
            worksheet = workbook.add_worksheet(sheet.name)
            _lay_out(worksheet, sheet)
            _fill(worksheet, sheet, styles)
    return file.getvalue()


def _lay_out(worksheet: Worksheet, sheet: Sheet) -> None:
    for place, column in enumerate(sheet.columns):
        worksheet.set_column(place, place, column.width)
    last = len(sheet.columns) - 1
    worksheet.freeze_panes(TITLES_ROW + 1, 0)
    worksheet.autofilter(TITLES_ROW, 0, TITLES_ROW + len(sheet.rows), last)
    worksheet.repeat_rows(TITLES_ROW)
    worksheet.set_landscape()
    worksheet.set_paper(A4 if sheet.width <= A4_CHARACTERS else A3)
    # One page wide, any number of pages high.
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    if sheet.marking:
        worksheet.set_header(f"&C{sheet.marking}")
    # In a footer, an ampersand starts a code.
    title = clean(sheet.title).replace("&", "&&")
    worksheet.set_footer(f"&L{title}&R&P of &N")


def _fill(worksheet: Worksheet, sheet: Sheet, styles: dict[str, Format]) -> None:
    """Write the title, the description, the columns' titles, and the rows."""
    worksheet.write_string(0, 0, _fitting(sheet.title), styles["title"])
    worksheet.write_string(1, 0, _fitting(sheet.about_line), styles["about"])
    for place, column in enumerate(sheet.columns):
        worksheet.write_string(TITLES_ROW, place, _fitting(column.title), styles["heading"])
    kinds = [column.kind for column in sheet.columns]
    for number, row in enumerate(sheet.rows, start=TITLES_ROW + 1):
        for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            _write(worksheet, number, place, value, kind, styles)


def _write(
    worksheet: Worksheet,
    row: int,
    column: int,
    value: Value,
    kind: str,
    styles: dict[str, Format],
) -> None:
    if isinstance(value, KnownDate):
        if value.known_to == KnownTo.MONTH:
            kind = "month"
        elif value.known_to == KnownTo.QUARTER:
            kind = QUARTERS[(value.last_day.month - 1) // 3]
        # Spreadsheet programs do not support earlier dates.
        value = value.code if value.last_day < FIRST_SHEET_DAY else value.last_day
    elif isinstance(value, date) and value < FIRST_SHEET_DAY:
        value = value.isoformat()
    style = styles[kind]
    if isinstance(value, str):
        value = _fitting(value)
    if value is None or value == "":
        worksheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        worksheet.write_string(row, column, value, style)
    elif isinstance(value, date):
        worksheet.write_datetime(row, column, value, style)
    else:
        worksheet.write_number(row, column, value, style)


def _fitting(value: str) -> str:
    """Return the text of a cell, cut with a note if it is too long."""
    text = clean(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - len(CUT)] + CUT
