"""How things stand on a given day: lateness, freshness, and why an item needs attention.

Pure: rows (or anything with the same attributes) and a day go in, answers come out. Nothing here
asks the database or the clock. All lengths are calendar days; days are New Zealand local dates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

DUE_SOON_DAYS = 30
# Returns come twice a year; words older than that are stale, older than a quarter ageing.
AGEING_AFTER_DAYS = 92
STALE_AFTER_DAYS = 184


def days_in_words(count: int) -> str:
    """ "1 day", "1,092 days"."""
    return f"{count:,} {'day' if count == 1 else 'days'}"


class MilestoneLike(Protocol):
    """What is asked of a milestone."""

    description: str
    original_due: date
    agreed_due: date
    forecast_due: date
    completed_on: date | None
    withdrawn_on: date | None


class DelayLike(Protocol):
    found_on: date
    ended_on: date | None
    times_moved: int


class Late(StrEnum):
    """How a milestone stands against its agreed date. Worst first in `LATE_ORDER`."""

    OVERDUE = "overdue"
    SLIPPING = "slipping"
    DUE_SOON = "due_soon"
    ON_TIME = "on_time"
    DONE_LATE = "done_late"
    DONE = "done"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            Late.OVERDUE: "Overdue",
            Late.SLIPPING: "Expected late",
            Late.DUE_SOON: "Due soon",
            Late.ON_TIME: "On time",
            Late.DONE_LATE: "Done late",
            Late.DONE: "Done",
            Late.WITHDRAWN: "Withdrawn",
        }[self]


LATE_ORDER = tuple(Late)


@dataclass(frozen=True)
class Lateness:
    """`days` is how late: past the agreed date (overdue, done late) or expected past it."""

    state: Late
    days: int = 0
    due: date | None = None

    @property
    def is_late(self) -> bool:
        return self.state in (Late.OVERDUE, Late.SLIPPING)

    @property
    def words(self) -> str:
        """ "Overdue by 12 days", "Expected 1 day late", "Done 3 days late", or the label alone."""
        length = days_in_words(self.days)
        if self.state == Late.OVERDUE:
            return f"Overdue by {length}"
        if self.state == Late.SLIPPING:
            return f"Expected {length} late"
        if self.state == Late.DONE_LATE:
            return f"Done {length} late"
        return self.state.label


def milestone_lateness(milestone: MilestoneLike, on: date) -> Lateness:
    """How a milestone stands against its agreed date on the day.

    Done after the agreed date is "done late". Open past it is overdue. Open, not past it, but
    forecast after it is slipping. A completion after `on` had not yet happened on that day.
    """
    due = milestone.agreed_due
    if milestone.withdrawn_on is not None and milestone.withdrawn_on <= on:
        return Lateness(Late.WITHDRAWN, due=due)
    if milestone.completed_on is not None and milestone.completed_on <= on:
        days = (milestone.completed_on - due).days
        return Lateness(Late.DONE_LATE, days, due) if days > 0 else Lateness(Late.DONE, due=due)
    if due < on:
        return Lateness(Late.OVERDUE, (on - due).days, due)
    if milestone.forecast_due > due:
        return Lateness(Late.SLIPPING, (milestone.forecast_due - due).days, due)
    if due <= on + timedelta(days=DUE_SOON_DAYS):
        return Lateness(Late.DUE_SOON, due=due)
    return Lateness(Late.ON_TIME, due=due)


def item_lateness(milestones: Sequence[MilestoneLike], on: date) -> Lateness:
    """An item is as late as its worst milestone; among equals, the one that is later by more."""
    found = [milestone_lateness(milestone, on) for milestone in milestones]
    if not found:
        return Lateness(Late.ON_TIME)
    return min(found, key=lambda late: (LATE_ORDER.index(late.state), -late.days))


def next_due(milestones: Sequence[MilestoneLike], on: date) -> date | None:
    """The earliest agreed date of a milestone that is open on the day."""
    return min(
        (
            milestone.agreed_due
            for milestone in milestones
            if not (milestone.completed_on and milestone.completed_on <= on)
            and not (milestone.withdrawn_on and milestone.withdrawn_on <= on)
        ),
        default=None,
    )


def span(milestones: Sequence[MilestoneLike], on: date) -> tuple[date, date]:
    """The first and the last of the day and all dates, so that milestones share one scale."""
    days = [on]
    for milestone in milestones:
        days += [milestone.original_due, milestone.agreed_due, milestone.forecast_due]
        days += [milestone.completed_on] if milestone.completed_on else []
    return min(days), max(days)


class Fresh(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True)
class Freshness:
    """Age in days of the last accepted update."""

    state: Fresh
    days: int | None = None

    @property
    def words(self) -> str:
        if self.days is None:
            return "No accepted update yet"
        if self.days == 0:
            return "Updated today"
        months = self.days // 30
        if months >= 2:
            return f"Updated {months} months ago"
        return f"Updated {days_in_words(self.days)} ago"


def freshness(heard_on: date | None, on: date) -> Freshness:
    if heard_on is None or heard_on > on:
        return Freshness(Fresh.NEVER)
    days = (on - heard_on).days
    if days > STALE_AFTER_DAYS:
        return Freshness(Fresh.STALE, days)
    return Freshness(Fresh.AGEING if days > AGEING_AFTER_DAYS else Fresh.FRESH, days)


@dataclass(frozen=True)
class Reason:
    """Why an item needs attention: a rank (lower is more urgent) and a sentence."""

    rank: int
    words: str


@dataclass(frozen=True)
class ItemFacts:
    """What `attention` needs to know of an item. `delays` pairs each with its mitigations' count."""

    is_live: bool
    is_key: bool
    confidence: str
    reviewer_confidence: str
    heard_on: date | None
    starts_on: date | None
    milestones: Sequence[MilestoneLike]
    delays: Sequence[tuple[DelayLike, int]] = ()
    variations_pending: int = 0


def attention(item: ItemFacts, on: date) -> list[Reason]:
    """Why an item needs the working group's attention on the day, most urgent reason first.

    Ranks: 1 overdue without a mitigation, 2 overdue, 3 slipped again, 4 off track,
    5 expected late, 6 agency and reviewer differ, 7 a variation waits, 8 stale. A key item does
    not change a reason's rank; callers may put key items first among equals.
    """
    if not item.is_live:
        return []
    reasons = []
    open_delays = [
        (delay, mitigations)
        for delay, mitigations in item.delays
        if delay.found_on <= on and (delay.ended_on is None or delay.ended_on > on)
    ]
    mitigated = any(mitigations for _, mitigations in open_delays)
    late = item_lateness(item.milestones, on)
    if late.state == Late.OVERDUE:
        reasons.append(
            Reason(2, f"{late.words}.")
            if mitigated
            else Reason(1, f"{late.words}, and no mitigation is recorded.")
        )
    moved = max((delay.times_moved for delay, _ in open_delays), default=0)
    if moved > 1:
        reasons.append(Reason(3, f"Its date has moved {moved} times."))
    if item.confidence == "off_track":
        reasons.append(Reason(4, "Its agency says it is off track."))
    if late.state == Late.SLIPPING:
        reasons.append(Reason(5, f"{late.words}."))
    if item.confidence and item.reviewer_confidence and item.confidence != item.reviewer_confidence:
        reasons.append(Reason(6, "The reviewer is of another mind than the agency."))
    if item.variations_pending:
        count = item.variations_pending
        reasons.append(
            Reason(
                7,
                "A variation waits for a decision."
                if count == 1
                else f"{count} variations wait for a decision.",
            )
        )
    fresh = freshness(item.heard_on, on)
    started = item.starts_on is None or item.starts_on <= on
    if started and fresh.state == Fresh.STALE:
        reasons.append(Reason(8, f"No word for {fresh.days:,} days."))
    return sorted(reasons, key=lambda reason: reason.rank)
