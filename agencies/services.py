"""Everything that can happen to seats. The only code that writes one outside the admin."""

from datetime import date

from django.db import transaction

from agencies import history
from agencies.models import Agency, Seat, User


class SeatRefused(Exception):
    """The message is written for the person at the screen."""


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
) -> Seat:
    """Seat a person in an agency from a day on, until `to_on` (its last day) if given.

    Refused with `SeatRefused` where the person holds the same seat for part of that time, where
    the period is upside down, or where the agency does not exist on the first day.
    """
    # The person's row is the lock: two grants to one person wait for each other.
    User.objects.select_for_update().get(pk=user.pk)
    if to_on is not None and to_on < from_on:
        raise SeatRefused(f"The seat would end on {to_on:%-d %B %Y}, before it begins.")
    if not agency.exists_on(from_on):
        raise SeatRefused(f"{agency} does not exist on {from_on:%-d %B %Y}.")
    others = Seat.objects.filter(user=user, agency=agency, role=role)
    if others.during(from_on, to_on).exists():
        raise SeatRefused(
            f"{user} already is {role.label.lower()} at {agency} for part of that time."
        )
    seat = Seat(user=user, agency=agency, role=role, from_on=from_on, to_on=to_on)
    return history.save(seat, by=by, reason=reason)


@transaction.atomic
def end_seat(*, seat: Seat, on: date, by: User | None, reason: str) -> Seat:
    """Make `on` the last day of a seat. The row stays as the record of who sat there.

    Needs a reason. Yesterday is the latest day that takes the rights away at once. Refused with
    `SeatRefused` before the seat began, or where it has ended by then already.
    """
    seat = Seat.objects.select_for_update().select_related("user", "agency").get(pk=seat.pk)
    if on < seat.from_on:
        raise SeatRefused(f"The seat began on {seat.from_on:%-d %B %Y}; it cannot end before.")
    if seat.to_on is not None and seat.to_on <= on:
        raise SeatRefused(f"The seat already ended on {seat.to_on:%-d %B %Y}.")
    if not reason:
        raise SeatRefused("Say why the seat ends.")
    seat.to_on = on
    return history.save(seat, by=by, reason=reason, fields=["to_on"])
