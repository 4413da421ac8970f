"""The whole plan at a moment: items with their open milestones, and what is counted or needs attention."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils.timezone import localdate

from agencies.models import Agency
from workitems.models import (
    Finding,
    OutOfSession,
    Plan,
    Update,
    Variation,
)
from workitems.models.item import Stage
from workitems.plan.asat import Moment
from workitems.plan.plan_at.loading import (
    actions_at,
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
from workitems.plan.plan_at.measures_at import Measures, measures_of
from workitems.plan.plan_at.moment_reading import Of, read_at
from workitems.plan.plan_at.returns_at import awaited, returns_at
from workitems.plan.plan_at.rows import (
    ActionAt,
    DelayAt,
    ItemAt,
    MilestoneAt,
    PillarAt,
    ReturnAt,
    RiskAt,
    VariationAt,
)
from workitems.plan.plan_at.waits_at import Waits, waits_at
from workitems.terms import lateness
from workitems.terms.lateness import (
    NO_CONCERNS,
    Concerns,
    Late,
    Lateness,
    Rank,
    Reason,
    Status,
)
from workitems.terms.sentence_ends import on_one_line


class OfSpreadsheet(NamedTuple):
    """What the spreadsheet that a plan came from says of an item: its confidence, on which day, and its words."""

    confidence: str
    day: date
    words: str


class PlanAt:
    """The plan at a moment, whole or narrowed to a pillar or a lead agency.

    Each part is read when it is first asked for, in at most 22 queries whatever the plan's size;
    `parts` are those that were read already, by their names. Without `texts`, the items' objective and
    action are left empty, and what "done" means of a milestone. Without `dates`, the items are read
    without their milestones, so that none is late and no reason for attention is known. Without
    `all_numbers`, the measures have those alone that their sentences are made of.

    Items are in the Plan's order, with their open milestones. `pillars` and `agencies` (all of
    them, by id) have their names of the moment. `milestones` are the open ones of live items,
    `delays` are open, `risks` are open and escalated, `variations` are pending, `actions` are overdue,
    `returns` belong to the open round.
    """

    only_item: int | None = None

    def __init__(
        self,
        plan: Plan,
        moment: Moment,
        *,
        texts: bool = True,
        dates: bool = True,
        all_numbers: bool = True,
        **parts: Any,
    ) -> None:
        self.plan, self.moment, self.texts, self.dates = plan, moment, texts, dates
        self.all_numbers = all_numbers
        vars(self).update(parts)

    @property
    def on(self) -> date:
        return self.moment.on

    @cached_property
    def items(self) -> Sequence[ItemAt]:
        return self.read_items({"plan_id": self.plan.pk})

    def read_items(self, of: Of) -> list[ItemAt]:
        """Return the items of this choice (`rows_at`), in two queries, or one without dates."""
        of_items = {f"item__{name}": value for name, value in of.items()}
        steps = (
            milestones_at(self.moment, of_items, only_open=True, texts=self.texts)
            if self.dates
            else []
        )
        return items_at(self.moment, of, steps, texts=self.texts)

    @cached_property
    def pillars(self) -> Sequence[PillarAt]:
        return pillars_at(self.plan, self.moment)

    @cached_property
    def agencies(self) -> Mapping[int, Agency]:
        return agencies_at(Agency.objects.in_bulk(), self.moment)

    @cached_property
    def delays(self) -> Sequence[DelayAt]:
        of = {"delay__milestone__item__plan_id": self.plan.pk}
        mitigations = mitigations_at(self.moment, of)
        of = {"milestone__item__plan_id": self.plan.pk}
        return delays_at(self.moment, of, mitigations, only_open=True)

    @cached_property
    def risks(self) -> Sequence[RiskAt]:
        return _escalated(self.moment, {"plan_id": self.plan.pk})

    @cached_property
    def variations(self) -> Sequence[VariationAt]:
        return variations_at(self.moment, {"plan_id": self.plan.pk}, *Variation.PENDING)

    @cached_property
    def out_of_session(self) -> Mapping[int, date]:
        """By pending variation that agencies are deciding out of session, the day by which they answer. No query if
        none is pending."""
        if not self.variations:
            return {}
        rows = read_at(
            *(OutOfSession, self.moment, ("variation_id", "due_on")),
            {"variation_id__in": [row.pk for row in self.variations]},
            state=OutOfSession.State.OPEN,
        )
        return dict(rows)

    @cached_property
    def actions(self) -> Sequence[ActionAt]:
        """The overdue actions of the working group, soonest due first."""
        return [row for row in actions_at(self.moment, self.plan) if row.is_overdue]

    @cached_property
    def returns(self) -> Sequence[ReturnAt]:
        return awaited(self, returns_at(self.plan, self.moment, self.agencies))

    @cached_property
    def measures(self) -> Measures:
        """The measures of the plan's outcomes and of items that are not withdrawn. Three queries, one if none is set up."""
        return measures_of(self, self.only_item)

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """What audits found that everyone saw by then: the latest of each item that is not withdrawn, in the items' order,
        after that on the whole plan. One query; none if no audit was ever set up."""
        if not self.plan.is_audited:
            return ()
        rows = Finding.objects.of(self.plan).shown(self.on).for_list()
        latest: dict[int | None, Finding] = {}
        for row in rows if self.only_item is None else rows.filter(item=self.only_item):
            latest.setdefault(row.item_id, row)
        items = [item.pk for item in self.items if item.stage != Stage.WITHDRAWN]
        return [latest[pk] for pk in (None, *items) if pk in latest]

    @cached_property
    def waits(self) -> Waits:
        """What its milestones wait for, and what waits for them. Two queries; none if nothing ever waited."""
        return waits_at(self.plan, self.moment)

    @cached_property
    def delays_of(self) -> Mapping[int, Sequence[DelayAt]]:
        """The delays by their items."""
        return grouped(self.delays, "item")

    @cached_property
    def risks_of(self) -> Mapping[int, Sequence[RiskAt]]:
        return grouped(self.risks, "item")

    @cached_property
    def variations_of(self) -> Mapping[int, Sequence[VariationAt]]:
        return grouped(self.variations, "item")

    @cached_property
    def concerns(self) -> Mapping[int, Concerns]:
        """What belongs to items and decides whether they need attention, of the items that have any of it."""
        found: dict[int, Concerns] = defaultdict(Concerns)
        for pk, delays in self.delays_of.items():
            found[pk].is_mitigated = any(delay.is_mitigated for delay in delays)
            found[pk].times_moved = _times_moved(delays)
            found[pk].causes = causes_in_words(delays, self.agencies)
        for variation in self.variations:
            if variation.item is not None:
                concerns = found[variation.item]
                concerns.variations_pending += 1
                if day := self.out_of_session.get(variation.pk):
                    concerns.answered_by = [*concerns.answered_by, day]
        for pk, risks in self.risks_of.items():
            found[pk].risks = [risk.reference for risk in risks]
        for row in self.measures.needing_attention:
            if row.item:
                found[row.item.pk].measures = [*found[row.item.pk].measures, row]
        for each in self.findings:
            if each.item_id is not None and each.verdict == Finding.Verdict.NOT_SUPPORTED:
                found[each.item_id].not_supported = each.audit.agency.short_name
        unheard = [
            item.pk
            for item in self.items
            if item.heard_on is None and item.status == Status.UNJUDGED
        ]
        if unheard and self.plan.record_begins is not None:
            for pk in unheard:
                found[pk].is_unknown = True
        for step in self.waits.not_met:
            if step.item in self.by_pk:
                found[step.item].not_met = [*found[step.item].not_met, self.waits.why_not_met(step)]
        return found

    @cached_property
    def ranks(self) -> Mapping[int, Sequence[Rank]]:
        """The items that need attention, each with its reasons, most urgent first. Of complete items, those alone whose
        measures do, or whose report the evidence does not support."""
        concerns, on = self.concerns, self.on
        found: dict[int, Sequence[Rank]] = {}
        for item in self.items:
            of = concerns.get(item.pk, NO_CONCERNS)
            ranks: Sequence[Rank] = ()
            if item.is_live:
                ranks = lateness.ranks(item, on, of)
            elif item.stage == Stage.COMPLETE:
                ranks = lateness.ranks_of_results(of)
            if ranks:
                found[item.pk] = ranks
        return found

    def delays_on(self, milestone: MilestoneAt) -> list[DelayAt]:
        """Return the open delays of a milestone."""
        rows = self.delays_of.get(milestone.item, ())
        return [row for row in rows if row.is_open and row.milestone == milestone.pk]

    def lateness_of(self, of: MilestoneAt | ItemAt) -> Lateness:
        """Return how late a milestone, or the worst of an item, is, with the length that is sure of one that waits."""
        step = of if isinstance(of, MilestoneAt) else of.late_milestone
        if of.late.state != Late.SLIPPING or step is None:
            return of.late
        return lateness.while_waiting(of.late, step, self.delays_on(step))

    def reasons(self, pk: int) -> list[Reason]:
        """Return why an item needs attention, in words."""
        if pk not in self.ranks:
            return []
        item, of = self.by_pk[pk], self.concerns.get(pk, NO_CONCERNS)
        item = item._replace(late=self.lateness_of(item))
        is_rated = not lateness.RATED.isdisjoint(self.ranks[pk])
        is_of_spreadsheet = is_rated and self.is_of_spreadsheet(item)
        return lateness.reasons(self.ranks[pk], item, self.on, of, of_spreadsheet=is_of_spreadsheet)

    @cached_property
    def said_by_spreadsheet(self) -> Mapping[int, OfSpreadsheet]:
        """What the spreadsheet said of items that came from one."""
        if self.plan.record_begins is None:
            return {}
        rows = Update.objects.from_spreadsheets().filter(item__plan=self.plan)
        said = rows.order_by("written_at").values_list(
            "item_id", "confidence", "written_at", "challenges"
        )
        return {
            pk: OfSpreadsheet(confidence, localdate(at), challenges)
            for pk, confidence, at, challenges in said
        }

    def is_of_spreadsheet(self, item: ItemAt) -> bool:
        """Whether the spreadsheet that the plan came from says the item's confidence, as its agency has not answered."""
        said = self._still_said(item)
        return bool(said and item.confidence and said.confidence == item.confidence)

    def words_of_spreadsheet(self, item: ItemAt) -> str:
        """Return what the spreadsheet says holds the item up, until its agency has answered. What was done is no cause."""
        said = self._still_said(item)
        return on_one_line(said.words) if said else ""

    def _still_said(self, item: ItemAt) -> OfSpreadsheet | None:
        said = self.said_by_spreadsheet.get(item.pk)
        return said if said and said.day == item.heard_on else None

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
        return self if pillar is None and lead is None else _Narrowed(self, pillar, lead)


class _Narrowed(PlanAt):
    """A part of a plan, from what is read of the whole."""

    def __init__(self, whole: PlanAt, pillar: int | None, lead: int | None) -> None:
        super().__init__(whole.plan, whole.moment, texts=whole.texts, dates=whole.dates)
        self.whole, self.pillar, self.lead = whole, pillar, lead

    @property
    def said_by_spreadsheet(self) -> Mapping[int, OfSpreadsheet]:
        return self.whole.said_by_spreadsheet

    @cached_property
    def items(self) -> Sequence[ItemAt]:
        pillar, lead = self.pillar, self.lead
        return [
            item
            for item in self.whole.items
            if pillar in (None, item.pillar) and lead in (None, item.lead)
        ]

    @property
    def pillars(self) -> Sequence[PillarAt]:
        return self.whole.pillars

    @property
    def agencies(self) -> Mapping[int, Agency]:
        return self.whole.agencies

    @cached_property
    def delays(self) -> Sequence[DelayAt]:
        return [row for row in self.whole.delays if row.item in self.by_pk]

    @cached_property
    def measures(self) -> Measures:
        """Those of its items; an outcome is of the whole plan."""
        return Measures(
            row for row in self.whole.measures if row.item and row.item.pk in self.by_pk
        )

    @cached_property
    def findings(self) -> Sequence[Finding]:
        return [row for row in self.whole.findings if row.item_id in self.by_pk]

    @cached_property
    def risks(self) -> Sequence[RiskAt]:
        return [row for row in self.whole.risks if row.item in self.by_pk]

    @cached_property
    def variations(self) -> Sequence[VariationAt]:
        return [row for row in self.whole.variations if row.item in self.by_pk]

    @property
    def waits(self) -> Waits:
        return self.whole.waits

    @property
    def out_of_session(self) -> Mapping[int, date]:
        return self.whole.out_of_session

    @cached_property
    def actions(self) -> Sequence[ActionAt]:
        """Those of its items, and those of no item that its agency has."""
        return [
            row
            for row in self.whole.actions
            if (
                row.item in self.by_pk
                if row.item
                else self.pillar is None and row.owner == self.lead
            )
        ]

    @cached_property
    def returns(self) -> Sequence[ReturnAt]:
        if self.pillar is not None:
            return []
        return [row for row in self.whole.returns if row.agency.pk == self.lead]


def plan_at(
    plan: Plan,
    moment: Moment,
    *,
    texts: bool = True,
    dates: bool = True,
    all_numbers: bool = True,
) -> PlanAt:
    return PlanAt(plan, moment, texts=texts, dates=dates, all_numbers=all_numbers)


def item_at(plan: Plan, moment: Moment, pk: int) -> PlanAt:
    """Return the plan with one item alone, in at most 17 queries. There is none if it was not recorded by then.

    Its milestones and their delays are there open and closed, and the open round's returns are left out.
    """
    mitigations = mitigations_at(moment, {"delay__milestone__item_id": pk})
    delays = delays_at(moment, {"milestone__item_id": pk}, mitigations)
    return PlanAt(
        plan,
        moment,
        only_item=pk,
        items=items_at(moment, {"pk": pk}, milestones_at(moment, {"item_id": pk}, delays)),
        delays=[row for row in delays if row.ended_on is None],
        risks=_escalated(moment, {"item_id": pk}),
        variations=variations_at(moment, {"item_id": pk}, *Variation.PENDING),
        actions=[],
        returns=[],
    )


def _escalated(moment: Moment, of: Of) -> list[RiskAt]:
    return [row for row in risks_at(moment, of) if row.escalated_to and not row.closed_on]


def causes_in_words(delays: Iterable[DelayAt], agencies: Mapping[int, Agency]) -> list[str]:
    """Return a sentence for each cause of a delay whose settlement is known."""
    found = [
        lateness.cause_in_words(
            row.cause,
            row.settlement,
            row.settler(agencies),
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
