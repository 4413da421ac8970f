"""The counts of the plan at a moment by the database, which reads only the records that the page names.

A property test checks that they equal those counted from the whole plan.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from agencies.composed import Given, Statement
from agencies.models import Agency
from agencies.tracking import PLAN_COLUMN
from reports.progress.plan_counts import (
    ATTENTION_SHOWN,
    DUE_SHOWN,
    DUE_WITHIN_DAYS,
    MARKS_IN_A_CELL,
    TIMELINE_SHOWN,
    CauseCount,
    Due,
    Place,
    PlanCounts,
    most_days_first,
)
from workitems.asat import Moment, rows_at
from workitems.attention import attention
from workitems.models import Delay, Milestone, Mitigation, Plan, Risk, Variation, WorkItem
from workitems.models.item import number_key
from workitems.plan_at import (
    ItemAt,
    PlanAt,
    VariationAt,
    agencies_at,
    delays_at,
    items_at,
    milestones_at,
    mitigations_at,
    pillars_at,
    reasons_of,
    returns_at,
    risks_at,
    variations_at,
)
from workitems.standing import STALE_AFTER_DAYS, Rank, Standing

# These are written by hand: as querysets they take one to ten milliseconds each to compose.
# {narrow} is a condition on the items, or nothing. {items}, {milestones} and so on are the tables of
# today's records or, after {past}, of those as at a moment.
#
# The open milestones of live items.
STEPS = """
WITH {past}step AS (
    SELECT milestone.id, item_id, agreed_due,
        agreed_due < %(on)s OR forecast_due > agreed_due AS is_late
    FROM {milestones} AS milestone
    JOIN {items} AS item ON item.id = item_id
    WHERE {of_plan} AND stage NOT IN ('complete', 'withdrawn'){narrow}
        AND (milestone.completed_on IS NULL OR milestone.completed_on > %(on)s)
        AND (withdrawn_on IS NULL OR withdrawn_on > %(on)s)
)
"""
# The number of items by place and status, by the rule of `standing.standing_of`, and the ids of few.
STANDINGS = f"""{STEPS}
SELECT pillar_id, lead_agency_id,
    CASE
        WHEN stage IN ('complete', 'withdrawn') THEN stage
        WHEN id IN (SELECT item_id FROM step WHERE is_late) THEN '{Standing.LATE}'
        WHEN confidence IN ('at_risk', 'off_track') THEN '{Standing.IN_DOUBT}'
        ELSE '{Standing.ON_TIME}'
    END AS status,
    COUNT(*), CASE WHEN COUNT(*) <= %(single)s THEN {{ids}} END
FROM {{items}}
WHERE {{of_plan}}{{narrow}}
GROUP BY pillar_id, lead_agency_id, status
"""
# The milestones due first, with their items, and how many are due within so many days.
DUE = f"""{STEPS}
SELECT id, item_id, {
    ", ".join(
        f"COUNT(*) FILTER (WHERE agreed_due <= %(within_{days})s) OVER ()"
        for days in DUE_WITHIN_DAYS
    )
}
FROM step
WHERE agreed_due >= %(on)s AND agreed_due <= %(within_{max(DUE_WITHIN_DAYS)})s
ORDER BY agreed_due, id
LIMIT %(shown)s
"""
# The items of late milestones, then of those due next, by agreed date.
LATE_OR_NEXT = f"""{STEPS}
SELECT item_id
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY is_late DESC, agreed_due, id) AS place
    FROM step
) AS placed
WHERE place = 1
ORDER BY is_late DESC, agreed_due, id
LIMIT %(shown)s
"""
# The items that need attention most, with the number of all that need it: the rules of
# `standing.attention` in the order of `attention`, but for the numbers of items that are equal otherwise.
MOST_URGENT = f"""
WITH {{past}}item AS (
    SELECT id, number, is_key, confidence, reviewer_confidence, heard_on, starts_on
    FROM {{items}}
    WHERE {{of_plan}} AND stage NOT IN ('complete', 'withdrawn'){{narrow}}
), step AS (
    SELECT item_id, MIN(agreed_due) AS due, MAX({{days}}) AS days
    FROM {{milestones}}
    WHERE item_id IN (SELECT id FROM item)
        AND (completed_on IS NULL OR completed_on > %(on)s)
        AND (withdrawn_on IS NULL OR withdrawn_on > %(on)s)
    GROUP BY item_id
), held_up AS (
    SELECT item_id, MAX(times_moved) AS times_moved, MAX(is_mitigated) AS is_mitigated
    FROM (
        SELECT item_id, SUM(times_moved) AS times_moved, MAX(
            CASE WHEN delay.id IN (SELECT delay_id FROM {{mitigations}}) THEN 1 ELSE 0 END
        ) AS is_mitigated
        FROM {{delays}} AS delay
        JOIN {{milestones}} AS milestone ON milestone.id = milestone_id
        WHERE item_id IN (SELECT id FROM item)
            AND found_on <= %(on)s AND (ended_on IS NULL OR ended_on > %(on)s)
        GROUP BY item_id, milestone_id
    ) AS of_milestone
    GROUP BY item_id
), escalated AS (
    SELECT item_id FROM {{risks}}
    WHERE {{of_plan}} AND escalated_to <> '' AND (closed_on IS NULL OR closed_on > %(on)s)
        AND item_id IS NOT NULL
), waiting AS (
    SELECT item_id FROM {{variations}}
    WHERE {{of_plan}} AND state IN ('requested', 'recommended') AND item_id IS NOT NULL
), fact AS (
    SELECT id, number, is_key, due,
        CASE WHEN due < %(on)s THEN 0 WHEN days > 0 THEN days ELSE 0 END AS days_late,
        COALESCE(is_mitigated, 0) = 1 AS is_mitigated,
        CASE WHEN due < %(on)s THEN 1 ELSE 0 END AS overdue,
        CASE WHEN due >= %(on)s AND days > 0 THEN 1 ELSE 0 END AS slipping,
        CASE WHEN times_moved > 1 THEN 1 ELSE 0 END AS slipped_again,
        CASE WHEN confidence = 'off_track' THEN 1 ELSE 0 END AS off_track,
        CASE WHEN id IN (SELECT item_id FROM escalated) THEN 1 ELSE 0 END AS at_stake,
        CASE WHEN confidence <> '' AND reviewer_confidence NOT IN ('', confidence)
            THEN 1 ELSE 0 END AS views_differ,
        CASE WHEN heard_on < %(stale_since)s AND (starts_on IS NULL OR starts_on <= %(on)s)
            THEN 1 ELSE 0 END AS stale,
        CASE WHEN id IN (SELECT item_id FROM waiting) THEN 1 ELSE 0 END AS awaits
    FROM item
    LEFT JOIN step ON step.item_id = id
    LEFT JOIN held_up ON held_up.item_id = id
), ranked AS (
    SELECT id, number, is_key, overdue, due, days_late,
        CASE
            WHEN overdue = 1 AND NOT is_mitigated THEN {Rank.OVERDUE_UNMITIGATED}
            WHEN overdue = 1 THEN {Rank.OVERDUE}
            WHEN slipped_again = 1 THEN {Rank.SLIPPED_AGAIN}
            WHEN off_track = 1 THEN {Rank.OFF_TRACK}
            WHEN at_stake = 1 THEN {Rank.RISK_ESCALATED}
            WHEN slipping = 1 THEN {Rank.EXPECTED_LATE}
            WHEN views_differ = 1 THEN {Rank.VIEWS_DIFFER}
            WHEN stale = 1 THEN {Rank.STALE}
            ELSE {Rank.VARIATION_WAITS}
        END AS rank,
        overdue + slipping + slipped_again + off_track + at_stake + views_differ + stale + awaits
            AS reasons
    FROM fact
), placed AS (
    SELECT id, number, COUNT(*) OVER () AS needing, RANK() OVER (
        ORDER BY rank, is_key DESC, CASE WHEN overdue = 1 THEN due END, days_late DESC, reasons DESC
    ) AS place
    FROM ranked
    WHERE reasons > 0
)
SELECT place, number, id, needing
FROM placed
WHERE place <= %(shown)s
"""
# The open delays by cause, and their days together.
CAUSES = """
WITH {past}open AS (
    SELECT cause, {held_up} AS days
    FROM {delays} AS delay
    JOIN {milestones} AS milestone ON milestone.id = milestone_id
    JOIN {items} AS item ON item.id = item_id
    WHERE {of_plan}{narrow}
        AND found_on <= %(on)s AND (ended_on IS NULL OR ended_on > %(on)s)
)
SELECT cause, COUNT(*), SUM(days)
FROM open
GROUP BY cause
"""
# The variations of the view's items that wait for a decision.
WAITING = """
WITH {past}item AS (SELECT id FROM {items} WHERE {of_plan}{narrow})
SELECT id FROM {variations}
WHERE state IN ('requested', 'recommended') AND item_id IN (SELECT id FROM item)
"""
# The tables that are named above, with their columns and how their records belong to a plan.
TABLES: dict[str, tuple[type[Model], str, tuple[str, ...]]] = {
    "items": (
        WorkItem, "plan_id",
        ("id", "pillar_id", "lead_agency_id", "number", "stage", "is_key", "confidence",
         "reviewer_confidence", "heard_on", "starts_on"),
    ),
    "milestones": (
        Milestone, "item__plan_id",
        ("id", "item_id", "agreed_due", "forecast_due", "completed_on", "withdrawn_on"),
    ),
    "delays": (
        Delay, "milestone__item__plan_id",
        ("id", "milestone_id", "cause", "times_moved", "due_before", "due_after", "found_on", "ended_on"),
    ),
    "mitigations": (Mitigation, "delay__milestone__item__plan_id", ("delay_id",)),
    "risks": (Risk, "plan_id", ("item_id", "escalated_to", "closed_on")),
    "variations": (Variation, "plan_id", ("id", "item_id", "state")),
}  # fmt: skip
TODAY = {"past": "", "of_plan": "plan_id = %(plan)s"} | {
    name: model._meta.db_table for name, (model, *_) in TABLES.items()
}


@cache
def _past() -> dict[str, str]:
    """Return the same tables as at a moment, by names of their own.

    Records that were not written since are read from today's tables, which is quicker than to find
    the history row of each.
    """
    until: Any = Given("until")
    moment: Any = Moment(Given("on"), until)  # type: ignore[arg-type]
    past = ""
    for name, (model, plan, columns) in TABLES.items():
        history: Any = model.history  # type: ignore[attr-defined]
        of_plan = {plan if plan == "plan_id" else PLAN_COLUMN: Given("plan")}
        written = history.filter(**of_plan, history_date__gte=until).values("id")
        of = {plan: Given("plan")}
        unchanged = model._base_manager.filter(**of).exclude(pk__in=written)
        changed = rows_at(model, moment, of=of | {"pk__in": written})
        sql = " UNION ALL ".join(
            Statement(rows.order_by().values_list(*columns)).named_sql
            for rows in (unchanged, changed)
        )
        past += f"{name}_then AS ({sql}), "
    return {"past": past, "of_plan": "TRUE"} | {name: f"{name}_then" for name in TABLES}


class DatabaseCounts:
    """The queries for the counts of a plan at a moment, whole or narrowed to a pillar or a lead agency.

    Each is limited to the plan, because the tables hold all plans. Their number is the same
    whatever the plan's size.
    """

    def __init__(self, plan: Plan, moment: Moment, pillar: int | None, lead: int | None) -> None:
        self.plan, self.on, self.moment = plan, moment.on, moment
        self.pillar, self.lead = pillar, lead
        self.narrow = {"pillar": pillar} if pillar is not None else {}
        self.narrow |= {"lead_agency": lead} if lead is not None else {}

    def counts(self) -> PlanCounts:
        agencies = agencies_at(Agency.objects.in_bulk(), self.moment)
        standings, few = self.standings()
        urgent, needing = self.most_urgent()
        soon, due = self.due()
        ahead = self.late_or_next()
        items = self.items({*few, *urgent, *ahead, *(item for _, item in soon)})
        by_pk = {item.pk: item for item in items}
        milestones = {row.pk: row for item in items for row in item.milestones}
        single = defaultdict(list)
        for item in items:
            single[item.pillar, item.lead].append(item)
        variations = self.variations()
        part = self.part([by_pk[pk] for pk in urgent], variations, agencies)
        lines = attention(part)
        return PlanCounts(
            pillars=part.pillars,
            agencies=agencies,
            standings=standings,
            single={
                place: single[place]
                for place, count in standings.items()
                if count.total() <= MARKS_IN_A_CELL
            },
            lines=lines[:ATTENTION_SHOWN],
            attention=needing + sum(line.item is None for line in lines),
            due=due,
            due_soon=[Due(milestones[pk], by_pk[item]) for pk, item in soon],
            timeline=[by_pk[pk] for pk in ahead],
            causes=self.causes(),
            variations=len(variations),
            returns=part.returns,
        )

    def ask(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement that is written by hand, and return its rows."""
        days, held_up = "forecast_due - agreed_due", "due_after - due_before"
        ids = "STRING_AGG(CAST(id AS TEXT), ',')"
        if connection.vendor == "sqlite":
            days = "julianday(forecast_due) - julianday(agreed_due)"
            held_up = "julianday(due_after) - julianday(due_before)"
            ids = "GROUP_CONCAT(id)"
        tables = TODAY if self.moment.is_now else _past()
        narrow = "".join(f" AND {name}_id = %({name})s" for name in self.narrow)
        values |= self.narrow | {"plan": self.plan.pk, "on": self.on}
        values["until"] = connection.ops.adapt_datetimefield_value(self.moment.until)
        with connection.cursor() as cursor:
            cursor.execute(
                sql.format(days=days, held_up=held_up, ids=ids, narrow=narrow, **tables), values
            )
            return list(cursor.fetchall())

    def standings(self) -> tuple[dict[Place, Counter[Standing]], list[int]]:
        """Return the number of items by place and status, and the items of places with few."""
        found: dict[Place, Counter[Standing]] = defaultdict(Counter)
        named: dict[Place, list[str]] = defaultdict(list)
        for pillar, lead, status, count, ids in self.ask(STANDINGS, single=MARKS_IN_A_CELL):
            found[pillar, lead][Standing(status)] = count
            named[pillar, lead] += ids.split(",") if ids else ()
        few = [ids for place, ids in named.items() if found[place].total() <= MARKS_IN_A_CELL]
        return found, [int(pk) for ids in few for pk in ids]

    def most_urgent(self) -> tuple[list[int], int]:
        """Return the items that need attention most, most urgent first, and the number of all."""
        stale_since = self.on - timedelta(days=STALE_AFTER_DAYS)
        found = self.ask(MOST_URGENT, stale_since=stale_since, shown=ATTENTION_SHOWN)
        placed = sorted((place, number_key(number), pk) for place, number, pk, _ in found)
        return [pk for *_, pk in placed[:ATTENTION_SHOWN]], found[0][-1] if found else 0

    def due(self) -> tuple[list[tuple[int, int]], dict[int, int]]:
        """Return the milestones due first, with their items, and how many are due within days."""
        last = {f"within_{days}": self.on + timedelta(days=days) for days in DUE_WITHIN_DAYS}
        found = self.ask(DUE, shown=DUE_SHOWN, **last)
        counts = found[0][2:] if found else (0,) * len(DUE_WITHIN_DAYS)
        return [(pk, item) for pk, item, *_ in found], dict(
            zip(DUE_WITHIN_DAYS, counts, strict=True)
        )

    def late_or_next(self) -> list[int]:
        return [item for (item,) in self.ask(LATE_OR_NEXT, shown=TIMELINE_SHOWN)]

    def items(self, pks: set[int]) -> list[ItemAt]:
        """Return these items, in the Plan's order, with all their milestones."""
        milestones = milestones_at(self.moment, {"item__in": pks})
        return items_at(self.moment, {"pk__in": pks}, milestones)

    def variations(self) -> list[VariationAt]:
        """Return the variations that wait for a decision, of the view's items if it is narrowed."""
        of: dict[str, Any] = {"plan_id": self.plan.pk}
        if self.narrow:
            of["pk__in"] = [pk for (pk,) in self.ask(WAITING)]
        return variations_at(self.moment, of, *Variation.PENDING)

    def part(
        self, items: list[ItemAt], variations: list[VariationAt], agencies: dict[int, Agency]
    ) -> PlanAt:
        """Return the plan with only these items, and what is needed to say why they need attention."""
        pks = [item.pk for item in items]
        mitigations = mitigations_at(self.moment, {"delay__milestone__item_id__in": pks})
        delays = delays_at(
            self.moment, {"milestone__item_id__in": pks}, mitigations, only_open=True
        )
        risks = [
            row
            for row in risks_at(self.moment, {"plan_id": self.plan.pk})
            if row.escalated_to and not row.closed_on
        ]
        return PlanAt(
            plan=self.plan,
            moment=self.moment,
            items=items,
            pillars=pillars_at(self.plan, self.moment),
            agencies=agencies,
            delays=delays,
            risks=risks,
            variations=variations,
            returns=returns_at(self.plan, self.moment, agencies),
            reasons=reasons_of(items, delays, risks, variations, agencies),
        ).narrowed(pillar=self.pillar, lead=self.lead)

    def causes(self) -> list[CauseCount]:
        return most_days_first(
            CauseCount(cause, number, int(days)) for cause, number, days in self.ask(CAUSES)
        )
