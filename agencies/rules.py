"""Permissions on agencies' seats, and predicates about seats that the other apps use.

Rules decide who may act. Services decide when an action is possible.
"""

from typing import Any

import rules
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from agencies.models import Agency, Appointment, Office, Place, Seat, User

# Roles that an agency's approver may give and end. The other roles run the plan and its
# briefings; only a coordinator of that agency, or an administrator, may give and end them.
ORDINARY_ROLES = (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER, Seat.Role.OBSERVER)
OFFICE_ROLES = (Seat.Role.MINISTERS_OFFICE,)
# Roles in an agency, in the order of the forms.
AGENCY_ROLES = tuple(role for role in Seat.Role if role not in (*OFFICE_ROLES, Seat.Role.AUDITOR))
# Those of official information, which a country may leave out. The app that has it puts them into `ADDED_ROLES`.
OF_REQUESTS = (Seat.Role.OIA_ADVISER, Seat.Role.OIA_REVIEWER, Seat.Role.OIA_DECISION_MAKER)
ADDED_ROLES: list[Seat.Role] = []
# With which people give and confirm roles.
MANAGING_ROLES = (Seat.Role.APPROVER, Seat.Role.COORDINATOR)


def agencies_of(user: User | AnonymousUser, *roles: str) -> set[int]:
    """Return the ids of the agencies where the user holds one of the roles today.

    Empty for an anonymous user.
    """
    return user.agencies_as(*roles) if isinstance(user, User) else set()


def has_role_in(user: User | AnonymousUser, agency_id: int, *roles: str) -> bool:
    return agency_id in agencies_of(user, *roles)


@rules.predicate
def is_administrator(user: Any, row: Any = None) -> bool:
    """True if the user administers the register: its agencies and people, and nothing of a plan."""
    return bool(user.is_active and user.is_superuser)


@rules.predicate
def coordinates_any_agency(user: Any, row: Any = None) -> bool:
    """True if the user is a coordinator in any agency today."""
    return bool(agencies_of(user, Seat.Role.COORDINATOR))


def seated(model: type[Model], agency: str, *roles: str) -> Any:
    """Return a predicate: the user holds one of the roles today in the agency of a row of `model`.

    `agency` is the field with the agency's id.
    """

    @rules.predicate
    def is_seated(user: Any, row: Any) -> bool:
        return isinstance(row, model) and has_role_in(user, getattr(row, agency), *roles)

    return is_seated


@rules.predicate
def administers_place(user: Any, place: Any) -> bool:
    """True if the user administers the register, for each agency and the office of each Minister."""
    if isinstance(place, Office):
        held = Appointment.objects.filter(portfolio=place.portfolio)
        return is_administrator.test(user) and held.exists()
    return isinstance(place, Agency) and is_administrator.test(user)


has_seat_in = seated(Agency, "pk", *Seat.Role.values)
approves_for_agency = seated(Agency, "pk", Seat.Role.APPROVER)


def gives_all_roles(user: Any, agency: Agency) -> bool:
    """Return whether the user gives all roles in an agency that they manage, and not only the ordinary ones."""
    return is_administrator.test(user) or has_role_in(user, agency.pk, Seat.Role.COORDINATOR)


def roles_to_manage(user: Any, place: Place) -> tuple[Seat.Role, ...]:
    """Return the roles that the user may give and end in a place that they manage."""
    if isinstance(place, Office):
        return OFFICE_ROLES
    auditors = (Seat.Role.AUDITOR,) if user.has_perm("agencies.seat_auditors", place) else ()
    if auditors and not user.has_perm("agencies.seat_others", place):
        return auditors
    if gives_all_roles(user, place):
        left_out = {*OF_REQUESTS} - {*ADDED_ROLES}
        return (*(role for role in AGENCY_ROLES if role not in left_out), *auditors)
    return (*ORDINARY_ROLES, *auditors)


@rules.predicate
def manages_its_role(user: Any, row: Any) -> bool:
    """True if the user manages this seat's or invitation's place and may give its role."""
    return (
        row is not None
        and user.has_perm("agencies.manage_seats", row.place)
        and row.role in roles_to_manage(user, row.place)
    )


# --- second persons ---------------------------------------------------------------------------
#
# Who looks after places only because somebody gave them that role is no second person to that somebody. A coordinator who
# seats helpers, and lets them seat or confirm a signatory, would otherwise sign their own paper with several accounts.


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
    found: set[int] = set()
    seats = Seat.objects.filter(user=person.pk, role__in=MANAGING_ROLES).select_related("given_by")
    current = {seat.pk for seat in person.current_seats}
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


@rules.predicate
def is_a_second_person(user: Any, seat: Any) -> bool:
    """True if nobody has confirmed the seat, and the user looks after its place, but neither gave nor holds it, nor
    has their role from who did."""
    return (
        isinstance(seat, Seat)
        and seat.is_unconfirmed
        and user.has_perm("agencies.oversee_seats", seat.place)
        and is_second_person(user, seat)
    )


@rules.predicate
def invites_anywhere(user: Any, row: Any = None) -> bool:
    """True if there may be an agency that the user invites people to; each line is checked with its own."""
    seated_as = agencies_of(user, Seat.Role.APPROVER, Seat.Role.COORDINATOR)
    return is_administrator.test(user) or bool(seated_as)


rules.add_perm("agencies.invite_people", invites_anywhere)
rules.add_perm("agencies.confirm_seat", is_a_second_person)
rules.add_perm("agencies.administer", is_administrator)
rules.add_perm("agencies.see_ministers", coordinates_any_agency)
# Checked with the office. workitems/rules.py leaves a portfolio to the plans that report to it.
rules.add_perm("agencies.keep_portfolio", coordinates_any_agency)
# workitems/rules.py widens these: a plan's coordinator manages the seats of its members
# and of the Minister's office that it reports to.
rules.add_perm("agencies.see_agency", has_seat_in)
# workitems/rules.py adds the coordinators of its plans.
rules.add_perm("agencies.hand_over", administers_place)
rules.add_perm("agencies.manage_seats", approves_for_agency | administers_place)
rules.add_perm("agencies.oversee_seats", approves_for_agency | administers_place)
# A unit is the agency's own matter, so nobody widens this.
rules.add_perm("agencies.manage_units", approves_for_agency)
rules.add_perm("agencies.manage_seat", manages_its_role)
# workitems/rules.py says who audits.
rules.add_perm("agencies.seat_others", approves_for_agency | administers_place)
rules.add_perm("agencies.seat_auditors", administers_place)
