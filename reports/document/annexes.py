"""The annexes of a document as plain data. Each is optional.

`withheld` of a row or an annex is the label printed instead of all of it, "[s 9(2)(a)]", in a paper
that is released; dates, counts and ratings mean nothing then. `reports.requests.redaction.redact` fills it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from agencies.wording.translation import _
from reports.document import plain_json
from reports.document.text import Bullet, DocumentError, Text, check_length, check_text
from workitems.terms.known_dates import Known, KnownDate, KnownTo

MAX_TIMELINE_ROWS = 24  # what fits on the annex's one page beside three pillars


class LabelledEnum(StrEnum):
    """Words that the database stores as codes: "not_started" is "Not started"."""

    @property
    def label(self) -> str:
        return _(self.value.replace("_", " ").capitalize())


class Stage(LabelledEnum):
    """Stage of a work item. The values are those stored by `WorkItem`."""

    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    COMPLETE = "complete"
    ONGOING = "ongoing"
    WITHDRAWN = "withdrawn"


class Confidence(LabelledEnum):
    """The agency's own rating of a work item."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"

    @property
    def mark(self) -> str:
        """The shape printed beside the word, so that colour is not needed."""
        return {"on_track": "●", "at_risk": "▲", "off_track": "■"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    """A milestone with its dates. `standing` is its lateness in words, as at the paper's date.

    `moved` is how far the expected date is from the original, in words ("three months later"); older
    papers have none. The agreed date defaults to the original. `forecast_on` is the agency's, while it
    is open. Of a month or a quarter it is the last day; print `promised`, `due` and `expected`.
    """

    label: str
    original_on: date
    agreed_on: date | None = None
    forecast_on: date | None = None
    completed_on: date | None = None
    standing: str = ""
    original_known_to: KnownTo = KnownTo.DAY
    agreed_known_to: KnownTo = KnownTo.DAY
    forecast_known_to: KnownTo = KnownTo.DAY
    moved: str = ""
    withheld: str = ""

    promised = Known[KnownDate]("original_on", "original_known_to")
    agreed = Known[KnownDate | None]("agreed_on", "agreed_known_to")
    forecast = Known[KnownDate | None]("forecast_on", "forecast_known_to")

    def __post_init__(self) -> None:
        check_text(self.label, "A milestone")
        check_text(self.standing, "A milestone's standing", blank=True)
        check_text(self.moved, "How far a milestone moved", blank=True)

    @property
    def due(self) -> KnownDate:
        return self.agreed or self.promised

    @property
    def expected(self) -> KnownDate:
        """The date of completion, or the latest expected date."""
        return KnownDate(self.completed_on) if self.completed_on else self.forecast or self.due

    @property
    def expected_on(self) -> date:
        return self.expected.last_day

    @property
    def slip(self) -> int:
        """Days from the original date to the expected one; negative if early."""
        return (self.expected_on - self.original_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemRow:
    """A work item as a row. `standing` is its lateness in words ("92 days late", "On time")."""

    key: str
    number: str
    title: str
    lead: str
    stage: Stage
    confidence: Confidence | None = None
    milestones: tuple[MilestoneRow, ...] = ()
    standing: str = ""
    withheld: str = ""
    is_key: bool = False

    def __post_init__(self) -> None:
        for what, value in (
            ("number", self.number),
            ("title", self.title),
            ("lead agency", self.lead),
        ):
            check_text(value, f"A work item's {what}")
        check_text(self.standing, "A work item's standing", blank=True)


@dataclass(frozen=True, slots=True)
class PillarRows:
    title: str
    rows: tuple[WorkItemRow, ...]

    def __post_init__(self) -> None:
        check_text(self.title, "A pillar's title")


@dataclass(frozen=True, slots=True)
class WorkItemTable:
    """Annex: every work item as a row, by pillar."""

    key: str
    heading: str
    as_at: date
    pillars: tuple[PillarRows, ...]
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")


@dataclass(frozen=True, slots=True)
class Passage:
    """An unnumbered paragraph with its sub-bullets."""

    text: Text
    bullets: tuple[Bullet, ...] = ()

    def __post_init__(self) -> None:
        check_length(self.text, "A paragraph of an annex")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """An agency's last report on a work item. `period`: "the six months to 30 June 2010".

    `no_change_on` is the day on which the agency reported no change; there are no texts then.
    """

    agency: str
    period: str
    achieved: tuple[Passage, ...] = ()
    planned_next: tuple[Passage, ...] = ()
    challenges: tuple[Passage, ...] = ()
    no_change_on: date | None = None
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.agency, "The agency of a report")
        check_text(self.period, "The period of a report")
        if self.no_change_on and (self.achieved or self.planned_next or self.challenges):
            raise DocumentError("A report of no change goes without other words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemText:
    """A work item with its texts. `supporting` has agencies with their roles: "Police (trains its
    own staff)"."""

    key: str
    number: str
    title: Text
    lead: str
    stage: Stage
    supporting: tuple[str, ...] = ()
    is_key: bool = False
    confidence: Confidence | None = None
    standing: str = ""
    objective: tuple[Passage, ...] = ()
    action: tuple[Passage, ...] = ()
    reports: tuple[ItemReport, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    withheld: str = ""

    # The texts in their printed order, called as in `ITEM_TEXTS`, which has their labels.
    TEXTS: ClassVar[tuple[str, ...]] = ("objective", "action")

    def __post_init__(self) -> None:
        check_text(self.number, "A work item's number")
        check_length(self.title, "A work item's title")
        check_text(self.lead, "A work item's lead agency")
        for name in self.supporting:
            check_text(name, "A work item's supporting agency")
        check_text(self.standing, "A work item's standing", blank=True)


@dataclass(frozen=True, slots=True)
class PillarTexts:
    title: str
    items: tuple[WorkItemText, ...]

    def __post_init__(self) -> None:
        check_text(self.title, "A pillar's title")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemTexts:
    """Annex: every work item with its official wording, last report and milestones, by pillar.

    `period` is the period of the reports, in words.
    """

    key: str
    heading: str
    as_at: date
    period: str
    pillars: tuple[PillarTexts, ...]
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")
        check_text(self.period, "An annex's period")


@dataclass(frozen=True, slots=True)
class StageCount:
    stage: Stage
    count: int

    def __post_init__(self) -> None:
        if self.count < 0:
            raise DocumentError("A count cannot be below zero.")


@dataclass(frozen=True, slots=True)
class PillarProgress:
    """The number of a pillar's items at each stage. A stage left out has none."""

    title: str
    counts: tuple[StageCount, ...]

    def __post_init__(self) -> None:
        check_text(self.title, "A pillar's title")

    def count(self, stage: Stage) -> int:
        return sum(entry.count for entry in self.counts if entry.stage == stage)

    @property
    def total(self) -> int:
        return sum(entry.count for entry in self.counts)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A milestone on the timeline, with the number of its work item. Its dates `wrap` where they are long, one whose
    date has passed without a new one `is_overdue`, and its dates have the same four marks as on screens
    (`has_four_marks`), but in papers of earlier releases, which are drawn as they were."""

    number: str
    milestone: MilestoneRow
    wraps: bool = plain_json.added(False)
    is_overdue: bool = plain_json.added(False)
    has_four_marks: bool = plain_json.added(False)

    def __post_init__(self) -> None:
        check_text(self.number, "A timeline row's number")


def timeline_room(pillars: int) -> int:
    """Return how many milestones fit on the annex's page beside that many pillars."""
    return max(0, MAX_TIMELINE_ROWS - 4 * max(0, pillars - 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPicture:
    """Annex: one page with stages by pillar and a timeline of milestones that marks `as_at`.

    `note` says what is left out ("The 24 milestones with the largest slips, of 61"). The timeline
    has at most `timeline_room` rows. Labels are printed instead of what would draw a withheld row.
    """

    key: str
    heading: str
    as_at: date
    pillars: tuple[PillarProgress, ...]
    timeline: tuple[TimelineRow, ...] = ()
    note: str = ""
    withheld: str = ""
    stages_withheld: str = ""
    timeline_withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")
        check_text(self.note, "The picture's note", blank=True)
        room = timeline_room(len(self.pillars))
        if len(self.timeline) > room:
            raise DocumentError(
                f"Beside {len(self.pillars)} pillars the timeline has room for {room} milestones; "
                "choose the ones that matter most."
            )


class Level(LabelledEnum):
    """Likelihood, impact or severity of a risk. The values are those stored by `Risk`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def check_words(text: Text, what: str, *, blank: bool = False) -> None:
    """Raise `DocumentError` for text that is too long or, unless `blank`, empty."""
    if text or not blank:
        check_length(text, what)


@dataclass(frozen=True, slots=True)
class MitigationLine:
    """A mitigation of a delay. `due_on` is when it is due, `done_on` when it was done."""

    text: Text
    owner: str
    due_on: date | None = None
    done_on: date | None = None
    withheld: str = ""

    def __post_init__(self) -> None:
        check_words(self.text, "A mitigation")
        check_text(self.owner, "A mitigation's owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayRow:
    """A delay of a milestone. `days` is the total number of days it moved the date; `cause` is one
    or two words; `settled` says in a sentence whether the cause is settled, if that is recorded."""

    key: str
    number: str
    title: Text
    milestone: MilestoneRow
    cause: str
    explanation: Text
    found_on: date
    days: int
    effect: Text = ()
    ended_on: date | None = None
    times_moved: int = 1
    mitigations: tuple[MitigationLine, ...] = ()
    settled: str = ""
    withheld: str = ""
    meanwhile: Text = plain_json.added(())
    needs: Text = plain_json.added(())
    waits_for: Text = plain_json.added(())

    def __post_init__(self) -> None:
        check_text(self.number, "A work item's number")
        check_words(self.title, "A work item's title")
        check_text(self.cause, "A delay's cause")
        check_words(self.explanation, "A delay's explanation")
        check_words(self.effect, "A delay's effect", blank=True)
        check_words(self.meanwhile, "What bridges a delay", blank=True)
        check_words(self.needs, "What a delay needs", blank=True)
        check_words(self.waits_for, "What a milestone waits for", blank=True)
        check_text(self.settled, "Whether a delay's cause is settled", blank=True)
        if self.ended_on and self.ended_on < self.found_on:
            raise DocumentError("A delay cannot end before it was found.")
        if self.times_moved < 1 and self.days:
            raise DocumentError("A delay that has not moved its date has no days.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayRegister:
    """Annex: the delays that were open at any time in the period. `period` is in words."""

    key: str
    heading: str
    as_at: date
    period: str
    rows: tuple[DelayRow, ...] = ()
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")
        check_text(self.period, "An annex's period")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow:
    """A risk. `item` is the number of the work item it threatens, or empty for the whole plan;
    `escalated_to` is "The Minister", "The working group", or empty."""

    key: str
    number: str
    text: Text
    likelihood: Level
    impact: Level
    severity: Level
    owner: str
    item: str = ""
    response: Text = ()
    escalated_to: str = ""
    escalated_on: date | None = None
    closed_on: date | None = None
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.number, "A risk's number")
        check_words(self.text, "A risk")
        check_text(self.owner, "A risk's owner")
        check_text(self.item, "A risk's work item", blank=True)
        check_words(self.response, "A risk's response", blank=True)
        check_text(self.escalated_to, "To whom a risk is escalated", blank=True)
        if bool(self.escalated_to) != bool(self.escalated_on):
            raise DocumentError("A risk is escalated to somebody and on a day, or not at all.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRegister:
    """Annex: the risks that were open at any time in the period, open and most severe first.
    `period` is in words."""

    key: str
    heading: str
    as_at: date
    period: str
    rows: tuple[RiskRow, ...] = ()
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")
        check_text(self.period, "An annex's period")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultedRow:
    """An agency that was consulted, and its answer in words: "Concurs with comment"."""

    key: str
    name: str
    answer: str
    short_name: str = ""
    answered_on: date | None = None
    text: Text = ()
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.name, "The name of an agency that was consulted")
        check_text(self.answer, "An agency's answer")
        check_text(self.short_name, "An agency's short name", blank=True)
        check_words(self.text, "An agency's comment", blank=True)


@dataclass(frozen=True, slots=True)
class ConsultedTable:
    """Annex: the agencies that were consulted, and their answers."""

    key: str
    heading: str
    rows: tuple[ConsultedRow, ...] = ()
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")


class MarkKind(StrEnum):
    NUMBER = "number"
    CORRECTED = "corrected"
    BEFORE = "before"  # the plan
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartMark:
    """What a measure's chart draws on a day: a number ("640/960" of a share), of a period from `starts_on`. `is_break`: it was
    counted differently from before."""

    kind: MarkKind
    day: date
    number: str
    starts_on: date | None = None
    is_break: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureChart:
    """The chart of a measure, as its marks; `kind` and `better` are those of the measure."""

    kind: str
    better: str
    marks: tuple[ChartMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """A measure: its item (none of an outcome of the plan), what it says, its target, its last number and how it stands, in
    words."""

    key: str
    number: str
    text: Text
    agency: str
    state: str
    title: Text = ()
    target: str = ""
    last: str = ""
    chart: MeasureChart | None = plain_json.added(None)
    chart_withheld: str = plain_json.added("")
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.number, "A work item's number", blank=True)
        check_words(self.title, "A work item's title", blank=True)
        check_words(self.text, "What a measure says")
        check_text(self.agency, "A measure's agency")
        check_text(self.state, "How a measure stands")
        check_text(self.target, "A measure's target", blank=True)
        check_text(self.last, "A measure's last number", blank=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTable:
    """Annex: the measures that are set up. `note` says which are not."""

    key: str
    heading: str
    as_at: date
    rows: tuple[MeasureRow, ...] = ()
    note: str = ""
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")
        check_text(self.note, "The note of measures", blank=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding of an audit on an item, or on the whole plan: whether the evidence supports what was reported, what was
    found, by whom and as at which day; and the reply of the agency, which may be none."""

    key: str
    number: str
    verdict: str
    text: Text
    auditor: str
    as_at: date
    agency: str
    title: Text = ()
    reply: Text = ()
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.number, "A work item's number", blank=True)
        check_words(self.title, "A work item's title", blank=True)
        check_text(self.verdict, "Whether the evidence supports a report")
        check_words(self.text, "A finding")
        check_text(self.auditor, "Who audits")
        check_text(self.agency, "Who replies to a finding")
        check_words(self.reply, "A reply to a finding", blank=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingTable:
    """Annex: the latest finding of audits on each item and on the whole plan."""

    key: str
    heading: str
    as_at: date
    rows: tuple[FindingRow, ...] = ()
    withheld: str = ""

    def __post_init__(self) -> None:
        check_text(self.heading, "An annex's heading")


Annex = (
    ProgressPicture
    | WorkItemTable
    | WorkItemTexts
    | DelayRegister
    | RiskRegister
    | ConsultedTable
    | MeasureTable
    | FindingTable
)
