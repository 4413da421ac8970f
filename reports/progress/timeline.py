"""The milestones of all items as they stood at a moment, in the rows and groups of the timeline.

At most four queries, whatever the plan's size; nothing is left out.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlencode

from django.urls import reverse

from agencies.models import Agency
from reports.charts import Scale, Strip, StripMilestone
from workitems.asat import Moment
from workitems.models import Plan
from workitems.models.item import Stage
from workitems.plan_at import ItemAt, items_at, milestones_at, pillar_titles
from workitems.standing import count_noun

# Beyond so many rows a reader wants to choose a group before its rows.
OPEN_UP_TO = 60
# Beyond so many a browser labours; then a group is drawn when it is asked for.
DRAWN_UP_TO = 2_500


class GroupBy(StrEnum):
    PILLAR = "pillar"
    AGENCY = "agency"

    @property
    def label(self) -> str:
        return {GroupBy.PILLAR: "Pillar", GroupBy.AGENCY: "Lead agency"}[self]


@dataclass(frozen=True, slots=True)
class Group:
    """A pillar's or a lead agency's rows; `key` is its id. `late`: items overdue or expected late."""

    key: int
    title: str
    strips: list[Strip]
    late: int

    @property
    def milestones(self) -> int:
        return sum(len(strip.milestones) for strip in self.strips)

    @property
    def words(self) -> str:
        """ "120 items, 14 late"."""
        return f"{count_noun(len(self.strips), 'item')}, {self.late:,} late"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Groups in the plan's order of pillars, or by the agencies' names; without those that have no item."""

    on: date
    groups: list[Group]
    scale: Scale

    @property
    def items(self) -> int:
        return sum(len(group.strips) for group in self.groups)

    @property
    def milestones(self) -> int:
        return sum(group.milestones for group in self.groups)

    @property
    def late(self) -> int:
        return sum(group.late for group in self.groups)

    @property
    def words(self) -> str:
        """ "53 milestones of 25 work items; 7 items late." """
        milestones = count_noun(self.milestones, "milestone")
        items = count_noun(self.items, "work item")
        return f"{milestones} of {items}; {count_noun(self.late, 'item')} late."

    @property
    def is_short(self) -> bool:
        return self.items <= OPEN_UP_TO or len(self.groups) == 1

    @property
    def is_huge(self) -> bool:
        return self.items > DRAWN_UP_TO and len(self.groups) > 1


def read_timeline(
    plan: Plan,
    moment: Moment,
    *,
    by: GroupBy = GroupBy.PILLAR,
    pillar: int | None = None,
    lead: int | None = None,
) -> Timeline:
    """The timeline of the whole plan, or of the items of a pillar or a lead agency.

    Rows and marks lead to the items' pages, as at the same moment.
    """
    milestones = milestones_at(moment, {"item__plan_id": plan.pk})
    if by == GroupBy.AGENCY:
        titles = dict(Agency.objects.in_order().values_list("pk", "name"))
    else:
        titles = pillar_titles(plan, moment)

    address = address_of_items(plan, moment)
    strips: dict[int, list[Strip]] = defaultdict(list)
    for item in items_at(moment, {"plan_id": plan.pk}, milestones):
        if pillar in (None, item.pillar) and lead in (None, item.lead):
            strip = strip_of(item, address(item.number))
            strips[item.lead if by == GroupBy.AGENCY else item.pillar].append(strip)
    groups = [
        Group(key, words, strips[key], sum(strip.is_late for strip in strips[key]))
        for key, words in titles.items()
        if key in strips
    ]
    scale = Scale.of((strip for group in groups for strip in group.strips), moment.on)
    return Timeline(moment.on, groups, scale)


def address_of_items(plan: Plan, moment: Moment) -> Callable[[str], str]:
    """Item number to the item's page, as at the moment; the router is not asked a thousand times."""
    listing = reverse("workitems:list", args=[plan.slug])
    query = f"?{urlencode({'at': moment.key})}" if moment.key else ""
    return lambda number: f"{listing}{quote(number, safe='')}/{query}"


def strip_of(item: ItemAt, url: str) -> Strip:
    """An item's row with the milestones that were read with it."""
    drawn = [
        StripMilestone(
            description=row.description,
            original_due=row.original_due,
            agreed_due=row.agreed_due,
            forecast_due=row.forecast_due,
            completed_on=row.completed_on,
            withdrawn_on=row.withdrawn_on,
            url=f"{url}#milestones",
        )
        for row in item.milestones
    ]
    return Strip(
        number=item.number,
        title=item.title,
        url=url,
        words=_stands(item),
        is_late=item.is_late,
        milestones=drawn,
    )


def _stands(item: ItemAt) -> str:
    """How the item's open dates stand, in words; a closed item's stage."""
    if not item.is_live:
        return Stage(item.stage).label
    if not item.milestones:
        return "No milestones"
    if item.due is None:
        done = all(row.is_done for row in item.milestones)
        return "All milestones done" if done else "No open milestone"
    return item.late.words
