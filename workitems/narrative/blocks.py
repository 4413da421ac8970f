"""What is told: entries, and blocks of entries that one person made on one day for one reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.timezone import localtime

from workitems.word_diff import Strand

# What an import gives as its reason; the file's name follows.
IMPORTED = "Imported from "


class Field(TextChoices):
    """What an entry is about, as the pages' filter offers it."""

    STAGE = "stage", "Stage"
    CONFIDENCE = "confidence", "Confidence"
    DATES = "dates", "Milestones and dates"
    WORDING = "wording", "Wording"
    DELAYS = "delays", "Delays and mitigations"
    UPDATES = "updates", "Updates"
    EVIDENCE = "evidence", "Evidence"
    VARIATIONS = "variations", "Variations"
    RETURNS = "returns", "Rounds and returns"
    MEETINGS = "meetings", "Meetings and decisions"
    RISKS = "risks", "Risks"
    AGENCIES = "agencies", "Agencies"


@dataclass(frozen=True)
class Change:
    """A text before and after, as strands of what stayed, went and came."""

    label: str
    strands: list[Strand]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened, `who` as they were named then. `number` and `title` are the item's."""

    at: datetime
    who: str
    what: str
    why: str
    field: Field = Field.WORDING
    changes: tuple[Change, ...] = ()
    number: str = ""


@dataclass
class Block:
    """What one person did in one go; `entries` in the order in which it was done."""

    at: datetime
    who: str
    why: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The file, where the entries were imported."""
        return self.why.removeprefix(IMPORTED) if self.why.startswith(IMPORTED) else ""


def blocks_of(entries: Iterable[Entry]) -> list[Block]:
    """Neighbours of one New Zealand day, one person and one reason together, newest block first.

    `entries` come newest first.
    """
    blocks: list[Block] = []
    for entry in entries:
        last = blocks[-1] if blocks else None
        if last is None or _mark(last) != _mark(entry):
            last = Block(entry.at, entry.who, entry.why)
            blocks.append(last)
        last.entries.insert(0, entry)
    return blocks


def _mark(told: Block | Entry) -> tuple[object, ...]:
    return localtime(told.at).date(), told.who, told.why
