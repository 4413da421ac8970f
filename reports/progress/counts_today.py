"""The counts of today's plan by the database, which reads only the records that the page names.

A property test checks that they equal those counted from the whole plan.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Count,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from agencies.models import Agency
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
from workitems.asat import Moment
from workitems.attention import attention
from workitems.models import Delay, Milestone, Plan, Variation, WorkItem
from workitems.models.item import Confidence, Stage, WorkItemQuerySet
from workitems.plan_at import (
    ItemAt,
    PlanAt,
    VariationAt,
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

CLOSED = (Stage.COMPLETE, Stage.WITHDRAWN)
# The items that need attention most, with the number of all that need it: the rules of
# `standing.attention` in the order of `attention`. As a queryset, each rule stands in it three
# times, and the SQL takes ten milliseconds to compose.
MOST_URGENT = f"""
WITH item AS (
    SELECT id, number_key, is_key, confidence, reviewer_confidence, heard_on, starts_on
    FROM workitems_workitem
    WHERE plan_id = %(plan)s AND stage NOT IN ('complete', 'withdrawn'){{narrow}}
), step AS (
    SELECT item_id, MIN(agreed_due) AS due, MAX({{days}}) AS days
    FROM workitems_milestone
    WHERE item_id IN (SELECT id FROM item)
        AND (completed_on IS NULL OR completed_on > %(on)s)
        AND (withdrawn_on IS NULL OR withdrawn_on > %(on)s)
    GROUP BY item_id
), held_up AS (
    SELECT item_id, MAX(times_moved) AS times_moved, SUM(mitigations) AS mitigations
    FROM (
        SELECT item_id, SUM(times_moved) AS times_moved, SUM(
            (SELECT COUNT(*) FROM workitems_mitigation WHERE delay_id = delay.id)
        ) AS mitigations
        FROM workitems_delay AS delay
        JOIN workitems_milestone AS milestone ON milestone.id = milestone_id
        WHERE item_id IN (SELECT id FROM item)
            AND found_on <= %(on)s AND (ended_on IS NULL OR ended_on > %(on)s)
        GROUP BY item_id, milestone_id
    ) AS of_milestone
    GROUP BY item_id
), escalated AS (
    SELECT item_id FROM workitems_risk
    WHERE plan_id = %(plan)s AND escalated_to <> '' AND (closed_on IS NULL OR closed_on > %(on)s)
        AND item_id IS NOT NULL
), waiting AS (
    SELECT item_id FROM workitems_variation
    WHERE plan_id = %(plan)s AND state IN ('requested', 'recommended')
), fact AS (
    SELECT id, number_key, is_key, due,
        CASE WHEN due < %(on)s THEN 0 WHEN days > 0 THEN days ELSE 0 END AS days_late,
        COALESCE(mitigations, 0) > 0 AS is_mitigated,
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
    SELECT id, number_key, is_key, overdue, due, days_late,
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
)
SELECT id, COUNT(*) OVER ()
FROM ranked
WHERE reasons > 0
ORDER BY rank, is_key DESC, CASE WHEN overdue = 1 THEN due END, days_late DESC, reasons DESC,
    number_key, id
LIMIT %(shown)s
"""


class TodayCounts:
    """The queries for the counts of a plan, whole or narrowed to a pillar or a lead agency.

    Each is limited to the plan, because the tables hold all plans. Their number is the same
    whatever the plan's size.
    """

    def __init__(self, plan: Plan, on: date, pillar: int | None, lead: int | None) -> None:
        self.plan, self.on, self.moment = plan, on, Moment.today(on)
        self.pillar, self.lead = pillar, lead
        self.narrow = {"pillar": pillar} if pillar is not None else {}
        self.narrow |= {"lead_agency": lead} if lead is not None else {}

    def counts(self) -> PlanCounts:
        agencies = Agency.objects.in_bulk()
        standings = self.standings()
        urgent, needing = self.most_urgent()
        soon, due = self.due()
        ahead = self.late_or_next()
        few = [place for place, count in standings.items() if count.total() <= MARKS_IN_A_CELL]
        items = self.items({*urgent, *ahead, *(item for _, item in soon)}, few)
        by_pk = {item.pk: item for item in items}
        milestones = {row.pk: row for item in items for row in item.milestones}
        single = defaultdict(list)
        for item in items:
            single[item.pillar, item.lead].append(item)
        variations = variations_at(
            self.moment, {"plan_id": self.plan.pk, **self.of("item__")}, *Variation.PENDING
        )
        part = self.part([by_pk[pk] for pk in urgent], variations, agencies)
        lines = attention(part)
        return PlanCounts(
            pillars=part.pillars,
            agencies=agencies,
            standings=standings,
            single={place: single[place] for place in few},
            lines=lines[:ATTENTION_SHOWN],
            attention=needing + sum(line.item is None for line in lines),
            due=due,
            due_soon=[Due(milestones[pk], by_pk[item]) for pk, item in soon],
            timeline=[by_pk[pk] for pk in ahead],
            causes=self.causes(),
            variations=len(variations),
            returns=part.returns,
        )

    def of(self, item: str) -> dict[str, Any]:
        """Return a filter of records by their item, as in "item__"."""
        return {f"{item}{name}": value for name, value in self.narrow.items()}

    def not_yet(self, *days: str) -> Q:
        """Return a condition that none of these days has come."""
        condition = Q()
        for day in days:
            condition &= Q(**{day: None}) | Q(**{f"{day}__gt": self.on})
        return condition

    @cached_property
    def all_items(self) -> WorkItemQuerySet:
        return WorkItem.objects.filter(plan=self.plan, **self.narrow)

    @cached_property
    def live_milestones(self) -> "QuerySet[Milestone]":
        """Open milestones of live items."""
        return self.open_milestones.exclude(item__stage__in=CLOSED)

    @cached_property
    def open_milestones(self) -> "QuerySet[Milestone]":
        return Milestone.objects.filter(
            self.not_yet("completed_on", "withdrawn_on"),
            item__plan=self.plan,
            **self.of("item__"),
        )

    @cached_property
    def open_delays(self) -> "QuerySet[Delay]":
        of = self.of("milestone__item__")
        return Delay.objects.open(self.on).filter(milestone__item__plan=self.plan, **of)

    @property
    def is_late(self) -> Q:
        """Whether an open milestone is late."""
        return Q(agreed_due__lt=self.on) | Q(forecast_due__gt=F("agreed_due"))

    def standings(self) -> dict[Place, Counter[Standing]]:
        """Return the number of items by place and status, by the rule of `standing.standing_of`."""
        late = self.open_milestones.filter(self.is_late).values("item")
        doubted = [Confidence.AT_RISK, Confidence.OFF_TRACK]
        stands = Case(
            *(When(stage=stage, then=Value(stage)) for stage in CLOSED),
            When(pk__in=late, then=Value(Standing.LATE)),
            When(confidence__in=doubted, then=Value(Standing.IN_DOUBT)),
            default=Value(Standing.ON_TIME),
        )
        found: dict[Place, Counter[Standing]] = defaultdict(Counter)
        rows = self.all_items.order_by().values_list("pillar", "lead_agency", stands)
        for pillar, lead, status, count in rows.annotate(number=Count("pk")):
            found[pillar, lead][Standing(status)] = count
        return found

    def most_urgent(self) -> tuple[list[int], int]:
        """Return the items that need attention most, most urgent first, and the number of all."""
        days = "forecast_due - agreed_due"
        if connection.vendor == "sqlite":
            days = "julianday(forecast_due) - julianday(agreed_due)"
        narrow = "".join(f" AND {name}_id = %({name})s" for name in self.narrow)
        values: dict[str, Any] = self.narrow | {
            "plan": self.plan.pk,
            "on": self.on,
            "shown": ATTENTION_SHOWN,
            "stale_since": self.on - timedelta(days=STALE_AFTER_DAYS),
        }
        with connection.cursor() as cursor:
            cursor.execute(MOST_URGENT.format(days=days, narrow=narrow), values)
            found = cursor.fetchall()
        return [pk for pk, _ in found], found[0][1] if found else 0

    def due(self) -> tuple[list[tuple[int, int]], dict[int, int]]:
        """Return the milestones due first, with their items, and how many are due within days."""
        last = {days: self.on + timedelta(days=days) for days in DUE_WITHIN_DAYS}
        rows = self.live_milestones.filter(
            agreed_due__gte=self.on, agreed_due__lte=max(last.values())
        ).annotate(
            **{
                f"within_{days}": Window(Count("pk", filter=Q(agreed_due__lte=day)))
                for days, day in last.items()
            }
        )
        found = list(
            rows.order_by("agreed_due", "pk").values_list(
                "pk", "item", *(f"within_{days}" for days in last)
            )[:DUE_SHOWN]
        )
        counts = found[0][2:] if found else (0,) * len(last)
        return [row[:2] for row in found], dict(zip(last, counts, strict=True))

    def late_or_next(self) -> list[int]:
        """Return the items of late milestones, then of those due next, by agreed date."""
        order = (Case(When(self.is_late, then=0), default=1), "agreed_due", "pk")
        first = Window(RowNumber(), partition_by="item", order_by=order)
        rows = self.live_milestones.annotate(place=first).filter(place=1).order_by(*order)
        return list(rows.values_list("item", flat=True)[:TIMELINE_SHOWN])

    def items(self, pks: set[int], places: Sequence[Place]) -> list[ItemAt]:
        """Return these items and those of these places, in the Plan's order, with milestones."""
        of_pillar = defaultdict(list)
        for pillar, lead in places:
            of_pillar[pillar].append(lead)
        these = Q(pk__in=pks)
        for pillar, leads in of_pillar.items():
            these |= Q(pillar=pillar, lead_agency__in=leads)
        named = self.all_items.filter(these).values("pk")
        milestones = milestones_at(self.moment, {"item__in": named})
        return items_at(self.moment, {"pk__in": named}, milestones)

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
            for row in risks_at(self.plan, self.moment)
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
            reasons=reasons_of(items, delays, risks, variations),
        ).narrowed(pillar=self.pillar, lead=self.lead)

    def causes(self) -> list[CauseCount]:
        rows = self.open_delays.order_by().values_list("cause")
        found = rows.annotate(number=Count("pk"), in_all=Sum(F("due_after") - F("due_before")))
        return most_days_first(CauseCount(cause, n, days.days) for cause, n, days in found)
