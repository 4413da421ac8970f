"""One work item as it stood at a past moment, with all that hung on it: what its page shows.

Records come from their history rows, as instances that are never saved.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q

from agencies.models import Agency
from workitems.agencies_at import as_called
from workitems.agenda import Considered
from workitems.asat import Moment, rows_at
from workitems.models import (
    Decision,
    Delay,
    Evidence,
    Matter,
    Measure,
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

UPDATES_SHOWN = 5

Record = TypeVar("Record", bound=Model)


@dataclass(frozen=True)
class MilestoneAt:
    """A milestone with its delays, newest first, and what was done about each."""

    milestone: Milestone
    delays: list[tuple[Delay, list[Mitigation]]]


@dataclass(frozen=True)
class ItemAt:
    """`evidence` was there by then; a piece that was withdrawn since says so and is not handed out."""

    item: WorkItem
    supports: list[Support]
    measures: list[Measure]
    milestones: list[MilestoneAt]
    updates: list[Update]
    risks: list[Risk]
    variations: list[Variation]
    considered: list[Considered]
    evidence: list[Evidence]


def read(item: WorkItem, moment: Moment) -> ItemAt | None:
    """The item and its parts before today: 15 queries. Nothing where it was not there yet.

    `item` is today's, with its plan and pillar. Updates are those that were accepted by then.
    """
    row = rows_at(WorkItem, moment, of={"pk": item.pk}).first()
    if row is None:
        return None
    agencies = as_called(Agency.objects.in_bulk(), moment)
    then = _record(WorkItem, row)
    then.plan = item.plan
    then.lead_agency = agencies[then.lead_agency_id]
    pillar = rows_at(Pillar, moment, of={"pk": then.pillar_id}).first()
    then.pillar = _record(Pillar, pillar) if pillar else item.pillar
    milestones = _milestones(item, moment, agencies)
    return ItemAt(
        item=then,
        supports=_supports(item, moment, agencies),
        measures=_records(Measure, moment, {"item": item.pk}, "number"),
        milestones=milestones,
        updates=_updates(item, moment, agencies),
        risks=_risks(item, moment, agencies),
        variations=_variations(then, moment, agencies, milestones),
        considered=_considered(item, moment),
        evidence=list(Evidence.objects.of_item(item).filter(added_at__lt=moment.until).for_list()),
    )


def _record(model: type[Record], row: Any) -> Record:
    """The record as a history row has it; columns that history leaves out are empty."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model(**{name: getattr(row, name) for name in names if hasattr(row, name)})


def _records(
    model: type[Record], moment: Moment, of: dict[str, Any], *order: str, **only: Any
) -> list[Record]:
    rows = rows_at(model, moment, of=of, **only).order_by(*order, "id")
    return [_record(model, row) for row in rows]


def _supports(item: WorkItem, moment: Moment, agencies: dict[int, Agency]) -> list[Support]:
    found = _records(Support, moment, {"item": item.pk})
    for each in found:
        each.agency = agencies[each.agency_id]
    return found


def _milestones(item: WorkItem, moment: Moment, agencies: dict[int, Agency]) -> list[MilestoneAt]:
    steps = defaultdict(list)
    of = {"delay__milestone__item": item.pk}
    for mitigation in _records(Mitigation, moment, of, "number"):
        mitigation.owner_agency = agencies[mitigation.owner_agency_id]
        steps[mitigation.delay_id].append(mitigation)
    delays = defaultdict(list)
    for delay in _records(Delay, moment, {"milestone__item": item.pk}, "-number"):
        delays[delay.milestone_id].append((delay, steps[delay.pk]))
    found = _records(Milestone, moment, {"item": item.pk}, "number")
    for milestone in found:
        milestone.responsible_agency = agencies[milestone.responsible_agency_id]
    return [MilestoneAt(milestone, delays[milestone.pk]) for milestone in found]


def _updates(item: WorkItem, moment: Moment, agencies: dict[int, Agency]) -> list[Update]:
    """Of returns that were accepted by then, newest first. What is accepted stays accepted, so
    that everybody who reads the plan may read them today as well."""
    accepted = rows_at(Return, moment, of={"updates__item": item.pk}, state=Return.State.ACCEPTED)
    rows = (
        rows_at(Update, moment, of={"item": item.pk}, of_return__in=accepted.values("id"))
        .select_related("of_return__round")
        .order_by("-of_return__round__period_end", "of_return__agency__short_name", "id")
    )
    found = []
    for row in rows[:UPDATES_SHOWN]:
        update = _record(Update, row)
        update.of_return = row.of_return
        update.of_return.agency = agencies[update.of_return.agency_id]
        found.append(update)
    return found


def _risks(item: WorkItem, moment: Moment, agencies: dict[int, Agency]) -> list[Risk]:
    """Those that were open, heaviest first."""
    found = [
        risk
        for risk in _records(Risk, moment, {"item": item.pk}, "number")
        if risk.closed_on is None or risk.closed_on > moment.on
    ]
    for risk in found:
        risk.owner_agency = agencies[risk.owner_agency_id]
    return sorted(found, key=lambda risk: (-WEIGHT[risk.likelihood, risk.impact], risk.number))


def _variations(
    then: WorkItem, moment: Moment, agencies: dict[int, Agency], milestones: list[MilestoneAt]
) -> list[Variation]:
    """Those that waited for a recommendation or a decision, longest first."""
    described = {each.milestone.pk: each.milestone for each in milestones}
    found = _records(Variation, moment, {"item": then.pk}, "number", state__in=Variation.PENDING)
    for variation in found:
        variation.plan, variation.item = then.plan, then
        if variation.milestone_id is not None:
            variation.milestone = described[variation.milestone_id]
        variation.requesting_agency = agencies[variation.requesting_agency_id]
    return found


def _considered(item: WorkItem, moment: Moment) -> list[Considered]:
    """What `agenda.considered_of` says today, as it was recorded by then."""
    of = {"meeting__plan": item.plan_id}
    about = Q(item=item.pk) | Q(variation__item=item.pk) | Q(risk__item=item.pk)
    matters = rows_at(Matter, moment, of=of, considered_on__isnull=False).filter(about)
    dealt_with = list(matters.values_list("id", "meeting__held_on", "meeting_id"))
    decided = rows_at(Decision, moment, of=of).filter(
        Q(item=item.pk, matter=None) | Q(matter__in=[pk for pk, _, _ in dealt_with])
    )
    found: dict[int, Considered] = {}
    for _, held_on, meeting in dealt_with:
        found.setdefault(meeting, Considered(held_on, meeting, []))
    for held_on, meeting, text in decided.order_by("number").values_list(
        "meeting__held_on", "meeting_id", "text"
    ):
        found.setdefault(meeting, Considered(held_on, meeting, [])).decisions.append(text)
    return sorted(found.values(), key=lambda each: each.held_on, reverse=True)
