"""A table as an Excel workbook: heading, frozen title row with filters, print settings."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from reports.render.tables import Kind, Sheet, Value
from workitems.intake.cell_kinds import CELL_CHARACTERS, FIRST_SHEET_DAY, clean
from workitems.terms.known_dates import KnownDate, KnownTo

DATE_FORMAT = "d mmm yyyy"
A4, A3 = 9, 8
# A table wider than this is too small to read on A4.
A4_CHARACTERS = 150
TITLES_ROW = 3
# Spreadsheets count days from this one.
DAY_NONE = date(1899, 12, 30)
CUT = " … (the CSV file has the whole text)"
TOP = Alignment(vertical="top")
WRAPPED = Alignment(vertical="top", wrap_text=True)
FORMATS = {Kind.TEXT: "@", Kind.DATE: DATE_FORMAT, Kind.NUMBER: "#,##0"}
MONTH_FORMAT = "mmm yyyy"


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
    rows = {}
    for number, sheet in enumerate(sheets, start=1):
        worksheet = workbook.create_sheet(sheet.name)
        _write_titles(worksheet, sheet)
        rows[f"xl/worksheets/sheet{number}.xml"] = _rows(worksheet, sheet).encode()
    file = io.BytesIO()
    workbook.save(file)
    return _with_rows(file, rows)


def _write_titles(worksheet: Any, sheet: Sheet) -> None:
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


def _rows(worksheet: Any, sheet: Sheet) -> str:
    """Return the XML of the rows below the titles.

    openpyxl takes ten times as long for it, cell by cell. Most cells have the value of another one,
    so each value of a column is written once.
    """
    columns = []
    for index, column in enumerate(sheet.columns, start=1):
        columns.append((get_column_letter(index), _Contents(worksheet, column.kind)))
    parts = []
    for number, row in enumerate(sheet.rows, start=TITLES_ROW + 1):
        parts.append(f'<row r="{number}">')
        for (letter, contents), value in zip(columns, row, strict=True):
            parts.append(f'<c r="{letter}{number}"{contents[value]}')
        parts.append("</row>")
    return "".join(parts)


class _Contents(dict[Value, str]):
    """The XML of a column's cells after their places, by value."""

    def __init__(self, worksheet: Any, kind: Kind) -> None:
        super().__init__()
        self.worksheet, self.kind = worksheet, kind
        self.style = _cell(worksheet, kind).style_id

    def __missing__(self, value: Value) -> str:
        style = self.style
        if isinstance(value, KnownDate):
            if value.known_to != KnownTo.DAY:
                style = _cell(self.worksheet, self.kind, _format(value)).style_id
            is_early = value.last_day < FIRST_SHEET_DAY
            content = _content(value.code if is_early else value.last_day)
        else:
            content = _content(value)
        self[value] = f' s="{style}"{content}'
        return self[value]


def _format(due: KnownDate) -> str:
    """Return the number format that shows the last day of a month or quarter as that."""
    if due.known_to == KnownTo.MONTH:
        return MONTH_FORMAT
    months, _ = due.short.split()
    return f'"{months}" yyyy'


def _content(value: str | int | date | None) -> str:
    """Return the XML of a cell after its style."""
    if isinstance(value, date) and value < FIRST_SHEET_DAY:
        # Spreadsheet programs do not support earlier dates.
        value = value.isoformat()
    if isinstance(value, str):
        text = escape(_fitting(value))
        return f' t="inlineStr"><is><t>{text}</t></is></c>' if text else "/>"
    if value is None:
        return "/>"
    number = (value - DAY_NONE).days if isinstance(value, date) else value
    return f' t="n"><v>{number}</v></c>'


def _with_rows(file: io.BytesIO, rows: dict[str, bytes]) -> bytes:
    """Return the workbook with these rows at the end of its sheets, which have titles only."""
    found = io.BytesIO()
    with zipfile.ZipFile(file) as titles, zipfile.ZipFile(found, "w") as whole:
        for part in titles.infolist():
            content = titles.read(part)
            if part.filename in rows:
                before, end, after = content.rpartition(b"</sheetData>")
                content = b"".join((before, rows[part.filename], end, after))
            whole.writestr(part, content)
    return found.getvalue()


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


def _cell(worksheet: Any, kind: Kind, number_format: str = "") -> Any:
    cell = WriteOnlyCell(worksheet)
    cell.alignment = WRAPPED if kind == Kind.TEXT else TOP
    cell.number_format = number_format or FORMATS[kind]
    # Keeps the value a text when the cell is edited in a spreadsheet program.
    cell.quotePrefix = kind == Kind.TEXT
    return cell


def _filled(cell: Any, value: str) -> Any:
    """Set the cell's text. It stays text, even if it looks like a formula."""
    text = _fitting(value)
    cell.value = text or None
    cell.data_type = "s" if text else "n"
    return cell


def _fitting(value: str) -> str:
    """Return the text of a cell, cut with a note if it is too long."""
    text = clean(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - len(CUT)] + CUT
