"""What the API takes and gives, as published at /api/openapi.json."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Self

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints, ValidationInfo, model_validator

from reports.progress import changes
from trafficking_plan.api.problems import refuse_names
from workitems.measures.completion import Completion
from workitems.models import Delay, Finding, Measure, Risk, Wait
from workitems.models.item import Confidence, Stage
from workitems.terms import lateness
from workitems.terms.measure_sentence import State

MOST_ROWS = 500
USUAL_ROWS = 100
# Names of agencies, codes and numbers in addresses and filters.
ShortText = Annotated[str, StringConstraints(max_length=200)]
# What the database can look for.
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Asked(Schema):
    """What an address takes after "?". Another name is refused with a 422: a misspelt filter would give every row."""

    @model_validator(mode="after")
    def refuse_other_names(self, info: ValidationInfo) -> Self:
        known = type(self).model_fields
        names = info.context["request"].GET if info.context else ()
        refuse_names(name for name in names if name not in known)
        return self


class Sent(Schema):
    """What an address takes as JSON. Another name is refused with a 422: a misspelt field would empty the right one."""

    model_config = ConfigDict(extra="forbid")


class Pages(Asked):
    page: int = Field(1, ge=1, le=100_000, description="Which page of the rows.")
    limit: int = Field(USUAL_ROWS, ge=1, le=MOST_ROWS, description="Rows on a page.")


class AsAt(Asked):
    at: ShortText = Field(
        "",
        description=(
            "The moment to read at, up to now: a day (2026-06-30, its end) or an instant "
            "(2026-06-30T09:30:00+12:00). Without it, now."
        ),
    )


class PagesAsAt(AsAt, Pages):
    pass


class Narrowed(PagesAsAt):
    pillar: Id | None = Field(None, description="The id of a pillar.")
    agency: Id | None = Field(None, description="The id of the lead agency of the items.")


class ItemFilters(AsAt, Pages):
    q: ShortText = Field("", description="A number, or words of the item.")
    pillar: Id | None = Field(None, description="The id of a pillar.")
    agency: Id | None = Field(
        None, description="The id of an agency that leads or supports the item."
    )
    lead: Id | None = Field(None, description="The id of the lead agency.")
    standing: ShortText = Field("", description="The status, such as “late”.")
    stage: ShortText = Field("", description="The stage, such as “under_way”.")
    confidence: ShortText = Field("", description="The agency’s confidence, such as “at_risk”.")
    late: ShortText = Field("", description="“overdue”, or “late”: overdue or expected late.")
    attention: ShortText = Field("", description="“yes”: only items that need attention.")
    sort: ShortText = Field(
        "number", description="number, title, lead, stage, confidence or due; -due: last first."
    )


class MilestoneFilters(Narrowed):
    late: ShortText = Field(
        "", description="“overdue”, or “late”: overdue or expected late. Open ones only."
    )
    due: ShortText = Field("", description="30, 60 or 90: due within so many days. Open ones only.")


class DelayFilters(Narrowed):
    cause: ShortText = Field("", description="The code of a cause, such as “funding”.")
    state: ShortText = Field("", description="“open”: without those that have ended.")


class ChangeFilters(Narrowed):
    since: ShortText = Field(
        "",
        description="The earlier moment, written like “at”. Without it: the last meeting, briefing or quarter.",
    )
    kind: ShortText = Field("", description="One kind of change, such as “slipped”.")


@dataclass(frozen=True)
class OneOf:
    """The values that a text has; "" among them if it may be empty. The description publishes them, and filters of
    OData refuse another. Answers are not checked, as history may have a value that is no longer given."""

    values: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[str], *more: str) -> Self:
        return cls((*(str(each) for each in values), *more))

    @property
    def words(self) -> str:
        named = ", ".join(each for each in self.values if each)
        return f"{named}, or empty" if "" in self.values else named

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Any:
        return handler(core) | {"enum": list(self.values)}


LateState = Annotated[str, OneOf.of(lateness.Late)]
ItemStage = Annotated[str, OneOf.of(Stage.values)]
ItemStatus = Annotated[str, OneOf.of(lateness.Status)]
Rating = Annotated[str, OneOf.of(Confidence.values, "")]
Cause = Annotated[str, OneOf.of(Delay.Cause.values)]
Settlement = Annotated[str, OneOf.of(Delay.Settlement.values, "")]
Level = Annotated[str, OneOf.of(Risk.Level.values)]
Escalated = Annotated[str, OneOf.of(Risk.EscalatedTo.values, "")]
WaitAnswer = Annotated[str, OneOf.of(Wait.Answer.values, "")]
ShownBy = Annotated[str, OneOf.of(Completion.values)]
MeasureKind = Annotated[str, OneOf.of(Measure.Kind.values)]
Better = Annotated[str, OneOf.of(Measure.Better.values, "")]
MeasureState = Annotated[str, OneOf.of(State)]
Verdict = Annotated[str, OneOf.of(Finding.Verdict.values)]
ChangeKind = Annotated[str, OneOf.of(changes.Kind)]


# --- what comes back ------------------------------------------------------------------------


class Moment(Schema):
    """The moment that the rows are of. Give `at` again to read other pages of the same moment."""

    on: date
    at: datetime
    is_now: bool


class Page(Schema):
    count: int = Field(description="Rows on all pages.")
    page: int
    next: str | None = Field(description="The address of the next page.")


class PageAsAt(Page):
    as_at: Moment


class KnownDate(Schema):
    """A date that is known to the day, the month or the quarter, and the last day of that."""

    code: str = Field(description="2027-06-30, 2027-06 or 2027-Q2")
    last_day: date


class Late(Schema):
    """How a milestone, or the worst of an item, is to its agreed date."""

    state: LateState
    days: int = Field(
        description="Of overdue: since the agreed date. Of slipping: from the agreed date to the forecast. "
        "Of done_late: from the agreed date to the day on which it was done. Otherwise 0."
    )
    words: str


class PlanLine(Schema):
    slug: str
    title: str
    released_on: date
    ends_on: date | None
    portfolio: str
    coordinating_agency: str
    url: str
    page_url: str = Field(description="The address of its page, for people.")


class PlanLines(Page):
    results: list[PlanLine]


class DueLine(Schema):
    due: date
    is_overdue: bool
    agency: str = Field(description="Who owes it.")
    what: str
    kind: str
    about: str
    plan: str = Field(description="The plan's name in addresses (slug).")
    to: str = Field(description="The agency that coordinates the plan.")
    page_url: str = Field(description="The address of its page, for people.")


class DueLines(Page):
    results: list[DueLine]


class AgencyOut(Schema):
    id: int
    short_name: str
    name: str


class PillarOut(Schema):
    id: int
    number: int
    title: str


class PlanOut(PlanLine):
    as_at: Moment
    background: str
    members: list[AgencyOut]
    pillars: list[PillarOut]


class ItemLine(Schema):
    number: str
    title: str
    pillar: int | None = Field(description="The number of the pillar.")
    lead_agency: str
    is_key: bool
    stage: ItemStage
    status: ItemStatus
    confidence: Rating
    reviewer_confidence: Rating
    next_agreed: KnownDate | None
    lateness: Late | None
    updated_on: date | None = Field(description="The day of the latest accepted update.")
    completed_on: date | None
    needs_attention: list[str] = Field(description="Why it needs attention, in sentences.")
    url: str
    page_url: str = Field(description="The address of its page as at the moment, for people.")


class ItemLines(PageAsAt):
    results: list[ItemLine]


class MitigationOut(Schema):
    number: int
    description: str
    owner_agency: str
    due_on: date | None
    done_on: date | None


class MitigationLine(MitigationOut):
    item: str
    milestone: int = Field(description="The number of the milestone.")
    delay: int = Field(description="The number of the delay.")


class DelayOut(Schema):
    item: str
    milestone: int = Field(description="The number of the milestone.")
    number: int
    of: str
    cause: Cause
    explanation: str
    effect: str
    meanwhile: str = Field(description="What covers the gap until then.")
    needs: str = Field(description="What the milestone needs to be done.")
    money_from: str = Field(description="Where the money for a decision would come from.")
    if_declined: str = Field(description="What happens if the decision is declined.")
    settlement: Settlement
    settling_agency: str | None
    settling_other: str = Field(description="Who settles it, if that is no agency of the plan.")
    settling_by: date | None
    found_on: date
    ended_on: date | None
    due_before: KnownDate
    due_after: KnownDate
    days: int
    times_moved: int
    mitigations: list[MitigationOut]


class DelayLines(PageAsAt):
    results: list[DelayOut]


class RiskOut(Schema):
    number: int
    item: str | None = Field(description="None of a risk to the whole plan.")
    description: str
    likelihood: Level
    impact: Level
    severity: Level
    owner_agency: str
    response: str
    escalated_to: Escalated = Field(description="Empty: with its owner.")
    escalated_on: date | None
    closed_on: date | None


class RiskLines(PageAsAt):
    results: list[RiskOut]


class TargetOut(Schema):
    id: int
    number: float = Field(description="Per cent of a share; 1 of a yes or no.")
    by: KnownDate
    months: int | None = Field(description="How long a period it names.")


class TargetLine(TargetOut):
    item: str | None
    measure: int = Field(description="The id of the measure.")
    name: str = Field(description="The measure in words.")


class ValueOut(Schema):
    id: int
    starts_on: date | None
    day: date
    number: float | None = Field(description="None if there is no number yet.")
    of: float | None = Field(description="Of a share: of how many.")
    not_comparable: bool = Field(description="Counted differently from here.")
    because: str = Field(description="Why there is no number yet.")
    expected_by: KnownDate | None
    corrected: bool = Field(description="Whether a later value corrects it.")
    correction_reason: str


class ValueLine(ValueOut):
    item: str | None
    measure: int = Field(description="The id of the measure.")
    name: str = Field(description="The measure in words.")


class MeasureOut(Schema):
    id: int
    item: str | None = Field(description="None of an outcome of the plan.")
    measure: str
    description: str = Field(description="In the plan’s words.")
    kind: MeasureKind
    unit: str
    better: Better
    baseline: float | None
    baseline_on: date | None
    responsible_agency: str
    state: MeasureState = Field(description="“worse” is worse than before the plan.")
    sentence: str
    targets: list[TargetOut]
    values: list[ValueOut] = Field(description="Accepted ones, by day.")


class MeasureLines(PageAsAt):
    results: list[MeasureOut]


class FindingOut(Schema):
    id: int
    reference: str = Field(description="Such as “F3”.")
    item: str | None = Field(description="None of a finding on the whole plan.")
    verdict: Verdict = Field(description="Whether the evidence supports what was reported.")
    as_at: date = Field(description="The day as at which it was looked at.")
    note: str
    auditor: str
    given_on: date
    reply: str
    replied_for: str = Field(description="The agency that replied; empty without a reply.")
    replied_on: date | None
    url: str


class FindingLines(PageAsAt):
    results: list[FindingOut]


class NoteFilters(Pages):
    item: ShortText = Field("", description="The number of an item, such as 1.2.")


class NoteOut(Schema):
    id: int
    conversation: int = Field(description="The id of the note that begins the conversation.")
    item: str | None = Field(description="The item that it concerns.")
    place: str = Field(description="What the conversation is about, such as “V3”.")
    readers: str = Field(description="Who can read it.")
    agency: str = Field(description="The agency that it was written for.")
    written_by: str
    written_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    text: str = Field(description="Empty if it is withdrawn.")
    settled: str = Field(description="How the conversation that it begins was settled.")
    url: str


class NoteLines(Page):
    results: list[NoteOut]


class WaitOut(Schema):
    """What a milestone waits for. Of another plan, only its title, number, description, agency and date."""

    id: int
    plan: str | None = Field(description="The title, if it is another plan.")
    waits_for: str = Field(description="The numbers of its item and its own: “3.3.2”.")
    description: str
    responsible_agency: str
    forecast: KnownDate
    days_after: int
    answer: WaitAnswer = Field(description="Empty: the other agency has not answered.")


class WaitLine(WaitOut):
    item: str
    milestone: int = Field(description="The number of the milestone that waits.")


class MilestoneLine(Schema):
    item: str
    item_title: str
    number: int
    description: str
    done_means: str
    responsible_agency: str
    original: KnownDate
    agreed: KnownDate
    forecast: KnownDate
    completed_on: date | None
    shown_by: ShownBy | None = Field(
        description="What shows a completed milestone to be done; “questioned” by the reviewer."
    )
    withdrawn_on: date | None
    lateness: Late
    waits_for: list[WaitOut]
    earliest: date | None = Field(
        description="When it can be done at the earliest, if what it waits for, as confirmed, decides that and is known."
    )
    cannot_be_met: bool = Field(
        description="What it waits for, as confirmed, comes too late for its agreed date."
    )
    page_url: str = Field(
        description="The address of its place on the page of its item as at the moment, for people."
    )


class MilestoneLines(PageAsAt):
    results: list[MilestoneLine]


class MilestoneOut(MilestoneLine):
    delays: list[DelayOut]


class ItemOut(ItemLine):
    as_at: Moment
    objective: str
    action: str
    months: int | None
    starts_on: date | None
    supporting_agencies: list[str]
    milestones: list[MilestoneOut]


class ChangeOut(Schema):
    kind: ChangeKind
    item: str
    title: str
    lead_agency: str
    change: str
    before: str
    after: str
    cause: str
    why: str
    days: int = Field(
        description="By how many days a milestone is expected later; earlier is below zero."
    )


class ChangeLines(PageAsAt):
    since: Moment
    summary: str
    page_url: str = Field(description="The address of the page with these changes, for people.")
    results: list[ChangeOut]


class FileOut(Schema):
    url: str
    sha256: str


class PaperOut(Schema):
    """One version of an issued briefing."""

    briefing: int
    version: int
    tracker_number: str
    title: str
    dated: date
    marking: str
    portfolio: str
    authorised_as: str
    authorised_at: datetime
    note: str = Field(description="What a version after the first corrects.")
    page_url: str = Field(description="The address of its page, for people.")
    pdf: FileOut
    document: FileOut


class PaperLines(Page):
    page_url: str = Field(description="The address of the list of briefings, for people.")
    results: list[PaperOut]


class ReleasedFile(Schema):
    number: int
    title: str
    file_name: str
    pages: int
    withheld: dict[str, int | None] = Field(
        description="How often words are withheld, by ground; null if nobody counted them."
    )
    pdf: FileOut


class ReleaseOut(Schema):
    id: int
    reference: str
    kind: str
    released_on: date
    is_published: bool
    papers: list[ReleasedFile]


class ReleaseLines(Page):
    results: list[ReleaseOut]


class Fault(Schema):
    field: str | None
    detail: str


class ProblemOut(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
