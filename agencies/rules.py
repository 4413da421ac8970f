"""Predicates about seats that the other apps build their rules from. Each says who, never when."""

from typing import Any

import rules
from django.contrib.auth.models import AnonymousUser

from agencies.models import Seat, User


def agencies_of(user: User | AnonymousUser, *roles: str) -> set[int]:
    """Ids of the agencies where the person holds one of the roles today; none for nobody."""
    return user.agencies_as(*roles) if isinstance(user, User) else set()


def sits_in(user: User | AnonymousUser, agency_id: int, *roles: str) -> bool:
    return agency_id in agencies_of(user, *roles)


@rules.predicate
def coordinates_somewhere(user: Any, row: Any = None) -> bool:
    """Holds a coordinator's seat today, in any agency."""
    return bool(agencies_of(user, Seat.Role.COORDINATOR))
