"""Read a file into rows of values, checking its sheets, headings and cells.

plan_rows.py, item_rows.py and record.py compare the values with each other and with the plan. All
faults are collected, so that the user can correct them in one go.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from agencies.wording.translation import list_in_words
from workitems.intake.cell_kinds import Day, InvalidCell, day_words, join_with_or, one_line
from workitems.intake.workbook import package
from workitems.intake.workbook.columns import (
    CLEARED,
    EXAMPLE,
    INSTRUCTIONS,
    PLAN,
    SHEETS,
    Column,
    Sheet,
)
from workitems.intake.workbook.faults import Fault, WorkbookRefused
from workitems.intake.workbook.package import Cell
from workitems.terms.known_dates import KnownDate, KnownTo

MAX_ROWS = 50_000
MAX_EMPTY_ROWS = 1_000
MAX_COLUMNS = 60
MAX_FAULTS = 1_000


class _Placeholder(Enum):
    """What a row has instead of a value. It is false."""

    # A cell with a fault, so that the fault is reported only once.
    UNREADABLE = "unreadable"
    # An empty cell of an optional column, or one of a column that the workbook does not have. An
    # existing row keeps its value; a new row has the column's `blank`.
    NOT_GIVEN = "not given"

    def __bool__(self) -> bool:
        return False


UNREADABLE: Any = _Placeholder.UNREADABLE
NOT_GIVEN: Any = _Placeholder.NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a sheet, with its values by heading. The sheet Plan becomes a single row."""

    sheet: Sheet
    number: int
    values: dict[str, Any]
    # Column letters by heading, and for keys of the sheet Plan also row numbers.
    letters: dict[str, str]
    numbers: dict[str, int]
    # Of an update of a tracker: its own day, if its return was not accepted on it.
    written_on: date | None = None

    def __getitem__(self, heading: str) -> Any:
        return self.values[heading]

    def readable(self, *headings: str) -> bool:
        return all(self.values[heading] is not UNREADABLE for heading in headings)

    def given(self, heading: str, otherwise: Any) -> Any:
        """Return the value, or `otherwise` if the cell is empty or the column is missing."""
        value = self.values[heading]
        return otherwise if value is NOT_GIVEN else value

    def fault(self, heading: str, problem: str, right: str) -> Fault:
        number = self.numbers.get(heading, self.number)
        letter = self.letters.get(heading, "")
        cell = f"{letter}{number}" if letter else ""
        return Fault(problem, right, sheet=self.sheet.name, row=number, column=heading, cell=cell)


class Faults:
    """Collect faults. Beyond `MAX_FAULTS` the import stops, to limit memory."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if len(self.found) == MAX_FAULTS:
            not_shown = Fault(
                _("There are more problems than are shown here."), _("these fixed first.")
            )
            raise WorkbookRefused([*self.in_order(), not_shown])
        self.found.append(fault)

    def stop(self) -> None:
        """Raise `WorkbookRefused` if there are faults."""
        if self.found:
            raise WorkbookRefused(self.in_order())

    def in_order(self) -> list[Fault]:
        """Return the faults by sheet and row."""
        order = {sheet.name: index for index, sheet in enumerate(SHEETS)}
        return sorted(
            self.found, key=lambda fault: (order.get(fault.sheet, len(order)), fault.row or 0)
        )


@dataclass(frozen=True)
class Book:
    """The rows of a workbook, and its faults."""

    rows: dict[str, list[Row]]
    faults: Faults
    # What new rounds are called, by their period; others are called by it.
    round_names: dict[tuple[date, date], str] = field(default_factory=dict)
    # By item, of what is no workbook: the day from which on what it says of the item is known.
    known_on: dict[str, date] = field(default_factory=dict)
    # By item and milestone number: the day on which its agreed date was decided.
    decided_on: dict[tuple[str, int], date] = field(default_factory=dict)
    # The items of which whoever imported it said the stage, as the spreadsheet does not.
    answered: set[str] = field(default_factory=set)
    # The complete items of which nobody knows since when.
    undated: set[str] = field(default_factory=set)
    # The sheets with a column "Number" by which rows are found; workbooks of earlier releases have it not in all.
    numbered: set[str] = field(default_factory=set)

    def __getitem__(self, sheet: Sheet) -> list[Row]:
        return self.rows[sheet.name]

    @property
    def plan(self) -> Row:
        return self[PLAN][0]


def read_workbook(file: BinaryIO, *, today: date) -> Book:
    """Read a workbook. Days of completion, acceptance and the like may not be after `today`.

    Raise `WorkbookRefused` if the file or its sheet Plan cannot be read; other faults are kept.
    """
    faults = Faults()
    found: dict[str, list[Row]] = {}
    numbered = set()
    with package.opened(file) as workbook:
        worksheets = {}
        names = {_bare(sheet.name): sheet for sheet in SHEETS}
        for name in workbook.sheetnames:
            if _bare(name) in (_bare(INSTRUCTIONS), _bare(EXAMPLE)):
                continue
            sheet = names.get(_bare(name))
            if sheet is None:
                known = list_in_words([each.name for each in SHEETS])
                faults.add(
                    Fault(
                        _("The workbook has a sheet that does not belong."),
                        _("only the sheets {sheets}.").format(sheets=known),
                        sheet=one_line(name),
                    )
                )
            else:
                worksheets[sheet.name] = workbook[name]
        for sheet in SHEETS:
            if sheet.name not in worksheets and sheet.is_later:
                found[sheet.name] = []
                continue
            if sheet.name not in worksheets:
                faults.add(
                    Fault(
                        _("The sheet is missing."),
                        _("a sheet of that name; where there is nothing to say it may be empty."),
                        sheet=sheet.name,
                    )
                )
                found[sheet.name] = []
                continue
            reader = (_PlanReader if sheet.downwards else _Reader)(sheet, faults, today)
            found[sheet.name] = reader.read(worksheets[sheet.name])
            if "Number" in reader.letters:
                numbered.add(sheet.name)
    if not found[PLAN.name]:
        # Without the sheet Plan there is nothing to compare the rest with.
        faults.stop()
    return Book(found, faults, numbered=numbered)


def _bare(heading: str) -> str:
    """Fold case, collapse spaces, and remove a remark in brackets after the heading."""
    return one_line(heading).partition(" (")[0].casefold()


class _Reader:
    """Read a sheet whose first row has the headings."""

    def __init__(self, sheet: Sheet, faults: Faults, today: date) -> None:
        self.sheet, self.faults, self.today = sheet, faults, today
        self.columns: dict[int, Column] = {}
        self.letters: dict[str, str] = {}
        self.strangers: set[int] = set()

    def add(self, problem: str, right: str, row: int | None, column: str, cell: str = "") -> None:
        sheet = self.sheet.name
        self.faults.add(Fault(problem, right, sheet=sheet, row=row, column=column, cell=cell))

    def read(self, worksheet: Any) -> list[Row]:
        found: list[Row] = []
        last = 0
        for number, cells in package.rows(worksheet):
            if not cells:
                if number - last > MAX_EMPTY_ROWS:
                    self.add(
                        _("From here on more than {most:,} rows are empty.").format(
                            most=MAX_EMPTY_ROWS
                        ),
                        _(
                            "no empty rows. Select the rows below the last one that holds "
                            "something, delete them, and save."
                        ),
                        last + 1,
                        "",
                    )
                    break
                continue
            if cells[-1].index >= MAX_COLUMNS:
                letter = get_column_letter(cells[-1].index + 1)
                self.add(
                    _("The sheet goes on to column {letter}.").format(letter=letter),
                    _("the columns {columns}.").format(
                        columns=list_in_words([c.heading for c in self.sheet])
                    ),
                    number,
                    "",
                    f"{letter}{number}",
                )
                break
            if not last:
                if number > 1:
                    self.add(_("The first row is empty."), _("the headings in row 1."), 1, "")
                    break
                self.headings(cells)
            elif number > MAX_ROWS:
                self.add(
                    _("The sheet has more than {most:,} rows.").format(most=MAX_ROWS),
                    _("at most {most:,} rows.").format(most=MAX_ROWS),
                    number,
                    "",
                )
                break
            else:
                row = self.row(number, cells)
                if row is not None:
                    found.append(row)
            last = number
        return self.whole(found)

    def whole(self, found: list[Row]) -> list[Row]:
        return found

    def headings(self, cells: Sequence[Cell]) -> None:
        known = {_bare(column.heading): column for column in self.sheet}
        for cell in cells:
            letter = get_column_letter(cell.index + 1)
            heading = one_line(str(cell.value))
            column = known.get(_bare(heading))
            if column is None:
                near = difflib.get_close_matches(_bare(heading), known, n=1)
                right = (
                    _("“{heading}”, if that is meant.").format(heading=known[near[0]].heading)
                    if near
                    else _("one of the columns {columns}.").format(
                        columns=join_with_or([c.heading for c in self.sheet])
                    )
                )
                self.add(
                    _("This sheet has no such column."), right, 1, heading[:60] or "", f"{letter}1"
                )
                self.strangers.add(cell.index)
            elif column.heading in self.letters:
                self.add(
                    _("The column is there twice."), _("the column once."), 1, heading, f"{letter}1"
                )
                self.strangers.add(cell.index)
            else:
                self.columns[cell.index] = column
                self.letters[column.heading] = letter
        for column in self.sheet:
            if column.required and column.heading not in self.letters:
                self.add(
                    _("The column is missing."),
                    _("a column headed “{heading}”.").format(heading=column.heading),
                    1,
                    column.heading,
                )

    def row(self, number: int, cells: Sequence[Cell]) -> Row | None:
        held: dict[str, Cell] = {}
        for cell in cells:
            column = self.columns.get(cell.index)
            if column is not None:
                held[column.heading] = cell
            elif cell.index not in self.strangers:
                self.strangers.add(cell.index)
                letter = get_column_letter(cell.index + 1)
                self.add(
                    _("The column has no heading."),
                    _("a heading in row 1, or nothing in the column."),
                    number,
                    letter,
                    f"{letter}{number}",
                )
        if not held:
            return None
        row = Row(sheet=self.sheet, number=number, values={}, letters=self.letters, numbers={})
        for column in self.sheet:
            row.values[column.heading] = (
                self.value(row, column, held.get(column.heading))
                if column.heading in self.letters
                else _absent(column)
            )
        return row

    def value(self, row: Row, column: Column, cell: Cell | None) -> Any:
        """Return the cell's value, or add a fault and return `UNREADABLE`."""
        try:
            if cell is None:
                if column.required:
                    raise InvalidCell(_("The cell is empty."), column.kind.right)
                return NOT_GIVEN
            if cell.is_formula:
                raise InvalidCell(
                    _("The cell has a formula."),
                    _("what the formula shows. Copy the cell and paste it as a value."),
                )
            if cell.is_error:
                raise InvalidCell(_("The cell shows a spreadsheet error."), column.kind.right)
            if is_cleared(cell.value):
                return _blank(column)
            value = column.kind.read(cell.value)
            if cell.shows_month and isinstance(value, KnownDate):
                value = KnownDate.holding(value.last_day, KnownTo.MONTH)
            if isinstance(column.kind, Day) and column.kind.past and value > self.today:
                raise InvalidCell(
                    _("{day} is in the future.").format(day=day_words(value)),
                    _("a day not after today, {day}.").format(day=day_words(self.today)),
                )
            return value
        except InvalidCell as invalid:
            self.faults.add(row.fault(column.heading, invalid.problem, invalid.right))
            return UNREADABLE


def is_cleared(value: object) -> bool:
    """Whether a cell or a stored text is the word that empties a value."""
    return isinstance(value, str) and one_line(value).casefold() == CLEARED


def _blank(column: Column) -> Any:
    """Return the value of a cell that says "(none)", or raise `InvalidCell` if none is possible."""
    if column.required:
        raise InvalidCell(
            _("{heading} must be filled.").format(heading=column.heading), column.kind.right
        )
    if not column.clears:
        raise InvalidCell(
            _("An import removes nothing from {heading}.").format(heading=column.heading),
            _("an empty cell, or {right}").format(right=column.kind.right),
        )
    return column.blank


def _absent(column: Column) -> Any:
    """Return the value for cells of a missing column. A missing required one is already a fault."""
    return UNREADABLE if column.required else NOT_GIVEN


class _PlanReader(_Reader):
    """Read the sheet Plan, which has a column of keys and a column of values."""

    HEADINGS = ("Key", "Value")

    def __init__(self, sheet: Sheet, faults: Faults, today: date) -> None:
        super().__init__(sheet, faults, today)
        self.plan = Row(sheet=sheet, number=1, values={}, letters={}, numbers={})
        self.places: dict[str, int] = {}
        self.background: list[Any] = []
        self.last = 1
        self.lost = False  # true if one of the two columns is missing

    def headings(self, cells: Sequence[Cell]) -> None:
        for cell in cells:
            heading = one_line(str(cell.value))
            name = next((name for name in self.HEADINGS if _bare(heading) == _bare(name)), None)
            if name is None or name in self.places:
                letter = get_column_letter(cell.index + 1)
                self.add(
                    _("This sheet has no such column."),
                    _("the columns Key and Value."),
                    1,
                    heading[:60],
                    f"{letter}1",
                )
            else:
                self.places[name] = cell.index
        for name in self.HEADINGS:
            if name not in self.places:
                self.add(
                    _("The column is missing."),
                    _("a column headed “{heading}”.").format(heading=name),
                    1,
                    name,
                )
                self.lost = True

    def row(self, number: int, cells: Sequence[Cell]) -> None:
        self.last = number
        if self.lost:
            return
        at = {cell.index: cell for cell in cells}
        key, cell = at.get(self.places["Key"]), at.get(self.places["Value"])
        key_at = f"{get_column_letter(self.places['Key'] + 1)}{number}"
        name = one_line(str(key.value)) if key else ""
        column = next(
            (column for column in self.sheet if _bare(column.heading) == _bare(name)), None
        )
        if column is None:
            near = difflib.get_close_matches(name, [c.heading for c in self.sheet], n=1)
            self.add(
                _("“{key}” is not a key of this sheet.").format(key=name[:60])
                if name
                else _("The row has no key."),
                _("“{heading}”, if that is meant.").format(heading=near[0])
                if near
                else _("one of {keys}.").format(keys=join_with_or([c.heading for c in self.sheet])),
                number,
                "Key",
                key_at,
            )
            return
        again = column.heading in self.plan.numbers
        self.plan.numbers[column.heading] = number
        self.plan.letters[column.heading] = get_column_letter(self.places["Value"] + 1)
        if column.heading == "Background":
            self.background.append(self.value(self.plan, column, cell))
        elif again:
            self.add(_("The key is there twice."), _("the key once."), number, "Key", key_at)
        else:
            self.plan.values[column.heading] = self.value(self.plan, column, cell)

    def whole(self, found: list[Row]) -> list[Row]:
        values = self.plan.values
        for column in self.sheet:
            if column.heading in values or column.heading == "Background":
                continue
            if column.required and not self.lost:
                self.add(
                    _("There is no row with the key {key}.").format(key=column.heading),
                    _("a row with that key and, as its value, {right}").format(
                        right=column.kind.right
                    ),
                    self.last + 1,
                    "Key",
                )
            values[column.heading] = _absent(column)
        if all(text is NOT_GIVEN for text in self.background):
            values["Background"] = NOT_GIVEN
        elif UNREADABLE in self.background:
            values["Background"] = UNREADABLE
        else:
            values["Background"] = "\n\n".join(filter(None, self.background))
        return [self.plan]
