"""The milestones of all items as they stood at a moment, in the rows and groups of the timeline.

At most four queries, whatever the plan's size; nothing is left out.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse

from agencies.models import Agency
from reports.charts import Scale, Strip, StripMilestone
from workitems import standing
from workitems.asat import Moment, rows_at
from workitems.models import Milestone, Pillar, Plan, WorkItem
from workitems.models.item import Stage, number_key
from workitems.standing import counted

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
        return f"{counted(len(self.strips), 'item')}, {self.late:,} late"


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
        milestones = counted(self.milestones, "milestone")
        items = counted(self.items, "work item")
        return f"{milestones} of {items}; {counted(self.late, 'item')} late."

    @property
    def is_short(self) -> bool:
        return self.items <= OPEN_UP_TO or len(self.groups) == 1

    @property
    def is_huge(self) -> bool:
        return self.items > DRAWN_UP_TO and len(self.groups) > 1


def read(
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
    narrow: dict[str, Any] = {}
    if pillar is not None:
        narrow["pillar_id"] = pillar
    if lead is not None:
        narrow["lead_agency_id"] = lead
    items = sorted(
        rows_at(WorkItem, moment, of={"plan_id": plan.pk}, **narrow)
        .order_by()
        .values_list("number", "title", "stage", "pillar_id", "lead_agency_id", "id"),
        key=lambda row: (number_key(row[0]), row[5]),
    )
    milestones = dates_of(moment, {"item__plan_id": plan.pk})
    if by == GroupBy.AGENCY:
        titles = dict(Agency.objects.in_order().values_list("pk", "name"))
    else:
        titles = pillar_titles(plan, moment)

    address = address_of_items(plan, moment)
    strips: dict[int, list[Strip]] = defaultdict(list)
    for number, title, stage, in_pillar, led_by, pk in items:
        strip = strip_of(number, title, stage, address(number), milestones.get(pk, ()), moment.on)
        strips[led_by if by == GroupBy.AGENCY else in_pillar].append(strip)
    groups = [
        Group(key, words, strips[key], sum(strip.is_late for strip in strips[key]))
        for key, words in titles.items()
        if key in strips
    ]
    scale = Scale.of((strip for group in groups for strip in group.strips), moment.on)
    return Timeline(moment.on, groups, scale)


def pillar_titles(plan: Plan, moment: Moment) -> dict[int, str]:
    """The pillars by id, in order, as they were called at the moment; what was recorded later keeps
    its later name, so that no item is without its pillar."""
    titles = dict(plan.pillars.order_by("number").values_list("pk", "title"))
    if not moment.is_now:
        rows = rows_at(Pillar, moment, of={"plan_id": plan.pk})
        titles |= dict(rows.values_list("id", "title"))
    return titles


def address_of_items(plan: Plan, moment: Moment) -> Callable[[str], str]:
    """Item number to the item's page, as at the moment; the router is not asked a thousand times."""
    listing = reverse("workitems:list", args=[plan.slug])
    query = f"?{urlencode({'at': moment.key})}" if moment.key else ""
    return lambda number: f"{listing}{quote(number, safe='')}/{query}"


def dates_of(moment: Moment, of: dict[str, Any]) -> dict[int, list[tuple[Any, ...]]]:
    """By item, in their order: (description, original, agreed, forecast, completed, withdrawn).

    `of` chooses milestones as `rows_at` takes it. One query.
    """
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = (
        rows_at(Milestone, moment, of=of)
        .order_by("number", "id")
        .values_list(
            "item_id", "description", "original_due", "agreed_due", "forecast_due",
            "completed_on", "withdrawn_on",
        )
    )  # fmt: skip
    for item, *row in rows:
        found[item].append(tuple(row))
    return found


def strip_of(number: str, title: str, stage: str, url: str, milestones: Any, on: date) -> Strip:
    """An item's row with its milestones, as `dates_of` gives them."""
    drawn = []
    for description, original, agreed, forecast, completed, withdrawn in milestones:
        drawn.append(
            StripMilestone(
                description=description,
                original_due=original,
                agreed_due=agreed,
                forecast_due=forecast,
                completed_on=standing.by_then(completed, on),
                withdrawn_on=standing.by_then(withdrawn, on),
                url=f"{url}#milestones",
            )
        )
    words, is_late = _stands(stage, drawn, on)
    return Strip(
        number=number, title=title, url=url, words=words, is_late=is_late, milestones=drawn
    )


def _stands(stage: str, milestones: list[StripMilestone], on: date) -> tuple[str, bool]:
    """How the item's open dates stand, in words, and whether it is late; a closed item's stage."""
    if stage in (Stage.COMPLETE, Stage.WITHDRAWN):
        return Stage(stage).label, False
    if not milestones:
        return "No milestones", False
    ahead = [one for one in milestones if one.is_open]
    if not ahead:
        done = all(one.completed_on for one in milestones)
        return "All milestones done" if done else "No open milestone", False
    late = standing.item_lateness(ahead, on)
    return late.words, late.is_late
