"""What a plan's page says on a given day: the figures, what needs attention, who has answered.

Reads only, in a number of queries that does not depend on the plan's size.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q

from workitems import standing
from workitems.models import Delay, Meeting, Milestone, Pillar, Plan, Return, Variation, WorkItem
from workitems.models.item import Confidence, Stage

ATTENTION_SHOWN = 12


@dataclass(frozen=True)
class AttentionLine:
    item: WorkItem
    reasons: list[standing.Reason]


@dataclass(frozen=True)
class PillarLine:
    pillar: Pillar
    stages: list[tuple[str, int]]
    total: int
    late: int


@dataclass(frozen=True)
class Overview:
    headline: str
    attention: list[AttentionLine]
    attention_total: int
    pillars: list[PillarLine]
    returns: list[Return]
    waiting: list[Variation]
    next_meeting: Meeting | None


def plan_overview(plan: Plan, on: date) -> Overview:
    items = plan.items.all()
    by_pillar: Counter[tuple[int, str]] = Counter()
    confidence: Counter[str] = Counter()
    rows = items.values_list("pillar", "stage", "confidence").annotate(Count("pk"))
    for pillar, stage, sure, count in rows:
        by_pillar[pillar, stage] += count
        if stage not in (Stage.COMPLETE, Stage.WITHDRAWN):
            confidence[sure] += count
    late = dict(
        items.slipping(on).order_by().values_list("pillar").annotate(Count("pk", distinct=True))
    )
    attention = attention_lines(plan, on)
    waiting = waiting_variations(plan)
    returns = (
        Return.objects.filter(round__plan=plan, round__closed_at=None)
        .select_related("round", "agency")
        .with_progress()
        .order_by("agency__short_name")
    )
    return Overview(
        headline=headline(
            total=sum(by_pillar.values()),
            complete=sum(n for (_, stage), n in by_pillar.items() if stage == Stage.COMPLETE),
            on_track=confidence[Confidence.ON_TRACK],
            late=sum(late.values()),
            pending=len(waiting),
        ),
        attention=attention[:ATTENTION_SHOWN],
        attention_total=len(attention),
        pillars=[
            PillarLine(
                pillar=pillar,
                stages=[(stage, by_pillar[pillar.pk, stage]) for stage in Stage],
                total=sum(by_pillar[pillar.pk, stage] for stage in Stage),
                late=late.get(pillar.pk, 0),
            )
            for pillar in plan.pillars.order_by("number")
        ],
        returns=list(returns),
        waiting=waiting,
        next_meeting=plan.meetings.coming(on).first(),
    )


def headline(*, total: int, complete: int, on_track: int, late: int, pending: int) -> str:
    """The state of the plan in one sentence."""
    if total == 0:
        return "No work items yet."
    noun = "work item" if total == 1 else "work items"
    sentence = f"{total:,} {noun}: {complete:,} complete, {on_track:,} on track, {late:,} late"
    if pending:
        sentence += f"; {pending:,} {'variation waits' if pending == 1 else 'variations wait'}"
        sentence += " for a decision"
    return sentence + "."


def attention_lines(plan: Plan, on: date) -> list[AttentionLine]:
    """Items that need attention, most urgent first; key items first among equals."""
    candidates = (
        plan.items.needing_attention(on)
        .select_related("lead_agency", "plan")
        .annotate(variations_pending=pending_count())
        .prefetch_related(
            Prefetch("milestones", Milestone.objects.in_order()),
            Prefetch(
                "milestones__delays",
                Delay.objects.open(on).annotate(mitigated=Count("mitigations")),
                to_attr="open_delays",
            ),
        )
    )
    lines = []
    for item in candidates:
        reasons = standing.attention(facts_of(item), on)
        if reasons:
            lines.append(AttentionLine(item, reasons))
    return sorted(
        lines,
        key=lambda line: (line.reasons[0].rank, not line.item.is_key, line.item.number_key),
    )


def waiting_variations(plan: Plan, **of: Any) -> list[Variation]:
    """What is asked for and not decided: of the plan, or of one of its items. One query."""
    rows = list(plan.variations.pending().filter(**of).for_list().pending_first())
    for row in rows:
        row.plan = plan
    return rows


def pending_count() -> Count:
    return Count("variations", filter=Q(variations__state__in=Variation.PENDING), distinct=True)


def facts_of(item: Any) -> standing.ItemFacts:
    """An item read with its milestones and their `open_delays`, as `standing` wants it."""
    milestones = list(item.milestones.all())
    return standing.ItemFacts(
        is_live=item.is_live,
        is_key=item.is_key,
        confidence=item.confidence,
        reviewer_confidence=item.reviewer_confidence,
        heard_on=item.heard_on,
        starts_on=item.starts_on,
        milestones=milestones,
        delays=[
            (delay, delay.mitigated) for milestone in milestones for delay in milestone.open_delays
        ],
        variations_pending=item.variations_pending,
    )
