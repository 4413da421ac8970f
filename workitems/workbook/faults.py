"""What is wrong with a workbook, as sentences for the person who has to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to mend. `row` counts as the spreadsheet does; `cell` is its address ("F4")."""

    problem: str
    right: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        """ "Milestones, row 4, Original due (F4)", as far as it is known."""
        parts = [self.sheet] if self.sheet else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"{self.column} ({self.cell})" if self.cell else self.column)
        return ", ".join(parts)

    def __str__(self) -> str:
        sentence = f"{self.problem} Right would be: {self.right}"
        return f"{self.place}: {sentence}" if self.place else sentence


class WorkbookRefused(Exception):
    """Nothing was imported, for these reasons. Each is a sentence for the person at the screen."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ExportRefused(Exception):
    """The plan does not fit into a spreadsheet; the message says what does not."""
