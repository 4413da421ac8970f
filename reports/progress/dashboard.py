"""Composes the dashboard from the plan at a moment and, for comparison, at an earlier one.

All figures are counted from the same rows and link to the list behind them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from reports.charts import Strip
from reports.progress.changes import glance
from reports.progress.timeline import strip_of
from reports.progress.view import Look
from workitems.attention import Line, attention
from workitems.models import Delay, Return
from workitems.plan_at import (
    ItemAt,
    MilestoneAt,
    PillarAt,
    PlanAt,
    ReturnAt,
    milestones_at,
    plan_at,
    with_milestones,
)
from workitems.standing import Standing, count_noun, days_in_words

ATTENTION_SHOWN = 8
DUE_SHOWN = 8
# In items; each is shown with its milestones.
TIMELINE_SHOWN = 12
DUE_WITHIN_DAYS = (30, 60, 90)
# A cell with more items shows counts by status instead of single items.
MARKS_IN_A_CELL = 5
SHOWN_STANDINGS = tuple(Standing)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its label, the list behind it, and its earlier value."""

    label: str
    count: int
    url: str
    was: int | None = None
    kind: str = ""

    @property
    def change(self) -> int:
        return self.count - self.was if self.was is not None else 0


@dataclass(frozen=True)
class Mark:
    """An item in a cell. `was` is its earlier status, if that differs."""

    item: ItemAt
    was: Standing | None


@dataclass(frozen=True)
class Cell:
    """The items of a pillar and a lead agency: single items, or counts by status."""

    figure: Figure
    marks: list[Mark]
    counts: list[Figure]


@dataclass(frozen=True)
class GridRow:
    pillar: PillarAt
    cells: list[Cell]
    total: Figure


@dataclass(frozen=True)
class Grid:
    """Items by pillar and lead agency. Each item is in one cell; totals are sums of cells."""

    agencies: list[Any]
    rows: list[GridRow]
    totals: list[Figure]
    total: Figure


@dataclass(frozen=True)
class AttentionLine:
    line: Line
    is_new: bool


class Due(NamedTuple):
    """A milestone that is due soon, with its item."""

    milestone: MilestoneAt
    item: ItemAt


@dataclass(frozen=True)
class Cause:
    """The open delays of one cause, and their days in total."""

    figure: Figure
    days: int

    @property
    def words(self) -> str:
        return f"{days_in_words(self.days)} in {count_noun(self.figure.count, 'delay')}"


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Everything the page shows. `was` figures are set if two moments are compared."""

    look: Look
    at: PlanAt
    headline: str
    since_words: str
    changed: list[Figure]
    figures: list[Figure]
    attention: list[AttentionLine]
    attention_figure: Figure
    attention_gone: int
    grid: Grid
    timeline: list[Strip]
    due: list[Figure]
    due_soon: list[Due]
    causes: list[Cause]
    returns: Sequence[ReturnAt]
    answered: dict[int, tuple[int, int]]


def read_dashboard(look: Look) -> Dashboard:
    """Return the dashboard for a view of the plan.

    The number of queries is fixed, and higher if two moments are compared.
    """
    at = plan_at(look.plan, look.at)
    before = plan_at(look.plan, look.since) if look.since else None
    return build(look, at, before)


def build(look: Look, at: PlanAt, before: PlanAt | None) -> Dashboard:
    at = at.narrowed(pillar=look.pillar, lead=look.agency)
    changed = changes(look, at, before) if before else []
    if before is not None:
        before = before.narrowed(pillar=look.pillar, lead=look.agency)
    lines = attention(at)
    known = {line.key for line in attention(before)} if before else set()
    soon = due_within(at, DUE_WITHIN_DAYS[-1])
    figures = standings(look, at, before)
    return Dashboard(
        look=look,
        at=at,
        headline=headline(at),
        since_words=since_words(look, figures) if before else "",
        changed=changed,
        figures=figures,
        attention=[
            AttentionLine(line, before is not None and line.key not in known)
            for line in lines[:ATTENTION_SHOWN]
        ],
        attention_figure=Figure(
            label="need attention",
            count=len(lines),
            url=look.link("attention"),
            was=len(known) if before else None,
        ),
        attention_gone=len(known - {line.key for line in lines}),
        grid=grid(look, at, before),
        timeline=timeline(look, at),
        due=[
            Figure(
                label=f"within {days} days",
                count=sum(row.is_due_within(days) for row in soon),
                url=look.link("milestones", due=days),
            )
            for days in DUE_WITHIN_DAYS
        ],
        due_soon=[Due(row, at.by_pk[row.item]) for row in soon[:DUE_SHOWN]],
        causes=causes(look, at),
        returns=at.returns,
        answered=answered(at),
    )


def standings(look: Look, at: PlanAt, before: PlanAt | None) -> list[Figure]:
    """Return the number of items by status, in the headline's order; they add up to all."""
    return _stand(look, at.items, before.items if before else None)


def _stand(
    look: Look, items: Sequence[ItemAt], was: Sequence[ItemAt] | None, **of: Any
) -> list[Figure]:
    now = Counter(item.standing for item in items)
    then = Counter(item.standing for item in was) if was is not None else None
    return [
        Figure(
            label=standing.label,
            count=now[standing],
            url=look.items(standing=standing, **of),
            was=then[standing] if then is not None else None,
            kind=standing,
        )
        for standing in SHOWN_STANDINGS
    ]


def headline(at: PlanAt) -> str:
    """Return the state of the plan in one sentence.

    For example: 28 work items: 9 complete, 4 late, 15 on track; 3 variations wait for a decision.
    """
    total = len(at.items)
    if total == 0:
        return "No work items yet." if at.moment.is_now else "No work items were recorded by then."
    count = Counter(item.standing for item in at.items)
    parts = [
        f"{count[standing]:,} {standing.label.lower()}"
        for standing in (
            Standing.COMPLETE, Standing.LATE, Standing.AT_RISK, Standing.ON_TRACK,
            Standing.WITHDRAWN,
        )
        if count[standing] or standing in (Standing.COMPLETE, Standing.LATE)
    ]  # fmt: skip
    sentence = f"{count_noun(total, 'work item')}: {', '.join(parts)}"
    pending = len(at.variations)
    if pending:
        sentence += f"; {pending:,} {'variation waits' if pending == 1 else 'variations wait'}"
        sentence += " for a decision"
    return sentence + "."


def since_words(look: Look, figures: Iterable[Figure]) -> str:
    """Return the figures that changed between the two moments, in one sentence."""
    assert look.since is not None
    moved = [f"{each.label.lower()} {each.was} → {each.count}" for each in figures if each.change]
    if not moved:
        return f"Since {look.since.words}: the same figures."
    return f"Since {look.since.words}: {', '.join(moved)}."


def changes(look: Look, at: PlanAt, before: PlanAt) -> list[Figure]:
    """Return the number of items completed and dates slipped. The page of changes has the rest."""
    return [
        Figure(label=kind.label.lower(), count=count, url=look.link("changes", kind=kind))
        for kind, count in glance(before, at).items()
    ]


def grid(look: Look, at: PlanAt, before: PlanAt | None) -> Grid:
    now = _cells(at.items)
    then = _cells(before.items) if before else None
    stood = {item.pk: item.standing for item in before.items} if before else {}
    leads = {item.lead for item in at.items}
    agencies = sorted(
        (at.agencies[pk] for pk in leads), key=lambda agency: agency.short_name.casefold()
    )
    pillars = [row for row in at.pillars if look.pillar in (None, row.pk)]

    def cell(pillar: Any, agency: Any) -> Cell:
        items = now[pillar.pk, agency.pk]
        was = then[pillar.pk, agency.pk] if then is not None else None
        is_crowded = len(items) > MARKS_IN_A_CELL
        stand = _stand(look, items, was, pillar=pillar.pk, lead=agency.pk) if is_crowded else []
        return Cell(
            figure=Figure(
                label=f"{agency.short_name}, {pillar.title}",
                count=len(items),
                url=look.items(pillar=pillar.pk, lead=agency.pk),
                was=len(was) if was is not None else None,
            ),
            marks=[] if is_crowded else [Mark(item, _differs(item, stood)) for item in items],
            counts=[each for each in stand if each.count or each.was],
        )

    def totals(column: str) -> Callable[..., Figure]:
        """Count items by a column; return a function that makes a figure for one of its values."""
        count = Counter(getattr(item, column) for item in at.items)
        was = Counter(getattr(item, column) for item in before.items) if before else None
        return lambda label, value, **of: Figure(
            label=f"All of {label}",
            count=count[value],
            url=look.items(**of),
            was=was[value] if was is not None else None,
        )

    of_pillar, of_agency = totals("pillar"), totals("lead")
    return Grid(
        agencies=agencies,
        rows=[
            GridRow(
                pillar=pillar,
                cells=[cell(pillar, agency) for agency in agencies],
                total=of_pillar(pillar.title, pillar.pk, pillar=pillar.pk),
            )
            for pillar in pillars
        ],
        totals=[of_agency(agency.short_name, agency.pk, lead=agency.pk) for agency in agencies],
        total=Figure(
            label="All work items",
            count=len(at.items),
            url=look.items(),
            was=len(before.items) if before else None,
        ),
    )


def _cells(items: Iterable[ItemAt]) -> dict[tuple[int, int], list[ItemAt]]:
    found: dict[tuple[int, int], list[ItemAt]] = defaultdict(list)
    for item in items:
        found[item.pillar, item.lead].append(item)
    return found


def _differs(item: ItemAt, stood: dict[int, Standing]) -> Standing | None:
    was = stood.get(item.pk)
    return was if was != item.standing else None


def timeline(look: Look, at: PlanAt) -> list[Strip]:
    """Return late items, then those due next, each with all its milestones."""
    ahead = sorted(at.milestones, key=lambda row: not row.is_late)
    picked = list(dict.fromkeys(row.item for row in ahead))[:TIMELINE_SHOWN]
    items = with_milestones(
        (at.by_pk[pk] for pk in picked), milestones_at(at.moment, {"item_id__in": picked})
    )
    return [strip_of(item, look.item(item.number)) for item in items]


def due_within(at: PlanAt, days: int) -> list[MilestoneAt]:
    """Return open milestones of live items due within that many days, by agreed date."""
    return [row for row in at.milestones if row.is_due_within(days)]


def causes(look: Look, at: PlanAt) -> list[Cause]:
    """Return open delays by cause, most days first."""
    number: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for delay in at.delays:
        number[delay.cause] += 1
        days[delay.cause] += delay.days
    return [
        Cause(
            Figure(
                label=Delay.Cause(cause).label,
                count=count,
                url=look.link("delays", cause=cause),
                kind=cause,
            ),
            days[cause],
        )
        for cause, count in sorted(number.items(), key=lambda pair: (-days[pair[0]], pair[0]))
    ]


def answered(at: PlanAt) -> dict[int, tuple[int, int]]:
    """Map returns to the number of items answered and asked about. Empty for the past, which keeps
    only a return's state."""
    if not at.moment.is_now:
        return {}
    rows = Return.objects.filter(pk__in=[row.pk for row in at.returns]).with_progress()
    return {row.pk: (row.answered, row.items) for row in rows}
