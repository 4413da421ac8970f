"""The cells of one sheet while it is read: which are read, asked about, or kept as notes. No Django."""

from agencies.wording.translation import _
from workitems.intake.tracker.doubts import NOTE, READ, Choice, Fate, Place, place_of
from workitems.intake.tracker.grid import At, Cell, Sheet
from workitems.intake.tracker.guess import Mapping
from workitems.intake.tracker.headings import Field
from workitems.intake.tracker.plan_so_far import PlanSoFar
from workitems.intake.tracker.understood import Item, shortened
from workitems.terms.known_dates import NotADate, read_known_date


def _is_date(code: str) -> bool:
    try:
        read_known_date(code)
    except NotADate:
        return False
    return True


class SheetCells:
    """A sheet's cells by its mapping, with the item that the present row is of."""

    def __init__(self, plan: PlanSoFar, sheet: Sheet, mapping: Mapping) -> None:
        self.plan, self.sheet, self.mapping = plan, sheet, mapping
        self.fields = mapping.fields
        self.headings = mapping.headings.by_column
        self.item: Item | None = None
        # Where the present item's title stands, and whom the present row names as its lead.
        self.title_at: set[At] = set()
        self.row_lead = ""

    @property
    def present(self) -> Item:
        assert self.item is not None
        return self.item

    def place(self, cell: Cell) -> Place:
        return place_of(self.sheet, cell)

    def keep(self, cell: Cell, heading: str = "") -> None:
        if self.fields.get(cell.column) == Field.IGNORE:
            if self.plan.fate(self.sheet, cell, Fate.LEFT_OVER):
                self.plan.found.left_out += 1
            return
        self.plan.keep(self.sheet, cell, self.item, heading or self.headings.get(cell.column, ""))
        self.comment_to_item(cell)

    def comment_to_item(self, cell: Cell) -> None:
        if cell.note and self.item is not None:
            self.plan.comment_of(self.sheet, cell, self.item)

    def is_usable(self, cell: Cell) -> bool:
        """Whether the cell's value may be read. A fault, or a struck text by choice, is a note."""
        if cell.fault:
            self.doubt(
                cell,
                f"fault:{cell.fault}",
                _(cell.fault),
                [Choice(NOTE, _("Keep it as a note"))],
                NOTE,
            )
            self.keep(cell)
            return False
        if cell.is_struck:
            answer = self.doubt(
                cell,
                "struck",
                _("The text is struck through."),
                [Choice(READ, _("Read it like other text")), Choice(NOTE, _("Keep it as a note"))],
                READ,
            )
            if answer == NOTE:
                self.keep(cell)
                return False
        return True

    def doubt(
        self, cell: Cell, key: str, problem: str, choices: list[Choice], suggested: str = "",
        *, takes_date: bool = False, quoted: str | None = None,
    ) -> str:  # fmt: skip
        """Ask about a cell. `quoted` is its text unless it is given."""
        self.plan.fate(self.sheet, cell, Fate.DOUBT)
        return self.plan.doubts.ask(
            key,
            place_of(self.sheet, cell),
            quoted=shortened(cell.text if quoted is None else quoted, 120),
            problem=problem,
            choices=choices,
            suggested=suggested,
            takes_date=takes_date,
            is_date=_is_date,
        )

    def read(self, row: int, *fields: Field) -> list[Cell]:
        """Return the row's cells of these fields that can be read, marking them as understood."""
        found = []
        for column in self.mapping.columns(*fields):
            cell = self.sheet.at(row, column)
            if cell is not None and cell.text and self.is_usable(cell):
                self.plan.fate(self.sheet, cell, Fate.UNDERSTOOD)
                found.append(cell)
        return found

    def read_new(self, row: int, *fields: Field) -> list[Cell]:
        """Return the cells of these fields that no earlier row had, as merged cells do."""
        columns = self.mapping.columns(*fields)
        fresh = {
            column
            for column in columns
            if (cell := self.sheet.at(row, column))
            and (self.sheet.name, cell.at) not in self.plan.found.fates
        }
        return [cell for cell in self.read(row, *fields) if cell.column in fresh]

    def filled(self, row: int, column: int) -> Cell | None:
        """Return the empty cell with a fill, as merged, or None."""
        at = self.sheet.first_of(row, column)
        colour = self.sheet.fills.get(at)
        return Cell(*at, None, "", colour=colour) if colour else None

    def peek(self, row: int, *fields: Field) -> list[Cell]:
        """Return the row's cells of these fields, as merged, without deciding their fate."""
        cells = (self.sheet.at(row, column) for column in self.mapping.columns(*fields))
        return [cell for cell in cells if cell is not None and cell.text and not cell.fault]

    def is_fresh(self, cell: Cell) -> bool:
        return (self.sheet.name, cell.at) not in self.plan.found.fates

    def leave(self, cell: Cell) -> None:
        """Keep a cell as a note that its column would have made something else of."""
        if self.plan.found.fates.get((self.sheet.name, cell.at)) == Fate.UNDERSTOOD:
            self.plan.found.fates[self.sheet.name, cell.at] = Fate.LEFT_OVER
        self.keep(cell)

    def one(self, row: int, column: int) -> Cell | None:
        if not column:
            return None
        cell = self.sheet.at(row, column)
        if cell is None or not cell.text or not self.is_usable(cell):
            return None
        self.plan.fate(self.sheet, cell, Fate.UNDERSTOOD)
        return cell
