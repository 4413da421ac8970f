"""Records of a plan as they were at a moment, as plain immutable rows.

`on` is the day of the moment. A completion, withdrawal, end or closing after it has not happened
yet, so its date is None. Other records are ids. `version` is the id of the history row, or None if
the row is today's record. Nothing here queries the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from agencies.models import Agency
from workitems.models import Delay, Return, Risk, Variation
from workitems.models.item import Stage
from workitems.terms import lateness
from workitems.terms.additions import addition_of
from workitems.terms.asked_changes import name_of_change
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import NO_DATES, Lateness, Reason, Status


class PillarAt(NamedTuple):
    pk: int
    number: int
    title: str


class MitigationAt(NamedTuple):
    """A mitigation of a delay."""

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
    """A delay, with its mitigations by number. `of` is its milestone's description of today."""

    pk: int
    milestone: int
    item: int
    of: str
    number: int
    cause: str
    explanation: str
    effect: str
    meanwhile: str
    needs: str
    money_from: str
    if_declined: str
    settlement: str
    settling_agency: int | None
    settling_other: str
    settling_by: date | None
    found_on: date
    ended_on: date | None
    due_before: date
    before_known_to: str
    due_after: date
    after_known_to: str
    times_moved: int
    version: int | None
    on: date
    mitigations: tuple[MitigationAt, ...] = ()

    @property
    def before(self) -> KnownDate:
        return KnownDate(self.due_before, self.before_known_to)

    @property
    def after(self) -> KnownDate:
        return KnownDate(self.due_after, self.after_known_to)

    @property
    def is_open(self) -> bool:
        return self.ended_on is None

    def settler(self, agencies: Mapping[int, Agency]) -> str:
        """Return who settles its cause, "" if nobody is recorded: the short name of an agency or what was typed."""
        agency = self.settling_agency
        return agencies[agency].short_name if agency else self.settling_other

    def was_open_since(self, start: date) -> bool:
        """Whether it was open on any day since the start."""
        return self.ended_on is None or self.ended_on >= start

    @property
    def days(self) -> int:
        """Calendar days from `due_before` to `due_after`."""
        return (self.due_after - self.due_before).days

    @property
    def is_mitigated(self) -> bool:
        return bool(self.mitigations)


class OpenDelay(NamedTuple):
    """What the length of an open delay depends on."""

    pk: int
    milestone: int
    due_before: date
    due_after: date
    on: date

    @property
    def days(self) -> int:
        """Calendar days from `due_before` to `due_after`."""
        return (self.due_after - self.due_before).days


def days_of(delays: Iterable[DelayAt | OpenDelay]) -> dict[int, int]:
    """Return the days of open delays by id. The last date of a milestone's delays may have passed: nobody knows a
    later one, so that delay counts to the day of the view."""
    found, last = {}, {}
    for row in sorted(delays, key=lambda row: (row.due_after, row.pk)):
        found[row.pk] = row.days
        last[row.milestone] = row
    for row in last.values():
        if row.due_after < row.on:
            found[row.pk] = (row.on - row.due_before).days
    return found


class MilestoneAt(NamedTuple):
    """A milestone, with its delays by number if they were read."""

    pk: int
    item: int
    number: int
    description: str
    as_told: str
    done_means: str
    responsible: int
    original_due: date
    original_known_to: str
    agreed_due: date
    agreed_known_to: str
    forecast_due: date
    forecast_known_to: str
    completed_on: date | None
    withdrawn_on: date | None
    version: int | None
    on: date
    delays: tuple[DelayAt, ...] = ()

    @property
    def phrase(self) -> str:
        """The noun phrase that names it in sentences: the one recorded, or else one made from its description; "" if
        none can be made."""
        # Here, because only papers need its patterns, 1 MB in each worker.
        from workitems.terms.made_phrases import phrase_of_description

        return self.as_told or phrase_of_description(self.description)

    @property
    def original(self) -> KnownDate:
        return KnownDate(self.original_due, self.original_known_to)

    @property
    def agreed(self) -> KnownDate:
        return KnownDate(self.agreed_due, self.agreed_known_to)

    @property
    def forecast(self) -> KnownDate:
        return KnownDate(self.forecast_due, self.forecast_known_to)

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
        """True if open and either overdue or expected late."""
        return self.is_open and (self.agreed_due < self.on or self.forecast_due > self.agreed_due)

    @property
    def late(self) -> Lateness:
        return lateness.milestone_lateness(self, self.on)

    def as_sure(self, late: Lateness) -> Lateness:
        """Return a lateness, its own or that of its item, with the length that is sure. Its delays must be read."""
        return lateness.while_waiting(late, self, self.delays)

    def is_due_within(self, days: int) -> bool:
        """Whether the agreed date is the day of the row or at most so many days after it."""
        return 0 <= (self.agreed_due - self.on).days <= days


CLOSED = frozenset({Stage.COMPLETE, Stage.WITHDRAWN})


def told_order(step: MilestoneAt, delay: DelayAt) -> tuple[Any, ...]:
    """Order the delays of an item, of which papers and the dashboard tell the first: those of late milestones before others,
    open ones first, of these the ones that need a decision, and those whose cause is settled last; then that of the milestone that
    was agreed for the first date, because a later one often only waits for it, and the first cause of a milestone."""
    needs_decision = delay.settlement == Delay.Settlement.NEEDS_DECISION
    is_settled = delay.settlement == Delay.Settlement.SETTLED
    openness = not delay.is_open, not needs_decision, is_settled
    when = step.agreed_due, -step.forecast_due.toordinal()
    return not step.is_late, *openness, *when, step.number, delay.number


class ItemAt(NamedTuple):
    """A work item, with the milestones that were read, by number.

    `late` is the lateness of the open ones, `due` the earliest of their agreed dates.
    """

    pk: int
    number: str
    title: str
    as_told: str
    objective: str
    action: str
    pillar: int
    lead: int
    is_key: bool
    kind: str
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
    due: KnownDate | None = None
    status: Status = Status.ON_TIME

    @property
    def is_live(self) -> bool:
        return self.stage not in CLOSED

    @property
    def is_late(self) -> bool:
        """True if live and with a milestone that is overdue or expected late."""
        return self.status == Status.LATE

    @property
    def late_milestone(self) -> MilestoneAt | None:
        """The milestone that decides how late it is."""
        if not self.late.is_late:
            return None
        late = [row for row in self.milestones if row.is_late]
        return min(
            late, key=lambda row: (not row.is_overdue, -row.late.days, row.number), default=None
        )

    @property
    def late_as_sure(self) -> Lateness:
        """How late it is, with the length that is sure where it waits for something. Its delays must be read."""
        step = self.late_milestone
        return step.as_sure(self.late) if step else self.late

    @property
    def dates(self) -> Lateness:
        """The lateness of all milestones that were read, open and closed."""
        return lateness.item_dates(self.stage, self.milestones, self.on)


class RiskAt(NamedTuple):
    """A risk. A risk to the whole plan has no item."""

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
        """Whether it is open and escalated to the Minister."""
        return (
            self.escalated_to == Risk.EscalatedTo.MINISTER
            and self.escalated_on is not None
            and self.closed_on is None
        )


class VariationAt(NamedTuple):
    """A variation. `of` is the description of its milestone, if it has one."""

    pk: int
    number: int
    kind: str
    item: int | None
    milestone: int | None
    of: str | None
    wording: str
    text_before: str
    text_after: str
    reason: str
    state: str
    due_before: date | None
    due_after: date | None
    after_known_to: str
    adds: Any
    version: int | None
    on: date

    @property
    def reference(self) -> str:
        return f"V{self.number}"

    @property
    def asks(self) -> str:
        """What it does, in a few words."""
        return name_of_change(
            self.kind,
            code=self.wording,
            label=str(Variation.Wording(self.wording).label) if self.wording else "",
            before=self.text_before,
            after=self.text_after,
            milestone=self.of or "",
            due=KnownDate(self.due_after, self.after_known_to) if self.due_after else None,
            adds=addition_of(self.kind, self.adds),
        )

    @property
    def is_past(self) -> bool:
        """Whether it asks for a date that has passed, so that it cannot be approved."""
        return bool(self.due_before and self.due_after) and self.due_after < self.on  # type: ignore[operator]


class ActionAt(NamedTuple):
    """A decision of the working group that an agency has to act on by a day, and has not done."""

    pk: int
    text: str
    item: int | None
    owner: int
    due_on: date
    version: int | None
    on: date

    @property
    def is_overdue(self) -> bool:
        return self.due_on < self.on


class RoundAt(NamedTuple):
    pk: int
    name: str
    due_on: date


class ReturnAt(NamedTuple):
    """A return of an open round, and why it needs attention."""

    pk: int
    round: RoundAt
    agency: Agency
    state: str
    reasons: Sequence[Reason]

    @property
    def is_awaited(self) -> bool:
        return self.state in Return.WITH_AGENCY

    @property
    def state_label(self) -> str:
        return str(Return.State(self.state).label)
