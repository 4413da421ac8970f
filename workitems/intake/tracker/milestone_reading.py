"""Read the milestones of a row: columns that belong together, or the lines of one cell. No Django."""

from collections.abc import Iterable
from datetime import date

from agencies.wording.translation import _
from workitems.intake.tracker import words
from workitems.intake.tracker.date_reading import DateReading
from workitems.intake.tracker.date_words import moved_dates, read_date
from workitems.intake.tracker.doubts import NOTE, READ, Choice, place_of
from workitems.intake.tracker.grid import Cell
from workitems.intake.tracker.headings import Field
from workitems.intake.tracker.milestone_columns import Group, groups_of, lines_of, split_line
from workitems.intake.tracker.sheet_cells import SheetCells
from workitems.intake.tracker.understood import MILESTONE_MOST, Milestone, one_line, shortened
from workitems.terms.known_dates import KnownDate, KnownTo, read_known_date


class MilestoneReading:
    def __init__(self, cells: SheetCells, dates: DateReading) -> None:
        self.cells, self.dates = cells, dates
        self.plan, self.about = cells.plan, cells.plan.about
        self.groups = groups_of(cells.mapping)

    def read(self, row: int, own: list[Cell]) -> list[Milestone]:
        """Return the milestones that a row adds to the present item."""
        made: list[Milestone] = []
        own_columns = {cell.column for cell in own}
        for group in self.groups:
            if own_columns & group.columns:
                made += self._group(row, group)
        return made

    def _group(self, row: int, group: Group) -> list[Milestone]:
        """Read the cells of one milestone, or of several in the lines of one cell."""
        item = self.cells.present
        what = self.cells.one(row, group.what)
        read = {kind: self.cells.one(row, column) for kind, column in group.dates.items()}
        if what is None and not any(read.values()):
            return []
        agency = self.cells.row_lead
        if responsible := self.cells.one(row, group.responsible):
            for named in self.plan.agencies.read(responsible.text)[:1]:
                agency = self.plan.agency(self.cells.sheet, responsible, named)
            if not agency or len(self.plan.agencies.read(responsible.text)) != 1:
                self.cells.keep(responsible)
        if what is not None and len(lines_of(what.text)) > 1:
            return self._lines(row, what, read, agency)
        due, done, is_done = self._dates(row, read)
        text = what.text.strip() if what else group.name or self._words_of_row(row)
        original = due.get(Field.DUE) or due.get(Field.AGREED) or due.get(Field.FORECAST)
        if what is not None and original is None and done is None:
            text, in_line = split_line(text, self.about.as_at)
            original = in_line
        if original is None and done is not None:
            cell = read[Field.COMPLETED]
            assert cell is not None
            answer = self.cells.doubt(
                cell,
                "completed-without-due",
                _("It was completed, and the tracker does not say when it was due."),
                [
                    Choice(READ, _("Take the day of completion as the due date")),
                    Choice(NOTE, _("No milestone: keep it as a note")),
                ],
                READ,
            )
            if answer == READ:
                original = KnownDate(done)
            else:
                self.cells.keep(cell)
        if original is None:
            if what is not None and self._is_asked(*read.values()):
                self.cells.keep(what)  # a milestone once its date is answered
            elif what is not None:
                original = self._without_date(what)
            elif is_done:
                # The row is the item itself.
                self.plan.said_done.add(item)
            if is_done and (cell := read.get(Field.COMPLETED)):
                self.cells.keep(cell)
        if original is None:
            if responsible:
                self.cells.keep(responsible)
            return []
        step = self._milestone(text, original, agency)
        step.agreed = due.get(Field.AGREED)
        step.forecast = due.get(Field.FORECAST)
        step.completed = done
        self._from(step, what, *read.values())
        if Field.COMPLETED in group.dates:
            self.plan.with_done_column.add(id(step))
        if is_done and done is None:
            self.plan.undated.append((item, step))
        return [step]

    def _is_asked(self, *cells: Cell | None) -> bool:
        """Whether the date of one of these cells must still be answered."""
        places = (place_of(self.cells.sheet, cell) for cell in cells if cell)
        return any(map(self.plan.doubts.is_open_at, places))

    def _from(self, step: Milestone, *cells: Cell | None) -> None:
        headings = self.cells.headings
        self.plan.milestone_cells[id(step)] = [
            (self.cells.sheet, cell, headings.get(cell.column, "")) for cell in cells if cell
        ]

    def _words_of_row(self, row: int) -> str:
        """Return what a milestone without words is: the row's title, or the item's."""
        titles = self.cells.peek(row, Field.TITLE) or self.cells.peek(row, Field.ACTION)
        return one_line(titles[0].text) if titles else self.cells.present.title

    def _milestone(self, text: str, original: KnownDate, agency: str) -> Milestone:
        step = Milestone(shortened(text, MILESTONE_MOST), original, agency=agency)
        if len(one_line(text)) > MILESTONE_MOST:
            step.full = text
        self.cells.present.milestones.append(step)
        return step

    def _without_date(self, cell: Cell, undated: Iterable[str] = ()) -> KnownDate | None:
        """Return the date that a person gives milestones without one, or None if they are notes."""
        answer = self.cells.doubt(
            cell,
            "undated-milestone",
            _("These milestones have no date, and a milestone needs one."),
            [Choice(NOTE, _("Keep them as notes"))],
            NOTE,
            takes_date=True,
        )
        if answer == NOTE:
            self.cells.keep(cell)
            lines = [one_line(line) for line in undated or [cell.text]]
            self.plan.found.without_date += [(self.cells.present, line) for line in lines]
            return None
        return read_known_date(answer)

    def _dates(
        self, row: int, read: dict[Field, Cell | None]
    ) -> tuple[dict[Field, KnownDate], date | None, bool]:
        """Return the due dates, the day of completion, and whether it is done at all."""
        done, is_done = self._done(read.get(Field.COMPLETED))
        due: dict[Field, KnownDate] = {}
        for kind in (Field.DUE, Field.AGREED, Field.FORECAST):
            cell = read.get(kind)
            if cell is None:
                continue
            if words.says_done(cell.text):
                is_done = True
                self.cells.keep(cell)
            elif moved := moved_dates(cell.text, self.about.as_at):
                due |= self._moved(cell, kind, moved)
            elif found := self.dates.read(cell, is_done=is_done):
                due[kind] = found
        return due, done, is_done

    def _done(self, cell: Cell | None) -> tuple[date | None, bool]:
        """Return the day of completion, and whether it is done at all."""
        if cell is None:
            return None, False
        status = words.read_status(cell.text)
        is_yes, has_more = words.read_done(cell.text)
        if is_yes is not None and not isinstance(cell.value, date):
            if has_more or not is_yes:
                self.cells.keep(cell)
            return None, is_yes
        if status.is_sure and not self.dates.raw(cell).choices:
            if status.has_more:
                self.cells.keep(cell)
            return None, status.choices[0].stage == "complete"
        found = self.dates.read(cell)
        if found is None:
            return None, False
        day = found.last_day
        if found.known_to != KnownTo.DAY:
            day = min(day, self.about.today)
        if day > self.about.today:
            answer = self.cells.doubt(
                cell,
                f"future:{cell.text}",
                _("It says completed, but the day is in the future."),
                [Choice(NOTE, _("Not completed: keep it as a note"))],
                NOTE,
            )
            if answer == NOTE:
                self.cells.keep(cell)
            return None, False
        if found.known_to != KnownTo.DAY:
            self.cells.doubt(
                cell,
                f"done:{one_line(cell.text).casefold()}",
                _("The day of completion is not said. It counts from {day}.").format(
                    day=KnownDate(day)
                ),
                [Choice(day.isoformat(), str(KnownDate(day)))],
                day.isoformat(),
            )
        return day, True

    def _moved(self, cell: Cell, kind: Field, moved: list[KnownDate]) -> dict[Field, KnownDate]:
        """Return the dates of "Mar 2026 (was Dec 2025)". If it is when it is due, a person must say whether that was
        agreed: a guess would make it late.

        Of several earlier dates the first was promised; those between stay in the note.
        """
        before, now = moved[0], moved[-1]
        self.cells.keep(cell)
        if kind != Field.DUE:
            return {kind: now}
        answer = self.cells.doubt(
            cell,
            f"moved:{one_line(cell.text).casefold()[:100]}",
            _("It names an earlier date and a new one. Was the new one agreed?")
            if len(moved) == 2
            else _("It names several earlier dates and a new one. Was the new one agreed?"),
            [
                Choice(value, label.format(before=before, now=now))
                for value, label in (
                    (Field.FORECAST, _("No: due {before}, now expected {now}")),
                    (Field.AGREED, _("Yes: first due {before}, moved to {now}")),
                    (NOTE, _("Due {now} alone: keep {before} as a note")),
                )
            ],
        )
        if answer in ("", NOTE):
            return {kind: now}
        return {Field.DUE: before, Field(answer): now}

    def _lines(
        self, row: int, what: Cell, read: dict[Field, Cell | None], agency: str
    ) -> list[Milestone]:
        """Read several milestones in one cell: a date in the line, or in the same line of the due cell."""
        lines = lines_of(what.text)
        cell = read.get(Field.DUE)
        due_lines = [line for line in cell.text.split("\n") if line.strip()] if cell else []
        in_lines: list[KnownDate | None] = [None] * len(lines)
        whole: KnownDate | None = None
        if cell and len(due_lines) == len(lines) > 1:
            in_lines = [read_date(line, self.about.as_at).best for line in due_lines]
            if not all(read_date(line, self.about.as_at).is_sure for line in due_lines):
                self.cells.doubt(
                    cell,
                    f"lines:{self.cells.sheet.name}:{cell.address}",
                    _("Some lines of this cell may not be dates: {lines}").format(
                        lines="; ".join(
                            _("{line} is {date}").format(line=line.strip(), date=date or _("none"))
                            for line, date in zip(due_lines, in_lines, strict=True)
                        )
                    ),
                    [Choice(READ, _("Use these dates"))],
                    READ,
                )  # fmt: skip
                self.cells.keep(cell)
        elif cell:
            whole = self.dates.read(cell)
        made, without = [], []
        for line, found in zip(lines, in_lines, strict=True):
            text, own = split_line(line, self.about.as_at)
            original = found or own or whole
            if original is None:
                without.append(line)
            else:
                made.append(self._milestone(text or line, original, agency))
        if without and (original := self._without_date(what, without)):
            made += [self._milestone(line, original, agency) for line in without]
        for step in made:
            self._from(step, what, cell)
        if Field.COMPLETED in read:
            self.plan.with_done_column |= set(map(id, made))
        for kind in (Field.AGREED, Field.FORECAST, Field.COMPLETED):
            other = read.get(kind)
            if other is None:
                continue
            found = self.dates.read(other) if kind != Field.COMPLETED else None
            if found and kind == Field.FORECAST and len(made) == 1:
                made[0].forecast = found
            else:
                # One date for several milestones is not the date of each.
                self.cells.leave(other)
        return made
