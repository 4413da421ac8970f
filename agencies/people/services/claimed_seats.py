"""Accounts and seats that an organisation's own sign-in gives by its claims."""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat, User
from agencies.people.services.seats import SeatRefused, end_seat_at_once, give_seat
from agencies.records import history

log = structlog.get_logger(__name__)

# How the reason of a seat begins that was given by a claim.
CLAIMED = "By the sign-in of "


def open_account(*, email: str, name: str, source: str) -> User:
    """Open the account of a person without a password here, who signs in at `source`."""
    user = User(email=email.lower(), name=name[:150])
    user.set_unusable_password()
    return history.save(user, by=None, actor=source, reason=f"{CLAIMED}{source}.")


@transaction.atomic
def close_account_of(user: User, *, source: str, at: datetime) -> User:
    """Close the account of a person who left, as their organisation says, and end the seats that its claims gave.

    Seats that people gave stay, without use, as for every closed account. An account that is closed already stays as it is.
    """
    match_seats(user=user, wanted=set(), source=source, at=at)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        user.is_active = False
        user.version += 1
        reason = f"{source} says that the person left."
        history.save(
            user, by=None, actor=source, at=at, reason=reason, fields=["is_active", "version"]
        )
    return user


@transaction.atomic
def match_seats(*, user: User, wanted: set[tuple[str, str]], source: str, at: datetime) -> None:
    """Give the person the seats (agency's short name, role) that their claims name, and end those
    that earlier claims gave and these do not name. Seats that people gave do not change.

    A seat that cannot be given or ended is logged, and the person signs in without the change.
    """
    today = timezone.localdate(at)
    current = Seat.objects.on(today).filter(user=user, agency__isnull=False)
    held = {(seat.agency.short_name, seat.role): seat for seat in current.select_related("agency")}
    there = Agency.objects.valid_on(today)
    for short_name, role in sorted(wanted - set(held)):
        agency = there.filter(short_name=short_name).first()
        try:
            if agency is None or role not in Seat.Role.values:
                raise SeatRefused(
                    _("There is no {agency}, or no role {role}.").format(
                        agency=short_name, role=role
                    )
                )
            give_seat(
                user=user,
                place=agency,
                role=Seat.Role(role),
                from_on=today,
                by=None,
                actor=source,
                reason=f"{CLAIMED}{source}.",
            )
        except SeatRefused:
            log.warning("claimed_seat_not_given", user_id=user.pk, role=role)
    for seat in (held[each] for each in sorted(set(held) - wanted)):
        if (seat.history.earliest().history_change_reason or "").startswith(CLAIMED):
            reason = f"No longer named by the sign-in of {source}."
            end_seat_at_once(seat=seat, by=None, at=at, reason=reason)
    # The permissions of this very request.
    user.__dict__.pop("current_seats", None)
