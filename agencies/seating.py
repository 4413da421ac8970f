"""An agency's seats on a day, and their history as sentences. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from agencies.models import Agency, Invitation, Seat

Role = Seat.Role
MAX_ENTRIES = 50


@dataclass(frozen=True)
class Seating:
    """Current, future and past seats on a day. Past seats are newest first."""

    now: list[Seat] = field(default_factory=list)
    to_come: list[Seat] = field(default_factory=list)
    before: list[Seat] = field(default_factory=list)

    @property
    def has_approver(self) -> bool:
        return any(seat.role == Role.APPROVER and seat.user.is_active for seat in self.now)


def seating_of(agency: Agency, on: date) -> Seating:
    """Return the agency's seats on a day, in the order of `Seat.Role` and then by name. One query."""
    seating = Seating()
    order = list(Role.values)
    seats = agency.seats.select_related("user")
    for seat in sorted(seats, key=lambda seat: (order.index(seat.role), seat.user.name)):
        if seat.withdrawn_at is not None or (seat.to_on is not None and seat.to_on < on):
            seating.before.append(seat)
        elif seat.from_on > on:
            seating.to_come.append(seat)
        else:
            seating.now.append(seat)
    seating.before.sort(key=lambda seat: seat.to_on or seat.from_on, reverse=True)
    return seating


@dataclass(frozen=True)
class Entry:
    """One event: `at` in New Zealand local time, `who` with the name they had then."""

    at: datetime
    who: str
    what: str
    why: str


def history_of(agency: Agency) -> list[Entry]:
    """Return the latest events of the agency's seats and invitations, newest first. Two queries."""
    seats = Seat.history.filter(agency=agency).select_related("user")
    invitations = Invitation.history.filter(agency=agency)
    entries = [*_entries(seats, _seat), *_entries(invitations, _invitation)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MAX_ENTRIES]


def _entries(rows: Any, sentence: Any) -> Iterator[Entry]:
    before: dict[int, Any] = {}
    for row in rows.order_by("history_date", "history_id"):
        what = sentence(before.get(row.id), row)
        before[row.id] = row
        if what:
            yield Entry(
                at=timezone.localtime(row.history_date),
                who=row.history_actor or "Somebody",
                what=what,
                why=row.history_change_reason or "",
            )


def _seat(was: Any, now: Any) -> str:
    name = f"{now.user.name} as {Role(now.role).label.lower()}"
    if was is None:
        until = f" to {now.to_on:%-d %B %Y}" if now.to_on else ""
        given = (
            f"took the seat of {Role(now.role).label.lower()}"
            if now.history_user_id == now.user_id
            else f"seated {name}"
        )
        return f"{given}, from {now.from_on:%-d %B %Y}{until}."
    if now.withdrawn_at and not was.withdrawn_at:
        return f"withdrew the seat of {name}."
    if now.to_on != was.to_on and now.to_on:
        return f"ended the seat of {name}, last day {now.to_on:%-d %B %Y}."
    return f"changed the seat of {name}."


def _invitation(was: Any, now: Any) -> str:
    """Return the sentence, or "" for an acceptance, which the seat's own entry reports."""
    name = f"{now.name} ({now.email})"
    if was is None:
        return f"invited {name} to be {Role(now.role).label.lower()}."
    if now.withdrawn_at and not was.withdrawn_at:
        return f"withdrew the invitation to {name}."
    if now.failed_at and not was.failed_at:
        return f"did not take the letter to {name}."
    return f"sent the invitation to {name} again." if now.sent_at != was.sent_at else ""
