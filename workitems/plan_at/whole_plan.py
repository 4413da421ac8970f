"""The whole plan at a moment: items with their open milestones, and what is counted or needs attention."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter

from django.utils import timezone

from agencies.models import Agency
from workitems import standing
from workitems.asat import Moment
from workitems.models import Plan, Return, ReturnNote, Round, Variation
from workitems.plan_at.loading import (
    agencies_at,
    delays_at,
    grouped,
    items_at,
    milestones_at,
    mitigations_at,
    pillars_at,
    risks_at,
    variations_at,
)
from workitems.plan_at.moment_reading import Of, read_at
from workitems.plan_at.rows import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    PillarAt,
    ReturnAt,
    RiskAt,
    RoundAt,
    VariationAt,
)
from workitems.standing import Reason


@dataclass(frozen=True, kw_only=True)
class PlanAt:
    """The plan at a moment, whole or narrowed to a pillar or a lead agency.

    Items are in the Plan's order, with their open milestones. `pillars` and `agencies` (all of
    them, by id) have their names of the moment. `milestones` are the open ones of live items,
    `delays` are open, `risks` are open and escalated, `variations` are pending, `returns` belong to
    the open round. `reasons` says by item why it needs attention.
    """

    plan: Plan
    moment: Moment
    items: Sequence[ItemAt]
    pillars: Sequence[PillarAt]
    agencies: Mapping[int, Agency]
    delays: Sequence[DelayAt] = field(repr=False)
    risks: Sequence[RiskAt] = field(repr=False)
    variations: Sequence[VariationAt] = field(repr=False)
    returns: Sequence[ReturnAt] = field(repr=False)
    reasons: Mapping[int, Sequence[Reason]] = field(repr=False)

    @property
    def on(self) -> date:
        return self.moment.on

    @cached_property
    def milestones(self) -> list[MilestoneAt]:
        """The open milestones of live items, by agreed date."""
        rows = [row for item in self.items if item.is_live for row in item.milestones]
        return sorted(rows, key=attrgetter("agreed_due", "pk"))

    @cached_property
    def by_pk(self) -> dict[int, ItemAt]:
        return {item.pk: item for item in self.items}

    def narrowed(self, *, pillar: int | None = None, lead: int | None = None) -> "PlanAt":
        """Keep only a pillar's items, or those that an agency leads, and what belongs to them.

        Risks to the whole plan belong to no pillar or agency. A return belongs to its agency.
        """
        if pillar is None and lead is None:
            return self
        items = [
            item
            for item in self.items
            if (pillar is None or item.pillar == pillar) and (lead is None or item.lead == lead)
        ]
        kept = {item.pk for item in items}
        return replace(
            self,
            items=items,
            delays=[row for row in self.delays if row.item in kept],
            risks=[row for row in self.risks if row.item in kept],
            variations=[row for row in self.variations if row.item in kept],
            returns=[
                row
                for row in self.returns
                if pillar is None and (lead is None or row.agency.pk == lead)
            ],
        )


def plan_at(plan: Plan, moment: Moment, *, texts: bool = True) -> PlanAt:
    """Return the plan at the moment, in at most 12 queries whatever its size.

    Without `texts`, the items' objective and action are left empty, and what "done" means of a milestone.
    """
    agencies = agencies_at(Agency.objects.in_bulk(), moment)
    variations = variations_at(moment, {"plan_id": plan.pk}, *Variation.PENDING)
    risks = _escalated(moment, {"plan_id": plan.pk})
    milestones = milestones_at(moment, {"item__plan_id": plan.pk}, only_open=True, texts=texts)
    delays = delays_at(
        moment,
        {"milestone__item__plan_id": plan.pk},
        mitigations_at(moment, {"delay__milestone__item__plan_id": plan.pk}),
        only_open=True,
    )
    items = items_at(moment, {"plan_id": plan.pk}, milestones, texts=texts)
    return PlanAt(
        plan=plan,
        moment=moment,
        items=items,
        pillars=pillars_at(plan, moment),
        agencies=agencies,
        delays=delays,
        risks=risks,
        variations=variations,
        returns=returns_at(plan, moment, agencies),
        reasons=reasons_of(items, delays, risks, variations, agencies),
    )


def item_at(plan: Plan, moment: Moment, pk: int) -> PlanAt:
    """Return the plan with one item alone, in at most 10 queries. There is none if it was not recorded by then.

    Unlike in `plan_at`, its milestones and their delays are there open and closed, and the open round's
    returns are left out.
    """
    agencies = agencies_at(Agency.objects.in_bulk(), moment)
    variations = variations_at(moment, {"item_id": pk}, *Variation.PENDING)
    risks = _escalated(moment, {"item_id": pk})
    mitigations = mitigations_at(moment, {"delay__milestone__item_id": pk})
    every_delay = delays_at(moment, {"milestone__item_id": pk}, mitigations)
    items = items_at(moment, {"pk": pk}, milestones_at(moment, {"item_id": pk}, every_delay))
    delays = [row for row in every_delay if row.ended_on is None]
    return PlanAt(
        plan=plan,
        moment=moment,
        items=items,
        pillars=pillars_at(plan, moment),
        agencies=agencies,
        delays=delays,
        risks=risks,
        variations=variations,
        returns=[],
        reasons=reasons_of(items, delays, risks, variations, agencies),
    )


def _escalated(moment: Moment, of: Of) -> list[RiskAt]:
    return [row for row in risks_at(moment, of) if row.escalated_to and not row.closed_on]


def reasons_of(
    items: Sequence[ItemAt],
    delays: Sequence[DelayAt],
    risks: Sequence[RiskAt],
    variations: Sequence[VariationAt],
    agencies: Mapping[int, Agency],
) -> dict[int, list[Reason]]:
    """Return why each live item needs attention. Closed items need none."""
    delays_of, risks_of = grouped(delays, "item"), grouped(risks, "item")
    variations_of = grouped(variations, "item")
    found: dict[int, list[Reason]] = {}
    for item in items:
        pk = item.pk
        if not item.is_live:
            found[pk] = []
            continue
        facts = standing.ItemFacts(
            item.confidence, item.reviewer_confidence, item.heard_on, item.starts_on, item.late
        )
        # Most items have none of these.
        if pk in delays_of:
            facts.is_mitigated = any(delay.is_mitigated for delay in delays_of[pk])
            facts.times_moved = _times_moved(delays_of[pk])
            facts.causes = causes_in_words(delays_of[pk], agencies)
        if pk in variations_of:
            facts.variations_pending = len(variations_of[pk])
        if pk in risks_of:
            facts.risks = [risk.reference for risk in risks_of[pk]]
        found[pk] = standing.attention(facts, item.on)
    return found


def causes_in_words(delays: Iterable[DelayAt], agencies: Mapping[int, Agency]) -> list[str]:
    """Return how the causes of delays stand, a sentence for each cause of which it is said."""
    found = [
        standing.cause_in_words(
            row.cause,
            row.settlement,
            agencies[row.settling_agency].short_name if row.settling_agency else "",
            row.settling_by,
            row.on,
        )
        for row in delays
    ]
    return list(dict.fromkeys(filter(None, found)))


def _times_moved(delays: Iterable[DelayAt]) -> int:
    """Return how often the date of the milestone that moved most has moved, over all its delays."""
    moves: Counter[int] = Counter()
    for delay in delays:
        moves[delay.milestone] += delay.times_moved
    return max(moves.values())


def returns_at(plan: Plan, moment: Moment, agencies: Mapping[int, Agency]) -> list[ReturnAt]:
    """Return the returns of the open round, by agency."""
    rounds = {
        row[0]: RoundAt._make(row)
        for row in read_at(
            Round, moment, ("id", "name", "due_on"), {"plan_id": plan.pk}, closed_at=None
        )
    }
    if not rounds:
        return []
    of_rounds = {"of_return__round_id__in": list(rounds)}
    notes = read_at(ReturnNote, moment, ("of_return_id", "at"), of_rounds, order=("at", "id"))
    sent_back = {of_return: timezone.localdate(at) for of_return, at in notes}
    columns = "id", "round_id", "agency_id", "state", "extended_to"
    found = [
        ReturnAt(
            pk,
            rounds[round],
            agencies[agency],
            state,
            standing.return_attention(
                state, extended_to or rounds[round].due_on, sent_back.get(pk), moment.on
            ),
        )
        for pk, round, agency, state, extended_to in read_at(
            Return, moment, columns, {"round_id__in": list(rounds)}
        )
    ]
    return sorted(found, key=lambda row: row.agency.short_name.casefold())
