"""Read the dates of a sheet's cells, asking where one is unsure. No Django."""

import re
from datetime import date

from agencies.wording.translation import _
from workitems.intake.tracker import date_words as dates
from workitems.intake.tracker import words
from workitems.intake.tracker.doubts import NOTE, Choice
from workitems.intake.tracker.grid import Cell
from workitems.intake.tracker.sheet_cells import SheetCells
from workitems.intake.tracker.understood import About, one_line
from workitems.terms.known_dates import KnownDate, KnownTo, read_known_date


class DateReading:
    """Reads dates. Infers from all dates of a column whether the day or the month comes first."""

    def __init__(self, cells: SheetCells) -> None:
        self.cells = cells
        self.about: About = cells.plan.about
        self.orders: dict[int, str | None] = {}

    def period_of(self, column: int) -> KnownDate | None:
        """Return the period that a heading names: "Update March 2026"."""
        heading = self.cells.headings.get(column, "")
        for start in range(len(heading.split())):
            read = dates.read_date(" ".join(heading.split()[start:]).strip("()"), self.about.as_at)
            if read.is_sure and read.best and read.best.last_day <= self.about.today:
                return read.best
        return None

    def _order(self, column: int) -> str | None:
        """Return in which order a column has day and month, or None if all dates are day first."""
        if column not in self.orders:
            found = {
                dates.order_of(cell.text)
                for cell in self.cells.sheet.column(column, self.cells.mapping.headings.last)
                if isinstance(cell.value, str)
            }
            is_odd = dates.MONTH_FIRST in found
            suggested = dates.DAY_FIRST if dates.DAY_FIRST in found else dates.MONTH_FIRST
            self.orders[column] = suggested if is_odd else None
        return self.orders[column]

    def raw(self, cell: Cell) -> dates.DateRead:
        suggested = self._order(cell.column)
        order = dates.DAY_FIRST
        numbers = re.fullmatch(
            r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*\d{2,4}", cell.text.strip()
        )
        if suggested and numbers and isinstance(cell.value, str) and not dates.order_of(cell.text):
            if numbers[1] != numbers[2]:
                order = self.cells.doubt(
                    cell,
                    f"order:{self.cells.sheet.name}:{cell.column}",
                    _("Some dates of this column have the month first. This one could be either."),
                    [
                        Choice(dates.DAY_FIRST, _("Day first: 3/4/2027 is 3 April")),
                        Choice(dates.MONTH_FIRST, _("Month first: 3/4/2027 is 4 March")),
                    ],
                    suggested,
                )
        elif suggested and dates.order_of(cell.text) == dates.MONTH_FIRST:
            order = dates.MONTH_FIRST
        return dates.read_date(cell.value, self.about.as_at, order, shows_month=cell.shows_month)

    def last_update(self, cell: Cell) -> KnownDate | None:
        """Return the day of a last update. One without a year is the latest that has come."""
        return dates.latest(cell.text, self.about.today) or self.read(cell)

    def start(self, cell: Cell) -> date | None:
        """Return the day that a cell names as a start.

        What names less is asked, and is a note unless a person says a day: "Apr 2026" does not say that it
        starts on 1 April.
        """
        read = self.raw(cell)
        if read.is_sure and read.best and read.best.known_to == KnownTo.DAY:
            return read.best.last_day
        firsts = dates.starts_of(cell.text) or dict.fromkeys(map(first_day, read.choices))
        answer = self.cells.doubt(
            cell,
            f"start:{one_line(cell.text).casefold()[:100]}",
            _("It does not say on which day it starts.") if firsts else _("This is not a date."),
            [
                *(Choice(day.isoformat(), str(KnownDate(day))) for day in firsts),
                Choice(NOTE, _("No start date: keep it as a note")),
            ],
            NOTE,
            takes_date=True,
        )
        self.cells.keep(cell)
        if answer == NOTE:
            return None
        return first_day(read_known_date(answer))

    def read(self, cell: Cell, *, is_done: bool = False) -> KnownDate | None:
        """Return the date of a cell. One that is unsure is asked; what is none is kept as a note.

        A date without a year of what is done has probably come.
        """
        read = self.raw(cell)
        if read.word == "ongoing":
            item = self.cells.present
            item.timeframe = item.timeframe or "ongoing"
            self.cells.keep(cell)
            return None
        if read.is_sure and read.best:
            return read.best
        dated = list(read.choices)
        if past := is_done and dates.latest(cell.text, self.about.today):
            dated = [past, *(each for each in dated if each != past)]
        choices = [Choice(each.code, str(each)) for each in dated]
        problem = _("This could be several dates.") if choices else _("This is not a date.")
        if read.word == "none" or words.points_elsewhere(cell.text):
            # There is nothing to ask: the words stay as a note.
            self.cells.leave(cell)
            return None
        is_summer = bool(choices) and one_line(cell.text).casefold().startswith("summer")
        is_year = bool(re.fullmatch(r"\d{4}", one_line(cell.text))) and bool(choices)
        if is_year:
            problem = _("It names a year alone. A date in it is not guessed.")
        elif is_summer:
            problem = _("It names a summer, and which months that is depends on the country.")
        elif len(choices) == 1:
            problem = _("This is probably the date.")
        # A guess makes nothing late.
        is_over = bool(dated) and not is_done and dated[0].last_day < self.about.today
        answer = self.cells.doubt(
            cell,
            f"date:{one_line(cell.text).casefold()[:100]}{':done' if past else ''}",
            problem,
            [*choices, Choice(NOTE, _("No date: keep it as a note"))],
            "" if is_year or is_summer or is_over else choices[0].value if choices else NOTE,
            takes_date=True,
        )
        if answer in ("", NOTE):
            self.cells.keep(cell)
            return None
        # The words stay beside what was made of them: "Q3 2026", "end of 2026".
        self.cells.keep(cell)
        return read_known_date(answer)


def first_day(due: KnownDate) -> date:
    """Return the day, or the first day of the month or quarter."""
    day = due.last_day
    if due.known_to == KnownTo.DAY:
        return day
    return day.replace(day=1, month=day.month - 2 * (due.known_to == KnownTo.QUARTER))
