"""The plan as understood from a tracker: pillars, items, milestones, and what is kept as notes.

Plain data, no Django. `plan_reading.py` makes it of a tracker and its mappings.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from agencies.wording.translation import _
from workitems.intake.tracker.doubts import Doubt, Fate
from workitems.intake.tracker.grid import At
from workitems.intake.tracker.words import Status
from workitems.terms.known_dates import KnownDate

TITLE_MOST = 200
MILESTONE_MOST = 300


@dataclass(frozen=True)
class About:
    """What a person says of the plan. `as_at` is the day whose state the tracker shows."""

    released_on: date
    as_at: date
    today: date
    coordinating: str


@dataclass(frozen=True)
class Note:
    """A text that has no place in the plan, where it was, and the item that it is of."""

    sheet: str
    address: str
    heading: str
    text: str
    item: "Item | None" = None

    @property
    def place(self) -> tuple[str, str]:
        return self.sheet, self.address


@dataclass
class Pillar:
    title: str
    number: int | None = None
    description: str = ""


@dataclass
class Milestone:
    description: str
    original: KnownDate
    full: str = ""
    agency: str = ""
    agreed: KnownDate | None = None
    forecast: KnownDate | None = None
    completed: date | None = None
    # The day on which the agreed date was decided, if the tracker says it.
    agreed_on: date | None = None


@dataclass
class Progress:
    """The progress that an item's row reports for one period."""

    achieved: list[str] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)

    @property
    def labelled(self) -> list[tuple[str, str]]:
        """Return (label, text) of each part."""
        parts = (
            (_("Achieved"), self.achieved),
            (_("Planned next"), self.planned),
            (_("Challenges"), self.challenges),
        )
        return [(label, text) for label, texts in parts for text in texts]


@dataclass(eq=False)
class Item:
    """An item as understood. `row` is where it begins in its sheet."""

    title: str
    row: int
    number: str = ""
    action: str = ""
    objective: str = ""
    pillar: Pillar | None = None
    lead: str = ""
    supporting: dict[str, str] = field(default_factory=dict)
    kind: str = "action_item"
    is_key: bool = False
    timeframe: str = ""
    starts_on: date | None = None
    stage: str = ""
    # The spreadsheet does not say its stage: a person who imported it did.
    is_stage_answered: bool = False
    confidence: str = ""
    measures: list[str] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    progress: dict[KnownDate | None, Progress] = field(default_factory=dict)
    causes: list[str] = field(default_factory=list)
    mitigations: list[str] = field(default_factory=list)
    statuses: list[tuple[Status, list[Milestone], str]] = field(default_factory=list)
    # The day on which the row says that it was last updated.
    updated_on: date | None = None
    # The day on which a comment of it says that it was done, with its words.
    done_on: tuple[date, str] | None = None
    # A person says that nobody knows the day on which it was completed.
    is_undated: bool = False

    def progress_in(self, period: KnownDate | None = None) -> Progress:
        return self.progress.setdefault(period, Progress())


@dataclass
class Understood:
    """A tracker's plan, doubts and left-overs, and the fate of every cell by sheet and place."""

    about: About
    pillars: list[Pillar] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    # How each status word was read that can mean one thing alone; a person can still change it.
    words: list[Doubt] = field(default_factory=list)
    fates: dict[tuple[str, At], Fate] = field(default_factory=dict)
    # Short name and name of agencies that are to be added.
    new_agencies: dict[str, str] = field(default_factory=dict)
    # Short name, and the names that the tracker has, of agencies that it names in its own way.
    named_agencies: dict[str, list[str]] = field(default_factory=dict)
    # Milestones that are notes, because they have no date, with their items.
    without_date: list[tuple[Item, str]] = field(default_factory=list)
    # Sentences on what was worked out, as the tracker does not say it.
    assumed: list[str] = field(default_factory=list)
    # What the file has that this cannot read, in words without a verb.
    not_read: list[str] = field(default_factory=list)
    # Cells of columns that a person leaves out.
    left_out: int = 0

    @property
    def open_doubts(self) -> list[Doubt]:
        return [doubt for doubt in self.doubts if doubt.is_open]

    @property
    def counts(self) -> Counter[Fate]:
        return Counter(self.fates.values())

    def notes_of(self, item: Item | None) -> list[Note]:
        return [note for note in self.notes if note.item is item]


def one_line(text: str) -> str:
    return " ".join(text.split())


def shortened(text: str, most: int) -> str:
    """Return the text, cut at a word and ended by "…" if it is longer than `most`."""
    text = one_line(text)
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def joined(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, texts)))
