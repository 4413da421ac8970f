"""The clock of a request, computed from its events: days that are due, and lateness. Nothing is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.requests.law.act import act_named
from reports.requests.law.working_days import WorkingDays
from reports.requests.models.non_working_day import NonWorkingDay
from reports.requests.models.request import RequestEvent, in_force, told_on

Kind = RequestEvent.Kind
# The clock stops with the first of these, or when the requester is told of the decision.
STOPS = (Kind.TRANSFERRED, Kind.WITHDRAWN)


def calendar() -> WorkingDays:
    """Return the working days of the Act with the days that were entered. One query."""
    return WorkingDays(act_named(), NonWorkingDay.objects.overrides())


@dataclass(frozen=True)
class RequestClock:
    """`starts_on` is day 0: the day of receipt, or that of an answer to an early question about it."""

    days: WorkingDays
    received_on: date
    starts_on: date
    extended_to: date | None = None
    stopped_on: date | None = None
    is_signed: bool = False
    is_sent: bool = False

    @property
    def first_due(self) -> date:
        """The last day without an extension, which is also the last day to notify one."""
        return self.days.due(self.starts_on)

    @property
    def due(self) -> date:
        return self.extended_to or self.first_due

    @property
    def may_restart(self) -> bool:
        """Whether the Act lets an answer to a question start the clock again, as since 2015."""
        return self.received_on >= self.days.act.limits.clarify_since

    @property
    def clarify_by(self) -> date:
        """The last day on which a question about the request starts the clock again."""
        return self.days.due(self.received_on, self.days.act.limits.clarify)

    @property
    def transfer_by(self) -> date:
        return self.days.due(self.starts_on, self.days.act.limits.transfer)

    def day_number(self, on: date) -> int:
        return self.days.day_number(self.starts_on, self.stopped_on or on)

    def recorded_days(self, on: date) -> int:
        """Return how many days it counted, or will until it is due, as recorded and not by the Act."""
        last = max(self.due, self.stopped_on or on)
        return sum(self.received_on < day <= last for day in self.days.overrides)

    def late_by(self, on: date) -> int:
        """Return by how many working days it is late on a day, or was when it was decided."""
        return self.days.late_by(self.due, self.stopped_on or on)


def clock_of(events: Iterable[RequestEvent], days: WorkingDays) -> RequestClock:
    """Return the clock of a request from all of its events, whether corrected or not."""
    valid = in_force(events)
    received_on = next(each.happened_on for each in valid if each.kind == Kind.RECEIVED)
    limits = days.act.limits
    clarify_by = days.due(received_on, limits.clarify)
    may_restart = received_on >= limits.clarify_since
    asked_early, starts_on = False, received_on
    for each in valid:
        if each.kind == Kind.CLARIFICATION_SOUGHT:
            asked_early = asked_early or each.happened_on <= clarify_by
        elif each.kind == Kind.CLARIFICATION_RECEIVED and asked_early and may_restart:
            asked_early, starts_on = False, each.happened_on
    extensions = [each.due_on for each in valid if each.kind == Kind.EXTENDED]
    stops = [each.happened_on for each in valid if each.kind in STOPS]
    told = told_on(valid)
    return RequestClock(
        days=days,
        received_on=received_on,
        starts_on=starts_on,
        extended_to=extensions[-1] if extensions else None,
        stopped_on=min([*stops, *([told] if told else [])], default=None),
        is_signed=told is not None,
        is_sent=any(each.kind == Kind.DECISION_SENT for each in valid),
    )
