"""A table as CSV (RFC 4180), in UTF-8 with a byte order mark for Excel."""

import csv
import io
import re
from datetime import date

from reports.render.tables import Sheet, Value
from workitems.intake.cell_kinds import clean
from workitems.terms.known_dates import KnownDate

MIME_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"
# Start of a text that a spreadsheet program would run as a formula, including full-width
# characters.
RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def write(sheet: Sheet) -> bytes:
    """Return the column titles and rows only, for use by programs.

    Dates are 2010-07-30, months 2010-07 and quarters 2010-Q3, as the plan's workbook reads them.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    cell = _Cells().__getitem__
    writer.writerow([cell(column.title) for column in sheet.columns])
    writer.writerows(map(cell, row) for row in sheet.rows)
    return (MARK + file.getvalue()).encode()


class _Cells(dict[Value, str]):
    """The text of each value. Most cells of a table have the value of another one."""

    def __missing__(self, value: Value) -> str:
        if isinstance(value, str):
            text = escaped(clean(value))
        elif isinstance(value, KnownDate):
            text = value.code
        elif isinstance(value, date):
            text = value.isoformat()
        else:
            text = "" if value is None else str(value)
        self[value] = text
        return text


def escaped(text: str) -> str:
    """Put an apostrophe before text that would be a formula. `unescaped` removes it."""
    return f"'{text}" if RISKY.match(text) else text


def unescaped(text: str) -> str:
    """Reverse `escaped`."""
    return text[1:] if text.startswith("'") and RISKY.match(text) else text
