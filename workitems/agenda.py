"""Proposals for a meeting's agenda: the attention list, variations, open decisions and risks.

Reads only. The coordinator puts them on the agenda one by one or all together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from workitems.asat import Moment, rows_at
from workitems.attention import Line, attention
from workitems.models import (
    Decision,
    Matter,
    OutOfSession,
    Plan,
    Return,
    Risk,
    Variation,
    WorkItem,
)
from workitems.models.meeting import MatterQuerySet
from workitems.plan_at import plan_at
from workitems.spans import span_in_words
from workitems.standing import Rank

KINDS: dict[type[Any], str] = {
    WorkItem: "item",
    Variation: "variation",
    Decision: "decision",
    Risk: "risk",
    Return: "of_return",
}
# Reasons of an item that are left out if its variation or risk is proposed as well.
PROPOSED_SEPARATELY = {Rank.VARIATION_WAITS, Rank.RISK_ESCALATED}


@dataclass(frozen=True)
class Proposal:
    """A proposed matter and the reasons for it. `kind` is the field of `Matter` for its subject, and
    `line` that of the attention list on the subject or its item, if there is one."""

    subject: Any
    reasons: tuple[str, ...]
    line: Line | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.subject)

    @property
    def title(self) -> str:
        return title_of(self.subject)

    @property
    def key(self) -> str:
        """Identifies the subject in a form: "item-12"."""
        return f"{self.kind}-{self.subject.pk}"


def kind_of(subject: Any) -> str:
    """Return the field of `Matter` for such a subject."""
    return KINDS[type(subject)]


def plan_id_of(subject: Any) -> int:
    if isinstance(subject, Decision):
        return subject.plan.pk
    if isinstance(subject, Return):
        return subject.round.plan_id
    return int(subject.plan_id)


def title_of(subject: Any) -> str:
    """Return the title of a matter about this subject."""
    if isinstance(subject, WorkItem):
        return f"{subject.number} {subject.title}"
    if isinstance(subject, Variation):
        if subject.item is None:
            return f"{subject.reference} on a new item {subject.about}"
        return f"{subject.reference} on item {subject.about}"
    if isinstance(subject, Decision):
        return f"Decision of {subject.decided_on:%-d %B %Y}: {subject.text}"
    if isinstance(subject, Risk):
        return f"Risk {subject.reference}: {subject.description}"
    return f"Return of {subject.agency.short_name} for {subject.round.name}"


def proposals(plan: Plan, on: date) -> list[Proposal]:
    """Return all proposals for a meeting on the day `on`, most urgent first.

    These are the attention list, variations with the working group on which agencies are not
    answering out of session, open earlier decisions, and escalated risks. An item that needs attention only because of its variations or
    risks is left out, because those are proposed themselves.
    """
    at = plan_at(plan, Moment.present(plan, on))
    lines = attention(at)
    of_item: dict[int | None, Line] = {line.item.pk: line for line in lines if line.item}
    of_risk = {line.risk.number: line for line in lines if line.risk}
    variations = [
        Proposal(row, (f"With the working group: {row.asks}.",), of_item.get(row.item_id))
        for row in plan.variations.filter(state=Variation.State.RECOMMENDED)
        .exclude(out_of_session_decisions__state=OutOfSession.State.OPEN)
        .for_list()
        .order_by("number")
    ]
    decisions = [
        Proposal(row, (_decision_reason(row, plan.present_day(on)),))
        for row in Decision.objects.of_plan(plan)
        .open(on)
        .decided_before(on)
        .for_list()
        .order_by("due_on", "pk")
    ]
    risks = [
        Proposal(
            row,
            (f"Escalated to {_to(row)} on {row.escalated_on:%-d %B %Y}.",),
            of_item.get(row.item_id) or of_risk.get(row.number),
        )
        for row in plan.risks.open(on)
        .exclude(escalated_to="")
        .select_related("item", "owner_agency")
        .order_by("escalated_on", "number")
    ]
    covered = {row.subject.item_id for row in [*variations, *risks]}
    return [
        *_attention(plan, lines, covered),
        *variations,
        *decisions,
        *risks,
    ]


def _attention(
    plan: Plan, attention_lines: Iterable[Line], covered: set[int | None]
) -> Iterable[Proposal]:
    lines = [
        line
        for line in attention_lines
        if line.risk is None  # proposed together with the other risks
        and not (
            line.item
            and line.item.pk in covered
            and all(reason.rank in PROPOSED_SEPARATELY for reason in line.reasons)
        )
    ]
    items = plan.items.in_bulk([line.item.pk for line in lines if line.item])
    returns = (
        Return.objects.select_related("agency", "round")
        .filter(round__plan=plan)
        .in_bulk([line.of_return.pk for line in lines if line.of_return])
    )
    for line in lines:
        words = tuple(reason.words for reason in line.reasons)
        if line.item:
            yield Proposal(items[line.item.pk], words, line)
        elif line.of_return:
            yield Proposal(returns[line.of_return.pk], words, line)


def _decision_reason(decision: Decision, on: date) -> str:
    assert decision.due_on is not None and decision.owner_agency is not None
    was = f"{decision.owner_agency.short_name} was to do this by {decision.due_on:%-d %B %Y}"
    late = (on - decision.due_on).days
    return f"{was}; overdue by {span_in_words(late)}." if late > 0 else f"{was}."


def _to(risk: Risk) -> str:
    label = Risk.EscalatedTo(risk.escalated_to).label
    return f"{label[0].lower()}{label[1:]}"


def not_on(found: Iterable[Proposal], matters: Sequence[Matter]) -> list[Proposal]:
    """Return the proposals whose subject is not on the agenda."""
    there = {(matter.kind, matter.subject_pk) for matter in matters}
    return [each for each in found if (each.kind, each.subject.pk) not in there]


@dataclass(frozen=True)
class Considered:
    """A meeting that considered an item, and its decisions on the item.

    `meeting_pk` is None for decisions out of session, by day.
    """

    held_on: date
    meeting_pk: int | None
    decisions: list[str]


def considered_of(item: WorkItem, moment: Moment) -> list[Considered]:
    """Return the meetings that had considered the item or decided on it, and decisions on it out of
    session, newest first. One query."""
    about = Q(item=item.pk) | Q(variation__item=item.pk) | Q(risk__item=item.pk)
    of_plan = {"meeting__plan": item.plan_id}
    matters = rows_at(Matter, moment, of=of_plan, considered_on__isnull=False)
    matters = matters.filter(about).order_by()
    decisions_of_plan = Decision.objects.of_plan(item.plan_id).values("pk")
    decided = rows_at(Decision, moment, of={"pk__in": decisions_of_plan}).filter(
        Q(item=item.pk, matter=None) | Q(matter__in=matters.values("id"))
    )
    without_words = matters.values_list("meeting__held_on", "meeting_id", Value(0), Value(""))
    day = Coalesce("meeting__held_on", "out_of_session__closed_on")
    found: dict[tuple[int | None, date], Considered] = {}
    for held_on, meeting, _, text in (
        decided.order_by()
        .annotate(day=day)
        .values_list("day", "meeting_id", "number", "text")
        .union(without_words)
        .order_by("-day", "number")
    ):
        key = (meeting, held_on)
        decisions = found.setdefault(key, Considered(held_on, meeting, [])).decisions
        if text:
            decisions.append(text)
    return list(found.values())


def matters_of(item: Any) -> MatterQuerySet:
    """Return matters about the item, its variations or its risks, considered or not."""
    about = Q(item=item) | Q(variation__item=item) | Q(risk__item=item)
    return Matter.objects.filter(about)
