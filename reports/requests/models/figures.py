"""Figures of a period, as agencies publish them each half-year, from the events of their requests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reports.requests.law.working_days import WorkingDays
from reports.requests.models.request import InformationRequest, RequestEvent, in_force, told_on
from reports.requests.models.request_clock import clock_of

Kind = RequestEvent.Kind


@dataclass(frozen=True)
class Figures:
    """Requests of a period. `completed` were decided in it; the rest but the complaints are of these.

    `average` is the mean number of working days from receipt to decision, or None.
    """

    completed: int = 0
    on_time: int = 0
    average: Fraction | None = None
    extended: int = 0
    refused: int = 0
    transferred: int = 0
    transferred_in_part: int = 0
    complaints: int = 0


def half_year(day: date) -> tuple[date, date]:
    """Return the first and last day of the half-year of a day: from January, or from July."""
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year, 7, 1), date(day.year, 12, 31)


def figures_of(
    requests: Iterable[InformationRequest], days: WorkingDays, *, first: date, last: date
) -> Figures:
    """Return the figures of a period. The requests are loaded `for_list`, of all periods.

    A transfer and a complaint count in the period in which they happened. What an agency releases of
    its own accord does not count.
    """
    taken: list[int] = []
    on_time = extended = refused = transferred = in_part = complaints = 0
    for request in requests:
        if request.is_own_initiative:
            continue
        events = in_force(request.events.all())
        within = [each for each in events if first <= each.happened_on <= last]
        kinds = {each.kind for each in within}
        complaints += sum(each.kind == Kind.COMPLAINT_RECEIVED for each in within)
        transferred += Kind.TRANSFERRED in kinds
        in_part += Kind.TRANSFERRED_IN_PART in kinds
        decided = next((each for each in events if each.kind == Kind.DECISION_NOTIFIED), None)
        told = told_on(events)
        if decided is None or told is None or not first <= told <= last:
            continue
        clock = clock_of(events, days)
        taken.append(days.day_number(clock.starts_on, told))
        on_time += days.late_by(clock.due, told) == 0
        extended += clock.extended_to is not None
        refused += decided.outcome == RequestEvent.Outcome.REFUSED
    return Figures(
        completed=len(taken),
        on_time=on_time,
        average=Fraction(sum(taken), len(taken)) if taken else None,
        extended=extended,
        refused=refused,
        transferred=transferred,
        transferred_in_part=in_part,
        complaints=complaints,
    )
