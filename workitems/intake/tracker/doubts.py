"""Doubts: what could be meant in several ways, with its cells, what was understood, and choices. No Django.

A doubt is about a word, not a cell: "NZP" in forty cells is one question. Its answer is kept by its
name, which is the same for the same word in the next file.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workitems.intake.tracker.grid import Cell, Sheet

# Answers that many doubts share.
NOTE, ADD, READ = "note", "add", "read"
# The answer of what is ticked, and that the ticks are what holds.
TICKED = "ticked"
# Before the name of the doubt about another name of the same agency.
SAME = "same:"
# Answers beside "add": how the new agency is called.
NAME_PARTS = ("name", "short")


class Fate(StrEnum):
    """What happened to a cell. Every cell with content has exactly one fate."""

    UNDERSTOOD = "understood"
    DOUBT = "doubt"
    LEFT_OVER = "left over"


@dataclass(frozen=True)
class Place:
    sheet: str
    address: str
    # The item that its row is of, once all are read.
    item: str = ""

    def __str__(self) -> str:
        return f"{self.sheet}, {self.address}"


def place_of(sheet: Sheet, cell: Cell) -> Place:
    return Place(sheet.name, cell.address)


class Group(StrEnum):
    """What a doubt is about: those of one group are asked in one table."""

    AGENCIES = "agencies"
    ROWS = "rows"
    STATUS = "status"
    DATES = "dates"
    PASSED = "passed"
    COMPLETED = "completed"
    TEXTS = "texts"


_GROUPS = {
    Group.AGENCIES: "agency|lead|no-lead|brackets",
    Group.STATUS: "status|colour|differ|rag-alone|no-status|done-and-rag|word",
    Group.DATES: "date|moved|comment-moved|order|start|lines|future|done|undated-milestone|completed-without-due",
    Group.PASSED: "passed|passed-day",
    Group.COMPLETED: "complete-undated",
    Group.TEXTS: "remark|in-the-way|column|nothing|struck|fault",
}
_GROUP_OF = {kind: group for group, kinds in _GROUPS.items() for kind in kinds.split("|")}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class Single:
    """One of several items that a doubt is about, and its own answer; "" if it is that of the others."""

    key: str
    label: str
    chosen: str

    @property
    def name(self) -> str:
        return name_of(self.key)


@dataclass
class Doubt:
    """A question about a cell, with choices. `quoted` is the cell's text. `suggested` is "" if a
    person must answer. With `takes_date`, a date can be typed instead."""

    key: str
    quoted: str
    problem: str
    choices: tuple[Choice, ...]
    suggested: str = ""
    takes_date: bool = False
    # Of an agency that may be added: the name and the short name that it would have.
    new_agency: tuple[str, str] | None = None
    places: list[Place] = field(default_factory=list)
    chosen: str = ""
    # A person has seen its answer and sent it.
    is_confirmed: bool = False
    # Of an agency: whether the name is of several bodies, "councils".
    is_of_several: bool = False
    # Of an agency that is added: whether nothing but its initials is known.
    is_bare: bool = False
    # Of an agency: what texts below the items say of it, each with its cell.
    footnotes: list[str] = field(default_factory=list)
    # Of an agency: the doubt about the other name that a person says it is the same as, and its short name.
    same_as: "Doubt | None" = None
    settled: str = ""
    # The items that it is about, where one may be answered differently.
    singles: list[Single] = field(default_factory=list)
    # What a person may tick, each chosen or "".
    ticks: list[Single] = field(default_factory=list)

    @property
    def name(self) -> str:
        return name_of(self.key)

    @property
    def in_short(self) -> str:
        """What a list of open questions calls it."""
        return self.quoted or self.problem.rstrip(".")

    @property
    def has_own_answers(self) -> bool:
        """Whether an item has another answer than the others."""
        return any(each.chosen for each in self.singles)

    @property
    def group(self) -> Group:
        return _GROUP_OF.get(self.key.partition(":")[0], Group.ROWS)

    @property
    def is_of_sure_agency(self) -> bool:
        """Whether it is about a name that looks like an agency's in full, is the initials of another, or is of several
        bodies."""
        is_sure = self.is_of_several or self.suggested == ADD or self.suggested.startswith(SAME)
        return self.new_agency is not None and is_sure and not (self.footnotes or self.is_bare)

    @property
    def unlisted_places(self) -> int:
        """The number of places beyond the three that the page lists."""
        return max(0, len(self.places) - 3)

    @property
    def is_guessed(self) -> bool:
        """Whether its answer is the suggested one. A guess makes nothing late, and no stage known."""
        return bool(self.suggested) and self.chosen == self.suggested

    @property
    def is_open(self) -> bool:
        return not self.chosen

    @property
    def is_of_word(self) -> bool:
        """Return whether the answer is remembered for the next file with the same headings."""
        return self.key.partition(":")[0] in ("agency", "lead", "status", "colour", "word")

    @property
    def remembered(self) -> str:
        """Return the answer as the next file takes it, which need not have the other name."""
        return self.settled if self.same_as else self.chosen


def name_of(key: str) -> str:
    return f"d{hashlib.sha256(key.encode()).hexdigest()[:16]}"


class Doubts:
    """The doubts of a reading, each asked once, with the answers given so far."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers
        self.by_key: dict[str, Doubt] = {}

    def ask(
        self,
        key: str,
        place: Place,
        *,
        quoted: str,
        problem: str,
        choices: Iterable[Choice],
        suggested: str = "",
        takes_date: bool = False,
        is_date: Callable[[str], bool] = bool,
        item: tuple[str, str] | None = None,
    ) -> str:
        """Return the answer, or the suggested one, or "" if it must be answered and is not. With the number and title of
        the `item` that the cell is of, it can have an answer of its own."""
        doubt = self.by_key.get(key)
        if doubt is None:
            doubt = Doubt(key, quoted, problem, tuple(choices), suggested, takes_date)
            answer = self.answers.get(doubt.name, "")
            known = answer in {choice.value for choice in doubt.choices}
            if known or (answer and takes_date and is_date(answer)):
                doubt.chosen, doubt.is_confirmed = answer, True
            else:
                doubt.chosen = suggested
            self.by_key[key] = doubt
        doubt.places.append(place)
        if item is None:
            return doubt.chosen
        number, title = item
        own = f"{key}:{number or title}"
        answer = self.answers.get(name_of(own), "")
        answer = answer if answer in {choice.value for choice in doubt.choices} else ""
        doubt.singles.append(Single(own, f"{number} {title}".strip(), answer))
        return answer or doubt.chosen

    def tick(self, key: str, own: str, label: str) -> bool:
        """Return whether one of the things that the doubt of the key lists is ticked."""
        single = Single(own, label, "" if self.answers.get(name_of(own)) != TICKED else TICKED)
        self.by_key[key].ticks.append(single)
        return bool(single.chosen)

    def is_open_at(self, place: Place) -> bool:
        """Whether something that was just asked about the cell must still be answered."""
        return any(
            (doubt.same_as or doubt).is_open and doubt.places[-1:] == [place]
            for doubt in self.by_key.values()
        )

    @property
    def in_order(self) -> list[Doubt]:
        """Doubts that must be answered, then the others, each in the order of the cells."""
        asked = (doubt for doubt in self.by_key.values() if doubt.places)
        return sorted(asked, key=lambda doubt: bool(doubt.suggested))
