"""The seats of an agency or an office on a day, and their history as sentences. Reads only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Invitation, Place, Seat, Unit, User, columns_of
from agencies.wording.translation import day_words

Role = Seat.Role
MAX_ENTRIES = 50
# What waits for a person, as sentences: functions of other apps, which register in `AppConfig.ready`.
TO_DO: list[Callable[[User, date], list[str]]] = []
# How the reason of a seat begins that was offered by an invitation.
INVITED_BY = "Invited by "


@dataclass(frozen=True)
class Seating:
    """Current, future and past seats on a day. Past seats are newest first."""

    on: date
    now: list[Seat] = field(default_factory=list)
    to_come: list[Seat] = field(default_factory=list)
    before: list[Seat] = field(default_factory=list)

    @property
    def has_contributor(self) -> bool:
        return any(seat.role == Role.CONTRIBUTOR and seat.user.is_active for seat in self.now)

    @property
    def has_approver(self) -> bool:
        return any(
            seat.role == Role.APPROVER and seat.user.is_active and not seat.is_waiting(self.on)
            for seat in self.now
        )


def seating_of(place: Place, on: date) -> Seating:
    """Return the place's seats on a day, in the order of `Seat.Role` and then by name. One query, and one for those that
    ended."""
    seating = Seating(on)
    order = list(Role.values)
    seats = Seat.objects.filter(**columns_of(place)).select_related("user", "unit", "given_by")
    for seat in sorted(seats, key=lambda seat: (order.index(seat.role), seat.user.name)):
        if seat.is_over(on):
            seating.before.append(seat)
        elif seat.from_on > on:
            seating.to_come.append(seat)
        else:
            seating.now.append(seat)
    seating.before.sort(key=lambda seat: seat.to_on or seat.from_on, reverse=True)
    ended_on = place.valid_to if isinstance(place, Agency) else None
    _set_last_days(seating.before, ended_on)
    return seating


def _set_last_days(seats: list[Seat], ended_on: date | None) -> None:
    """Set `last_day` on the seats that ended: `to_on` or, of one that ended within a day, that day, as its last whole
    day is the one before.

    Nobody is at an agency after its own last day (`ended_on`).
    """
    last = {seat.pk: seat.to_on for seat in seats if seat.to_on and not seat.withdrawn_at}
    rows = Seat.history.filter(id__in=last).order_by("history_date", "history_id")
    found: dict[int, date] = {}
    for pk, to_on, at in rows.values_list("id", "to_on", "history_date") if last else ():
        if to_on == last[pk]:
            found.setdefault(pk, timezone.localdate(at))
    for seat in seats:
        if (day := seat.to_on) is None:
            continue
        if found.get(seat.pk) == day + timedelta(days=1):
            day += timedelta(days=1)
        seat.last_day = max(min(day, ended_on or day), seat.from_on)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Waiting:
    """What waits for whoever holds a seat, and who else holds the same role there."""

    to_do: list[str]
    others: list[str]


def waiting_for(seat: Seat, on: date) -> Waiting:
    """Return what waits for a person because of this seat alone."""
    person = User.objects.get(pk=seat.user_id)
    person.current_seats = [seat]
    same = Seat.objects.on(on).filter(role=seat.role, **columns_of(seat.place))
    others = same.filter(user__is_active=True).exclude(user=seat.user_id)
    return Waiting(
        [says for source in TO_DO for says in source(person, on)],
        list(others.order_by("user__name").values_list("user__name", flat=True).distinct()),
    )


@dataclass(frozen=True)
class Entry:
    """One event: `at` in New Zealand local time, `who` with the name they had then."""

    at: datetime
    who: str
    what: str
    why: str


def history_of(place: Place) -> list[Entry]:
    """Return the latest events of the place's seats, units and invitations, newest first. Three
    queries, two of an office."""
    here = columns_of(place)
    seats = Seat.history.filter(**here).select_related("user")
    invitations = Invitation.history.filter(**here)
    entries = [*entries_of(seats, _seat), *entries_of(invitations, _invitation)]
    if isinstance(place, Agency):
        entries += entries_of(Unit.history.filter(agency_id=place.pk), _unit)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MAX_ENTRIES]


def entries_of(rows: Any, sentence: Any) -> Iterator[Entry]:
    """Yield an entry for each history row that `sentence(was, now)` has words for, oldest first."""
    before: dict[int, Any] = {}
    for row in rows.order_by("history_date", "history_id"):
        what = sentence(before.get(row.id), row)
        before[row.id] = row
        if what:
            yield Entry(
                at=timezone.localtime(row.history_date),
                who=row.history_actor or _("A user"),
                what=what,
                why=row.history_change_reason or "",
            )


def _seat(was: Any, now: Any) -> str:
    name = _("{person} as {role}").format(person=now.user.name, role=Role(now.role).in_sentence)
    if was is None and now.history_type != "+" and now.portfolio:
        return _("moved the role of {name} here, from an agency.").format(name=name)
    if was is None and now.history_type == "+":
        if now.to_on:
            return _("{act}, from {first_day} to {date}.").format(
                act=_given(now, name), first_day=day_words(now.from_on), date=day_words(now.to_on)
            )
        return _("{act}, from {first_day}.").format(
            act=_given(now, name), first_day=day_words(now.from_on)
        )
    if now.withdrawn_at and not (was and was.withdrawn_at):
        return _("withdrew the role of {name}.").format(name=name)
    if now.confirmed_at and not (was and was.confirmed_at):
        return _("confirmed the role of {name}.").format(name=name)
    if was and now.unit_id != was.unit_id:
        return (
            _("put {name} in a unit.").format(name=name)
            if now.unit_id
            else _("took {name} out of their unit.").format(name=name)
        )
    if was and now.to_on != was.to_on and now.to_on:
        if now.to_on < timezone.localdate(now.history_date):
            return _("ended the role of {name} at once.").format(name=name)
        return _("ended the role of {name}, last day {day}.").format(
            name=name, day=day_words(now.to_on)
        )
    return _("changed the role of {name}.").format(name=name)


def _unit(was: Any, now: Any) -> str:
    if was is None:
        return _("added the unit {unit}, from {day}.").format(
            unit=now.name, day=day_words(now.from_on)
        )
    if now.name != was.name:
        return _("renamed the unit {old} to {new}.").format(old=was.name, new=now.name)
    if now.to_on == was.to_on:
        return ""
    return (
        _("ended the unit {unit}, last day {day}.").format(unit=now.name, day=day_words(now.to_on))
        if now.to_on
        else _("reopened the unit {unit}.").format(unit=now.name)
    )


def _given(now: Any, name: str) -> str:
    if now.history_user_id != now.user_id:
        return _("added {name}").format(name=name)
    role = Role(now.role).in_sentence
    if (now.history_change_reason or "").startswith(INVITED_BY):
        return _("accepted the invitation as {role}").format(role=role)
    return _("added themselves as {role}").format(role=role)


def _invitation(was: Any, now: Any) -> str:
    """Return the sentence, or "" for an acceptance, which the seat's own entry reports."""
    name = f"{now.name} ({now.email})"
    if was is None:
        return _("invited {name} to be {role}.").format(name=name, role=Role(now.role).in_sentence)
    if now.withdrawn_at and not was.withdrawn_at:
        return _("withdrew the invitation to {name}.").format(name=name)
    if now.failed_at and not was.failed_at:
        return _("did not accept the email to {name}.").format(name=name)
    return (
        _("sent the invitation to {name} again.").format(name=name)
        if now.sent_at != was.sent_at
        else ""
    )
