"""The attention list: what needs the working group's attention at a moment, most urgent first.

`standing.Rank` defines the order; docs/attention.md describes the rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from workitems.models.item import number_key
from workitems.plan_at import ItemAt, PlanAt, ReturnAt, RiskAt
from workitems.standing import Rank, Reason


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the list: an item, a return or a risk to the whole plan, with its reasons."""

    reasons: Sequence[Reason]
    title: str
    detail: str
    slug: str
    item: ItemAt | None = None
    of_return: ReturnAt | None = None
    risk: RiskAt | None = None

    @property
    def rank(self) -> Rank:
        return self.reasons[0].rank

    @property
    def why(self) -> str:
        return " ".join(reason.words for reason in self.reasons)

    @property
    def url(self) -> str:
        if self.item:
            return reverse("workitems:detail", args=[self.slug, self.item.number])
        if self.of_return:
            # Link to the round, because not every reader may open a return that is not accepted.
            return reverse("returns:round", args=[self.slug, self.of_return.round.pk])
        assert self.risk is not None
        return reverse("risks:detail", args=[self.slug, self.risk.number])

    @property
    def key(self) -> str:
        """Identifies the subject at any moment, to compare two moments."""
        if self.item:
            return f"item-{self.item.pk}"
        if self.of_return:
            return f"return-{self.of_return.pk}"
        assert self.risk is not None
        return f"risk-{self.risk.number}"


def attention(at: PlanAt) -> list[Line]:
    """Return the list by most urgent reason, then key items first, then days late, then number of
    reasons, then the Plan's order."""
    return sorted([*_items(at), *_risks(at), *_returns(at)], key=_urgency)


def keys_of(at: PlanAt) -> set[str]:
    """Return the keys of the whole list, to compare with it, without composing its lines."""
    items = {f"item-{item.pk}" for item in at.items if at.reasons[item.pk]}
    return items.union(line.key for line in [*_risks(at), *_returns(at)])


def _urgency(line: Line) -> tuple[int, bool, int, int, str]:
    item = line.item
    return (
        line.rank,
        not (item and item.is_key),
        -item.late.days if item else 0,
        -len(line.reasons),
        number_key(item.number) if item else line.title,
    )


def _items(at: PlanAt) -> Iterable[Line]:
    for item in at.items:
        if reasons := at.reasons[item.pk]:
            yield Line(
                reasons=reasons,
                title=item.title,
                detail=at.agencies[item.lead].short_name + (", key item" if item.is_key else ""),
                slug=at.plan.slug,
                item=item,
            )


def _risks(at: PlanAt) -> Iterable[Line]:
    for risk in at.risks:
        if risk.item is None:
            yield Line(
                reasons=[Reason(Rank.RISK_ESCALATED, f"{risk.reference} is escalated.")],
                title=risk.description,
                detail="Risk to the whole plan",
                slug=at.plan.slug,
                risk=risk,
            )


def _returns(at: PlanAt) -> Iterable[Line]:
    for row in at.returns:
        if row.reasons:
            yield Line(
                reasons=row.reasons,
                title=f"Return for {row.round.name}",
                detail=row.agency.short_name,
                slug=at.plan.slug,
                of_return=row,
            )
