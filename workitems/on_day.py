"""The plan at a moment: one compact line an item, in a number of queries that never grows.

Dashboard, lists of the past, agenda, pack and exports all count these lines, so their figures
agree. Today's lines come from the records, earlier ones from their history.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency
from workitems import standing
from workitems.agencies_at import as_called
from workitems.asat import Moment, rows_at
from workitems.models import (
    Delay,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    ReturnNote,
    Risk,
    Round,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage, number_key
from workitems.standing import Late, Lateness, Reason, Standing


@dataclass(slots=True, eq=False)
class ItemOnDay:
    """An item as it stood. `late` is that of its open milestones and `due` the first of their
    agreed dates; `pillar` and `lead` are ids."""

    pk: int
    number: str
    title: str
    pillar: int
    lead: int
    stage: str
    is_key: bool
    confidence: str
    reviewer_confidence: str
    heard_on: date | None
    late: Lateness
    due: date | None
    standing: Standing
    reasons: list[Reason]

    @property
    def is_live(self) -> bool:
        return self.stage not in (Stage.COMPLETE, Stage.WITHDRAWN)

    @property
    def needs_attention(self) -> bool:
        return bool(self.reasons)


class OpenMilestone(NamedTuple):
    """A milestone that was not done or withdrawn, of a live item. Ids, and its two dates ahead."""

    pk: int
    item: int
    agreed_due: date
    forecast_due: date

    def is_late(self, on: date) -> bool:
        """Overdue on the day, or expected late."""
        return self.agreed_due < on or self.forecast_due > self.agreed_due

    def is_due_within(self, days: int, on: date) -> bool:
        """Whether the agreed date is the day or at most so many days after it."""
        return 0 <= (self.agreed_due - on).days <= days


class OpenDelay(NamedTuple):
    """A delay that held a milestone up; `days` from its date before to its date after."""

    pk: int
    item: int
    cause: str
    days: int
    times_moved: int
    is_mitigated: bool


class OpenRisk(NamedTuple):
    """A risk that was escalated and not closed; of no item where it threatens the whole plan."""

    item: int | None
    number: int
    description: str

    @property
    def reference(self) -> str:
        return f"R{self.number}"


@dataclass(frozen=True)
class ReturnOnDay:
    """A return of a round that was open, and why it needs attention."""

    pk: int
    round: Any
    agency: Agency
    state: str
    reasons: list[Reason]

    @property
    def state_label(self) -> str:
        return Return.State(self.state).label


@dataclass(frozen=True)
class PlanOnDay:
    """The plan at a moment, whole or narrowed to a pillar or a lead agency.

    `pillars` and `agencies` (every one, by id) are as they were called. Items are in the Plan's order.
    """

    plan: Plan
    moment: Moment
    items: list[ItemOnDay]
    pillars: list[Any]
    agencies: dict[int, Agency]
    milestones: list[OpenMilestone] = field(repr=False)
    delays: list[OpenDelay] = field(repr=False)
    risks: list[OpenRisk] = field(repr=False)
    variations: list[int] = field(repr=False)
    returns: list[ReturnOnDay] = field(repr=False)

    @property
    def on(self) -> date:
        return self.moment.on

    @cached_property
    def by_agreed_date(self) -> list[OpenMilestone]:
        return sorted(self.milestones, key=lambda row: (row.agreed_due, row.pk))

    @cached_property
    def by_pk(self) -> dict[int, ItemOnDay]:
        return {item.pk: item for item in self.items}

    def narrowed(self, *, pillar: int | None = None, lead: int | None = None) -> "PlanOnDay":
        """Only a pillar's items, or those that an agency leads, and what hangs on them.

        Risks to the whole plan belong to no pillar or agency; a return is its agency's.
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
            milestones=[row for row in self.milestones if row.item in kept],
            delays=[row for row in self.delays if row.item in kept],
            risks=[row for row in self.risks if row.item in kept],
            variations=[item for item in self.variations if item in kept],
            returns=[
                row
                for row in self.returns
                if pillar is None and (lead is None or row.agency.pk == lead)
            ],
        )


def read(plan: Plan, moment: Moment) -> PlanOnDay:
    """The plan at the moment: at most 12 queries, whatever the plan's size or the moment."""
    on = moment.on
    agencies = as_called(Agency.objects.in_bulk(), moment)
    variations = list(
        rows_at(
            Variation, moment, of={"plan_id": plan.pk}, state__in=Variation.PENDING
        ).values_list("item_id", flat=True)
    )
    risks = [
        OpenRisk(*row)
        for row in _unless(rows_at(Risk, moment, of={"plan_id": plan.pk}), "closed_on", on)
        .exclude(escalated_to="")
        .order_by("number")
        .values_list("item_id", "number", "description")
    ]
    milestones = _open_milestones(plan, moment)
    delays = _open_delays(plan, moment)
    items = _items(plan, moment, milestones, delays, risks, variations)
    live = {item.pk for item in items if item.is_live}
    return PlanOnDay(
        plan=plan,
        moment=moment,
        items=items,
        pillars=list(rows_at(Pillar, moment, of={"plan_id": plan.pk}).order_by("number")),
        agencies=agencies,
        milestones=[row for row in milestones if row.item in live],
        delays=delays,
        risks=risks,
        variations=variations,
        returns=_returns(plan, moment, agencies),
    )


def _unless(rows: Any, day: str, on: date) -> Any:
    """Rows of which the day (done, ended, closed) had not come."""
    return rows.filter(Q(**{day: None}) | Q(**{f"{day}__gt": on}))


def _open_milestones(plan: Plan, moment: Moment) -> list[OpenMilestone]:
    rows = rows_at(Milestone, moment, of={"item__plan_id": plan.pk})
    rows = _unless(_unless(rows, "completed_on", moment.on), "withdrawn_on", moment.on)
    found = rows.order_by().values_list("id", "item_id", "agreed_due", "forecast_due")
    return [OpenMilestone(*row) for row in found]


def _open_delays(plan: Plan, moment: Moment) -> list[OpenDelay]:
    mitigated = set(
        rows_at(Mitigation, moment, of={"delay__milestone__item__plan_id": plan.pk})
        .order_by()
        .values_list("delay_id", flat=True)
    )
    rows = rows_at(Delay, moment, of={"milestone__item__plan_id": plan.pk})
    rows = _unless(rows.filter(found_on__lte=moment.on), "ended_on", moment.on)
    return [
        OpenDelay(pk, item, cause, (after - before).days, times_moved, pk in mitigated)
        for pk, item, cause, before, after, times_moved in rows.order_by().values_list(
            "id", "milestone__item_id", "cause", "due_before", "due_after", "times_moved"
        )
    ]


class _Dates:
    """The dates of an item's open milestones: the first agreed one, and the longest slip ahead."""

    __slots__ = ("due", "slip", "slip_due")

    def __init__(self) -> None:
        self.due: date | None = None
        self.slip = 0
        self.slip_due: date | None = None

    def lateness(self, on: date) -> Lateness:
        """The same as `standing.item_lateness` says of the open milestones."""
        if self.due is None:
            return _ON_TIME
        if self.due < on:
            return Lateness(Late.OVERDUE, (on - self.due).days, self.due)
        if self.slip:
            return Lateness(Late.SLIPPING, self.slip, self.slip_due)
        if (self.due - on).days <= standing.DUE_SOON_DAYS:
            return Lateness(Late.DUE_SOON, due=self.due)
        return Lateness(Late.ON_TIME, due=self.due)


_ON_TIME = Lateness(Late.ON_TIME)
_NO_DATES = _Dates()


def _dates(milestones: Iterable[OpenMilestone], on: date) -> dict[int, _Dates]:
    found: dict[int, _Dates] = defaultdict(_Dates)
    for row in milestones:
        dates = found[row.item]
        if dates.due is None or row.agreed_due < dates.due:
            dates.due = row.agreed_due
        if row.forecast_due > row.agreed_due >= on:
            slip = (row.forecast_due - row.agreed_due).days
            if slip > dates.slip:
                dates.slip, dates.slip_due = slip, row.agreed_due
    return found


def _items(
    plan: Plan,
    moment: Moment,
    milestones: list[OpenMilestone],
    delays: list[OpenDelay],
    risks: list[OpenRisk],
    variations: list[int],
) -> list[ItemOnDay]:
    on = moment.on
    dates = _dates(milestones, on)
    delays_of = _by(delays, lambda row: row.item)
    risks_of = _by(risks, lambda row: row.item)
    variations_of = _by(variations, lambda item: item)
    rows: Any = rows_at(WorkItem, moment, of={"plan_id": plan.pk}).order_by().values_list(
        "id", "number", "title", "pillar_id", "lead_agency_id", "stage", "is_key",
        "confidence", "reviewer_confidence", "heard_on", "starts_on",
    )  # fmt: skip
    found = []
    each: Any
    for each in rows:
        pk, _, _, _, _, stage, _, confidence, reviewers, heard_on, starts_on = each
        at = dates.get(pk, _NO_DATES)
        late = at.lateness(on)
        reasons: list[Reason] = []
        if stage not in (Stage.COMPLETE, Stage.WITHDRAWN):
            held_up = delays_of.get(pk, ())
            reasons = standing.attention(
                standing.ItemFacts(
                    confidence,
                    reviewers,
                    heard_on,
                    starts_on,
                    late,
                    any(delay.is_mitigated for delay in held_up),
                    max((delay.times_moved for delay in held_up), default=0),
                    len(variations_of.get(pk, ())),
                    [risk.reference for risk in risks_of.get(pk, ())],
                ),
                on,
            )
        stands = standing.standing_of(stage, late.is_late, confidence)
        facts: list[Any] = [*each[:-1], late, at.due, stands, reasons]
        found.append(ItemOnDay(*facts))
    return sorted(found, key=lambda item: (number_key(item.number), item.pk))


def _by(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _returns(plan: Plan, moment: Moment, agencies: dict[int, Agency]) -> list[ReturnOnDay]:
    """The returns of the round that was open, by agency."""
    rounds = rows_at(Round, moment, of={"plan_id": plan.pk}, closed_at=None)
    open_rounds = {row.id: row for row in rounds}
    if not open_rounds:
        return []
    returns = rows_at(Return, moment, of={"round_id__in": list(open_rounds)})
    sent_back: dict[int, date] = {}
    notes = rows_at(ReturnNote, moment, of={"of_return__round_id__in": list(open_rounds)})
    for of_return, at in notes.order_by("at", "id").values_list("of_return_id", "at"):
        sent_back[of_return] = timezone.localdate(at)
    found = [
        ReturnOnDay(
            pk=row.id,
            round=open_rounds[row.round_id],
            agency=agencies[row.agency_id],
            state=row.state,
            reasons=standing.return_attention(
                row.state, open_rounds[row.round_id].due_on, sent_back.get(row.id), moment.on
            ),
        )
        for row in returns
    ]
    return sorted(found, key=lambda row: row.agency.short_name.casefold())
