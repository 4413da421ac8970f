"""Who looks after places only because somebody gave them that role: they are no second person to that somebody.

A coordinator who seats helpers as coordinators or approvers, and lets them seat or confirm a signatory, would otherwise
sign their own paper with several accounts.
"""

from django.utils import timezone

from agencies.models import Seat, User

# With which people give and confirm roles.
MANAGING_ROLES = (Seat.Role.APPROVER, Seat.Role.COORDINATOR)


def is_second_person(user: User, seat: Seat) -> bool:
    """Return whether this is another person than who gave a seat and who holds it, and not made by the same people."""
    first = {seat.user_id}
    if seat.given_by is not None:
        first |= {seat.given_by.pk} | makers_of(seat.given_by)
    return user.pk not in first and not makers_of(user) & first


def makers_of(person: User, seen: frozenset[int] = frozenset()) -> set[int]:
    """Return who gave this person the roles with which they give and confirm others, and who gave those people theirs.

    Nobody, if one of today's roles was confirmed by a second person or comes from elsewhere: an administrator's are none,
    and whoever approved for an agency before the first round was opened, did so from the setting up.
    """
    if person.is_superuser:
        return set()
    today, found = timezone.localdate(), set()
    seats = Seat.objects.filter(user=person.pk, role__in=MANAGING_ROLES).select_related("given_by")
    current = {seat.pk for seat in seats.on(today)}
    for seat in seats:
        makers = _makers(seat, seen | {person.pk})
        if not makers and seat.pk in current:
            return set()
        found |= makers
    return found - {person.pk}


def _makers(seat: Seat, seen: frozenset[int]) -> set[int]:
    giver = None if seat.confirmed_at is not None else seat.given_by or _who_gave(seat)
    if giver is None or giver.is_superuser:
        return set()
    found = set() if giver.pk in seen else makers_of(giver, seen)
    is_recorded = seat.given_by_id is not None or seat.role == Seat.Role.COORDINATOR
    return {giver.pk, *found} if is_recorded else found


def _who_gave(seat: Seat) -> User | None:
    """Return who invited the person to the seat or, without an invitation, who gave it."""
    invitation = getattr(seat, "invitation", None)
    first = (invitation or seat).history.select_related("history_user").earliest()
    giver: User | None = first.history_user
    return giver
