"""Let a test begin with an adopted plan that was different from the start."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import connection

from agencies.records.guards import Guard
from workitems.models.guards import GUARDS

# What an adopted plan changes only by a variation.
BY_DECISION = {
    "lead_changes_by_variation",
    "responsible_agency_changes_by_variation",
    "milestone_cancelled_by_variation",
    "support_ended_by_variation",
    "member_leaves_by_variation",
    "plan_ends_by_variation",
}


@contextmanager
def without_decisions() -> Iterator[None]:
    """Run the block without the guards that ask for a variation. A test decides what it is about."""
    found = [each for each in GUARDS if isinstance(each, Guard) and each.name in BY_DECISION]
    _install([replace(each, refuse_when="1 = 0") for each in found])
    try:
        yield
    finally:
        _install(found)


def _install(guards: list[Guard]) -> None:
    vendor = connection.vendor
    with connection.cursor() as cursor:
        for guard in guards:
            # On PostgreSQL the function alone: replacing the trigger waits for pending events.
            statements = list(guard.statements(vendor))
            for statement in statements[:1] if vendor == "postgresql" else statements:
                cursor.execute(statement)
