"""Which items have another status than before, and whether they went for the better. Pure.

The headline, the colour of a figure's change and the order of changes come from the same moves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from workitems.plan.plan_at import ItemAt
from workitems.terms.lateness import Status

# From the worst to the best. A withdrawn item is neither; a new one begins as on time.
GRADES = {
    status: grade
    for grade, status in enumerate(
        (Status.LATE, Status.IN_DOUBT, Status.UNJUDGED, Status.ON_TIME, Status.COMPLETE)
    )
}


class Move(NamedTuple):
    """An item, as at the later moment, that has another status than before; None if it was not there."""

    item: ItemAt
    was: Status | None

    @property
    def step(self) -> int:
        """1 if it went for the better, -1 for the worse, 0 if it was withdrawn."""
        if self.item.status not in GRADES:
            return 0
        was = GRADES.get(self.was or Status.ON_TIME, GRADES[Status.ON_TIME])
        now = GRADES[self.item.status]
        return (now > was) - (now < was)


@dataclass(frozen=True)
class Moves:
    """All moves, in the plan's order."""

    found: tuple[Move, ...] = ()

    def led_to_better(self, status: Status) -> bool | None:
        """Return whether most of the items that got or lost the status went for the better; None if as many went for
        the worse."""
        net = sum(move.step for move in self.found if status in (move.was, move.item.status))
        return net > 0 if net else None

    @cached_property
    def became_late(self) -> list[ItemAt]:
        return [move.item for move in self.found if move.item.status == Status.LATE]

    @cached_property
    def no_longer_late(self) -> list[ItemAt]:
        return [move.item for move in self.found if move.was == Status.LATE]


def moves_of(before: Mapping[int, ItemAt], after: Iterable[ItemAt]) -> Moves:
    """Return the moves of the items after, by their status before."""
    found = []
    for item in after:
        was = before[item.pk].status if item.pk in before else None
        if was != item.status:
            found.append(Move(item, was))
    return Moves(tuple(found))
