"""How early a milestone can be done, given what it waits for: computed for a day, never stored. No Django."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple


class Earliest(NamedTuple):
    """The earliest day. If it is not known, `day` is the least that is certain: not before it."""

    day: date
    is_known: bool = True

    def after(self, days: int) -> "Earliest":
        return self._replace(day=self.day + timedelta(days))


def own_earliest(
    *, forecast_due: date, completed_on: date | None, has_end: bool, on: date
) -> Earliest:
    """Return how early a milestone can be done by itself.

    `has_end`: it was withdrawn, or its plan ended. Then, and if its date has passed, no day is known.
    """
    if completed_on is not None:
        return Earliest(completed_on)
    if has_end or forecast_due < on:
        return Earliest(on, is_known=False)
    return Earliest(forecast_due)


def latest(found: Iterable[Earliest]) -> Earliest:
    """Return the latest of some; it is known if all are."""
    rows = list(found)
    return Earliest(max(row.day for row in rows), all(row.is_known for row in rows))


def earliest(
    own: Mapping[int, Earliest],
    waits: Mapping[int, Sequence[tuple[int, int]]],
    closed: frozenset[int] = frozenset(),
) -> dict[int, Earliest]:
    """Return by milestone the later of its own day and, along its waits, that of what it waits for with the days after.

    `waits` are pairs of a milestone and days. What is `closed` (done, withdrawn) no longer waits. Chains may be long, so
    there is no recursion. No database has a loop; if rows had one, its last wait would count as none.
    """
    found: dict[int, Earliest] = {}
    entered: set[int] = set()
    for start in own:
        stack = [start]
        while stack:
            row = stack[-1]
            links = [] if row in closed else [each for each in waits.get(row, ()) if each[0] in own]
            missing = [to for to, _ in links if to not in found]
            if missing and row not in entered:
                entered.add(row)
                stack += missing
                continue
            stack.pop()
            ahead = (found[to].after(days) for to, days in links if to in found)
            found[row] = latest([own[row], *ahead])
    return found
