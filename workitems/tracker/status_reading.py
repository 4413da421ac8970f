"""Read the status of a row: a stage, a RAG word, or both. No Django."""

from workitems.tracker import words
from workitems.tracker.doubts import NOTE, Choice
from workitems.tracker.grid import Cell
from workitems.tracker.headings import Field, plain
from workitems.tracker.sheet_cells import SheetCells
from workitems.tracker.understood import Milestone
from workitems.tracker.words import Status

STAGES = {
    "not_started": "not started",
    "under_way": "under way",
    "complete": "complete",
    "ongoing": "ongoing",
    "withdrawn": "withdrawn",
}
CONFIDENCES = {"on_track": "on track", "at_risk": "at risk", "off_track": "off track"}
ANY_STATUS = (
    *(Status(stage) for stage in STAGES),
    *(Status("", confidence) for confidence in CONFIDENCES),
)


def status_words(status: Status) -> str:
    parts = [STAGES.get(status.stage, ""), CONFIDENCES.get(status.confidence, "")]
    return ", ".join(filter(None, parts)).capitalize()


class StatusReading:
    def __init__(self, cells: SheetCells) -> None:
        self.cells, self.plan = cells, cells.plan

    def read(self, row: int, made: list[Milestone]) -> None:
        """Give the present item the status of a row, and of the milestones that the row added."""
        item = self.cells.present
        for cell in self.cells.read_new(row, Field.STATUS):
            status = self._of_words(cell)
            if status is None:
                continue
            before = item.statuses[-1] if item.statuses else None
            if before and before[2] == f"{self.cells.sheet.name}:{row}":
                # A second column of the row, such as RAG beside the stage.
                merged = Status(
                    before[0].stage or status.stage, before[0].confidence or status.confidence
                )
                if (status.stage and before[0].stage not in ("", status.stage)) or (
                    status.confidence and before[0].confidence not in ("", status.confidence)
                ):
                    self.cells.keep(cell)
                item.statuses[-1] = (merged, before[1], before[2])
                status = merged
            else:
                if item.statuses:
                    # The plan has one status an item; that of this milestone is kept in its words.
                    self.cells.keep(cell)
                item.statuses.append((status, made, f"{self.cells.sheet.name}:{row}"))
            if status.stage == "complete" and made:
                self.plan.undated += [(item, step) for step in made if not step.completed]

    def _of_words(self, cell: Cell) -> Status | None:
        text = cell.text
        read = words.read_status(text)
        if read.has_more:
            self.cells.keep(cell)
        if read.is_sure:
            return read.choices[0]
        choices = list(dict.fromkeys([*read.choices, *ANY_STATUS]))
        answer = self.cells.doubt(
            cell,
            f"status:{plain(text)[:100] or text[:100]}",
            "This can mean several things." if read.choices else "This status is not known.",
            [
                *(Choice(each.code, status_words(each)) for each in choices),
                Choice(NOTE, "Keep it as a note"),
            ],
            read.choices[0].code if read.choices else NOTE,
        )
        if answer == NOTE:
            self.cells.keep(cell)
            return None
        if not read.choices:
            self.cells.keep(cell)
        return Status.of(answer)
