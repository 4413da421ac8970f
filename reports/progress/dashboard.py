"""Composes the dashboard from the plan at a moment and, for comparison, at an earlier one.

All figures are counted from the same rows and link to the list behind them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.charts import Strip
from reports.progress.changes import glance
from reports.progress.counts_today import TodayCounts
from reports.progress.plan_counts import (
    ATTENTION_SHOWN,
    DUE_WITHIN_DAYS,
    MARKS_IN_A_CELL,
    CauseCount,
    Due,
    EarlierCounts,
    PlanCounts,
    counts_of,
    earlier_counts_of,
)
from reports.progress.timeline import strip_of
from reports.progress.view import Look
from workitems.asat import Moment
from workitems.attention import Line
from workitems.models import Delay, Return
from workitems.plan_at import ItemAt, PillarAt, PlanAt, ReturnAt, plan_at
from workitems.standing import Standing, count_noun, days_in_words

SHOWN_STANDINGS = tuple(Standing)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its label, the list behind it, and its earlier value.

    `note` says what is counted, where the label alone does not.
    """

    label: str
    count: int
    url: str
    was: int | None = None
    kind: str = ""
    note: str = ""

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
    variations: int
    returns: Sequence[ReturnAt]
    answered: dict[int, tuple[int, int]]


def read_dashboard(look: Look) -> Dashboard:
    """Return the dashboard for a view of the plan.

    Today's is counted by the database, unless it is compared. The number of queries is fixed, and
    higher if two moments are compared.
    """
    if look.at.is_now and look.since is None:
        today = TodayCounts(look.plan, look.at.on, look.pillar, look.agency)
        return compose(look, today.counts(), None, [])
    at = plan_at(look.plan, look.at, texts=False)
    before = plan_at(look.plan, look.since, texts=False) if look.since else None
    return build(look, at, before)


def build(look: Look, at: PlanAt, before: PlanAt | None) -> Dashboard:
    """Return the dashboard, counted from whole plans."""
    at = at.narrowed(pillar=look.pillar, lead=look.agency)
    changed = changes(look, at, before) if before else []
    if before is not None:
        before = before.narrowed(pillar=look.pillar, lead=look.agency)
    return compose(look, counts_of(at), before, changed)


def compose(look: Look, now: PlanCounts, before: PlanAt | None, changed: list[Figure]) -> Dashboard:
    then = earlier_counts_of(before) if before else None
    known = then.needing if then else set()
    stood = {item.pk: item.standing for item in before.items} if before else {}
    figures = standings(look, now, then)
    return Dashboard(
        look=look,
        headline=_headline(in_all(now), now.variations, look.at),
        since_words=since_words(look, figures) if before else "",
        changed=changed,
        figures=figures,
        attention=[
            AttentionLine(line, before is not None and line.key not in known)
            for line in now.lines[:ATTENTION_SHOWN]
        ],
        attention_figure=Figure(
            label="need attention",
            count=now.attention,
            url=look.link("attention"),
            was=len(known) if then else None,
        ),
        attention_gone=len(known - {line.key for line in now.lines}),
        grid=grid(look, now, then, stood),
        timeline=[strip_of(item, look.item(item.number)) for item in now.timeline],
        due=[
            Figure(
                label=f"within {days} days",
                count=now.due[days],
                url=look.link("milestones", due=days),
            )
            for days in DUE_WITHIN_DAYS
        ],
        due_soon=list(now.due_soon),
        causes=[cause(look, each) for each in now.causes],
        variations=now.variations,
        returns=now.returns,
        answered=answered(look, now.returns),
    )


def standings(look: Look, now: PlanCounts, then: EarlierCounts | None) -> list[Figure]:
    """Return the number of items by status, in the headline's order; they add up to all."""
    return _stand(look, in_all(now), in_all(then) if then else None)


def in_all(counts: PlanCounts | EarlierCounts) -> Counter[Standing]:
    """Return the number of items by status."""
    return sum(counts.standings.values(), Counter())


def _stand(
    look: Look, now: Counter[Standing], then: Counter[Standing] | None, **of: Any
) -> list[Figure]:
    return [
        Figure(
            label=standing.label,
            count=now[standing],
            url=look.items(standing=standing, **of),
            was=then[standing] if then is not None else None,
            kind=standing,
            note="" if of else standing.counts,
        )
        for standing in SHOWN_STANDINGS
        if not of or now[standing] or (then and then[standing])
    ]


def headline(at: PlanAt) -> str:
    """Return the state of the plan in one sentence.

    For example: 28 work items: 9 complete, 4 late, 15 on track; 3 variations wait for a decision.
    """
    count = Counter(item.standing for item in at.items)
    return _headline(count, len(at.variations), at.moment)


def _headline(count: Counter[Standing], pending: int, moment: Moment) -> str:
    total = count.total()
    if total == 0:
        return "No work items yet." if moment.is_now else "No work items were recorded by then."
    parts = [
        f"{count[standing]:,} {standing.label.lower()}"
        for standing in (
            Standing.COMPLETE, Standing.LATE, Standing.IN_DOUBT, Standing.ON_TIME,
            Standing.WITHDRAWN,
        )
        if count[standing] or standing in (Standing.COMPLETE, Standing.LATE)
    ]  # fmt: skip
    sentence = f"{count_noun(total, 'work item')}: {', '.join(parts)}"
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


def grid(
    look: Look, now: PlanCounts, then: EarlierCounts | None, stood: Mapping[int, Standing]
) -> Grid:
    """Return the grid. `stood` is the earlier status of items, for their marks."""
    agencies = sorted(
        (now.agencies[pk] for pk in {lead for _, lead in now.standings}),
        key=lambda agency: agency.short_name.casefold(),
    )
    pillars = [row for row in now.pillars if look.pillar in (None, row.pk)]
    none: Counter[Standing] = Counter()

    def cell(pillar: Any, agency: Any) -> Cell:
        place = pillar.pk, agency.pk
        count = now.standings.get(place, none)
        was = then.standings.get(place, none) if then else None
        is_crowded = count.total() > MARKS_IN_A_CELL
        return Cell(
            figure=Figure(
                label=f"{agency.short_name}, {pillar.title}",
                count=count.total(),
                url=look.items(pillar=pillar.pk, lead=agency.pk),
                was=was.total() if was is not None else None,
            ),
            marks=[Mark(item, _differs(item, stood)) for item in now.single.get(place, ())],
            counts=_stand(look, count, was, pillar=pillar.pk, lead=agency.pk) if is_crowded else [],
        )

    def total(label: str, place: int | None = None, key: Any = None, **of: Any) -> Figure:
        """Add up the places whose pillar (0) or lead agency (1) is `key`, or all."""
        return Figure(
            label=label,
            count=_added(now, place, key),
            url=look.items(**of),
            was=_added(then, place, key) if then else None,
        )

    return Grid(
        agencies=agencies,
        rows=[
            GridRow(
                pillar=pillar,
                cells=[cell(pillar, agency) for agency in agencies],
                total=total(f"All of {pillar.title}", 0, pillar.pk, pillar=pillar.pk),
            )
            for pillar in pillars
        ],
        totals=[
            total(f"All of {agency.short_name}", 1, agency.pk, lead=agency.pk)
            for agency in agencies
        ],
        total=total("All work items"),
    )


def _added(counts: PlanCounts | EarlierCounts, place: int | None, key: Any) -> int:
    return sum(
        count.total() for at, count in counts.standings.items() if place is None or at[place] == key
    )


def _differs(item: ItemAt, stood: Mapping[int, Standing]) -> Standing | None:
    was = stood.get(item.pk)
    return was if was != item.standing else None


def cause(look: Look, counted: CauseCount) -> Cause:
    return Cause(
        Figure(
            label=Delay.Cause(counted.cause).label,
            count=counted.delays,
            url=look.link("delays", cause=counted.cause),
            kind=counted.cause,
        ),
        counted.days,
    )


def answered(look: Look, returns: Sequence[ReturnAt]) -> dict[int, tuple[int, int]]:
    """Map returns to the number of items answered and asked about. Empty for the past, which keeps
    only a return's state."""
    if not look.at.is_now:
        return {}
    rows: Any = Return.objects.filter(pk__in=[row.pk for row in returns]).with_progress()
    return {pk: (done, items) for pk, done, items in rows.values_list("pk", "answered", "items")}
