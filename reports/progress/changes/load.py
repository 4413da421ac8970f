"""What may differ between two moments, read from the records and their history.

Only records that were written to between the moments are read, and milestones and delays to which
a day in between means something, since an agreed date passes without anybody writing a word.
"""

from typing import Any

from django.db.models import Q, QuerySet

from agencies.models import Agency
from reports.progress.changes.change import Comparison
from reports.progress.changes.compare import compare
from reports.progress.changes.plan_then import (
    Approved,
    DelayThen,
    ItemThen,
    MilestoneThen,
    PlanThen,
)
from reports.progress.view import Look
from workitems.asat import Moment, rows_at
from workitems.models import Delay, Milestone, Pillar, Plan, Variation, WorkItem


def read(look: Look) -> Comparison:
    """What changed between `look.since` and `look.at`, narrowed as the look is. 11 queries at
    most.

    An item counts where it is at the later moment: one that left the pillar or the lead agency is
    told there, one that came is told here.
    """
    assert look.since is not None
    before, after = both(look.plan, look.since, look.at)
    after = after.narrowed(pillar=look.pillar, lead=look.agency)
    return Comparison(compare(before, after), after.agencies)


def both(plan: Plan, since: Moment, at: Moment) -> tuple[PlanThen, PlanThen]:
    """The plan at both moments, without what is the same at both."""
    between = _Between(plan, since, at)
    agencies = dict(Agency.objects.values_list("pk", "short_name"))
    pillars = dict(Pillar.objects.filter(plan=plan).values_list("pk", "title"))
    if not at.is_now:  # as they were called; one that was entered later than its items, as it is
        pillars |= dict(rows_at(Pillar, at, of={"plan_id": plan.pk}).values_list("id", "title"))
    return between.then(since, agencies, pillars), between.then(at, agencies, pillars)


class _Between:
    """The records of a plan that may differ between two moments."""

    def __init__(self, plan: Plan, since: Moment, at: Moment) -> None:
        assert since.until is not None, "Nothing comes after today."
        self.plan, self.since, self.at = plan, since, at
        self.milestones = Milestone.objects.filter(item__plan=plan).filter(
            Q(
                pk__in=self.touched(
                    Milestone, "item__plan", "completed_on", "withdrawn_on", due=True
                )
            )
            | Q(
                pk__in=self.touched(
                    Delay, "milestone__item__plan", "found_on", "ended_on", of="milestone_id"
                )
            )
        )
        self.items = WorkItem.objects.filter(plan=plan).filter(
            Q(pk__in=self.touched(WorkItem, "plan")) | Q(pk__in=self.milestones.values("item"))
        )

    def touched(
        self, model: type[Any], plan: str, *days: str, due: bool = False, of: str = "id"
    ) -> "QuerySet[Any]":
        """Records with a version written between the moments, or that ever named a day then."""
        written = Q(history_date__gte=self.since.until)
        if self.at.until is not None:
            written &= Q(history_date__lt=self.at.until)
        for day in days:
            written |= Q(**{f"{day}__gt": self.since.on, f"{day}__lte": self.at.on})
        if due:
            written |= Q(agreed_due__gte=self.since.on, agreed_due__lt=self.at.on)
        found: QuerySet[Any, Any] = model.history.filter(written, **{plan: self.plan}).values(of)
        return found

    def then(self, moment: Moment, agencies: dict[int, str], pillars: dict[int, str]) -> PlanThen:
        def rows(model: type[Any], of: dict[str, Any], *columns: str, **filters: Any) -> Any:
            return rows_at(model, moment, of=of, **filters).order_by().values_list(*columns)

        items = rows(
            WorkItem, {"pk__in": self.items.values("pk")},
            "id", "number", "title", "objective", "action", "pillar_id", "lead_agency_id",
            "stage", "completed_on", "confidence", "reviewer_confidence",
        )  # fmt: skip
        milestones = rows(
            Milestone, {"pk__in": self.milestones.values("pk")},
            "id", "item_id", "number", "description", "original_due", "agreed_due",
            "forecast_due", "completed_on", "withdrawn_on",
        )  # fmt: skip
        delays = rows(
            Delay, {"milestone__in": self.milestones.values("pk")},
            "id", "milestone_id", "cause", "explanation", "found_on", "ended_on",
        )  # fmt: skip
        approved = rows(
            Variation, {"plan_id": self.plan.pk, "pk__in": self.touched(Variation, "plan")},
            "id", "number", "kind", "item_id", "milestone_id", "wording", "reason",
            state=Variation.State.APPROVED,
        )  # fmt: skip
        return PlanThen(
            on=moment.on,
            items={row[0]: ItemThen._make(row) for row in items},
            milestones={row[0]: MilestoneThen(*row) for row in milestones},
            delays={row[0]: DelayThen._make(row) for row in delays},
            approved={row[0]: Approved._make(row) for row in approved},
            pillars=pillars,
            agencies=agencies,
        )
