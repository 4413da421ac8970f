"""A table as CSV (RFC 4180), in UTF-8 with the mark by which Excel knows it."""

import csv
import io
import re
from datetime import date

from reports.progress.tables import Sheet, Value
from workitems.workbook.cell_kinds import clean

MIME_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"
# What a spreadsheet program would run as a formula, also in full width, and what stands for it here.
RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def write(sheet: Sheet) -> bytes:
    """The columns' titles and the rows alone, so that programs read it; dates as 2010-07-30."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_cell(column.title) for column in sheet.columns])
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    return (MARK + file.getvalue()).encode()


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return escaped(clean(value))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def escaped(text: str) -> str:
    """An apostrophe before what would be a formula; `unescaped` takes it away again."""
    return f"'{text}" if RISKY.match(text) else text


def unescaped(text: str) -> str:
    """The text that `escaped` was given."""
    return text[1:] if text.startswith("'") and RISKY.match(text) else text
