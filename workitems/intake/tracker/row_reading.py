"""Read a sheet row by row: headings, rows that name a pillar, totals, hidden rows, items. No Django."""

import re

from agencies.wording.translation import _
from workitems.intake.tracker.doubts import NOTE, READ, Choice, Fate, Place
from workitems.intake.tracker.grid import Cell, Sheet
from workitems.intake.tracker.guess import Mapping
from workitems.intake.tracker.headings import Field, plain
from workitems.intake.tracker.item_reading import ItemReading, number_in
from workitems.intake.tracker.plan_so_far import PlanSoFar
from workitems.intake.tracker.sheet_cells import SheetCells
from workitems.intake.tracker.status_reading import legend_in
from workitems.intake.tracker.words import Status

SECTION = re.compile(
    r"^(?:pillar|theme|priority|goal|focus area|strategic|workstream|work stream|outcome|strand|part|"
    r"section|area|pou|objective)\b",
    re.IGNORECASE,
)
DELETED = re.compile(
    r"^[\s*(\[~–-]*(?:deleted?|removed?|cancell?ed|withdrawn|dropped|scrapped|discontinued|superseded|obsolete|"
    r"no longer required|do not use)\b",
    re.IGNORECASE,
)
WITHDRAWN = "withdrawn"
TOTAL = re.compile(r"^(?:grand |sub)?-?\s*(?:total|totals|sum|count|average)\b", re.IGNORECASE)


class RowReading:
    def __init__(self, plan: PlanSoFar, sheet: Sheet, mapping: Mapping, *, alone: bool) -> None:
        self.plan, self.sheet = plan, sheet
        self.cells = SheetCells(plan, sheet, mapping)
        has_sections = bool(mapping.columns(Field.PILLAR))
        self.items = ItemReading(self.cells, "" if alone or has_sections else sheet.name)
        first = mapping.columns(Field.TITLE, Field.ACTION)
        self.title_column = first[0] if first else 0
        self.numbers = {
            cell.text.split(".")[0]
            for column in mapping.columns(Field.NUMBER)
            for cell in sheet.column(column, mapping.headings.last)
            if "." in cell.text
        }

    def read(self) -> None:
        headings = self.cells.mapping.headings
        for row, cells in self.sheet.by_row.items():
            if row < headings.first:
                for cell in cells:
                    self.plan.legend |= legend_in(cell.text)
                continue  # left over: titles and the like
            if row <= headings.last or self._repeats_headings(cells):
                for cell in cells:
                    self.plan.fate(self.sheet, cell, Fate.UNDERSTOOD)
                continue
            own = [cell for cell in cells if cell.text]
            if not own:
                for cell in cells:
                    self.cells.keep(cell)
            elif self._is_left_out(row, own[0]):
                continue  # left over
            elif text := self._section(own):
                self._open_section(own, text)
            else:
                self.items.read_row(row, own)
                if (self.sheet.name, row) in self.plan.withdrawn_rows:
                    self.cells.present.statuses = [(Status(WITHDRAWN), [], "")]
                for cell in cells:
                    if (self.sheet.name, cell.at) not in self.plan.found.fates:
                        self.cells.keep(cell)

    def _is_left_out(self, row: int, first: Cell) -> bool:
        """Whether a row is a total, or hidden and not to be read."""
        if row in self.sheet.hidden_rows and self._hides(first):
            return True
        title = self.sheet.at(row, self.title_column)
        if title is not None and DELETED.match(title.text) and self._leaves_out(row, title):
            return True
        return bool(TOTAL.match(first.text)) and len(first.text) < 30

    def _hides(self, cell: Cell) -> bool:
        answer = self.plan.doubts.ask(
            f"hidden-rows:{self.sheet.name}",
            Place(self.sheet.name, _("row {row}").format(row=cell.row)),
            quoted="",
            problem=_("These rows are hidden in the spreadsheet, perhaps by a filter."),
            choices=[
                Choice(READ, _("Read them like the other rows")),
                Choice(NOTE, _("Keep them as notes")),
            ],
            suggested=READ,
        )
        return answer == NOTE

    def _leaves_out(self, row: int, title: Cell) -> bool:
        """Whether a person leaves out a row whose title says that it was deleted."""
        answer = self.cells.doubt(
            title,
            f"deleted:{plain(title.text)[:100]}",
            _("Its title says that it is no longer part of the plan."),
            [
                Choice(NOTE, _("Leave the row out: keep its texts as notes of the plan")),
                Choice(WITHDRAWN, _("It is an item that was withdrawn")),
                Choice(READ, _("It is an item like the others")),
            ],
            NOTE,
        )
        if answer == WITHDRAWN:
            self.plan.withdrawn_rows.add((self.sheet.name, row))
        if answer == NOTE:
            self.cells.item = None
            for cell in self.sheet.by_row[row]:
                self.cells.keep(cell)
        return answer == NOTE

    def _repeats_headings(self, cells: list[Cell]) -> bool:
        same = 0
        for cell in cells:
            known = [
                above.text
                for row in range(
                    self.cells.mapping.headings.first, self.cells.mapping.headings.last + 1
                )
                if (above := self.sheet.at(row, cell.column))
            ]
            same += any(plain(cell.text) == plain(text) for text in known)
        return len(cells) > 1 and same >= 0.8 * len(cells)

    def _section(self, own: list[Cell]) -> str:
        """Return the text of a row that only names what the next rows are of, or ""."""
        first = own[0]
        kind = self.cells.fields.get(first.column, Field.NOTE)
        if len(own) == 1:
            wide = self.sheet.width_of.get(first.at, 1) >= max(3, len(self.cells.fields) // 2)
            is_heading = bool(SECTION.match(first.text)) and len(first.text) < 200
            in_number = kind == Field.NUMBER and not number_in(first)
            if wide or in_number or (is_heading and first.column <= max(self.title_column, 1)):
                return first.text
        if len(own) == 2 and kind == Field.NUMBER and own[1].column == self.title_column:
            number = first.text.rstrip(".")
            if number.isdecimal() and number in self.numbers:
                return f"{number} {own[1].text}"
        return ""

    def _open_section(self, cells: list[Cell], text: str) -> None:
        self.cells.item = None
        if plain(text):
            self.items.section = self.plan.pillar(text)
            key = next(k for k, pillar in self.plan.pillars.items() if pillar is self.items.section)
            for cell in cells:
                self.plan.fate(self.sheet, cell, Fate.UNDERSTOOD)
                self.plan.pillar_cells[key].append((self.sheet, cell))
