"""Load a whole plan from the database in a fixed number of queries.

The import compares the workbook with it, and the export writes it. Related rows are linked in
memory, so that following a relation takes no query.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db import models

from agencies.models import Agency, Appointment
from workitems.models import (
    Delay,
    Measure,
    MeasureValue,
    Member,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Risk,
    Round,
    Support,
    Target,
    Update,
    WorkItem,
)
from workitems.plan.plan_at import grouped

Stored_ = TypeVar("Stored_", bound=models.Model)


class Stored:
    """The rows of a plan (none if the plan is new) and all agencies.

    With `lock`, the plan's rows are locked until the transaction ends.
    """

    def __init__(self, plan: Plan | None, *, lock: bool = False) -> None:
        def of_plan(rows: models.QuerySet[Stored_]) -> list[Stored_]:
            if plan is None:
                return []
            return list(rows.select_for_update(of=("self",)) if lock else rows)

        self.plan = plan
        self.agencies = list(Agency.objects.order_by("pk"))
        self.agency_of = {agency.pk: agency for agency in self.agencies}
        members = of_plan(Member._base_manager.filter(plan=plan).order_by("pk"))
        self.members = [row for row in members if row.left_on is None]
        # Agencies that have left the working group.
        self.left = [row for row in members if row.left_on is not None]
        self.pillars = of_plan(Pillar.objects.filter(plan=plan).order_by("number"))
        self.items = of_plan(WorkItem.objects.filter(plan=plan).in_order())
        self.milestones = of_plan(
            Milestone.objects.filter(item__plan=plan).order_by("item__number_key", "item", "number")
        )
        supports = of_plan(Support.objects.filter(item__plan=plan).order_by("pk"))
        measures = of_plan(Measure.objects.of(plan).order_by("number")) if plan else []
        targets = of_plan(Target.objects.filter(measure__in=measures).order_by("due", "pk"))
        values = MeasureValue.objects.accepted().filter(measure__in=measures)
        numbers = of_plan(values.order_by("day", "pk"))
        delays = of_plan(Delay.objects.filter(milestone__item__plan=plan).order_by("number"))
        mitigations = of_plan(
            Mitigation.objects.filter(delay__milestone__item__plan=plan).order_by("number")
        )
        self.rounds = of_plan(
            Round.objects.with_origin().filter(plan=plan).order_by("period_start")
        )
        self.returns = of_plan(Return.objects.filter(round__plan=plan).order_by("pk"))
        self.updates = of_plan(Update.objects.filter(of_return__round__plan=plan).order_by("pk"))
        self.risks = of_plan(Risk.objects.filter(plan=plan).order_by("number"))

        for agency in self.agencies:
            self._point(agency, "successor", self.agency_of)
        if plan is not None:
            self._point(plan, "coordinating_agency", self.agency_of)
            for rows in (self.members, self.pillars, self.items, self.rounds, self.risks):
                self._points(rows, plan={plan.pk: plan})
        self._points(self.members, agency=self.agency_of)
        item_of = {item.pk: item for item in self.items}
        self._points(
            self.items,
            lead_agency=self.agency_of,
            pillar={pillar.pk: pillar for pillar in self.pillars},
        )
        self._points(self.milestones, item=item_of, responsible_agency=self.agency_of)
        self._points(supports, item=item_of, agency=self.agency_of)
        of_plan_of = {plan.pk: plan} if plan else {}
        self._points(measures, item=item_of, of_plan=of_plan_of, responsible_agency=self.agency_of)
        measure_of = {each.pk: each for each in measures}
        self._points(targets, measure=measure_of)
        self._points(
            numbers,
            measure=measure_of,
            agency=self.agency_of,
            corrects={each.pk: each for each in numbers},
        )
        self._points(
            delays,
            milestone={milestone.pk: milestone for milestone in self.milestones},
            settling_agency=self.agency_of,
        )
        self._points(
            mitigations, delay={delay.pk: delay for delay in delays}, owner_agency=self.agency_of
        )
        self._points(
            self.returns,
            round={each.pk: each for each in self.rounds},
            agency=self.agency_of,
        )
        self._points(
            self.updates,
            of_return={each.pk: each for each in self.returns},
            item=item_of,
        )
        self._points(self.risks, item=item_of, owner_agency=self.agency_of)

        self.supports_of = grouped(supports, "item_id")
        self.measures_of = grouped(measures, "item_id")  # outcomes under None
        replaced = {each.replaces_id for each in targets}
        self.targets_of = grouped([e for e in targets if e.pk not in replaced], "measure_id")
        self.values_of = grouped(numbers, "measure_id")
        self.delays_of = grouped(delays, "milestone_id")
        self.mitigations_of = grouped(mitigations, "delay_id")

    @cached_property
    def formerly(self) -> dict[str, set[Agency]]:
        """The agencies that ever had a short name, by it in folded case."""
        found: dict[str, set[Agency]] = defaultdict(set)
        for pk, name in Agency.history.values_list("id", "short_name").distinct():
            found[name.casefold()].add(self.agency_of[pk])
        return found

    def appointment(self, portfolio: str, on: date) -> Appointment | None:
        return Appointment.objects.holding(portfolio, on)

    def _points(self, rows: Iterable[models.Model], **targets: dict[int, Any]) -> None:
        for row in rows:
            for name, by_id in targets.items():
                self._point(row, name, by_id)

    @staticmethod
    def _point(row: models.Model, name: str, by_id: dict[int, Any]) -> None:
        target = getattr(row, f"{name}_id")
        # `by_id` always has the target: all agencies are loaded, and a guard ensures that an
        # item's pillar belongs to its plan.
        if target is not None:
            setattr(row, name, by_id[target])
