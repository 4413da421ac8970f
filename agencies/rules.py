"""Predicates about seats that the other apps build their rules from. Each says who, never when."""

from typing import Any

import rules

from agencies.models import Seat, User


def sits_in(user: User, agency_id: int, *roles: str) -> bool:
    return agency_id in user.agencies_as(*roles)


@rules.predicate
def is_superuser(user: Any, row: Any = None) -> bool:
    return bool(user.is_active and user.is_superuser)


@rules.predicate
def coordinates_somewhere(user: Any, row: Any = None) -> bool:
    """Holds a coordinator's seat today, in any agency."""
    return user.is_authenticated and bool(user.agencies_as(Seat.Role.COORDINATOR))
