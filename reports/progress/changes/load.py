"""Reads the records that may differ between two moments, with their history.

These are records written in between, and milestones and delays with a date in between, as an agreed
date passes without anything being written.
"""

from dataclasses import replace

from django.db import connection

from agencies.models import Agency
from reports.progress.changes.change import Comparison
from reports.progress.changes.compare import PlanThen, compare
from reports.progress.view import Look
from workitems.asat import Moment
from workitems.models import Plan, Variation
from workitems.plan_at import (
    delays_at,
    items_in_any_order,
    milestones_at,
    pillar_titles,
    variations_at,
)


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


def read_both(plan: Plan, since: Moment, at: Moment) -> tuple[PlanThen, PlanThen]:
    """Return the plan at both moments, without records that are the same at both."""
    between = _Between(plan, since, at)
    names = dict(Agency.objects.values_list("pk", "short_name")), pillar_titles(plan, at)
    return between.then(since, *names), between.then(at, *names)


# The records that may differ, found at once: written by hand, as a query of each kind within those that
# read the records takes much longer to compose. {written} is a condition on history rows.
# Dates without such a row are in {milestones} and {delays}: today's records, or history.
TOUCHED = """
SELECT 'milestone', id, item_id FROM workitems_milestone WHERE id IN (
    SELECT id FROM workitems_historicalmilestone
    WHERE history_plan_id = %(plan)s AND {written}
    UNION SELECT id FROM {milestones} AND (
        completed_on > %(first)s AND completed_on <= %(last)s
        OR withdrawn_on > %(first)s AND withdrawn_on <= %(last)s
        OR agreed_due >= %(first)s AND agreed_due < %(last)s
    )
    UNION SELECT milestone_id FROM workitems_historicaldelay
    WHERE history_plan_id = %(plan)s AND {written}
    UNION SELECT milestone_id FROM {delays} AND (
        found_on > %(first)s AND found_on <= %(last)s
        OR ended_on > %(first)s AND ended_on <= %(last)s
    )
)
UNION SELECT 'item', id, id FROM workitems_historicalworkitem WHERE plan_id = %(plan)s AND {written}
UNION SELECT 'variation', id, item_id FROM workitems_historicalvariation
WHERE plan_id = %(plan)s AND {written}
"""
PAST = {
    "milestones": "workitems_historicalmilestone WHERE history_plan_id = %(plan)s",
    "delays": "workitems_historicaldelay WHERE history_plan_id = %(plan)s",
}
OF_PLAN = "item_id IN (SELECT id FROM workitems_workitem WHERE plan_id = %(plan)s)"
TODAY = {
    "milestones": f"workitems_milestone WHERE {OF_PLAN}",
    "delays": "workitems_delay WHERE milestone_id IN"
    f" (SELECT id FROM workitems_milestone WHERE {OF_PLAN})",
}


class _Between:
    """The records of a plan that may differ between two moments."""

    def __init__(self, plan: Plan, since: Moment, at: Moment) -> None:
        assert since.until is not None, "Nothing comes after today."
        self.plan, self.since, self.at = plan, since, at
        found = self.ids()
        self.milestones = [pk for kind, pk, _ in found if kind == "milestone"]
        self.items = {item for kind, _, item in found if kind != "variation"}
        self.variations = [pk for kind, pk, _ in found if kind == "variation"]

    def ids(self) -> list[tuple[str, int, int]]:
        """Return the records that may differ, each as its kind, its id and its item."""
        written = "history_date >= %(since)s"
        if self.at.until is not None:
            written += " AND history_date < %(until)s"
        sql = TOUCHED.format(written=written, **(TODAY if self.at.is_now else PAST))
        instant = connection.ops.adapt_datetimefield_value
        values = {
            "plan": self.plan.pk,
            "since": instant(self.since.until),
            "until": instant(self.at.until),
            "first": self.since.on,
            "last": self.at.on,
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def then(self, moment: Moment, agencies: dict[int, str], pillars: dict[int, str]) -> PlanThen:
        delays = delays_at(moment, {"milestone__in": self.milestones})
        milestones = milestones_at(moment, {"pk__in": self.milestones}, delays)
        # The changes are sorted.
        items = items_in_any_order(moment, {"pk__in": self.items}, milestones)
        approved = variations_at(
            moment,
            {"plan_id": self.plan.pk, "pk__in": self.variations},
            Variation.State.APPROVED,
        )
        return PlanThen(
            on=moment.on,
            items={row.pk: row for row in items},
            approved={row.pk: row for row in approved},
            pillars=pillars,
            agencies=agencies,
        )
