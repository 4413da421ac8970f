"""Checks of a briefing: what blocks consultation or authorisation, and what only warns.

`failed_checks` returns all failed checks, `blocking` those that block one of the two steps. docs/checks.md
lists the rules. Nothing here writes a row, renders a page or asks the clock.
"""

from dataclasses import replace
from typing import Any

from agencies.records.composed import composed
from reports.checks import blockers, warns
from reports.checks.check import BLOCKING, WARNING, Check, Count, Gate, count
from reports.checks.material import read_material
from reports.drafting.paper import Drafted
from reports.models import CheckOverride


def failed_checks(drafted: Drafted) -> list[Check]:
    """Return the failed checks, blocking ones first.

    Each warning comes with its override, if that is still valid. The number of queries is fixed,
    whatever the length of the paper.
    """
    material = read_material(drafted)
    held = {row.key: row for row in _overrides(briefing=drafted.briefing.pk)}
    found = [*blockers.stops(material), *warns.warnings(material, held)]
    return [_overridden(check, held.get(check.key)) for check in found]


@composed
def _overrides(briefing: Any) -> Any:
    return CheckOverride.objects.in_force().of_briefing(briefing)


def blocking(drafted: Drafted, before: Gate) -> list[Check]:
    """Return the failed checks that block a step; an empty list allows it."""
    material = read_material(drafted)
    found = blockers.stops(material)
    return [check for check in found if check.stops == Gate.CONSULTATION or before == check.stops]


def _overridden(check: Check, row: CheckOverride | None) -> Check:
    """Add the override to a warning, or mark it as lapsed if the warning's text has changed."""
    if row is None or check.is_blocking:
        return check
    if row.about != check.about:
        return replace(check, lapsed=row)
    return replace(check, override=row)
