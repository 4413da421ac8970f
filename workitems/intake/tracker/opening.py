"""Open an untrusted file, XLSX or CSV, as a `Tracker`.

What a workbook may hold is limited as for the strict format (workbook/package.py). Macros, other formats
and text in an unknown encoding are refused with a sentence each.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from django.utils.translation import gettext, gettext_lazy, gettext_noop
from lxml import etree
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.utils import range_boundaries
from openpyxl.xml.functions import fromstring

from agencies.typed.typed_dates import MONTHS
from workitems.intake.cell_kinds import clean
from workitems.intake.tracker.fill_colours import FillColours
from workitems.intake.tracker.grid import MAX_MERGED, Area, Cell, Sheet, Tracker
from workitems.intake.workbook import package
from workitems.intake.workbook.package import refusal

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 300_000
MAX_SHEETS = 60
# Filled cells that hold nothing; more are decoration, and none of them is read.
MAX_FILLS = 50_000
# Tags of a workbook. Its cells stay in memory, so there are fewer than in the strict format.
MAX_TAGS = 2_000_000
MAX_TEXT = 20 * package.MEGABYTE

XLSX = gettext_noop("an Excel workbook (.xlsx) or a CSV file.")
SAVE_AS = gettext_noop("the same spreadsheet saved as .xlsx or CSV.")
NO_RESULT = gettext_noop("The cell has a formula, and its result is not saved in the file.")
ERROR = gettext_noop("The cell shows a spreadsheet error.")
DELIMITERS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars"),
}
# How the comments that are threads begin in the older form that is saved beside them.
# Of a cell: its number format, whether its text is struck through, and the colour of its fill.
Style = tuple[str, bool, str]
PLAIN: Style = ("General", False, "")
THREAD = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.DOTALL)


def open_tracker(file: BinaryIO) -> Tracker:
    """Return the sheets of the file. Raise `WorkbookRefused` if it cannot be read."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK\x03\x04") or start == package.OLD_FORMAT:
        tracker = _open_workbook(file)
    else:
        tracker = _open_text(file, start)
    if not any(sheet.cells for sheet in tracker.sheets):
        raise refusal(
            gettext("The file is empty."),
            gettext("a spreadsheet with headings and rows below them."),
        )
    return tracker


# --- workbooks -----------------------------------------------------------------------------------


def _open_workbook(file: BinaryIO) -> Tracker:
    _check_kind(file)
    count = 0
    sheets = []
    with package.opened(file, max_tags=MAX_TAGS, results=True) as workbook:
        worksheets = [sheet for sheet in workbook.worksheets if hasattr(sheet, "iter_rows")]
        if len(worksheets) > MAX_SHEETS:
            raise refusal(
                gettext("The workbook has {count} sheets.").format(count=len(worksheets)),
                gettext("at most {most} sheets.").format(most=MAX_SHEETS),
            )
        with package.may_fail():
            colours = FillColours(workbook)
        for worksheet in worksheets:
            sheet = _sheet(worksheet, colours, MAX_CELLS - count)
            count += len(sheet.cells)
            sheets.append(sheet)
    return Tracker(tuple(sheets), gettext("An Excel workbook."))


def _check_kind(file: BinaryIO) -> None:
    """Refuse other formats that are ZIP archives too, and workbooks with macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = {info.filename for info in archive.infolist()[: package.MAX_PARTS + 1]}
    except (zipfile.BadZipFile, OSError, ValueError):
        return  # package.opened says it
    finally:
        file.seek(0)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise refusal(
            gettext("The workbook has macros."),
            gettext("the same workbook saved as .xlsx, which has none."),
        )
    if "xl/workbook.bin" in names:
        raise refusal(gettext("The file is a binary workbook (.xlsb)."), gettext(SAVE_AS))
    if "content.xml" in names and "mimetype" in names:
        raise refusal(gettext("The file is an OpenDocument file (.ods)."), gettext(SAVE_AS))
    if any(name.endswith(".iwa") for name in names):
        raise refusal(gettext("The file is a Numbers or Pages file."), gettext(SAVE_AS))
    if "word/document.xml" in names:
        raise refusal(gettext("The file is a Word document."), gettext(XLSX))
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise refusal(gettext("The file is a ZIP archive, not a workbook."), gettext(XLSX))


def _sheet(worksheet: Any, colours: FillColours, most: int) -> Sheet:
    sheet = Sheet(
        clean(worksheet.title) or "Sheet", {}, is_hidden=worksheet.sheet_state != "visible"
    )
    with package.may_fail():
        formulas = _outline(worksheet, sheet)
        notes = _comments(worksheet)
        worksheet.reset_dimensions()
    styles: dict[int, Style] = {}
    source = worksheet.iter_rows()
    number = 0
    while True:
        with package.may_fail():
            cells = next(source, None)
        if cells is None:
            break
        number += 1
        for index, cell in enumerate(cells, start=1):
            note = notes.pop((number, index), "")
            fault = ERROR if cell.data_type == "e" else ""
            if cell.value is None and (number, index) in formulas:
                fault = NO_RESULT
            style = _style(cell, styles, colours)
            if cell.value is None and style[2] and _may_be_filled(sheet, number, index):
                sheet.fills[number, index] = style[2]
            if cell.value is None and not note and not fault:
                continue
            made = _cell(number, index, cell.value, style, note, fault)
            if made is None:
                continue
            sheet.fills.pop(made.at, None)
            _check_extent(sheet, number, index, most)
            sheet.cells[number, index] = made
    if len(sheet.fills) > MAX_FILLS:
        sheet.fills.clear()
    for (row, column), note in notes.items():
        _check_extent(sheet, row, column, most)
        sheet.cells[row, column] = Cell(row, column, None, "", note)
    return sheet


def _may_be_filled(sheet: Sheet, row: int, column: int) -> bool:
    return row <= MAX_ROWS and column <= MAX_COLUMNS and len(sheet.fills) <= MAX_FILLS


def _check_extent(sheet: Sheet, row: int, column: int, most: int) -> None:
    if row > MAX_ROWS or column > MAX_COLUMNS:
        raise refusal(
            gettext(
                "The sheet “{sheet}” holds something in row {row:,}, column {column:,}."
            ).format(sheet=sheet.name[:60], row=row, column=column),
            gettext("at most {rows:,} rows and {columns} columns.").format(
                rows=MAX_ROWS, columns=MAX_COLUMNS
            ),
        )
    if len(sheet.cells) >= most:
        raise refusal(
            gettext("The file has too many cells."),
            gettext("at most {most:,} cells.").format(most=MAX_CELLS),
        )


def _style(cell: Any, styles: dict[int, Style], colours: FillColours) -> Style:
    key = getattr(cell, "_style_id", None)
    if key is None:
        return PLAIN
    if key not in styles:
        with package.may_fail():
            styles[key] = (
                str(cell.number_format or "General"),
                bool(cell.font.strike),
                colours.of(cell.fill),
            )
    return styles[key]


def _cell(row: int, column: int, value: Any, style: Style, note: str, fault: str) -> Cell | None:
    """Return the cell, or None if nothing can be seen in it."""
    number_format, is_struck, colour = style
    shows_month = isinstance(value, datetime) and package.shows_month(number_format)
    text = clean(shown(value, number_format)) if value is not None else ""
    if fault == NO_RESULT:
        text = "(formula)"
    if isinstance(value, str):
        value = text
    if not text and not note:
        return None
    return Cell(row, column, value, text, note, is_struck, shows_month, fault, colour)


def shown(value: Any, number_format: str) -> str:
    """Return what a spreadsheet shows for a value, as far as its number format is understood."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        if package.shows_month(number_format):
            return f"{MONTHS[value.month - 1]} {value.year}"
        day = f"{value.day} {MONTHS[value.month - 1]} {value.year}"
        return day if value.time() == time() else f"{day} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, int | float):
        if match := re.fullmatch(r"[#,]*0(?:\.(0+))?(%?)", number_format):
            places = len(match[1] or "")
            return f"{value * 100 if match[2] else value:.{places}f}{match[2]}"
        return f"{value:.15g}"
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


def _outline(worksheet: Any, sheet: Sheet) -> set[tuple[int, int]]:
    """Fill in hidden rows and columns, merged and conditional areas, and return where formulas are.

    openpyxl has these only when it holds the whole sheet, and then makes a cell of every merged one.
    """
    formulas: set[tuple[int, int]] = set()
    merged = 0
    source = worksheet._get_source()
    try:
        events = etree.iterparse(
            source,
            tag=("{*}row", "{*}col", "{*}mergeCell", "{*}f", "{*}conditionalFormatting"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        for _, element in events:
            match etree.QName(element).localname:
                case "f":
                    if at := element.getparent().get("r"):
                        left, top, _, _ = range_boundaries(at)
                        formulas.add((top, left))
                case "row":
                    if _is_on(element.get("hidden")) and element.get("r"):
                        sheet.hidden_rows.add(int(element.get("r")))
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
                case "col":
                    if _is_on(element.get("hidden")):
                        first = int(element.get("min"))
                        last = min(int(element.get("max")), MAX_COLUMNS)
                        sheet.hidden_columns.update(range(first, last + 1))
                case "conditionalFormatting":
                    sheet.conditional += (element.get("sqref") or "").split()
                case _:
                    left, top, right, bottom = range_boundaries(element.get("ref"))
                    area = Area(top, left, min(bottom, MAX_ROWS), min(right, MAX_COLUMNS))
                    merged += max(0, area.bottom - top + 1) * max(0, area.right - left + 1)
                    if merged > MAX_MERGED:
                        raise refusal(
                            gettext("The sheet “{sheet}” has too many merged cells.").format(
                                sheet=sheet.name[:60]
                            ),
                            gettext(
                                "fewer of them. Most often empty rows are merged: delete the rows "
                                "below the last one."
                            ),
                        )
                    sheet.areas.append(area)
    finally:
        source.close()
    return formulas


def _is_on(value: str | None) -> bool:
    return value in ("1", "true")


def _comments(worksheet: Any) -> dict[tuple[int, int], str]:
    """Return the comments of a sheet by their place."""
    archive = worksheet.parent._archive
    path = worksheet._worksheet_path
    rels = get_rels_path(path)
    found: dict[tuple[int, int], str] = {}
    if rels not in archive.namelist():
        return found
    for rel in get_dependents(archive, rels):
        if not str(rel.Type).endswith("/comments") or rel.target not in archive.namelist():
            continue
        for ref, comment in CommentSheet.from_tree(fromstring(archive.read(rel.target))).comments:
            left, top, _, _ = range_boundaries(ref)
            if text := clean(THREAD.sub("", comment.text or "")):
                found[top, left] = text
    return found


# --- text ----------------------------------------------------------------------------------------


def _open_text(file: BinaryIO, start: bytes) -> Tracker:
    file.seek(0, 2)
    if file.tell() > MAX_TEXT:
        raise refusal(
            gettext("The file has {megabytes:,} MB.").format(
                megabytes=file.tell() // package.MEGABYTE
            ),
            gettext("a CSV file of at most {megabytes} MB.").format(
                megabytes=MAX_TEXT // package.MEGABYTE
            ),
        )
    file.seek(0)
    if start.startswith(b"%PDF"):
        raise refusal(gettext("The file is a PDF."), gettext(XLSX))
    content = file.read()
    text, encoding = decoded(content)
    head = text.lstrip()[:200].casefold()
    if head.startswith(("<!doctype", "<html", "<?xml", "<table", "{\\rtf")):
        raise refusal(
            gettext("The file is a web page or a document, not a spreadsheet."), gettext(XLSX)
        )
    delimiter, rows = _rows(text)
    cells: dict[tuple[int, int], Cell] = {}
    sheet = Sheet("CSV", cells)
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row, start=1):
            if shown_text := clean(value):
                _check_extent(sheet, number, index, MAX_CELLS)
                cells[number, index] = Cell(number, index, shown_text, shown_text)
    return Tracker(
        (sheet,),
        gettext("A CSV file in {encoding} with {delimiters}.").format(
            encoding=encoding, delimiters=DELIMITERS[delimiter]
        ),
    )


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8, UTF-16 or Windows-1252.

    These three are what spreadsheet programs here write. Without a mark at the start, text that is
    not UTF-8 is Windows-1252, unless most of it is UTF-8 and thus broken.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, "utf-16", "UTF-16")
    zeros = (content[0:2000:2].count(0), content[1:2000:2].count(0))
    half = max(1, min(len(content), 2000) // 2)
    if max(zeros) > 0.3 * half and min(zeros) < 0.1 * half:
        return _decode(content, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", "UTF-16")
    if 0 in content:
        raise refusal(gettext("The file is not a spreadsheet."), gettext(XLSX))
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        read = content.decode("utf-8", errors="replace")
        broken = read.count("�")
        if sum(ord(c) > 127 for c in read) - broken > broken:
            line = content[: error.start].count(b"\n") + 1
            raise refusal(
                gettext(
                    "The characters in line {line:,} are broken: most of the file is UTF-8, and this is not."
                ).format(line=line),
                gettext("the file saved again as .xlsx or as CSV UTF-8."),
            ) from error
    return _decode(content, "cp1252", "Windows-1252")


def _decode(content: bytes, codec: str, name: str) -> tuple[str, str]:
    try:
        return content.decode(codec).removeprefix("\ufeff"), name
    except UnicodeDecodeError as error:
        raise refusal(
            gettext("The characters of the file cannot be read."),
            gettext("the file saved again as .xlsx or as CSV UTF-8."),
        ) from error


def _rows(text: str) -> tuple[str, Iterator[list[str]]]:
    """Return what separates the columns, and the rows. Excel may say it in a first line "sep=;"."""
    if match := re.match(r"sep=([,;\t|])\r?\n", text):
        delimiter, text = match[1], text[match.end() :]
    else:
        delimiter = max(DELIMITERS, key=lambda each: _columns(text, each))
    return delimiter, _parsed(text, delimiter)


def _columns(text: str, delimiter: str) -> tuple[float, int]:
    """Return how well a delimiter separates columns: the same number of them in many rows."""
    counts: Counter[int] = Counter()
    for row, _ in zip(_parsed(text[:50_000], delimiter), range(60), strict=False):
        counts[len(row)] += any(row)
    (width, rows) = max(counts.items(), key=lambda pair: pair[1] * (pair[0] > 1), default=(0, 0))
    return (rows if width > 1 else 0, width)


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise refusal(
            gettext("The file cannot be read as CSV ({message}).").format(message=error),
            gettext("the file saved again as .xlsx."),
        ) from error
