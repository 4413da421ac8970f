"""The dashboard's counts of changes, from data already read."""

from reports.progress.changes.change import Kind
from workitems.asat import rows_at
from workitems.models import Milestone
from workitems.models.item import Stage
from workitems.plan_at import PlanAt


def glance(before: PlanAt, at: PlanAt) -> dict[Kind, int]:
    """Count items completed and dates slipped; the counts equal those of `compare`.

    `before` is the whole plan; `at` may be narrowed. Items count by where they are at it.
    """
    completed = sum(
        item.stage == Stage.COMPLETE
        and (item.pk not in before.by_pk or before.by_pk[item.pk].stage != Stage.COMPLETE)
        for item in at.items
    )
    done = dict(
        rows_at(
            Milestone,
            at.moment,
            of={"item__plan_id": at.plan.pk},
            completed_on__gt=before.on,
            completed_on__lte=at.on,
        )
        .order_by()
        .values_list("id", "completed_on")
    )
    expected = {row.pk: row.forecast_due for row in at.milestones}
    going_on = {item.pk for item in at.items if item.stage != Stage.WITHDRAWN}
    slipped = 0
    open_then = (row for item in before.items if item.is_live for row in item.milestones)
    for row in open_then:
        if row.item not in going_on:
            continue
        if row.pk in done:
            slipped += row.agreed_due >= before.on and done[row.pk] > row.forecast_due
        else:
            slipped += expected.get(row.pk, row.forecast_due) > row.forecast_due
    return {Kind.COMPLETED: completed, Kind.SLIPPED: slipped}
