"""Faults of a workbook, as sentences for the user who has to correct them."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Fault:
    """One fault. `row` is the row number in the spreadsheet, `cell` the reference ("F4")."""

    problem: str
    right: str
    _: KW_ONLY
    sheet: str = ""
    row: int | None = None
    column: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        """Where the fault is, such as "Milestones, row 4, Original due (F4)"."""
        parts = [self.sheet] if self.sheet else []
        if self.row is not None:
            parts.append(gettext("row {row}").format(row=self.row))
        if self.column:
            parts.append(f"{self.column} ({self.cell})" if self.cell else self.column)
        return ", ".join(parts)

    def __str__(self) -> str:
        sentence = gettext("{problem} Expected: {right}").format(
            problem=self.problem, right=self.right
        )
        return f"{self.place}: {sentence}" if self.place else sentence


class WorkbookRefused(Exception):
    """The import is refused because of these faults, and nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ExportRefused(Exception):
    """The plan does not fit into a workbook. The message is for the user."""
