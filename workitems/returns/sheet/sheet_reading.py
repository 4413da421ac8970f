"""Read a workbook that comes back: rows with their keys and words, and what could not be read.

The file is untrusted. `workitems.intake.workbook.package` opens it within limits; a sheet is found by its
headings and a row by its hidden key, so names of sheets, orders of rows and columns do not matter.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO
from zipfile import ZipFile

from django.utils.translation import gettext, gettext_lazy, gettext_noop
from openpyxl.utils import get_column_letter

from workitems.intake.cell_kinds import InvalidCell, Kind, one_line, shown
from workitems.intake.workbook import package
from workitems.intake.workbook.faults import Fault
from workitems.intake.workbook.package import Cell, refusal
from workitems.measures.typed_numbers import as_typed
from workitems.models import Return
from workitems.returns.sheet.row_keys import Key, read_key
from workitems.returns.sheet.sheet_columns import ITEM, KEY, TABLES, Column, Table, bare
from workitems.terms.known_dates import KnownDate, KnownTo, known

MOST_ROWS = 5_000
MOST_FAULTS = 200
HEADINGS_WITHIN = 10  # rows; a person may put a title above
SAVE_AS = gettext_noop("the workbook from this page, saved as Excel workbook (.xlsx).")
# What other programs make, by the ending of the name.
KINDS = {
    "xls": gettext_lazy("an Excel workbook of the old format (.xls)"),
    "xlsm": gettext_lazy("a workbook with macros (.xlsm)"),
    "xlsb": gettext_lazy("a binary workbook (.xlsb)"),
    "xltx": gettext_lazy("a template (.xltx)"),
    "ods": gettext_lazy("an OpenDocument spreadsheet (.ods)"),
    "numbers": gettext_lazy("a Numbers file (.numbers)"),
    "csv": gettext_lazy("a CSV file"),
    "pdf": gettext_lazy("a PDF"),
}


@dataclass(frozen=True)
class Row:
    """A row that belongs to the return. `values` are its words by form field, `cells` where they
    are, such as "Answers, row 4, Challenges (M4)"."""

    key: Key
    values: dict[str, str]
    cells: dict[str, str]


@dataclass
class Read:
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def read_workbook(
    file: BinaryIO, name: str, of_return: Return, name_of: Callable[[int], str]
) -> Read:
    """Return what a workbook says. Raise `WorkbookRefused` if nothing of it can be read for this
    return. `name_of` names another return, by id."""
    ending = name.rpartition(".")[2].lower()
    if ending != "xlsx":
        what = KINDS.get(ending, gettext("not an Excel workbook (.xlsx)"))
        raise refusal(gettext("The file is {what}.").format(what=what), gettext(SAVE_AS))
    read, strangers, is_ours = Read(), Counter[int](), False
    with package.opened(file) as workbook:
        _refuse_macros(file)
        for worksheet in workbook.worksheets:
            if not hasattr(worksheet, "iter_rows"):  # a sheet with a chart alone
                continue
            is_ours |= _Sheet(read, strangers, of_return.pk, worksheet).read()
    if not is_ours:
        raise refusal(
            gettext("This is not a workbook of a return."),
            gettext("the workbook from this page. Download it, and copy your words into it."),
        )
    if strangers and not read.rows:
        (other, _), *_ = strangers.most_common(1)
        raise refusal(
            gettext("This is the workbook of another return: {of_return}.").format(
                of_return=name_of(other)
            ),
            gettext("the workbook of {of_return}. Download it from this page.").format(
                of_return=of_return
            ),
        )
    _refuse_doubles(read)
    if not read.rows and not read.faults:
        raise refusal(
            gettext("The workbook has no row of this return."),
            gettext("the workbook from this page, with at least one row left in it."),
        )
    return read


def _refuse_macros(file: BinaryIO) -> None:
    file.seek(0)
    with ZipFile(file) as archive:
        if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
            raise refusal(
                gettext("The workbook has macros, which may be harmful."), gettext(SAVE_AS)
            )
    file.seek(0)


def _refuse_doubles(read: Read) -> None:
    """Reject all rows of an item that has two, because either may be meant."""
    times = Counter((row.key.kind, row.key.pk) for row in read.rows)
    kept = []
    for row in read.rows:
        if times[row.key.kind, row.key.pk] == 1:
            kept.append(row)
        else:
            read.add(
                Fault(
                    gettext("This row is in the workbook more than once."),
                    gettext("the row once. Delete the copy, save, and choose the file again."),
                    sheet=row.cells[""],
                )
            )
    read.rows = kept


class _Sheet:
    """Reads one sheet, if it has our headings."""

    def __init__(
        self, read: Read, strangers: "Counter[int]", of_return: int, worksheet: Any
    ) -> None:
        self.result, self.strangers, self.of_return = read, strangers, of_return
        self.worksheet, self.name = worksheet, one_line(worksheet.title)[:60]
        self.table: Table | None = None
        self.columns: dict[int, Column] = {}
        self.others: dict[int, str] = {}

    def read(self) -> bool:
        """Read the sheet. Return whether it has the column of keys."""
        found = 0
        for number, cells in package.rows(self.worksheet):
            if not cells:
                if number > MOST_ROWS * 2:
                    break
            elif self.table is None:
                if number > HEADINGS_WITHIN:
                    break
                self.headings(number, cells)
            elif (found := found + 1) > MOST_ROWS:
                self.fault(
                    gettext("The sheet has more than {most:,} rows; the rest was not read.").format(
                        most=MOST_ROWS
                    ),
                    gettext("only the rows of the return."),
                )
                break
            else:
                self.row(number, cells)
        return self.table is not None

    def fault(
        self, problem: str, right: str, row: int | None = None, at: int | None = None
    ) -> None:
        letter = "" if at is None else get_column_letter(at + 1)
        cell = f"{letter}{row}" if letter and row else ""
        column = self.heading(at) if at is not None else ""
        self.result.add(Fault(problem, right, sheet=self.name, row=row, column=column, cell=cell))

    def heading(self, at: int) -> str:
        column = self.columns.get(at)
        return column.heading if column else self.others.get(at, "")

    def headings(self, number: int, cells: list[Cell]) -> None:
        headings = {bare(cell.value): cell.index for cell in cells}
        if bare(KEY) not in headings:
            return
        self.table = max(
            TABLES, key=lambda table: sum(bare(c.heading) in headings for c in table.columns)
        )
        for column in self.table.columns:
            at = headings.get(bare(column.heading), headings.get(bare(column.formerly)))
            if at is not None:
                self.columns[at] = column
            elif column.field and not column.is_later:
                self.fault(
                    gettext("The column “{heading}” is missing, so nothing of it was read.").format(
                        heading=column.heading
                    ),
                    gettext("a column with the heading “{heading}”.").format(
                        heading=column.heading
                    ),
                    number,
                )
        self.others = {
            cell.index: one_line(str(cell.value))[:60]
            for cell in cells
            if cell.index not in self.columns
        }
        for at in self.others:
            self.fault(
                gettext("This column does not belong to the workbook, so it was not read."),
                gettext("your words in the columns of the workbook."),
                number,
                at,
            )

    def row(self, number: int, cells: list[Cell]) -> None:
        assert self.table is not None
        by_heading = {
            self.columns[cell.index].heading: cell for cell in cells if cell.index in self.columns
        }
        answers = [column for column in self.table.answers if column.heading in by_heading]
        held = by_heading.pop(KEY, None)
        if held is None:
            if answers:
                self.fault(
                    gettext(
                        "This row was added, or its hidden first cell is gone, so we cannot tell what it answers."
                    ),
                    gettext("your words in a row of the workbook as you downloaded it."),
                    number,
                )
            return
        key = read_key(str(held.value))
        if key is None or key.kind != self.table.kind:
            self.fault(
                gettext(
                    "The hidden first cell of this row was changed, so we cannot tell what it answers."
                ),
                gettext(
                    "the row as it was. Download the workbook again and copy your words into it."
                ),
                number,
            )
            return
        if key.of_return != self.of_return:
            self.strangers[key.of_return] += 1
            self.fault(
                gettext("This row belongs to another return."),
                gettext("only the rows of the workbook from this page."),
                number,
            )
            return
        item = by_heading.get(ITEM)
        values = {}
        places = {"": gettext("{sheet}, row {row}").format(sheet=self.name, row=number)}
        place = gettext("{sheet}, row {row}, {column} ({cell})")
        for at, column in self.columns.items():
            if not column.field:
                continue
            letter = get_column_letter(at + 1)
            places[column.field] = place.format(
                sheet=self.name, row=number, column=column.heading, cell=f"{letter}{number}"
            )
            try:
                values[column.field] = _words(column, by_heading.get(column.heading))
            except InvalidCell as invalid:
                self.fault(invalid.problem, invalid.right, number, at)
        places[ITEM] = one_line(str(item.value)) if item else ""
        self.result.rows.append(Row(key, values, places))


def _words(column: Column, cell: Cell | None) -> str:
    """Return a cell as a person would type it into the form. Raise `InvalidCell` if it is no words."""
    if cell is None:
        return ""
    if cell.is_formula:
        raise InvalidCell(
            gettext("The cell has a formula."),
            gettext("what the formula shows. Copy the cell and paste it as a value."),
        )
    if cell.is_error:
        raise InvalidCell(
            gettext("The cell shows a spreadsheet error."), gettext("words, or an empty cell.")
        )
    if column.is_number and type(cell.value) in (int, float):
        return as_typed(cell.value, is_percent=cell.shows_percent)
    if column.is_day and isinstance(cell.value, date):
        day = cell.value.date() if isinstance(cell.value, datetime) else cell.value
        return str(KnownDate.holding(day, KnownTo.MONTH) if cell.shows_month else known(day))
    if column.is_day and not isinstance(cell.value, str):
        raise InvalidCell(
            gettext("The cell holds {value}.").format(value=shown(cell.value)),
            gettext("a date, such as 2 December 2026."),
        )
    return str(Kind().read(cell.value))
