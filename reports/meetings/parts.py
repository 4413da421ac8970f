"""Pack and minutes as frozen plain data, and to and from JSON. No Django, no row and no clock.

Words are as printed, without line ends; text of several paragraphs is a tuple of them. Te reo
Māori is marked when a paper is drawn, with the names in `maori` besides words with macrons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.document import plain_json

MARKING = "UNCLASSIFIED"
LANGUAGE = "en-NZ"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of the dashboard. `kind` is a standing's, for its mark."""

    label: str
    count: int
    kind: str


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """`number` is an item's or a risk's; a return has none."""

    number: str
    title: str
    of: str
    why: str


@dataclass(frozen=True, slots=True)
class GridCell:
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class GridLine:
    """What one agency leads, by pillar, and all of it."""

    agency: str
    cells: tuple[GridCell, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Lead agencies by pillars: there may be many agencies, and a page is higher than wide."""

    pillars: Words
    lines: tuple[GridLine, ...]
    totals: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneDates:
    """A milestone's dates side by side, and its lateness in words on the paper's day."""

    item: str
    description: str
    original: date
    agreed: date
    forecast: date
    completed: date | None
    words: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class DueLine:
    """A milestone that falls due, of which item, and who leads that."""

    milestone: MilestoneDates
    title: str
    lead: str


@dataclass(frozen=True, slots=True)
class CauseLine:
    """`words` are those of the bar: "412 days in 3 delays"."""

    label: str
    delays: int
    days: int
    words: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    agency: str
    state: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Changes of one kind by sentence: the first ones, and how many there are."""

    label: str
    total: int
    sentences: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """What a meeting decided. Without an owner there is nothing to follow up."""

    number: int
    meeting: date
    text: Words
    about: str
    owner: str
    due: date | None
    done: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """A work item's official wording, its axes and its milestones."""

    number: str
    title: str
    lead: str
    stage: str
    confidence: str
    reviewer: str
    late: str
    is_late: bool
    objective: Words
    action: Words
    milestones: tuple[MilestoneDates, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A variation: what is asked and why, both sides of the change, what is recommended.

    `outcome` is blank until the group has decided.
    """

    reference: str
    asks: str
    item: str
    agency: str
    requested: date
    reason: Words
    before: Words
    after: Words
    recommends: str
    recommendation: Words
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFacts:
    reference: str
    description: Words
    owner: str
    severity: str
    escalated: str
    response: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One point of the agenda: why it is there, and what it is about as far as that is known."""

    number: int
    title: str
    reasons: Words
    note: Words
    item: ItemFacts | None
    variation: Asked | None
    risk: RiskFacts | None
    follows: DecisionLine | None
    answer: ReturnLine | None

    @property
    def title_says_it(self) -> bool:
        """Whether the title already has the words of the risk or decision, which then stand once."""
        words = self.follows.text if self.follows else self.risk.description if self.risk else ()
        return bool(words) and self.title.endswith(" ".join(words))

    @property
    def names_its_item(self) -> bool:
        """Whether the item's title has to be said, since the matter's own does not."""
        return self.item is not None and self.title != f"{self.item.number} {self.item.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """`as_at` in words, and `key` as an address of the dashboard says it.

    `since` names the last meeting before, blank where there was none; `changed` sums up the time
    between.
    """

    plan: str
    held: date
    place: str
    notes: Words
    on: date
    as_at: str
    key: str
    maori: Words
    headline: str
    standings: tuple[Count, ...]
    attention: tuple[AttentionLine, ...]
    attention_count: int
    grid: Grid
    timeline: tuple[MilestoneDates, ...]
    due: tuple[Count, ...]
    due_lines: tuple[DueLine, ...]
    causes: tuple[CauseLine, ...]
    round: str
    round_due: date | None
    returns: tuple[ReturnLine, ...]
    since: str
    changed: str
    changes: tuple[ChangeGroup, ...]
    agenda: tuple[Matter, ...]
    decisions: tuple[DecisionLine, ...]

    @property
    def title(self) -> str:
        return "Meeting pack"

    @property
    def since_words(self) -> str:
        """Within a sentence: "meeting of 3 May 2010"."""
        return f"{self.since[:1].lower()}{self.since[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A point of the agenda that the group dealt with, and what came of it."""

    number: int
    title: str
    note: Words
    variation: Asked | None
    decisions: tuple[DecisionLine, ...]

    @property
    def decisions_label(self) -> str:
        return f"Decisions, matter {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """`others` are decisions on no point of the agenda, with the variation where one was decided."""

    plan: str
    held: date
    place: str
    notes: Words
    on: date
    as_at: str
    maori: Words
    present: Words
    absent: Words
    considered: tuple[Considered, ...]
    not_reached: Words
    others: tuple[DecisionLine, ...]
    variations: tuple[Asked, ...]
    next: date | None
    next_place: str

    @property
    def title(self) -> str:
        return "Minutes"


Paper = Pack | Minutes


# How the plain data of schema 1 becomes data of schema 2, and so on, as in `reports.document.document`.
UPGRADES: list[plain_json.Upgrade] = []
SCHEMA = len(UPGRADES) + 1


def to_plain(paper: Paper) -> Any:
    """Dictionaries, lists, text and whole numbers, as they are kept, under their schema number."""
    return {"schema": SCHEMA, "paper": plain_json.plain(paper)}


def from_plain(data: Any) -> Paper:
    """The paper that this or an earlier release kept; the first one kept it without its schema number.

    Raises `plain_json.Malformed` for a newer schema and for what is no paper.
    """
    schema, content = 1, data
    if isinstance(data, dict) and "schema" in data:
        if data.keys() != {"schema", "paper"}:
            raise plain_json.Malformed("it is not a meeting's paper")
        schema, content = data["schema"], data["paper"]
    content = plain_json.upgraded(content, schema, UPGRADES)
    if isinstance(content, dict) and content.get("type") == Minutes.__name__:
        return plain_json.build(Minutes, content, "paper")
    return plain_json.build(Pack, content, "paper")
