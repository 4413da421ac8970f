"""Seats: given, covered for a time, ended, or withdrawn before they held for a day."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agencies import history
from agencies.models import Agency, Seat, User

Role = Seat.Role

# What nobody in an agency can do any more when the last seat of the role is gone.
LOST_WITH_THE_LAST = {
    Role.APPROVER: "submit its return or look after its seats",
    Role.COORDINATOR: "open rounds, accept returns or write the briefing",
}


class SeatRefused(Exception):
    """The message is written for the person at the screen. `field` names the form field at fault."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NobodyLeft(SeatRefused):
    """The last seat of its kind in the agency. May be ended all the same, once confirmed."""


@transaction.atomic
def give_seat(
    *,
    user: User,
    agency: Agency,
    role: Seat.Role,
    from_on: date,
    to_on: date | None = None,
    by: User | None,
    reason: str = "",
    actor: str = "",
) -> Seat:
    """Seat a person in an agency from a day on, until `to_on` (its last day) if given.

    `actor` names a command that does it without a person.

    Refused with `SeatRefused` where the person holds the same seat for part of that time, where
    the period is upside down, or where the agency does not exist on the first day.
    """
    # The person's row is the lock: two grants to one person wait for each other.
    User.objects.select_for_update().get(pk=user.pk)
    check_period(agency, from_on, to_on)
    others = Seat.objects.filter(user=user, agency=agency, role=role)
    if others.during(from_on, to_on).exists():
        raise SeatRefused(
            f"{user} already is {role.label.lower()} at {agency} for part of that time."
        )
    seat = Seat(user=user, agency=agency, role=role, from_on=from_on, to_on=to_on)
    return history.save(seat, by=by, reason=reason, actor=actor)


def check_period(agency: Agency, from_on: date, to_on: date | None) -> None:
    if to_on is not None and to_on < from_on:
        raise SeatRefused(f"The seat would end on {to_on:%-d %B %Y}, before it begins.", "to_on")
    if not agency.exists_on(from_on):
        raise SeatRefused(f"{agency} does not exist on {from_on:%-d %B %Y}.", "from_on")


@transaction.atomic
def cover_leave(
    *,
    user: User,
    agency: Agency,
    role: Seat.Role,
    from_on: date,
    to_on: date,
    by: User,
    reason: str,
    today: date,
) -> Seat:
    """Seat somebody of the agency in a second role for a time.

    Asked twice for the very same, it gives one seat. Refused with `SeatRefused` where the first
    day has gone by, where the person has no seat there today, and as `give_seat` refuses.
    """
    # The person's row is the lock, as in giving: the second of two clicks finds the first's seat.
    User.objects.select_for_update().get(pk=user.pk)
    if from_on < today:
        raise SeatRefused("Cover begins today or later.", "from_on")
    held = Seat.objects.filter(user=user, agency=agency)
    if not held.on(today).exists():
        raise SeatRefused(f"{user} has no seat at {agency} today. Invite them instead.", "user")
    same = held.filter(role=role, from_on=from_on, to_on=to_on, withdrawn_at=None).first()
    return same or give_seat(
        user=user, agency=agency, role=role, from_on=from_on, to_on=to_on, by=by, reason=reason
    )


@transaction.atomic
def end_seat(*, seat: Seat, on: date, by: User | None, reason: str, confirmed: bool = True) -> Seat:
    """Make `on` the last day of a seat. The row stays as the record of who sat there.

    Needs a reason. Yesterday is the latest day that takes the rights away at once. Refused with
    `SeatRefused` before the seat began, or where it has ended by then already; with `NobodyLeft`,
    unless `confirmed`, where the agency would have no other approver or coordinator.
    """
    seat = _locked(seat)
    if seat.withdrawn_at is not None:
        raise SeatRefused("The seat was withdrawn already.")
    if on < seat.from_on:
        raise SeatRefused(
            f"The seat began on {seat.from_on:%-d %B %Y}; it cannot end before.", "on"
        )
    if seat.to_on is not None and seat.to_on <= on:
        raise SeatRefused(f"The seat already ended on {seat.to_on:%-d %B %Y}.", "on")
    if not reason:
        raise SeatRefused("Say why the seat ends.", "reason")
    if not confirmed:
        _refuse_to_leave_nobody(seat, on + timedelta(days=1), by)
    seat.to_on = on
    return history.save(seat, by=by, reason=reason, fields=["to_on"])


@transaction.atomic
def end_seat_at_once(
    *, seat: Seat, by: User, reason: str, at: datetime, confirmed: bool = True
) -> Seat:
    """Take a seat's rights away now: yesterday was its last day, or it is withdrawn.

    Withdrawn is a seat that has not held for a whole day yet: it begins today or later. Asked
    twice, it ends once. Refused as `end_seat` refuses.
    """
    seat = _locked(seat)
    today = timezone.localdate(at)
    if seat.withdrawn_at is not None or (seat.to_on is not None and seat.to_on < today):
        return seat
    if seat.from_on < today:
        return end_seat(
            seat=seat, on=today - timedelta(days=1), by=by, reason=reason, confirmed=confirmed
        )
    if not reason:
        raise SeatRefused("Say why the seat ends.", "reason")
    if not confirmed:
        _refuse_to_leave_nobody(seat, seat.from_on, by)
    seat.withdrawn_at = at
    return history.save(seat, by=by, reason=reason, fields=["withdrawn_at"])


def _locked(seat: Seat) -> Seat:
    # The agency's row first: two people who end each other's seat must not leave it empty.
    Agency.objects.select_for_update().get(pk=seat.agency_id)
    rows = Seat.objects.select_for_update(of=("self",)).select_related("user", "agency")
    locked: Seat = rows.get(pk=seat.pk)
    return locked


def _refuse_to_leave_nobody(seat: Seat, first_day_without: date, by: User | None) -> None:
    role = Role(seat.role)
    if role not in LOST_WITH_THE_LAST or not seat.agency.exists_on(first_day_without):
        return
    others = Seat.objects.on(first_day_without).filter(
        agency=seat.agency, role=role, user__is_active=True
    )
    if others.exclude(pk=seat.pk).exists():
        return
    own = " The seat is your own, so you could not mend that yourself." if seat.user == by else ""
    raise NobodyLeft(
        f"From {first_day_without:%-d %B %Y} {seat.agency} would have no {role.label.lower()}: "
        f"nobody there could {LOST_WITH_THE_LAST[role]}.{own}",
        "confirmed",
    )
