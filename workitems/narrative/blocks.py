"""Entries of a history, and blocks of entries of one person, day and reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from workitems.models.plan import IMPORTED
from workitems.terms.word_diff import Strand


class Field(TextChoices):
    """Subject of an entry. The history pages filter by it."""

    STAGE = "stage", gettext_lazy("Stage")
    CONFIDENCE = "confidence", gettext_lazy("Confidence")
    DATES = "dates", gettext_lazy("Milestones and dates")
    WORDING = "wording", gettext_lazy("Wording")
    DELAYS = "delays", gettext_lazy("Delays and mitigations")
    UPDATES = "updates", gettext_lazy("Updates")
    MEASURES = "measures", gettext_lazy("Measures")
    EVIDENCE = "evidence", gettext_lazy("Evidence")
    VARIATIONS = "variations", gettext_lazy("Variations")
    RETURNS = "returns", gettext_lazy("Rounds and returns")
    MEETINGS = "meetings", gettext_lazy("Meetings and decisions")
    RISKS = "risks", gettext_lazy("Risks")
    AUDITS = "audits", gettext_lazy("Audits")
    NOTES = "notes", gettext_lazy("Conversations")
    AGENCIES = "agencies", gettext_lazy("Agencies")


@dataclass(frozen=True)
class Change:
    """The diff of a text."""

    label: str
    strands: list[Strand]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event. `who` is the person's name at the time; `number` is the item's."""

    at: datetime
    who: str
    what: str
    why: str
    field: Field = Field.WORDING
    changes: tuple[Change, ...] = ()
    number: str = ""


@dataclass
class Block:
    """Entries of one person, day and reason, oldest first."""

    at: datetime
    who: str
    why: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The name of the imported file, or "" if the entries were not imported."""
        return self.why.removeprefix(IMPORTED) if self.why.startswith(IMPORTED) else ""


def blocks_of(entries: Iterable[Entry]) -> list[Block]:
    """Group adjacent entries of the same person, reason and New Zealand date.

    `entries` are newest first, and so are the blocks.
    """
    blocks: list[Block] = []
    for entry in entries:
        last = blocks[-1] if blocks else None
        if last is None or _group(last) != _group(entry):
            last = Block(entry.at, entry.who, entry.why)
            blocks.append(last)
        last.entries.insert(0, entry)
    return blocks


def _group(row: Block | Entry) -> tuple[object, ...]:
    return localtime(row.at).date(), row.who, row.why
