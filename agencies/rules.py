"""Who may look after which seats, and the predicates about seats that the other apps build on.

Each says who, never when.
"""

from typing import Any

import rules
from django.contrib.auth.models import AnonymousUser

from agencies.models import Agency, Seat, User

# What the approver of an agency gives and ends. The others run the plan and its briefing, and are
# for the coordinator of that agency alone.
ORDINARY_ROLES = (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER, Seat.Role.OBSERVER)


def agencies_of(user: User | AnonymousUser, *roles: str) -> set[int]:
    """Ids of the agencies where the person holds one of the roles today; none for nobody."""
    return user.agencies_as(*roles) if isinstance(user, User) else set()


def sits_in(user: User | AnonymousUser, agency_id: int, *roles: str) -> bool:
    return agency_id in agencies_of(user, *roles)


@rules.predicate
def coordinates_somewhere(user: Any, row: Any = None) -> bool:
    """Holds a coordinator's seat today, in any agency."""
    return bool(agencies_of(user, Seat.Role.COORDINATOR))


@rules.predicate
def sits_there(user: Any, agency: Any) -> bool:
    """Holds any seat in the agency today."""
    return isinstance(agency, Agency) and sits_in(user, agency.pk, *Seat.Role.values)


@rules.predicate
def approves_there(user: Any, agency: Any) -> bool:
    return isinstance(agency, Agency) and sits_in(user, agency.pk, Seat.Role.APPROVER)


def roles_to_manage(user: Any, agency: Agency) -> tuple[Seat.Role, ...]:
    """The roles whose seats the person may give and end in an agency that they look after."""
    if user.is_superuser or sits_in(user, agency.pk, Seat.Role.COORDINATOR):
        return tuple(Seat.Role)
    return ORDINARY_ROLES


@rules.predicate
def manages_its_role(user: Any, row: Any) -> bool:
    """Looks after the agency of this seat or invitation, and its role is theirs to give."""
    return (
        row is not None
        and user.has_perm("agencies.manage_seats", row.agency)
        and row.role in roles_to_manage(user, row.agency)
    )


# The plans' floor widens the first two: a plan's coordinator looks after its members' seats.
rules.add_perm("agencies.see_agency", sits_there)
rules.add_perm("agencies.manage_seats", approves_there)
rules.add_perm("agencies.manage_seat", manages_its_role)
