"""What the page of a work item shows, today or at a past moment: the item and its parts.

Past records are made from history rows, as instances that are never saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from django.db.models import Case, Model, When

from agencies.models import Agency
from agencies.records.composed import Given, Statement, composed
from workitems.meetings.agenda import Considered, considered_of
from workitems.models import (
    Delay,
    Evidence,
    Milestone,
    Mitigation,
    Pillar,
    Return,
    Risk,
    Support,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.risk import WEIGHT
from workitems.plan.asat import Moment, rows_at
from workitems.plan.plan_at import agencies_at, grouped

UPDATES_SHOWN = 5

Record = TypeVar("Record", bound=Model)
# A delay and its mitigations.
Held = tuple[Delay, list[Mitigation]]


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """An item and its parts at a moment.

    Milestones have their delays, newest first. `updates` are accepted, newest first; `risks` are
    open, most severe first; `variations` are pending, oldest first. `evidence` was added by then;
    pieces withdrawn since are marked so and cannot be downloaded.
    """

    item: WorkItem
    supports: list[Support]
    milestones: list[tuple[Milestone, list[Held]]]
    updates: list[Update]
    risks: list[Risk]
    variations: list[Variation]
    considered: list[Considered]
    evidence: list[Evidence]


def item_page(
    item: WorkItem, moment: Moment, *, skip: frozenset[str] = frozenset()
) -> ItemPage | None:
    """Return the item and its parts at a moment, or None if it was not recorded yet.

    `item` is today's, with its plan, pillar, agencies and supports. `skip` names parts that are
    known to be empty. Makes at most 14 queries.
    """
    then = item
    agencies: dict[int, Agency] = {}
    if not moment.is_now:
        row = rows_at(WorkItem, moment, of={"pk": item.pk}).first()
        if row is None:
            return None
        agencies = agencies_at(Agency.objects.in_bulk(), moment)
        then = record_of(WorkItem, row)
        then.plan = item.plan
        then.lead_agency = agencies[then.lead_agency_id]
        pillar = rows_at(Pillar, moment, of={"pk": then.pillar_id}).first()
        then.pillar = record_of(Pillar, pillar) if pillar else item.pillar
    parts = _Parts(then, moment, agencies)
    milestones = parts.milestones()
    return ItemPage(
        item=then,
        supports=list(item.supports.all())
        if moment.is_now
        else parts.of(Support, {"item": item.pk}, agency="agency", ended_on=None),
        milestones=milestones,
        updates=parts.updates(),
        risks=[] if "risks" in skip else parts.risks(),
        variations=[]
        if "variations" in skip
        else parts.variations({each.pk: each for each, _ in milestones}),
        considered=[] if "considered" in skip else considered_of(item, moment),
        evidence=[] if "evidence" in skip else parts.evidence(),
    )


def record_of(model: type[Record], row: Any) -> Record:
    """Make a record from its history row. Columns that history does not keep are empty."""
    if isinstance(row, model):
        return row
    names = [field.attname for field in model._meta.concrete_fields]
    return model(**{name: getattr(row, name) for name in names if hasattr(row, name)})


NOW = Moment.today(date.min)


@cache
def _records_today(
    model: type[Model],
    of: tuple[str, ...],
    order: tuple[str, ...],
    agency: str,
    only: tuple[tuple[str, Any], ...],
) -> Statement:
    rows = rows_at(model, NOW, of={name: Given(name) for name in of}, **dict(only))
    return Statement((rows.select_related(agency) if agency else rows).order_by(*order, "id"))


def _updates(item: Any, lead: Any, moment: Moment) -> Any:
    accepted = rows_at(Return, moment, of={"updates__item": item}, state=Return.State.ACCEPTED)
    rows = rows_at(Update, moment, of={"item": item}, of_return__in=accepted.values("id"))
    leads_first = Case(When(of_return__agency=lead, then=0), default=1)
    rows = rows.select_related("of_return__round", "of_return__agency")
    newest = ("-of_return__round__period_end", leads_first, "-of_return__submitted_at", "id")
    return rows.order_by(*newest)[:UPDATES_SHOWN]


@composed
def _updates_today(item: Any, lead: Any) -> Any:
    return _updates(item, lead, NOW)


@dataclass(frozen=True)
class _Parts:
    """Reads the parts of an item. `agencies` has past names by id; today's come with the records."""

    item: WorkItem
    moment: Moment
    agencies: Mapping[int, Agency]

    def of(
        self, model: type[Record], of: dict[str, Any], *order: str, agency: str = "", **only: Any
    ) -> list[Record]:
        """Return the records, each with the agency in the column `agency`."""
        if self.moment.is_now:
            today = _records_today(model, tuple(of), order, agency, tuple(only.items()))
            records: list[Record] = today.results(of)
            return records
        rows = rows_at(model, self.moment, of=of, **only).order_by(*order, "id")
        found = [record_of(model, row) for row in rows]
        for each in found if agency else ():
            if (pk := getattr(each, f"{agency}_id")) is not None:
                setattr(each, agency, self.agencies[pk])
        return found

    def milestones(self) -> list[tuple[Milestone, list[Held]]]:
        """Return milestones with their delays, in at most three queries."""
        found = self.of(Milestone, {"item": self.item.pk}, "number", agency="responsible_agency")
        of_milestones = {"milestone__item": self.item.pk}
        delays = self.of(Delay, of_milestones, "-number", agency="settling_agency") if found else []
        of_item = {"delay__milestone__item": self.item.pk}
        steps = self.of(Mitigation, of_item, "number", agency="owner_agency") if delays else []
        delays_of, steps_of = grouped(delays, "milestone_id"), grouped(steps, "delay_id")
        for milestone in found:
            milestone.item = self.item
            for delay in delays_of[milestone.pk]:
                delay.milestone = milestone
                for step in steps_of[delay.pk]:
                    step.delay = delay
        return [(row, [(each, steps_of[each.pk]) for each in delays_of[row.pk]]) for row in found]

    def updates(self) -> list[Update]:
        """Return the newest updates accepted by then, of a round that of the lead first. All readers of the plan may
        read them, since accepted updates stay accepted."""
        of = {"item": self.item.pk, "lead": self.item.lead_agency_id}
        rows = _updates_today(**of) if self.moment.is_now else _updates(**of, moment=self.moment)
        found = []
        for row in rows:
            update = record_of(Update, row)
            update.of_return = row.of_return
            update.spreadsheet = ""
            if self.item.plan.record_begins and row.of_return.round.is_unasked:
                if not update.says_something:
                    continue  # a status alone
                update.spreadsheet = row.of_return.round.name
            if self.agencies:
                update.of_return.agency = self.agencies[update.of_return.agency_id]
            found.append(update)
        return found

    def risks(self) -> list[Risk]:
        found = [
            risk
            for risk in self.of(Risk, {"item": self.item.pk}, "number", agency="owner_agency")
            if risk.closed_on is None or risk.closed_on > self.moment.on
        ]
        return sorted(found, key=lambda risk: (-WEIGHT[risk.likelihood, risk.impact], risk.number))

    def variations(self, milestones: Mapping[int, Milestone]) -> list[Variation]:
        found = self.of(
            Variation,
            {"item": self.item.pk},
            "number",
            agency="requesting_agency",
            state__in=Variation.PENDING,
        )
        for variation in found:
            variation.plan, variation.item = self.item.plan, self.item
            if variation.milestone_id is not None:
                variation.milestone = milestones[variation.milestone_id]
        return found

    def evidence(self) -> list[Evidence]:
        rows = Evidence.objects.of_item(self.item)
        if self.moment.until is not None:
            rows = rows.filter(added_at__lt=self.moment.until)
        return list(rows.for_list())
