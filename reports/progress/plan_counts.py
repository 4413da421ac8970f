"""What the dashboard counts of a plan at a moment, and the records that it names."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from workitems.plan.attention import Line, attention
from workitems.plan.plan_at import (
    ItemAt,
    MilestoneAt,
    PlanAt,
    days_of,
    milestones_at,
    with_milestones,
)
from workitems.terms.lateness import Lateness, Status

ATTENTION_SHOWN = 8
DUE_SHOWN = 8
# In items; each is shown with its milestones.
TIMELINE_SHOWN = 12
DUE_WITHIN_DAYS = (30, 60, 90)
# A cell with more items shows counts by status instead of single items.
MARKS_IN_A_CELL = 5

# A pillar and a lead agency, by their ids.
Place = tuple[int, int]


class Due(NamedTuple):
    """A milestone with its item, and how late it is in all places (`PlanAt.lateness_of`). `not_met`: what it waits for
    comes too late for its agreed date."""

    milestone: MilestoneAt
    item: ItemAt
    late: Lateness
    not_met: bool = False


class CauseCount(NamedTuple):
    """The open delays of one cause, and their days in total."""

    cause: str
    delays: int
    days: int


@dataclass(frozen=True)
class PlanCounts:
    """The counts of a plan, whole or narrowed to a pillar or a lead agency. Each is made when it is first shown."""

    at: PlanAt = field(repr=False)

    @cached_property
    def statuses(self) -> Mapping[Place, Counter[Status]]:
        """The numbers of items by place and status."""
        return statuses_of(self.at.items)

    @cached_property
    def single(self) -> Mapping[Place, Sequence[ItemAt]]:
        """The items of places with few of them."""
        single: dict[Place, list[ItemAt]] = {
            place: [] for place, found in self.statuses.items() if found.total() <= MARKS_IN_A_CELL
        }
        # Each place of a large plan has more items.
        for item in self.at.items if single else ():
            if (place := (item.pillar, item.lead)) in single:
                single[place].append(item)
        return single

    @cached_property
    def lines(self) -> Sequence[Line]:
        """All that need attention, most urgent first."""
        return attention(self.at)

    @cached_property
    def _soon(self) -> list[MilestoneAt]:
        return due_within(self.at, DUE_WITHIN_DAYS[-1])

    @property
    def due(self) -> Mapping[int, int]:
        """The number of milestones due within so many days."""
        return {
            days: sum(row.is_due_within(days) for row in self._soon) for days in DUE_WITHIN_DAYS
        }

    @cached_property
    def due_soon(self) -> Sequence[Due]:
        items, not_met = self.at.by_pk, self.at.waits.not_met_pks
        return [
            Due(row, items[row.item], row.late, row.pk in not_met) for row in self._soon[:DUE_SHOWN]
        ]

    @cached_property
    def causes(self) -> Sequence[CauseCount]:
        """Those with most days first."""
        return _causes(self.at)


@dataclass(frozen=True, kw_only=True)
class EarlierCounts:
    """What the dashboard says of the earlier moment: of its items, and the number of all that needed
    attention, if that was counted."""

    items: Sequence[ItemAt]
    needing: int | None = None

    @cached_property
    def statuses(self) -> Mapping[Place, Counter[Status]]:
        """The numbers of items by place and status."""
        return statuses_of(self.items)

    @cached_property
    def stood(self) -> Mapping[int, Status]:
        """The status of each item."""
        return {item.pk: item.status for item in self.items}


def statuses_of(items: Iterable[ItemAt]) -> dict[Place, Counter[Status]]:
    """Return the numbers of items by place and status."""
    found: dict[Place, Counter[Status]] = defaultdict(Counter)
    # Of thousands of items, a member of an enumeration is slower to count than its value.
    counts = Counter(map(attrgetter("pillar", "lead", "status.value"), items))
    for (pillar, lead, status), count in counts.items():
        found[pillar, lead][Status(status)] = count
    return found


def due_within(at: PlanAt, days: int) -> list[MilestoneAt]:
    """Return open milestones of live items due within that many days, by agreed date."""
    agreed = attrgetter("agreed_due")
    first = bisect_left(at.milestones, at.on, key=agreed)
    last = bisect_right(at.milestones, at.on + timedelta(days=days), key=agreed)
    return at.milestones[first:last]


def timeline_of(at: PlanAt) -> list[ItemAt]:
    """Return late items, then those due next, each with all its milestones. One query."""
    late = (row.item for row in at.milestones if row.is_late)
    ahead = (row.item for row in at.milestones if not row.is_late)
    picked: dict[int, None] = {}
    for item in chain(late, ahead):
        if len(picked) == TIMELINE_SHOWN:
            break
        picked[item] = None
    milestones = milestones_at(at.moment, {"item_id__in": list(picked)})
    return with_milestones((at.by_pk[pk] for pk in picked), milestones)


def _causes(at: PlanAt) -> list[CauseCount]:
    number: Counter[str] = Counter()
    days: Counter[str] = Counter()
    days_by_pk = days_of(at.delays)
    for delay in at.delays:
        number[delay.cause] += 1
        days[delay.cause] += days_by_pk[delay.pk]
    causes = [CauseCount(cause, number[cause], days[cause]) for cause in number]
    return sorted(causes, key=lambda each: (-each.days, each.cause))
