"""The timeline: all milestones as at a moment, in rows by item and groups.

At most eight queries, whatever the plan's size.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from django.db.models import F
from django.utils.translation import gettext, ngettext

from agencies.models import Agency
from agencies.records.tracking import PLAN_COLUMN
from reports.charts import Scale, Strip
from reports.progress.histories import known_at
from reports.progress.view import PlanView
from workitems.models import Milestone, Plan, WorkItem
from workitems.models.item import Stage, number_key
from workitems.plan.asat import Moment
from workitems.plan.plan_at import DelayAt, ItemAt, delays_at, grouped, pillar_titles
from workitems.plan.plan_at.moment_reading import read_at
from workitems.plan.plan_at.waits_at import waits_at
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late, Lateness, by_then, dates_ahead, while_waiting
from workitems.terms.spans import in_words

# With more rows, groups are closed so that the reader chooses one first, and a group is drawn when it
# is opened. So is the table of its dates.
OPEN_UP_TO = 60
CLOSED = (Stage.COMPLETE, Stage.WITHDRAWN)


class GroupBy(StrEnum):
    PILLAR = "pillar"
    AGENCY = "agency"
    LATENESS = "lateness"

    @property
    def label(self) -> str:
        return {
            GroupBy.PILLAR: gettext("Pillar"),
            GroupBy.AGENCY: gettext("Lead agency"),
            GroupBy.LATENESS: gettext("Lateness"),
        }[self]


class TimelineMilestone(NamedTuple):
    """What is drawn of a milestone. A date after the moment's day is None. `earlier` are the dates between the promised
    one and the last that were expected meanwhile. `waits` says what it waits for, and `earliest` when that lets it be done,
    if its agreed date can no longer be met because of it."""

    description: str
    original_due: date
    original_known_to: str
    agreed_due: date
    agreed_known_to: str
    forecast_due: date
    forecast_known_to: str
    completed_on: date | None
    withdrawn_on: date | None
    earlier: tuple[date, ...] = ()
    waits: str = ""
    earliest: date | None = None

    @property
    def original(self) -> KnownDate:
        return KnownDate(self.original_due, self.original_known_to)

    @property
    def agreed(self) -> KnownDate:
        return KnownDate(self.agreed_due, self.agreed_known_to)

    @property
    def forecast(self) -> KnownDate:
        return KnownDate(self.forecast_due, self.forecast_known_to)

    @property
    def slip(self) -> int:
        """The days from the agreed date to the expected one of an open milestone."""
        is_open = self.completed_on is None and self.withdrawn_on is None
        return (self.forecast_due - self.agreed_due).days if is_open else 0


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

    @property
    def by_lateness(self) -> tuple[int, int, date]:
        """Its place among others: late ones first, the latest first; then by the next date; closed ones last."""
        group = 1 if self.is_late else 2 if self.is_live else 3
        return (
            group,
            -self.late.days if group == 1 else 0,
            self.due.last_day if self.due else date.max,
        )


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
    def others(self) -> list[Strip]:
        """The rows of items that are closed, or on time and not due soon: together at first, unless it is one."""
        found = [
            strip
            for item, strip in zip(self.items, self.strips, strict=True)
            if not (item.is_live and strip.words)
        ]
        return found if len(found) > 1 else []

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
    """Groups by pillar in the plan's order, by agency name, or by lateness, without empty ones."""

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
        """ "Timeline: seven of 24 items are late". Withdrawn items are not counted."""
        total = sum(item.stage != Stage.WITHDRAWN for group in self.groups for item in group.items)
        return ngettext(
            "Timeline: {late} of {total:,} items is late", "Timeline: {late} of {total:,} items are late",
            self.late or 1,
        ).format(late=in_words(self.late) if self.late else gettext("none"), total=total)  # fmt: skip

    @property
    def has_earliest(self) -> bool:
        """Whether the date of a milestone can no longer be met because of what it waits for."""
        return any(
            one.earliest is not None
            for group in self.groups
            for item in group.items
            for one in item.milestones
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
    has_gaps: bool = False,
) -> Timeline:
    """Return the timeline of the plan, or of a pillar's or lead agency's items. Only for gaps in tails, the dates are
    read that were expected before.

    Rows and marks link to the items' pages as at the same moment.
    """
    if by == GroupBy.LATENESS:
        titles = {
            1: gettext("Late"), 2: gettext("Not late"), 3: gettext("Complete or withdrawn")
        }  # fmt: skip
    elif by == GroupBy.AGENCY:
        titles = dict(Agency.objects.in_order().values_list("pk", "name"))
    else:
        titles = pillar_titles(plan, moment)

    view = PlanView(plan=plan, at=moment)
    found: dict[int, list[TimelineItem]] = defaultdict(list)
    items = _items(plan, moment, _earlier(plan, moment) if has_gaps else {})
    if by == GroupBy.LATENESS:
        items.sort(key=lambda item: item.by_lateness)
    for item in items:
        if pillar in (None, item.pillar) and lead in (None, item.lead):
            key = {GroupBy.PILLAR: item.pillar, GroupBy.AGENCY: item.lead}.get(by)
            found[item.by_lateness[0] if key is None else key].append(item)
    groups = [Group(key, words, found[key], view) for key, words in titles.items() if key in found]
    scale = Scale.of((item for group in groups for item in group.items), moment.on)
    return Timeline(moment.on, groups, scale)


def _items(plan: Plan, moment: Moment, earlier: dict[int, list[date]]) -> list[TimelineItem]:
    """Return the items in the Plan's order, with all their milestones by number."""
    steps: dict[int, list[TimelineMilestone]] = defaultdict(list)
    on, new = moment.on, tuple.__new__
    of, of_delays = {"item__plan_id": plan.pk}, {"milestone__item__plan_id": plan.pk}
    waits = waits_at(plan, moment)
    late = waits.not_met_pks
    open_delays = grouped(delays_at(moment, of_delays, only_open=True), "milestone")
    # Of each item, the open delays of its milestones, in their order.
    held_up: dict[int, list[Sequence[DelayAt]]] = defaultdict(list)
    columns: tuple[str, ...] = (*TimelineMilestone._fields[:9], "item_id", "id")
    for row in read_at(Milestone, moment, columns, of, order=("number", "id")):
        *_, done, gone, item, pk = row
        # Most dates have come, or there are none.
        if (done is not None and done > on) or (gone is not None and gone > on):
            row = (*row[:-4], by_then(done, on), by_then(gone, on))
        if days := earlier.get(pk):
            first, last = sorted((row[1], row[7] or row[5]))
            between = tuple(day for day in days if first < day < last)
        else:
            between = ()
        held = (
            waits.in_words(pk) if pk in waits.of else "",
            waits.earliest[pk].day if pk in late else None,
        )
        steps[item].append(new(TimelineMilestone, (*row[:9], between, *held)))
        held_up[item].append(open_delays.get(pk, ()))
    found = []
    columns = ("id", "number", "title", "pillar_id", "lead_agency_id", "stage")
    for row in read_at(WorkItem, moment, columns, {"plan_id": plan.pk}):
        own = steps.get(row[0], ())
        late_by, due = dates_ahead(own, on)
        if late_by.state == Late.SLIPPING:
            pairs = zip(own, held_up[row[0]], strict=True)
            late_by = while_waiting(late_by, *max(pairs, key=lambda pair: pair[0].slip))
        found.append(new(TimelineItem, (*row, own, late_by, due)))
    return sorted(found, key=lambda item: (number_key(item.number), item.pk))


def _earlier(plan: Plan, moment: Moment) -> dict[int, list[date]]:
    """Return the dates other than the first promised ones that were expected of each milestone so far. One query."""
    rows = Milestone.history.filter(**{PLAN_COLUMN: plan.pk}).exclude(
        forecast_due=F("original_due")
    )
    rows = known_at(moment, rows)
    found: dict[int, list[date]] = defaultdict(list)
    for pk, day in rows.order_by().values_list("id", "forecast_due").distinct():
        found[pk].append(day)
    return {pk: sorted(days) for pk, days in found.items()}


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
    """Return the lateness of the item's open dates in words, or a closed item's stage; nothing of an item on time."""
    if not item.is_live:
        return str(Stage(item.stage).label)
    if not item.milestones:
        return gettext("No milestones")
    if item.due is None:
        done = all(row.completed_on for row in item.milestones)
        return gettext("All milestones done") if done else gettext("No open milestone")
    if not item.is_late and any(getattr(row, "earliest", None) for row in item.milestones):
        return gettext("Can no longer be met")
    return "" if item.late.state == Late.ON_TIME else item.late.words
