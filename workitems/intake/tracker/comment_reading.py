"""Find in the comments of a row that its date has moved, or on which day it was done, and ask. No Django."""

import re
from collections.abc import Iterator
from datetime import date

from agencies.typed.typed_dates import MONTHS
from agencies.wording.translation import _
from workitems.intake.tracker.date_words import latest, read_date
from workitems.intake.tracker.doubts import NOTE, Choice
from workitems.intake.tracker.grid import Cell
from workitems.intake.tracker.headings import Field
from workitems.intake.tracker.sheet_cells import SheetCells
from workitems.intake.tracker.understood import Milestone, one_line, shortened
from workitems.terms.known_dates import KnownDate, KnownTo

_MONTH = "(?:" + "|".join(rf"{name[:3]}(?:{name[3:]}|t)?\b\.?" for name in MONTHS) + ")"
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH},? (?:\d{{4}}|'\d\d)|\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d\d)|"
    r"q[1-4] ?/?\d{4}|(?:mid|early|late|end of)[ -]\d{4})"
)
# A word that says that a date moved, and soon after it, in the same sentence, the date.
_MOVED = re.compile(
    r"\b(?:mov(?:e|es|ed|ing)|agreed|extend(?:ed)?|extension|slip(?:s|ped)?|delay(?:ed)?|deferr?(?:ed)?|postponed?|"
    rf"revised|pushed|now)\b[^.;!?\n]{{0,40}}?\b({_DATE}|(?<=to ){_MONTH}|(?<=until ){_MONTH})(?!\w)",
    re.IGNORECASE,
)
_AGREED = re.compile(r"\b(?:agreed|approved|decided|minutes?)\b", re.IGNORECASE)
_DAY = rf"(?:{_DATE}|\d{{1,2}} {_MONTH}|\d{{1,2}}/\d{{1,2}})(?![\w/])"
# Such a word with the day of the decision: "agreed 14 Oct to move to March 2027".
_AGREED_ON = re.compile(
    r"\b(?:agreed|approved|decided|minutes?)"
    rf"(?: (?:on|at|by|in|of|the|its|meeting|group|committee|board|steering)){{0,5}},? ({_DAY})",
    re.IGNORECASE,
)
# A word that says that something is done, with its day.
_DONE = re.compile(
    r"\b(?:delivered|signed|done|complete[d]?|finished|published|closed|launched|issued|opened|live|"
    r"(?:agreed|approved|adopted)(?: by (?:the )?\w+(?: \w+)?)?(?= on))(?: (?:on|in|by))? "
    rf"({_DAY})",
    re.IGNORECASE,
)
# Columns whose own dates and words are read already.
READ = {*Field} - {Field.NOTE, Field.PROGRESS, Field.NEXT, Field.CHALLENGES, Field.CAUSE}


class CommentReading:
    """Reads the comments on the cells of a row, and its columns of comments and progress."""

    def __init__(self, cells: SheetCells) -> None:
        self.cells, self.about = cells, cells.plan.about

    def read(self, own: list[Cell], made: list[Milestone]) -> None:
        for cell, text in self._texts(own):
            if len(made) == 1 and (found := moved_to(text, made[0], self.about.as_at)):
                self._ask(cell, text, made[0], found)
            if self.cells.present.done_on is None and (day := done_on(text, self.about.today)):
                self.cells.present.done_on = day, shortened(text, 120)

    def _texts(self, own: list[Cell]) -> Iterator[tuple[Cell, str]]:
        for cell in own:
            if cell.note:
                yield cell, cell.note
            is_text = isinstance(cell.value, str) and len(cell.text) > 8
            if is_text and self.cells.fields.get(cell.column, Field.NOTE) not in READ:
                yield cell, cell.text

    def _ask(self, cell: Cell, text: str, step: Milestone, now: KnownDate) -> None:
        before, decided = step.original, day_in(_AGREED_ON, text, self.about.today)
        yes = (
            _("Yes, on {day}: first due {before}, moved to {now}")
            if decided
            else _("Yes: first due {before}, moved to {now}")
        )
        answer = self.cells.plan.doubts.ask(
            f"comment-moved:{self.cells.sheet.name}:{cell.address}",
            self.cells.place(cell),
            quoted=shortened(text, 200),
            problem=_("A comment says that the date moved. Was the new one agreed?"),
            choices=[
                Choice(
                    value, label.format(before=before, now=now, day=decided and KnownDate(decided))
                )
                for value, label in (
                    (Field.AGREED, yes),
                    (Field.FORECAST, _("No: due {before}, now expected {now}")),
                    (NOTE, _("The date has not moved: due {before}")),
                )
            ],
            suggested=Field.AGREED if _AGREED.search(text) else Field.FORECAST,
        )
        if answer == Field.AGREED:
            step.agreed, step.agreed_on = now, decided
        elif answer == Field.FORECAST:
            step.forecast = now


def moved_to(text: str, step: Milestone, near: date) -> KnownDate | None:
    """Return the date to which a text says that the milestone moved: one that is later than those it has."""
    known = max(each for each in (step.original, step.agreed, step.forecast) if each)
    for match in _MOVED.finditer(one_line(text)):
        found = read_date(match[1], near).best
        if found is not None and found > known:
            return found
    return None


def done_on(text: str, today: date) -> date | None:
    """Return the day on which a text says that something was done, up to today."""
    return day_in(_DONE, text, today)


def day_in(words: re.Pattern[str], text: str, today: date) -> date | None:
    """Return the first day up to today that follows these words in a text. Without a year it is the latest."""
    for match in words.finditer(one_line(text)):
        said = match[1]
        if day_month := re.fullmatch(r"(\d{1,2})/(\d{1,2})", said):
            day, number = map(int, day_month.groups())
            found = _latest_day(day, number, today)
        else:
            read = latest(said, today) or read_date(said, today).best
            found = read.last_day if read and read.known_to == KnownTo.DAY else None
        if found is not None and found <= today:
            return found
    return None


def _latest_day(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year - 1):
        try:
            if (found := date(year, month, day)) <= today:
                return found
        except ValueError:
            pass
    return None
