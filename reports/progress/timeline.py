"""The timeline: all milestones as at a moment, in rows by item and groups.

At most four queries, whatever the plan's size.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agencies.models import Agency
from reports.charts import Scale, Strip, StripMilestone
from reports.progress.view import Look
from workitems.asat import Moment
from workitems.models import Plan
from workitems.models.item import Stage
from workitems.plan_at import ItemAt, items_at, milestones_at, pillar_titles
from workitems.standing import count_noun

# With more rows, groups are closed so that the reader chooses one first.
OPEN_UP_TO = 60
# With more rows, browsers get slow, so a group is rendered only on request.
DRAWN_UP_TO = 2_500


class GroupBy(StrEnum):
    PILLAR = "pillar"
    AGENCY = "agency"

    @property
    def label(self) -> str:
        return {GroupBy.PILLAR: "Pillar", GroupBy.AGENCY: "Lead agency"}[self]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a pillar or lead agency (`key`); `late` items are or will be overdue."""

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
    """Groups by pillar in the plan's order, or by agency name, without empty ones."""

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
    """Return the timeline of the plan, or of a pillar's or lead agency's items.

    Rows and marks link to the items' pages as at the same moment.
    """
    milestones = milestones_at(moment, {"item__plan_id": plan.pk})
    if by == GroupBy.AGENCY:
        titles = dict(Agency.objects.in_order().values_list("pk", "name"))
    else:
        titles = pillar_titles(plan, moment)

    look = Look(plan=plan, at=moment)
    strips: dict[int, list[Strip]] = defaultdict(list)
    for item in items_at(moment, {"plan_id": plan.pk}, milestones):
        if pillar in (None, item.pillar) and lead in (None, item.lead):
            strip = strip_of(item, look.item(item.number))
            strips[item.lead if by == GroupBy.AGENCY else item.pillar].append(strip)
    groups = [
        Group(key, words, strips[key], sum(strip.is_late for strip in strips[key]))
        for key, words in titles.items()
        if key in strips
    ]
    scale = Scale.of((strip for group in groups for strip in group.strips), moment.on)
    return Timeline(moment.on, groups, scale)


def strip_of(item: ItemAt, url: str) -> Strip:
    """Return the row of an item that was read with its milestones."""
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
    """Return the lateness of the item's open dates in words, or a closed item's stage."""
    if not item.is_live:
        return Stage(item.stage).label
    if not item.milestones:
        return "No milestones"
    if item.due is None:
        done = all(row.is_done for row in item.milestones)
        return "All milestones done" if done else "No open milestone"
    return item.late.words
