"""The dashboard's parts, made from the plan at a moment and, where asked, from an earlier one.

Every figure is counted from the same lines and carries the address of the list behind it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.changes import glance
from reports.look import Look
from reports.render.charts import Strip, StripMilestone
from workitems.asat import rows_at
from workitems.attention import Line, attention
from workitems.models import Delay, Milestone, Return
from workitems.on_day import ItemOnDay, OpenMilestone, PlanOnDay, ReturnOnDay
from workitems.on_day import read as read_plan
from workitems.standing import Standing, days_in_words, milestone_lateness

ATTENTION_SHOWN = 8
DUE_SHOWN = 8
# Items with their milestones.
TIMELINE_SHOWN = 12
DUE_WITHIN_DAYS = (30, 60, 90)
# A cell with more items than this shows counts instead of an item each.
MARKS_IN_A_CELL = 5
SHOWN_STANDINGS = tuple(Standing)


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, the list behind it, and what it was."""

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
    """One item in a cell; `was` is how it stood before, where that differs."""

    item: ItemOnDay
    was: Standing | None


@dataclass(frozen=True)
class Cell:
    """What a pillar and a lead agency share: each item, or how many of each kind."""

    figure: Figure
    marks: list[Mark]
    counts: list[Figure]


@dataclass(frozen=True)
class GridRow:
    pillar: Any
    cells: list[Cell]
    total: Figure


@dataclass(frozen=True)
class Grid:
    """Pillars by lead agencies. Every item is in one cell; the totals are sums of cells."""

    agencies: list[Any]
    rows: list[GridRow]
    totals: list[Figure]
    total: Figure


@dataclass(frozen=True)
class AttentionLine:
    line: Line
    is_new: bool


@dataclass(frozen=True)
class Due:
    """A milestone that falls due, with its item."""

    milestone: Any
    item: ItemOnDay
    late: Any


@dataclass(frozen=True)
class Cause:
    """Open delays of one cause: how many, and how many days they come to."""

    figure: Figure
    days: int

    @property
    def words(self) -> str:
        count = self.figure.count
        return f"{days_in_words(self.days)} in {count} {'delay' if count == 1 else 'delays'}"


@dataclass(frozen=True)
class Dashboard:
    """All that the page shows. `was` figures are there where two moments are compared."""

    look: Look
    at: PlanOnDay
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
    returns: list[ReturnOnDay]
    answered: dict[int, tuple[int, int]]


def read(look: Look) -> Dashboard:
    """The dashboard of a look: a fixed number of queries, one reading more where compared."""
    at = read_plan(look.plan, look.at)
    before = read_plan(look.plan, look.since) if look.since else None
    return build(look, at, before)


def build(look: Look, at: PlanOnDay, before: PlanOnDay | None) -> Dashboard:
    at = at.narrowed(pillar=look.pillar, lead=look.agency)
    changed = changes(look, at, before) if before else []
    if before is not None:
        before = before.narrowed(pillar=look.pillar, lead=look.agency)
    lines = attention(at)
    known = {line.key for line in attention(before)} if before else set()
    ahead = sorted(at.milestones, key=lambda row: (row.agreed_due, row.pk))
    soon = [row for row in ahead if 0 <= (row.agreed_due - at.on).days <= DUE_WITHIN_DAYS[-1]]
    due_soon = milestones_of(at, {row.pk for row in soon[:DUE_SHOWN]})
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
            "need attention", len(lines), look.link("attention"), len(known) if before else None
        ),
        attention_gone=len(known - {line.key for line in lines}),
        grid=grid(look, at, before),
        timeline=timeline(look, at, ahead),
        due=[
            Figure(
                f"within {days} days",
                sum((row.agreed_due - at.on).days <= days for row in soon),
                look.link("milestones", due=days),
            )
            for days in DUE_WITHIN_DAYS
        ],
        due_soon=[due_soon[row.pk] for row in soon[:DUE_SHOWN]],
        causes=causes(look, at),
        returns=at.returns,
        answered=answered(at),
    )


def standings(look: Look, at: PlanOnDay, before: PlanOnDay | None) -> list[Figure]:
    """How many items stand in which way, in the order of the headline; they add up to all."""
    now = Counter(item.standing for item in at.items)
    then = Counter(item.standing for item in before.items) if before else None
    return [
        Figure(
            standing.label,
            now[standing],
            look.items(standing=standing),
            then[standing] if then is not None else None,
            kind=standing,
        )
        for standing in SHOWN_STANDINGS
    ]


def headline(at: PlanOnDay) -> str:
    """The state of the plan in one sentence: "28 work items: 9 complete, 4 late, 15 on track;
    3 variations wait for a decision." """
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
    sentence = f"{total:,} {'work item' if total == 1 else 'work items'}: {', '.join(parts)}"
    pending = len(at.variations)
    if pending:
        sentence += f"; {pending:,} {'variation waits' if pending == 1 else 'variations wait'}"
        sentence += " for a decision"
    return sentence + "."


def since_words(look: Look, figures: Iterable[Figure]) -> str:
    """What moved between the two moments, in one sentence."""
    assert look.since is not None
    moved = [f"{each.label.lower()} {each.was} → {each.count}" for each in figures if each.change]
    if not moved:
        return f"Since {look.since.words}: the same figures."
    return f"Since {look.since.words}: {', '.join(moved)}."


def changes(look: Look, at: PlanOnDay, before: PlanOnDay) -> list[Figure]:
    """What was completed and what slipped; all else is on the page of what changed."""
    return [
        Figure(kind.label.lower(), count, look.link("changes", kind=kind))
        for kind, count in glance(before, at).items()
    ]


def grid(look: Look, at: PlanOnDay, before: PlanOnDay | None) -> Grid:
    now = _cells(at.items)
    then = _cells(before.items) if before else None
    stood = {item.pk: item.standing for item in before.items} if before else {}
    leads = {item.lead for item in at.items}
    agencies = sorted(
        (at.agencies[pk] for pk in leads), key=lambda agency: agency.short_name.casefold()
    )
    pillars = [row for row in at.pillars if look.pillar in (None, row.id)]

    def cell(pillar: Any, agency: Any) -> Cell:
        items = now[pillar.id, agency.pk]
        was = then[pillar.id, agency.pk] if then is not None else None
        return Cell(
            figure=Figure(
                f"{agency.short_name}, {pillar.title}",
                len(items),
                look.items(pillar=pillar.id, lead=agency.pk),
                len(was) if was is not None else None,
            ),
            marks=[Mark(item, _differs(item, stood)) for item in items[: MARKS_IN_A_CELL + 1]]
            if len(items) <= MARKS_IN_A_CELL
            else [],
            counts=_counts(look, items, was, pillar=pillar.id, lead=agency.pk)
            if len(items) > MARKS_IN_A_CELL
            else [],
        )

    def total(label: str, items: int, was: int | None, **of: Any) -> Figure:
        return Figure(label, items, look.items(**of), was)

    of_pillar, of_agency = (
        Counter(item.pillar for item in at.items),
        Counter(item.lead for item in at.items),
    )
    was_pillar = Counter(item.pillar for item in before.items) if before else None
    was_agency = Counter(item.lead for item in before.items) if before else None
    return Grid(
        agencies=agencies,
        rows=[
            GridRow(
                pillar=pillar,
                cells=[cell(pillar, agency) for agency in agencies],
                total=total(
                    f"All of {pillar.title}",
                    of_pillar[pillar.id],
                    was_pillar[pillar.id] if was_pillar is not None else None,
                    pillar=pillar.id,
                ),
            )
            for pillar in pillars
        ],
        totals=[
            total(
                f"All of {agency.short_name}",
                of_agency[agency.pk],
                was_agency[agency.pk] if was_agency is not None else None,
                lead=agency.pk,
            )
            for agency in agencies
        ],
        total=total("All work items", len(at.items), len(before.items) if before else None),
    )


def _cells(items: Iterable[ItemOnDay]) -> dict[tuple[int, int], list[ItemOnDay]]:
    found: dict[tuple[int, int], list[ItemOnDay]] = defaultdict(list)
    for item in items:
        found[item.pillar, item.lead].append(item)
    return found


def _differs(item: ItemOnDay, stood: dict[int, Standing]) -> Standing | None:
    was = stood.get(item.pk)
    return was if was != item.standing else None


def _counts(
    look: Look, items: list[ItemOnDay], was: list[ItemOnDay] | None, **of: Any
) -> list[Figure]:
    now = Counter(item.standing for item in items)
    then = Counter(item.standing for item in was) if was is not None else None
    return [
        Figure(
            standing.label,
            now[standing],
            look.items(standing=standing, **of),
            then[standing] if then is not None else None,
            kind=standing,
        )
        for standing in SHOWN_STANDINGS
        if now[standing] or (then is not None and then[standing])
    ]


def timeline(look: Look, at: PlanOnDay, ahead: Iterable[OpenMilestone]) -> list[Strip]:
    """The items that are late, then those that are due next, each with all its milestones."""
    late: dict[int, None] = {}
    timely: dict[int, None] = {}
    for row in ahead:
        is_late = row.agreed_due < at.on or row.forecast_due > row.agreed_due
        (late if is_late else timely).setdefault(row.item)
    picked = list({**late, **timely})[:TIMELINE_SHOWN]
    milestones: dict[int, list[StripMilestone]] = defaultdict(list)
    for row in rows_at(Milestone, at.moment, of={"item_id__in": picked}).order_by("number", "id"):
        item = at.by_pk[row.item_id]
        milestones[item.pk].append(
            StripMilestone(
                row.description,
                row.original_due,
                row.agreed_due,
                row.forecast_due,
                _if_by(row.completed_on, at.on),
                _if_by(row.withdrawn_on, at.on),
                f"{look.item(item.number)}#milestones",
            )
        )
    return [
        Strip(
            item.number,
            item.title,
            look.item(item.number),
            item.late.words,
            item.late.is_late,
            milestones[item.pk],
        )
        for item in (at.by_pk[pk] for pk in picked)
    ]


def _if_by(day: date | None, on: date) -> date | None:
    """What came after the day had not yet happened on it."""
    return day if day is not None and day <= on else None


def causes(look: Look, at: PlanOnDay) -> list[Cause]:
    """Open delays by cause, the most days first."""
    number: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for delay in at.delays:
        number[delay.cause] += 1
        days[delay.cause] += delay.days
    return [
        Cause(
            Figure(Delay.Cause(cause).label, count, look.link("delays", cause=cause), kind=cause),
            days[cause],
        )
        for cause, count in sorted(number.items(), key=lambda pair: (-days[pair[0]], pair[0]))
    ]


def milestones_of(at: PlanOnDay, pks: set[int]) -> dict[int, Due]:
    """The picked milestones as they stood, with their items. One query."""
    rows = rows_at(Milestone, at.moment, of={"pk__in": sorted(pks)})
    return {row.id: Due(row, at.by_pk[row.item_id], milestone_lateness(row, at.on)) for row in rows}


def answered(at: PlanOnDay) -> dict[int, tuple[int, int]]:
    """Of each return today: items answered, items asked about. The past keeps only its state."""
    if not at.moment.is_now:
        return {}
    rows = Return.objects.filter(pk__in=[row.pk for row in at.returns]).with_progress()
    return {row.pk: (row.answered, row.items) for row in rows}
