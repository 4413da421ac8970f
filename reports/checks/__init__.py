"""What must be right before a briefing is consulted on or authorised, and what should be looked at.

`of` lists everything, `blocking` what stops the paper before one of the two steps. The rules are
told in docs/checks.md. Nothing here writes a row, renders a page or asks the clock.
"""

from dataclasses import replace
from datetime import date

from reports.checks import blockers, warns
from reports.checks.check import BLOCKING, WARNING, Check, Count, Gate, count
from reports.checks.material import Material, of_page, read
from reports.models import Briefing, CheckOverride

__all__ = [
    "BLOCKING",
    "WARNING",
    "Check",
    "Count",
    "Gate",
    "Material",
    "blocking",
    "count",
    "of",
    "of_page",
    "read",
]


def of(briefing: Briefing, today: date, material: Material | None = None) -> list[Check]:
    """Every check that the briefing fails on the day `today`, blocking ones first, each warning with
    its override if one still holds. A fixed number of queries, whatever the length of the paper; two
    where the `material` is read already."""
    material = material or read(briefing)
    found = [*blockers.every(material), *warns.every(material, today)]
    held = {row.key: row for row in CheckOverride.objects.standing().of_briefing(briefing)}
    return [_overridden(check, held.get(check.key)) for check in found]


def blocking(briefing: Briefing, before: Gate) -> list[Check]:
    """The checks that stop the paper before that step; none when it may be taken."""
    found = blockers.every(read(briefing))
    return [check for check in found if check.stops == Gate.CONSULTATION or before == check.stops]


def _overridden(check: Check, row: CheckOverride | None) -> Check:
    """A warning with its override, unless what that was about has changed since."""
    if row is None or check.is_blocking:
        return check
    if row.about != check.about:
        return replace(check, lapsed=row)
    return replace(check, override=row)
