"""Roles with which people sign or submit: a second person confirms who holds them.

Nobody seats their own signatory unseen. Reads, and the rule; `agencies.people.services.seats` writes.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from agencies.models import Agency, Place, Seat, User, columns_of
from agencies.rules import has_role_in, is_second_person, makers_of
from agencies.wording.translation import list_in_words

SIGNING_ROLES = (Seat.Role.APPROVER, Seat.Role.AUTHORISING_MANAGER, Seat.Role.OIA_DECISION_MAKER)
# A seat that nobody else could confirm counts after so many days, Monday to Friday.
WORKING_DAYS = 3

# Who else looks after a place: functions of other apps, which register in `AppConfig.ready`.
OVERSEERS: list[Callable[[Place, date], Iterable[User]]] = []
# Whether the register is in use; before that, it is set up without waiting.
IN_USE: list[Callable[[datetime | None], bool]] = []


def is_in_use(at: datetime | None = None) -> bool:
    """Whether the register is in use, or was at a moment."""
    return any(is_used(at) for is_used in IN_USE)


def is_asked_for(place: Place, by: User) -> bool:
    """Whether a role that signs waits for a second person if this person gives it there."""
    looks_after = (Seat.Role.APPROVER, Seat.Role.COORDINATOR)
    return is_in_use() and not (
        isinstance(place, Agency) and has_role_in(by, place.pk, *looks_after)
    )


def asked_words(place: Place, by: User, on: date) -> str:
    """Say who has to confirm a role that signs if this person gives it at a place now; "" if nobody has to."""
    if not is_asked_for(place, by):
        return ""
    seat = Seat(role=Seat.Role.APPROVER, given_by=by, **columns_of(place))
    people = [str(user) for user in confirmers_of(seat, on)]
    if not people:
        return _(
            "Since the first round was opened, a second person confirms an approver, authorising manager or decision-maker. "
            "Nobody else can confirm it, so the role counts three working days after it is accepted."
        )
    return _(
        "Since the first round was opened, a second person confirms an approver, authorising manager or decision-maker before "
        "the role counts. We’ll email who can: {people}."
    ).format(people=list_in_words(people))


def let_wait(seat: Seat, *, given_by: User, on: date, given_at: datetime | None = None) -> None:
    """Let a new seat wait for a second person, if its role signs and its giver is not of the agency.

    `given_at` is when the person was chosen, which is now unless they were invited: who is invited while the register
    is set up does not wait, though they accept when the first round is open.
    An approver of the agency seats the next one alone. A coordinator of the agency too, but what they
    write is not signed from that seat until somebody else has confirmed it (`signs_for`).
    """
    if seat.role not in SIGNING_ROLES or not is_in_use(given_at):
        return
    agency = seat.agency_id or 0
    if seat.role == Seat.Role.APPROVER and has_role_in(given_by, agency, Seat.Role.APPROVER):
        return
    seat.given_by = given_by
    if has_role_in(given_by, agency, Seat.Role.APPROVER, Seat.Role.COORDINATOR):
        seat.counts_from = on
    elif not confirmers_of(seat, on):
        seat.counts_from = after_working_days(on, WORKING_DAYS)


def confirmers_of(seat: Seat, on: date) -> list[User]:
    """Return who may confirm a seat: the place's approvers, its plans' coordinators and the
    administrators, without who gave it, who holds it and whom these gave their role (`agencies/rules.py: makers_of`)."""
    people = {user.pk: user for user in [*overseers_of(seat.place, on), *administrators()]}
    return [user for user in people.values() if is_second_person(user, seat)]


def overseers_of(place: Place, on: date) -> list[User]:
    """Return the approvers of the place and the coordinators of its plans, each once."""
    approvers = Seat.objects.on(on).filter(role=Seat.Role.APPROVER, **columns_of(place))
    users = [seat.user for seat in approvers.select_related("user")]
    users += [user for source in OVERSEERS for user in source(place, on)]
    return list({user.pk: user for user in users if user.is_active}.values())


def administrators() -> list[User]:
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("name", "pk"))


def after_working_days(day: date, count: int) -> date:
    """Return the day after so many days from Monday to Friday have passed."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def signs_for(seats: Collection[Seat], authors: Collection[int]) -> bool:
    """Return whether a seat among these may sign what the authors wrote: not if one of them, or somebody
    whom they gave a role (`agencies/rules.py: makers_of`), gave it and nobody else has confirmed it."""
    theirs = [seat for seat in seats if _is_of(seat, authors)]
    return not theirs or len(theirs) < len(seats)


def _is_of(seat: Seat, authors: Collection[int]) -> bool:
    giver = seat.given_by
    if not seat.is_unconfirmed or giver is None:
        return False
    return not {giver.pk, *makers_of(giver)}.isdisjoint(authors)
