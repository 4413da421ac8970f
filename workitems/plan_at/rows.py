"""The records of a plan as they stood at a moment, as plain rows.

Each row knows the day that it is seen from (`on`). What had not happened by that day has no date:
nobody had completed, withdrawn, ended or closed it yet. Other records are ids. `version` is the
history row that was read, None where the record itself was. Nothing here asks the database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from agencies.models import Agency
from workitems import standing
from workitems.models import Return, Risk
from workitems.models.item import Stage
from workitems.standing import Late, Lateness, Reason, Standing

NO_DATES = Lateness(Late.ON_TIME)


class PillarAt(NamedTuple):
    pk: int
    number: int
    title: str


class MitigationAt(NamedTuple):
    """What an agency does about a delay."""

    pk: int
    delay: int
    number: int
    description: str
    owner: int
    due_on: date | None
    done_on: date | None
    version: int | None
    on: date


class DelayAt(NamedTuple):
    """A delay, with its mitigations by number. `of` is what its milestone is called today."""

    pk: int
    milestone: int
    item: int
    of: str
    number: int
    cause: str
    explanation: str
    effect: str
    found_on: date
    ended_on: date | None
    due_before: date
    due_after: date
    times_moved: int
    version: int | None
    on: date
    mitigations: tuple[MitigationAt, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.ended_on is None

    def was_open_since(self, start: date) -> bool:
        """Whether it was open on any day from the start on."""
        return self.ended_on is None or self.ended_on >= start

    @property
    def days(self) -> int:
        """Calendar days from the date before to the date after."""
        return (self.due_after - self.due_before).days

    @property
    def is_mitigated(self) -> bool:
        return bool(self.mitigations)


class MilestoneAt(NamedTuple):
    """A milestone, with its delays by number as far as they were read."""

    pk: int
    item: int
    number: int
    description: str
    done_means: str
    responsible: int
    original_due: date
    agreed_due: date
    forecast_due: date
    completed_on: date | None
    withdrawn_on: date | None
    version: int | None
    on: date
    delays: tuple[DelayAt, ...] = ()

    @property
    def is_done(self) -> bool:
        return self.completed_on is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_on is not None

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.withdrawn_on is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.agreed_due < self.on

    @property
    def is_late(self) -> bool:
        """Open, and overdue or expected late."""
        return self.is_open and (self.agreed_due < self.on or self.forecast_due > self.agreed_due)

    @property
    def late(self) -> Lateness:
        return standing.milestone_lateness(self, self.on)

    def is_due_within(self, days: int) -> bool:
        """Whether the agreed date is the day or at most so many days after it."""
        return 0 <= (self.agreed_due - self.on).days <= days


class ItemAt(NamedTuple):
    """A work item, with its milestones by number as far as they were read.

    `late` is that of the open milestones among them, `due` the first of their agreed dates.
    """

    pk: int
    number: str
    title: str
    objective: str
    action: str
    pillar: int
    lead: int
    is_key: bool
    months: int | None
    starts_on: date | None
    stage: str
    completed_on: date | None
    confidence: str
    reviewer_confidence: str
    heard_on: date | None
    version: int | None
    on: date
    milestones: tuple[MilestoneAt, ...] = ()
    late: Lateness = NO_DATES
    due: date | None = None
    standing: Standing = Standing.ON_TRACK

    @property
    def is_live(self) -> bool:
        return self.stage not in (Stage.COMPLETE, Stage.WITHDRAWN)

    @property
    def is_late(self) -> bool:
        """Live, with a milestone overdue or expected late."""
        return self.is_live and self.late.is_late

    @property
    def dates(self) -> Lateness:
        """As `late`, with the closed milestones that were read."""
        return standing.item_dates(self.stage, self.milestones, self.on)


class RiskAt(NamedTuple):
    """A risk; of no item where it threatens the whole plan."""

    pk: int
    item: int | None
    number: int
    description: str
    likelihood: str
    impact: str
    owner: int
    response: str
    escalated_to: str
    escalated_on: date | None
    closed_on: date | None
    version: int | None
    on: date

    @property
    def reference(self) -> str:
        return f"R{self.number}"

    @property
    def is_with_minister(self) -> bool:
        """Open, and escalated to the Minister by the day."""
        return (
            self.escalated_to == Risk.EscalatedTo.MINISTER
            and self.escalated_on is not None
            and self.closed_on is None
        )


class VariationAt(NamedTuple):
    pk: int
    number: int
    kind: str
    item: int
    milestone: int | None
    wording: str
    reason: str
    version: int | None
    on: date

    @property
    def reference(self) -> str:
        return f"V{self.number}"


class RoundAt(NamedTuple):
    pk: int
    name: str
    due_on: date


class ReturnAt(NamedTuple):
    """A return of a round that was open, and why it needs attention."""

    pk: int
    round: RoundAt
    agency: Agency
    state: str
    reasons: Sequence[Reason]

    @property
    def state_label(self) -> str:
        return Return.State(self.state).label


def dates_ahead(milestones: Iterable[MilestoneAt], on: date) -> tuple[Lateness, date | None]:
    """What `standing.item_lateness` and `next_due` say of the open milestones among these, in one go,
    because it is asked of thousands of items at once."""
    due = slip_due = None
    slip = 0
    for row in milestones:
        if row.completed_on is None and row.withdrawn_on is None:
            agreed = row.agreed_due
            if due is None or agreed < due:
                due = agreed
            if row.forecast_due > agreed and (days := (row.forecast_due - agreed).days) > slip:
                slip, slip_due = days, agreed
    if due is None:
        return NO_DATES, None
    if due < on:
        return Lateness(Late.OVERDUE, (on - due).days, due), due
    if slip:
        return Lateness(Late.SLIPPING, slip, slip_due), due
    is_soon = (due - on).days <= standing.DUE_SOON_DAYS
    return Lateness(Late.DUE_SOON if is_soon else Late.ON_TIME, due=due), due
