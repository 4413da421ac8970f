"""Reads the records that may differ between two moments, with their history.

These are records written in between, and milestones and delays with a date in between, as an agreed
date passes without anything being written.
"""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from agencies.models import Agency
from agencies.tracking import PLAN_COLUMN
from reports.progress.changes.change import Comparison
from reports.progress.changes.compare import PlanThen, compare
from reports.progress.view import Look
from workitems.asat import Moment, rows_at
from workitems.models import Delay, Milestone, Plan, Variation, WorkItem
from workitems.plan_at import delays_at, items_among, milestones_at, pillar_titles, variations_at


def read_changes(look: Look) -> Comparison:
    """Return what changed between `look.since` and `look.at`, narrowed like the view.

    At most 11 queries. An item counts by where it is at the later moment: it is reported under its
    new pillar and lead agency only.
    """
    assert look.since is not None
    before, after = read_both(look.plan, look.since, look.at)
    after = replace(
        after,
        items={
            pk: item
            for pk, item in after.items.items()
            if look.pillar in (None, item.pillar) and look.agency in (None, item.lead)
        },
    )
    return Comparison(compare(before, after), after.agencies)


def read_both(
    plan: Plan, since: Moment, at: Moment, *, whole_items: bool = False
) -> tuple[PlanThen, PlanThen]:
    """Return the plan at both moments, without records that are the same at both.

    With `whole_items`, the items that may differ have all their milestones, so that their status is
    that of each moment.
    """
    between = _Between(plan, since, at, whole_items)
    agencies = dict(Agency.objects.values_list("pk", "short_name"))
    pillars = pillar_titles(plan, at)
    return between.then(since, agencies, pillars), between.then(at, agencies, pillars)


class _Between:
    """The records of a plan that may differ between two moments."""

    def __init__(self, plan: Plan, since: Moment, at: Moment, whole_items: bool) -> None:
        assert since.until is not None, "Nothing comes after today."
        self.plan, self.since, self.at, self.whole_items = plan, since, at, whole_items
        self.milestones = self.touched(
            Milestone, PLAN_COLUMN, "completed_on", "withdrawn_on", due=True
        ).union(self.touched(Delay, PLAN_COLUMN, "found_on", "ended_on", of="milestone_id"))
        self.items = self.touched(WorkItem, "plan").union(
            Milestone.objects.filter(pk__in=self.milestones).values("item_id")
        )

    def touched(
        self, model: type[Any], plan: str, *days: str, due: bool = False, of: str = "id"
    ) -> "QuerySet[Any]":
        """Return records written between the moments, or with a date that ever fell between."""
        written = Q(history_date__gte=self.since.until)
        if self.at.until is not None:
            written &= Q(history_date__lt=self.at.until)
        for day in days:
            written |= Q(**{f"{day}__gt": self.since.on, f"{day}__lte": self.at.on})
        if due:
            written |= Q(agreed_due__gte=self.since.on, agreed_due__lt=self.at.on)
        found: QuerySet[Any, Any] = model.history.filter(written, **{plan: self.plan.pk})
        return found.order_by().values(of)

    def then(self, moment: Moment, agencies: dict[int, str], pillars: dict[int, str]) -> PlanThen:
        delays = delays_at(moment, {"milestone__in": self.milestones})
        of = {"item__in": self.items} if self.whole_items else {"pk__in": self.milestones}
        milestones = milestones_at(moment, of, delays)
        # In any order: the changes are sorted.
        rows = rows_at(WorkItem, moment, of={"pk__in": self.items}).order_by()
        items = items_among(rows, moment, milestones)
        approved = variations_at(
            moment,
            {"plan_id": self.plan.pk, "pk__in": self.touched(Variation, "plan")},
            Variation.State.APPROVED,
        )
        return PlanThen(
            on=moment.on,
            items={row.pk: row for row in items},
            approved={row.pk: row for row in approved},
            pillars=pillars,
            agencies=agencies,
        )
