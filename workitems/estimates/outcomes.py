"""The dates that agencies agreed to, what was known three months before each, and whether it was met.

Functions of the versions of a plan's records up to an instant. A milestone whose agreed date moved has
several dates. A date is met if the milestone is done on or before it, and missed if it passes before; one that
was moved away from is missed all the same, unless the milestone was done by then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeVar

from django.utils.timezone import localdate

from workitems.asat import end_of
from workitems.models.item import Stage
from workitems.standing import STALE_AFTER_DAYS

# When the signs of a date are looked at: early enough to do something about it.
LOOKED_AT_DAYS_BEFORE = 91
IN_DOUBT = ("at_risk", "off_track")
CLOSED_STAGES = (Stage.COMPLETE, Stage.WITHDRAWN)


class Sign(StrEnum):
    """What warns of a delay. A date has one: the first of these that applies."""

    EXPECTED_LATE = "expected_late"
    IN_DOUBT = "in_doubt"
    MOVED = "moved"
    NO_UPDATE = "no_update"
    NONE = "none"


class MilestoneVersion(NamedTuple):
    """A milestone from an instant on (seconds since 1970)."""

    at: int
    original: date
    original_known_to: str
    agreed: date
    agreed_known_to: str
    forecast: date
    completed: date | None
    withdrawn: date | None
    responsible: int
    item: int


class ItemVersion(NamedTuple):
    at: int
    stage: str
    confidence: str
    reviewer_confidence: str
    heard_on: date | None


class DelayVersion(NamedTuple):
    at: int
    cause: str
    ended_on: date | None


Version = TypeVar("Version", MilestoneVersion, ItemVersion, DelayVersion)


@dataclass(frozen=True)
class Record:
    """All that was recorded of a plan's dates by an instant on the day `on`, oldest versions first.

    `adopted` is when the plan was adopted; agreed dates before it were drafts. `delays` are by milestone. `items` may
    lack versions that no date's signs or outcome is taken from.
    """

    on: date
    adopted: int
    milestones: Mapping[int, Sequence[MilestoneVersion]] = field(repr=False)
    items: Mapping[int, Sequence[ItemVersion]] = field(repr=False)
    delays: Mapping[int, Sequence[Sequence[DelayVersion]]] = field(repr=False)


class Signs(NamedTuple):
    """What was known of a date. `moves` counts how often it had moved, `silent_days` the days since the last
    accepted update, or since the item was recorded. `cause` is that of an open delay, or empty."""

    sign: Sign
    confidence: str
    reviewer_confidence: str
    moves: int
    silent_days: int
    cause: str


class AgreedDate(NamedTuple):
    """A date of a milestone. `was_met` is None if that is not known yet, or nothing was due any more.

    `signs` of a date that has come are those of three months before, or None if it was recorded when it had
    passed; those of an open milestone's date that is still to come are of now.
    """

    milestone: int
    item: int
    responsible: int
    due: date
    known_to: str
    done_on: date | None
    was_met: bool | None
    signs: Signs | None


def until(record: Record, on: date) -> Record:
    """Return what had been recorded by the end of a day."""
    end = instant_after(on)
    return Record(
        on,
        record.adopted,
        {pk: kept for pk, rows in record.milestones.items() if (kept := _before(end, rows))},
        {pk: said for pk, rows in record.items.items() if (said := _before(end, rows))},
        {
            pk: found
            for pk, delays in record.delays.items()
            if (found := [cut for delay in delays if (cut := _before(end, delay))])
        },
    )


def _before(end: int, versions: Sequence[Version]) -> list[Version]:
    return [row for row in versions if row.at < end]


@cache
def instant_after(day: date) -> int:
    """Return the first second after a day in New Zealand."""
    return int(end_of(day).timestamp())


@cache
def day_of(seconds: int) -> date:
    return localdate(datetime.fromtimestamp(seconds, UTC))


def outcome(
    due: date, last: MilestoneVersion, items: Sequence[ItemVersion], on: date
) -> bool | None:
    """Return whether a date was met, as known on a day. None: the date is still to come, or nothing was due any
    more, because the milestone was withdrawn or its item closed by then.

    A milestone done early counts when its date has come. If it counted at once, while those that are not done
    wait for their dates, too many would look met.
    """
    if due >= on:
        return None
    if last.completed is not None and last.completed <= due:
        return True
    return None if _closed_by(due, last, items) else False


def _closed_by(due: date, last: MilestoneVersion, items: Sequence[ItemVersion]) -> bool:
    if last.withdrawn is not None and last.withdrawn <= due:
        return True
    closed = None
    for version in reversed(items):
        if version.stage not in CLOSED_STAGES:
            break
        closed = version.at
    return closed is not None and day_of(closed) <= due


def agreed_dates(record: Record) -> list[AgreedDate]:
    """Return the dates of all milestones, by due date."""
    found = [
        row for pk, versions in record.milestones.items() for row in _dates_of(pk, versions, record)
    ]
    return sorted(found, key=lambda row: (row.due, row.milestone))


def _dates_of(
    pk: int, versions: Sequence[MilestoneVersion], record: Record
) -> Iterator[AgreedDate]:
    last = versions[-1]
    items = record.items.get(last.item, ())
    spans = _spans(versions, record.adopted)
    is_open = last.completed is None and last.withdrawn is None
    is_open = is_open and not (items and items[-1].stage in CLOSED_STAGES)
    for place, (due, known_to, own) in enumerate(spans):
        is_last = place == len(spans) - 1
        met = outcome(due, last, items, record.on)
        signs = None
        if own and met is not None:
            signs = _signs_before(pk, due, own, place, record)
        elif is_last and is_open and due > record.on:
            signs = signs_at(pk, last, place, record, instant_after(record.on) - 1)
        yield AgreedDate(pk, last.item, last.responsible, due, known_to, last.completed, met, signs)


def _spans(
    versions: Sequence[MilestoneVersion], adopted: int
) -> list[tuple[date, str, Sequence[MilestoneVersion]]]:
    """Return each date of a milestone with its versions. An original date that was moved before the record
    has none."""
    if len(versions) > 1:
        since = max((n for n, row in enumerate(versions) if row.at <= adopted), default=0)
        versions = versions[since:]
    first = versions[0]
    begun = [n for n, row in enumerate(versions) if n == 0 or row.agreed != versions[n - 1].agreed]
    spans = [
        (versions[n].agreed, versions[n].agreed_known_to, versions[n:end])
        for n, end in zip(begun, [*begun[1:], len(versions)], strict=True)
    ]
    if first.original != first.agreed:
        spans.insert(0, (first.original, first.original_known_to, []))
    return spans


def items_looked_at(
    milestones: Iterable[Sequence[MilestoneVersion]], adopted: int, on: date
) -> set[tuple[int, int]]:
    """Return the items, each with an instant, whose version then is needed for the signs of milestones' dates."""
    now = instant_after(on) - 1
    found = set()
    for versions in milestones:
        found.add((versions[-1].item, now))
        for due, _, own in _spans(versions, adopted):
            if due < on and own and (looked := _looked_at(due, own)) is not None:
                found.add((looked[0].item, looked[1]))
    return found


def _signs_before(
    pk: int, due: date, own: Sequence[MilestoneVersion], moves: int, record: Record
) -> Signs | None:
    found = _looked_at(due, own)
    return signs_at(pk, found[0], moves, record, found[1]) if found else None


def _looked_at(due: date, own: Sequence[MilestoneVersion]) -> tuple[MilestoneVersion, int] | None:
    """Return the version whose signs count for a date, and the instant: three months before, or when the date
    was set if that is later. A milestone that was done by then counts as it was before."""
    looked_at = max(own[0].at, instant_after(due - timedelta(days=LOOKED_AT_DAYS_BEFORE)) - 1)
    if looked_at >= instant_after(due):
        return None
    stood = [row for row in own if row.at <= looked_at and row.completed is None]
    if not stood:
        return None
    after = own.index(stood[-1]) + 1
    if after < len(own):
        looked_at = min(looked_at, max(own[after].at - 1, stood[-1].at))
    return stood[-1], looked_at


def signs_at(pk: int, version: MilestoneVersion, moves: int, record: Record, at: int) -> Signs:
    """Return the signs of a milestone at an instant."""
    on = day_of(at)
    versions = record.items.get(version.item, ())
    item = _standing_at(versions, at)
    causes = [
        row.cause
        for delay in record.delays.get(pk, ())
        if (row := _last_by(delay, at)) is not None and (row.ended_on is None or row.ended_on > on)
    ]
    confidence = item.confidence if item else ""
    reviewer = item.reviewer_confidence if item else ""
    heard = item.heard_on if item and item.heard_on and item.heard_on <= on else None
    since = heard or (day_of(versions[0].at) if versions else on)
    silent = max(0, (on - since).days)
    if version.forecast > version.agreed:
        sign = Sign.EXPECTED_LATE
    elif confidence in IN_DOUBT or reviewer in IN_DOUBT:
        sign = Sign.IN_DOUBT
    elif moves:
        sign = Sign.MOVED
    elif silent > STALE_AFTER_DAYS:
        sign = Sign.NO_UPDATE
    else:
        sign = Sign.NONE
    return Signs(sign, confidence, reviewer, moves, silent, causes[-1] if causes else "")


def _last_by(versions: Sequence[Version], at: int) -> Version | None:
    found = None
    for row in versions:
        if row.at > at:
            break
        found = row
    return found


def _standing_at(versions: Sequence[ItemVersion], at: int) -> ItemVersion | None:
    """Return an item's version at an instant, or its first if it was recorded later."""
    return _last_by(versions, at) or (versions[0] if versions else None)
