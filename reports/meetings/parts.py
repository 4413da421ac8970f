"""Pack and minutes as frozen plain data, with conversion to and from JSON. Does not use Django.

Text is as printed, without line breaks; text of several paragraphs is a tuple. Te reo Māori is
marked up when a paper is rendered: the names in `maori`, and words with macrons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.document import plain_json
from reports.document.annexes import MeasureChart
from workitems.terms.known_dates import Known, KnownDate, KnownTo

# Of papers that name none: those of New Zealand, and all earlier ones.
MARKING = "UNCLASSIFIED"
LANGUAGE = "en-NZ"
PAPER_SIZE = "A4"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of the dashboard. `kind` is its status, for the marker."""

    label: str
    count: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of the attention list on a matter: why it needs attention, the cause, the date expected now,
    what is being done and by whom, and what is asked of the working group. Each may be empty."""

    why: Words
    cause: str
    expected: str
    doing: str
    asked: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """A row that needs attention. `number` is an item's or a risk's; returns have none.

    Packs frozen before the answers were kept have `why` alone.
    """

    number: str
    title: str
    of: str
    why: str
    answers: Answers | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class GridLine:
    """The items that one agency leads, by pillar and in total."""

    agency: str
    cells: tuple[GridCell, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Items by lead agency and pillar. Agencies are rows, because there may be many of them."""

    pillars: Words
    lines: tuple[GridLine, ...]
    totals: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneDates:
    """A milestone's dates, and its lateness in words on the paper's date.

    Of a month or a quarter they are the last days; print `promised`, `due` and `expected`.
    """

    item: str
    description: str
    original: date
    agreed: date
    forecast: date
    completed: date | None
    words: str
    is_late: bool
    original_known_to: KnownTo = KnownTo.DAY
    agreed_known_to: KnownTo = KnownTo.DAY
    forecast_known_to: KnownTo = KnownTo.DAY

    promised = Known[KnownDate]("original", "original_known_to")
    due = Known[KnownDate]("agreed", "agreed_known_to")

    @property
    def expected(self) -> KnownDate:
        """The date of completion, or the forecast."""
        if self.completed:
            return KnownDate(self.completed)
        return KnownDate(self.forecast, self.forecast_known_to)


@dataclass(frozen=True, slots=True)
class DueLine:
    """A milestone that is due soon, with its item's title and lead agency."""

    milestone: MilestoneDates
    title: str
    lead: str


@dataclass(frozen=True, slots=True)
class CauseLine:
    """`words` is the label of the bar: "412 days in 3 delays"."""

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
    """Changes of one kind as sentences: the first few, and their total number."""

    label: str
    total: int
    sentences: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A decision of a meeting. Without an owner there is no follow-up."""

    number: int
    meeting: date
    text: Words
    about: str
    owner: str
    due: date | None
    done: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class MeasureTold:
    """What a measure says, and its chart, if there is something to draw."""

    sentence: str
    chart: MeasureChart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """A work item's official wording, stage, confidence and milestones.

    `causes` are sentences on the causes of its open delays, `told` its measures. Older packs have none, or what the measures
    said without a chart, in `measures`.
    """

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
    causes: Words = ()
    measures: Words = plain_json.added(())
    told: tuple[MeasureTold, ...] = plain_json.added(())


# What is asked of an addition, with what leads on to the item.
ADDITIONS = {"Add a work item": ":", "Add a milestone": " to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A variation: request, reason, text or date before and after, and recommendation.

    `outcome` is empty until the working group has decided. The two sides are labelled as they are
    at the paper's moment: "Now" only if it was approved. The defaults are the labels of papers that
    were frozen without them.
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
    before_label: str = "Was"
    after_label: str = "→ Now"
    asked_label: str = "Asked for by"
    # What an approval does, in sentences.
    effects: Words = ()
    # Whether `asks` is its name, as pages have it; papers of earlier releases have the kind of request.
    is_named: bool = plain_json.added(False)

    @property
    def is_of_date(self) -> bool:
        """Whether it asks for another date of a milestone."""
        return self.asks.startswith("Move “")

    @property
    def is_addition(self) -> bool:
        """Whether it asks to add an item or a milestone."""
        return self.asks in ADDITIONS or self.asks.startswith(
            ("Add work item ", "Add the milestone “")
        )

    @property
    def asks_of_item(self) -> str:
        """What is asked, and of which item."""
        if self.is_named:
            of = "" if self.item == "The Plan" or self.item in self.asks else f", {self.item}"
            return f"{self.asks}{of} ({self.reference})"
        # Papers frozen before have "End the support of".
        if self.asks.startswith("End the support by "):
            return f"{self.asks} for item {self.item}"
        return f"{self.asks}{ADDITIONS.get(self.asks, ' of')} {self.item}"


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
    """A matter on the agenda: why it is there, and the records it is about, where they exist."""

    number: int
    title: str
    reasons: Words
    note: Words
    item: ItemFacts | None
    variation: Asked | None
    risk: RiskFacts | None
    follows: DecisionLine | None
    answer: ReturnLine | None
    answers: Answers | None = None
    # Of an item: its variations with the working group, and its escalated risks.
    requests: tuple[Asked, ...] = ()
    risks: tuple[RiskFacts, ...] = ()

    @property
    def title_says_it(self) -> bool:
        """Whether the title contains the text of the risk or decision, which is then left out."""
        words = self.follows.text if self.follows else self.risk.description if self.risk else ()
        return bool(words) and self.title.endswith(" ".join(words))

    @property
    def answers_say_why(self) -> bool:
        """Whether its reasons are in the answers; for a variation or risk, its own reason is shown."""
        return self.answers is not None and self.variation is None and self.risk is None

    @property
    def names_its_item(self) -> bool:
        """Whether the item's title is printed, because it differs from the matter's."""
        return self.item is not None and self.title != f"{self.item.number} {self.item.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack.

    `as_at` is the moment in words, `key` the same in the dashboard's addresses. `since` names the
    previous meeting, or is empty; `changed` summarises the changes since then, and
    `out_of_session` was decided since then. `outcomes` are measures of the whole plan, `measured` counts how all
    measures stand; older packs have neither.
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
    out_of_session: tuple[Asked, ...] = ()
    starts: str = ""
    link: str = ""
    language: str = plain_json.added(LANGUAGE)
    marking: str = plain_json.added(MARKING)
    paper_size: str = plain_json.added(PAPER_SIZE)
    # Whether its timeline has the marks of the screens; packs of earlier releases are drawn as they were.
    has_four_marks: bool = plain_json.added(False)
    outcomes: tuple[MeasureTold, ...] = plain_json.added(())
    measured: tuple[Count, ...] = plain_json.added(())

    @property
    def title(self) -> str:
        return "Meeting pack"

    @property
    def since_words(self) -> str:
        """The previous meeting as part of a sentence: "meeting of 3 May 2010"."""
        return f"{self.since[:1].lower()}{self.since[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A matter that the meeting considered, with its outcome."""

    number: int
    title: str
    note: Words
    variation: Asked | None
    decisions: tuple[DecisionLine, ...]
    discussion: Words = ()
    # Of an item: its variations that were decided. `variation` is the matter's own.
    requests: tuple[Asked, ...] = ()

    @property
    def decisions_label(self) -> str:
        return f"Decisions, matter {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """The minutes.

    `others` are decisions on no matter of the agenda; `variations` were decided that way.
    """

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
    people: Words = ()
    starts: str = ""
    language: str = plain_json.added(LANGUAGE)
    marking: str = plain_json.added(MARKING)
    paper_size: str = plain_json.added(PAPER_SIZE)

    @property
    def title(self) -> str:
        return "Minutes"


Paper = Pack | Minutes


# Steps that upgrade plain data from schema 1 to 2, and so on, as in `reports.document.document`.
UPGRADES: list[plain_json.Upgrade] = []
SCHEMA = len(UPGRADES) + 1


def to_plain(paper: Paper) -> Any:
    """Return the paper as plain JSON values with its schema number, for storage."""
    return {"schema": SCHEMA, "paper": plain_json.plain(paper)}


def from_plain(data: Any) -> Paper:
    """Return a paper stored by this or an earlier release; the first one stored no schema number.

    Raise `plain_json.Malformed` for a newer schema, and for data that is not a paper.
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
