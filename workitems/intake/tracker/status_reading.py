"""Read the status of a row: a stage, a RAG word or colour, or several of them. No Django."""

import re
from dataclasses import replace

from agencies.wording.translation import _, gettext_lazy, ngettext
from workitems.intake.tracker import words
from workitems.intake.tracker.colour_names import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    RED,
    WORDS,
    filled_in_words,
)
from workitems.intake.tracker.doubts import NOTE, Choice, Fate, place_of
from workitems.intake.tracker.grid import Cell, letters
from workitems.intake.tracker.headings import Field, plain
from workitems.intake.tracker.sheet_cells import SheetCells
from workitems.intake.tracker.understood import Milestone, one_line, shortened
from workitems.intake.tracker.words import Status
from workitems.terms.lateness import CONFIDENCES

STAGES = {
    "not_started": gettext_lazy("not started"),
    "under_way": gettext_lazy("under way"),
    "complete": gettext_lazy("complete"),
    "ongoing": gettext_lazy("ongoing"),
    "withdrawn": gettext_lazy("withdrawn"),
}
ANY_STATUS = (
    *(Status(stage) for stage in STAGES),
    *(Status("", confidence) for confidence in CONFIDENCES),
)


# What each colour of a fill is taken for, unless a person says otherwise.
MEANT = {
    RED: Status("", "off_track"),
    AMBER: Status("", "at_risk"),
    GREEN: Status("", "on_track"),
    BLUE: Status("complete"),
    GREY: Status("not_started"),
}
# With these stages a colour says nothing else.
AGREEING = {
    "complete": (GREEN, BLUE, GREY),
    "withdrawn": (GREY,),
    "not_started": (GREY, BLUE),
    "ongoing": (GREY, BLUE),
}


_LEGEND = re.compile(
    r"\b(red|amber|orange|yellow|green|blue|gr[ae]y)\s*(?:=|:|–|-|means)\s*([^,;.|\n]+)", re.I
)
_COLOUR_NAMES = {"orange": AMBER, "yellow": AMBER, "gray": GREY}


def legend_in(text: str) -> dict[str, Status]:
    """Return what a legend says that colours mean: "green = on track, amber = some concern"."""
    found = {}
    for name, meaning in _LEGEND.findall(text):
        read = words.read_status(meaning)
        if read.is_sure:
            found[_COLOUR_NAMES.get(name.lower(), name.lower())] = read.choices[0]
    return found


def status_words(status: Status) -> str:
    parts = (STAGES.get(status.stage), CONFIDENCES.get(status.confidence))
    return ", ".join(str(part) for part in parts if part).capitalize()


def _differ(first: Status, second: Status) -> bool:
    """Whether two cells of one row cannot both hold."""
    if first.stage and second.stage and first.stage != second.stage:
        return True
    if first.confidence and second.confidence:
        return first.confidence != second.confidence
    stage, confidence = first.stage or second.stage, first.confidence or second.confidence
    return stage == "complete" and confidence in ("at_risk", "off_track")


class StatusReading:
    """Reads words and fills. `beside` is a column of another kind whose fills may state the status."""

    def __init__(self, cells: SheetCells) -> None:
        self.cells, self.plan = cells, cells.plan
        sheet, mapping = cells.sheet, cells.mapping
        after = mapping.headings.last
        self.columns = mapping.columns(Field.STATUS)
        varied = [c for c in sheet.varied_columns(after) if mapping.fields.get(c) != Field.IGNORE]
        are_filled = any(sheet.colours(column, after) for column in self.columns)
        # The row of which a person was asked what it says.
        self.answered = ""
        self.beside = 0 if are_filled or not varied else varied[0]
        unread = [column for column in varied if column not in (*self.columns, self.beside)]
        if unread and mapping.is_read:
            self.plan.found.not_read.append(
                ngettext(
                    "The colours of column {columns} in “{sheet}”.",
                    "The colours of columns {columns} in “{sheet}”.",
                    len(unread),
                ).format(columns=", ".join(map(letters, unread)), sheet=sheet.name)
            )

    def read(self, row: int, made: list[Milestone]) -> None:
        """Give the present item the status of a row, and of the milestones that the row added."""
        for cell in self._cells(row):
            colour = self._colour(row, cell)
            is_blank = words.is_blank(cell.text)
            if not is_blank and cell.column in self.columns:
                status = self._of_words(cell, colour)
            elif colour:
                if is_blank and cell.text and cell.column in self.columns:
                    self.cells.leave(cell)
                elif cell.text and self.cells.is_fresh(cell):
                    self.cells.keep(cell)
                status = self._of_colour(cell, colour)
            else:
                if cell.text and cell.column in self.columns:
                    self.cells.leave(cell)
                    self.plan.blank_statuses.setdefault(self.cells.present, one_line(cell.text))
                continue
            if status is not None:
                if status.stage == "complete" and cell.column in self.columns and cell.text:
                    said = shortened(one_line(cell.text), 60)
                    self.plan.said_statuses.setdefault(self.cells.present, said)
                self._take(row, cell, status, made)

    def _cells(self, row: int) -> list[Cell]:
        """Return the row's cells that may state the status, those of words first."""
        found = self.cells.read_new(row, Field.STATUS)
        for column in (*self.columns, self.beside):
            cell = self.cells.filled(row, column)
            if cell is not None and self.cells.is_fresh(cell):
                found.append(cell)
        beside = self.cells.sheet.cells.get((row, self.beside))
        return [*found, beside] if beside and beside.text else found

    def _colour(self, row: int, cell: Cell) -> str:
        """Return the colour of a cell, unless its neighbours have it too, as rows in stripes do."""
        if cell.colour not in (BLUE, GREY):
            return cell.colour
        sheet = self.cells.sheet
        for column in (cell.column - 1, cell.column + 1):
            beside = sheet.at(row, column)
            if (beside.colour if beside else sheet.fills.get((row, column))) == cell.colour:
                return ""
        return cell.colour

    def _take(self, row: int, cell: Cell, status: Status, made: list[Milestone]) -> None:
        item = self.cells.present
        if status.confidence:
            self.plan.ratings[item].append((self.cells.sheet, cell, *self._as_text(cell)))
        before = item.statuses[-1] if item.statuses else None
        if before and before[2] == f"{self.cells.sheet.name}:{row}":
            # A second column of the row, such as RAG beside the stage.
            merged = Status(
                before[0].stage or status.stage, before[0].confidence or status.confidence
            )
            if _differ(before[0], status):
                self._keep(cell)
                if self.answered != self._row_of(cell):
                    merged = self._which(cell, before[0], status) or merged
            item.statuses[-1] = (merged, before[1], before[2])
            status = merged
        else:
            if item.statuses:
                # The plan has one status an item; that of this milestone is kept in its words.
                self._keep(cell)
            item.statuses.append((status, made, f"{self.cells.sheet.name}:{row}"))
        if status.stage == "complete" and made:
            self.plan.undated += [(item, step) for step in made if not step.completed]

    def _row_of(self, cell: Cell) -> str:
        return f"{self.cells.sheet.name}:{cell.row}"

    def _which(self, cell: Cell, first: Status, second: Status) -> Status | None:
        """Ask which of two cells of a row holds that say different things of its status."""
        said = [status_words(each).lower() for each in (first, second)]
        return self._ask(
            cell,
            f"differ:{first.code}:{second.code}",
            _("One cell of the row says {first}, and another {second}.").format(
                first=said[0], second=said[1]
            ),
            _("{first} and {second}").format(first=status_words(first), second=said[1]),
            [first, second],
            "",
            is_open=True,
        )

    def _keep(self, cell: Cell) -> None:
        """Keep what a cell says of the status as a note: its words, or its colour."""
        if cell.text and cell.column in self.columns:
            self.cells.keep(cell)
        else:
            self._keep_colour(cell)

    def _keep_colour(self, cell: Cell) -> None:
        self.plan.note(self.cells.sheet, cell, *self._colour_as_text(cell), self.cells.item)

    def _as_text(self, cell: Cell) -> tuple[str, str]:
        """Return the heading and the text that keep what a cell says of the status: its words, or its colour."""
        if cell.text and cell.column in self.columns and not words.is_blank(cell.text):
            return self.cells.headings.get(cell.column, ""), cell.text
        return self._colour_as_text(cell)

    def _colour_as_text(self, cell: Cell) -> tuple[str, str]:
        heading = self.cells.headings.get(cell.column, "")
        return f"Colour of {heading}", f"Filled {cell.colour}"

    def _of_words(self, cell: Cell, colour: str) -> Status | None:
        text = cell.text
        read = words.read_status(text)
        if read.has_more:
            self.cells.keep(cell)
        if read.is_sure:
            status = self._as_read(cell, read.choices[0])
            return self._with_colour(cell, status, colour) if status else None
        quoted, key = text, f"status:{plain(text)[:100] or text[:100]}"
        likely = list(read.choices)
        is_asked = bool(likely) and "?" in text
        if colour:
            quoted, key = (
                _("{text} (filled {colour})").format(
                    text=shortened(text, 90), colour=WORDS[colour]
                ),
                f"{key}:{colour}",
            )
            likely = [*likely, MEANT[colour]] if is_asked else likely or [MEANT[colour]]
        if is_asked:
            self.answered = self._row_of(cell)
        answer = self._ask(
            cell,
            key,
            _("It has a question mark, so it is not certain.")
            if is_asked
            else _("This can mean several things.")
            if read.choices
            else _("This status is not known."),
            quoted,
            likely,
            _("Keep it as a note"),
            is_open=is_asked,
        )
        if answer is None or is_asked or not read.choices:
            self.cells.keep(cell)
        return answer

    def _as_read(
        self, cell: Cell, status: Status, quoted: str = "", key: str = ""
    ) -> Status | None:
        """Return what a word or a colour means that can mean one thing alone, unless a person says otherwise."""
        self.plan.fate(self.cells.sheet, cell, Fate.UNDERSTOOD)
        answer = self.plan.status_words.ask(
            key or f"word:{plain(cell.text)[:100]}",
            place_of(self.cells.sheet, cell),
            quoted=quoted or shortened(cell.text, 120),
            problem="",
            choices=self._choices([status], _("Not a status: keep it as a note")),
            suggested=status.code,
        )
        if answer == NOTE:
            if quoted:
                self._keep_colour(cell)
            else:
                self.cells.keep(cell)
            return None
        return Status.of(answer)

    def _of_colour(self, cell: Cell, colour: str) -> Status | None:
        said = self.plan.legend.get(colour) or self._of_rag(cell, colour)
        if said:
            # The tracker says itself what it means: a person can change it among the words.
            return self._as_read(cell, said, filled_in_words(colour), f"colour:{colour}")
        meaning = status_words(MEANT[colour]).lower()
        answer = self._ask(
            cell,
            f"colour:{colour}",
            _("The cell is filled {colour}. Is this item {meaning}?").format(
                colour=WORDS[colour], meaning=meaning
            ),
            filled_in_words(colour),
            [MEANT[colour]],
            _("Keep the colour as a note"),
        )
        if answer is None:
            self._keep_colour(cell)
        return answer

    def _of_rag(self, cell: Cell, colour: str) -> Status | None:
        """Return what red, amber or green means in a column whose heading says RAG, which leaves no doubt."""
        heading = plain(self.cells.headings.get(cell.column, "")).split()
        return MEANT[colour] if colour in (RED, AMBER, GREEN) and "rag" in heading else None

    def _with_colour(self, cell: Cell, status: Status, colour: str) -> Status:
        """Return what a word says with what the colour adds. If they differ, ask."""
        meant = MEANT.get(colour)
        if meant is None or colour in AGREEING.get(status.stage, ()):
            return status
        if meant.confidence and status.confidence == meant.confidence:
            return status
        is_open = status.stage in ("not_started", "under_way", "ongoing")
        if meant.confidence and is_open and not status.confidence:
            added = self._of_colour(cell, colour)
            return replace(status, confidence=added.confidence if added else "")
        other = replace(meant, stage=meant.stage or status.stage.replace("complete", "under_way"))
        answer = self._ask(
            cell,
            f"colour:{colour}:{plain(cell.text)[:100]}",
            _("It says {status}, and is filled {colour}.").format(
                status=status_words(status).lower(), colour=WORDS[colour]
            ),
            _("{text} (filled {colour})").format(
                text=shortened(cell.text, 90), colour=WORDS[colour]
            ),
            [status, other],
            "",
            is_open=True,
        )
        if answer == status:
            self._keep_colour(cell)
        else:
            self.cells.keep(cell)
        return answer or status

    def _ask(
        self, cell: Cell, key: str, problem: str, quoted: str, likely: list[Status], keep: str,
        *, is_open: bool = False,
    ) -> Status | None:  # fmt: skip
        """Ask what a cell says of the status. The first that is likely is suggested, else a note.

        With `is_open`, or where that would be a stage, nothing is suggested: a person must say.
        """
        is_open = is_open or any(each.stage for each in likely[:1])
        answer = self.cells.doubt(
            cell,
            key,
            problem,
            self._choices(likely, keep),
            "" if is_open else likely[0].code if likely else NOTE,
            quoted=quoted,
        )
        if not answer:
            self.plan.status_is_open.add(self.cells.present)
            return None
        return None if answer == NOTE else Status.of(answer)

    @staticmethod
    def _choices(likely: list[Status], keep: str) -> list[Choice]:
        every = dict.fromkeys([*likely, *ANY_STATUS])
        return [
            *(Choice(each.code, status_words(each)) for each in every),
            *([Choice(NOTE, keep)] if keep else ()),
        ]
