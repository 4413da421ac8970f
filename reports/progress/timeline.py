"""The timeline: all milestones as at a moment, in rows by item and groups.

At most four queries, whatever the plan's size.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from agencies.models import Agency
from reports.charts import Scale, Strip
from reports.progress.view import PlanView
from workitems.models import Milestone, Plan, WorkItem
from workitems.models.item import Stage, number_key
from workitems.plan.asat import Moment
from workitems.plan.plan_at import ItemAt, pillar_titles
from workitems.plan.plan_at.moment_reading import read_at
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Lateness, by_then, dates_ahead

# With more rows, groups are closed so that the reader chooses one first, and a group is drawn when it
# is opened. So is the table of its dates.
OPEN_UP_TO = 60
CLOSED = (Stage.COMPLETE, Stage.WITHDRAWN)


class GroupBy(StrEnum):
    PILLAR = "pillar"
    AGENCY = "agency"

    @property
    def label(self) -> str:
        return gettext("Pillar") if self == GroupBy.PILLAR else gettext("Lead agency")


class TimelineMilestone(NamedTuple):
    """What is drawn of a milestone. A date after the moment's day is None."""

    description: str
    original_due: date
    original_known_to: str
    agreed_due: date
    agreed_known_to: str
    forecast_due: date
    forecast_known_to: str
    completed_on: date | None
    withdrawn_on: date | None

    @property
    def original(self) -> KnownDate:
        return KnownDate(self.original_due, self.original_known_to)

    @property
    def agreed(self) -> KnownDate:
        return KnownDate(self.agreed_due, self.agreed_known_to)

    @property
    def forecast(self) -> KnownDate:
        return KnownDate(self.forecast_due, self.forecast_known_to)


class TimelineItem(NamedTuple):
    """What is drawn of an item, with the lateness of its open milestones."""

    pk: int
    number: str
    title: str
    pillar: int
    lead: int
    stage: str
    milestones: Sequence[TimelineMilestone]
    late: Lateness
    due: KnownDate | None

    @property
    def is_live(self) -> bool:
        return self.stage not in CLOSED

    @property
    def is_late(self) -> bool:
        return self.late.is_late and self.is_live


@dataclass(frozen=True)
class Group:
    """The items of a pillar or lead agency (`key`), with the links of a view."""

    key: int
    title: str
    items: list[TimelineItem]
    view: PlanView

    @cached_property
    def strips(self) -> list[Strip]:
        """The rows. Only those of groups that are drawn are made."""
        return [strip_of(item, self.view.item(item.number)) for item in self.items]

    @cached_property
    def late(self) -> int:
        """The number of items that are or will be overdue."""
        return sum(item.is_late for item in self.items)

    @property
    def milestones(self) -> int:
        return sum(len(item.milestones) for item in self.items)

    @property
    def words(self) -> str:
        """ "120 items, 14 late"."""
        count = len(self.items)
        return ngettext(
            "{count:,} item, {late:,} late", "{count:,} items, {late:,} late", count
        ).format(count=count, late=self.late)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Groups by pillar in the plan's order, or by agency name, without empty ones."""

    on: date
    groups: list[Group]
    scale: Scale

    @property
    def items(self) -> int:
        return sum(len(group.items) for group in self.groups)

    @property
    def milestones(self) -> int:
        return sum(group.milestones for group in self.groups)

    @property
    def late(self) -> int:
        return sum(group.late for group in self.groups)

    @property
    def words(self) -> str:
        """ "53 milestones of 25 work items; 7 items late." """
        milestones = ngettext("{count:,} milestone", "{count:,} milestones", self.milestones)
        items = ngettext("{count:,} work item", "{count:,} work items", self.items)
        late = ngettext("{count:,} item", "{count:,} items", self.late)
        return gettext("{milestones} of {items}; {late} late.").format(
            milestones=milestones.format(count=self.milestones),
            items=items.format(count=self.items),
            late=late.format(count=self.late),
        )

    @property
    def is_short(self) -> bool:
        return self.items <= OPEN_UP_TO or len(self.groups) == 1


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
    if by == GroupBy.AGENCY:
        titles = dict(Agency.objects.in_order().values_list("pk", "name"))
    else:
        titles = pillar_titles(plan, moment)

    view = PlanView(plan=plan, at=moment)
    found: dict[int, list[TimelineItem]] = defaultdict(list)
    for item in _items(plan, moment):
        if pillar in (None, item.pillar) and lead in (None, item.lead):
            found[item.lead if by == GroupBy.AGENCY else item.pillar].append(item)
    groups = [Group(key, words, found[key], view) for key, words in titles.items() if key in found]
    scale = Scale.of((item for group in groups for item in group.items), moment.on)
    return Timeline(moment.on, groups, scale)


def _items(plan: Plan, moment: Moment) -> list[TimelineItem]:
    """Return the items in the Plan's order, with all their milestones by number."""
    steps: dict[int, list[TimelineMilestone]] = defaultdict(list)
    on, new = moment.on, tuple.__new__
    of = {"item__plan_id": plan.pk}
    columns: tuple[str, ...] = (*TimelineMilestone._fields, "item_id")
    for row in read_at(Milestone, moment, columns, of, order=("number", "id")):
        *_, done, gone, item = row
        # Most dates have come, or there are none.
        if (done is not None and done > on) or (gone is not None and gone > on):
            row = (*row[:-3], by_then(done, on), by_then(gone, on))
        steps[item].append(new(TimelineMilestone, row[:9]))
    found = []
    columns = ("id", "number", "title", "pillar_id", "lead_agency_id", "stage")
    for row in read_at(WorkItem, moment, columns, {"plan_id": plan.pk}):
        own = steps.get(row[0], ())
        found.append(new(TimelineItem, (*row, own, *dates_ahead(own, on))))
    return sorted(found, key=lambda item: (number_key(item.number), item.pk))


def strip_of(item: TimelineItem | ItemAt, url: str) -> Strip:
    """Return the row of an item that was read with its milestones."""
    return Strip(
        number=item.number,
        title=item.title,
        url=url,
        words=_stands(item),
        is_late=item.is_late,
        milestones=item.milestones,
    )


def _stands(item: TimelineItem | ItemAt) -> str:
    """Return the lateness of the item's open dates in words, or a closed item's stage."""
    if not item.is_live:
        return str(Stage(item.stage).label)
    if not item.milestones:
        return gettext("No milestones")
    if item.due is None:
        done = all(row.completed_on for row in item.milestones)
        return gettext("All milestones done") if done else gettext("No open milestone")
    return item.late.words
