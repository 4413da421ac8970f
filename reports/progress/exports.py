"""The dashboard and its lists as tables, with the same rows as the pages.

Each function takes the plan at the view's moment and narrows it as the page does.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from reports.progress import dashboard, registers
from reports.progress.changes import Comparison
from reports.progress.changes import Kind as ChangeKind
from reports.progress.tables import Column, Kind, Sheet, Value
from reports.progress.view import Look
from workitems.attention import attention
from workitems.models import Delay
from workitems.models.item import Confidence, Stage
from workitems.plan_at import ItemAt, MitigationAt, PlanAt, milestones_at, with_milestones

Row = list[Value]
STAGES = dict(Stage.choices)
CONFIDENCE = dict(Confidence.choices) | {"": ""}
ITEM = (Column("Item", 8), Column("Work item", 44))


def date_column(title: str) -> Column:
    return Column(title, 13, Kind.DATE)


def number_column(title: str) -> Column:
    return Column(title, 10, Kind.NUMBER)


def about(look: Look, at: PlanAt, made_at: datetime, *chosen: str) -> list[tuple[str, str]]:
    """Return the facts about a table. `chosen` are the page's own filters in words; empty ones are
    ignored."""
    narrowed = [row.title for row in at.pillars if row.pk == look.pillar]
    if look.agency is not None:
        narrowed.append(f"led by {at.agencies[look.agency].short_name}")
    return facts(look, [*narrowed, *filter(None, chosen)], made_at)


def facts(look: Look, narrowed: list[str], made_at: datetime) -> list[tuple[str, str]]:
    """Return plan, moment, comparison, filters and time of creation."""
    made = timezone.localtime(made_at)
    moment = f"{look.at.on:%-d %B %Y}" if look.at.is_now else look.at.words
    return [
        ("Plan", look.plan.title),
        ("As at", moment),
        *([("Compared with", look.since.words)] if look.since else []),
        ("Shown", ", ".join(narrowed) or "all"),
        ("Made", f"{made:%-d %B %Y, %-H:%M}"),
    ]


# --- the dashboard's figures ----------------------------------------------------------------


def figures(look: Look, at: PlanAt, before: PlanAt | None, made_at: datetime) -> Sheet:
    """Return the dashboard's figures, one in each row, with earlier values if two moments are
    compared."""
    page = dashboard.build(look, at, before)
    shown = at.narrowed(pillar=look.pillar, lead=look.agency)
    rows: list[Row] = [_figure("How it stands", "", "", each) for each in page.figures]
    rows.append(_figure("Needs attention", "", "", page.attention_figure))
    for row, pillar in zip(page.grid.rows, _pillars(look, shown), strict=True):
        for cell, agency in zip(row.cells, page.grid.agencies, strict=True):
            if cell.figure.count or cell.figure.was:
                rows.append(_figure("Work items", pillar, agency.short_name, cell.figure, "all"))
        rows.append(_figure("Work items", pillar, "", row.total, "all"))
    for figure, agency in zip(page.grid.totals, page.grid.agencies, strict=True):
        rows.append(_figure("Work items", "", agency.short_name, figure, "all"))
    rows.append(_figure("Work items", "", "", page.grid.total, "all"))
    rows += [_figure("Milestones due", "", "", each) for each in page.due]
    for cause in page.causes:
        rows.append(_figure("Open delays", "", "", cause.figure))
        rows.append(["Days of open delays", "", "", cause.figure.label, cause.days, None])
    for state, count in _states(page.returns).items():
        rows.append(["Returns", "", "", state, count, None])
    columns = [
        Column("Part", 22), Column("Pillar", 34), Column("Lead agency", 16),
        Column("Figure", 24), number_column("Number"), number_column("Before"),
    ]  # fmt: skip
    if before is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Sheet(
        name="Dashboard",
        title="Dashboard",
        about=about(look, at, made_at),
        columns=columns,
        rows=rows,
    )


def _figure(part: str, pillar: str, agency: str, figure: Any, label: str = "") -> Row:
    return [part, pillar, agency, label or figure.label, figure.count, figure.was]


def _pillars(look: Look, at: PlanAt) -> list[str]:
    return [f"{row.number} {row.title}" for row in at.pillars if look.pillar in (None, row.pk)]


def _states(returns: Iterable[Any]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in returns:
        found[row.state_label] += 1
    return found


# --- lists ----------------------------------------------------------------------------------


def items(look: Look, at: PlanAt, chosen: list[ItemAt], made_at: datetime, *filters: str) -> Sheet:
    """Return these items, in the given order."""
    pillars = {row.pk: f"{row.number} {row.title}" for row in at.pillars}
    agencies = {pk: agency.short_name for pk, agency in at.agencies.items()}
    columns = [
        *ITEM, Column("Pillar", 22), Column("Lead agency", 11), Column("Key item", 7),
        Column("Stage", 12), Column("How it stands", 11), Column("Agency’s confidence", 12),
        Column("Reviewer’s confidence", 12), date_column("Next agreed date"), Column("Dates", 22),
        date_column("Last heard"), Column("Why it needs attention", 44),
    ]  # fmt: skip
    rows: list[Row] = [
        [
            item.number,
            item.title,
            pillars.get(item.pillar, ""),
            agencies[item.lead],
            "Key item" if item.is_key else "",
            STAGES[item.stage],
            item.standing.label,
            CONFIDENCE[item.confidence],
            CONFIDENCE[item.reviewer_confidence],
            item.due if item.is_live else None,
            item.late.words if item.is_live else "",
            item.heard_on,
            " ".join(reason.words for reason in at.reasons[item.pk]),
        ]
        for item in chosen
    ]
    return Sheet(
        name="Work items",
        title="Work items",
        about=about(look, at, made_at, *filters),
        columns=columns,
        rows=rows,
    )


def needing_attention(look: Look, at: PlanAt, made_at: datetime) -> Sheet:
    """Return the list of items that need attention, most urgent first."""
    shown = at.narrowed(pillar=look.pillar, lead=look.agency)
    rows: list[Row] = [
        [place, line.item.number if line.item else "", line.title, line.detail, line.why]
        for place, line in enumerate(attention(shown), start=1)
    ]
    columns = [number_column("Place"), *ITEM, Column("Whose", 24), Column("Why", 64)]
    title = "Needs attention"
    return Sheet(
        name=title, title=title, about=about(look, at, made_at), columns=columns, rows=rows
    )


def open_milestones(look: Look, at: PlanAt, made_at: datetime, *, late: str, due: str) -> Sheet:
    """Return the open milestones, as in the register."""
    shown = at.narrowed(pillar=look.pillar, lead=look.agency)
    columns = [
        *ITEM, Column("Lead agency", 11), Column("Milestone", 40),
        Column("Responsible agency", 13), Column("Done means", 40), date_column("Original date"),
        date_column("Agreed date"), date_column("Forecast"), Column("Dates", 22),
        number_column("Days late"),
    ]  # fmt: skip
    rows = [
        [
            line.item.number,
            line.item.title,
            at.agencies[line.item.lead].short_name,
            line.milestone.description,
            at.agencies[line.milestone.responsible].short_name,
            line.milestone.done_means,
            line.milestone.original_due,
            line.milestone.agreed_due,
            line.milestone.forecast_due,
            line.milestone.late.words,
            line.milestone.late.days or None,
        ]
        for line in registers.open_milestones(shown, late=late, due=due)
    ]
    of = about(look, at, made_at, registers.LATE.get(late, ""), registers.DUE.get(due, ""))
    return Sheet(
        name="Open milestones", title="Open milestones", about=of, columns=columns, rows=rows
    )


def all_milestones(look: Look, at: PlanAt, made_at: datetime) -> Sheet:
    """Return all milestones, including done and withdrawn ones, in the plan's order."""
    shown = at.narrowed(pillar=look.pillar, lead=look.agency)
    milestones = milestones_at(at.moment, {"item__plan_id": at.plan.pk})
    pillars = {row.pk: f"{row.number} {row.title}" for row in at.pillars}
    columns = [
        *ITEM, Column("Pillar", 22), Column("Lead agency", 11), Column("Milestone", 40),
        Column("Responsible agency", 13), date_column("Original date"), date_column("Agreed date"),
        date_column("Forecast"), date_column("Completed"), date_column("Withdrawn"),
        Column("Dates", 22),
    ]  # fmt: skip
    rows: list[Row] = [
        [
            item.number,
            item.title,
            pillars.get(item.pillar, ""),
            at.agencies[item.lead].short_name,
            row.description,
            at.agencies[row.responsible].short_name,
            row.original_due,
            row.agreed_due,
            row.forecast_due,
            row.completed_on,
            row.withdrawn_on,
            row.late.words,
        ]
        for item in with_milestones(shown.items, milestones)
        for row in item.milestones
    ]
    title = "All milestones"
    return Sheet(
        name=title, title=title, about=about(look, at, made_at), columns=columns, rows=rows
    )


def open_delays(look: Look, at: PlanAt, made_at: datetime, *, cause: str) -> Sheet:
    """Return the open delays, as in the register, with their mitigations."""
    shown = at.narrowed(pillar=look.pillar, lead=look.agency)
    columns = [
        *ITEM, Column("Milestone", 34), Column("Cause", 18), Column("Why", 44),
        Column("What it does", 34), date_column("Found"), date_column("Date before"),
        date_column("Date after"), number_column("Days"), number_column("Times moved"),
        Column("Mitigation", 50),
    ]  # fmt: skip
    rows: list[Row] = [
        [
            line.item.number,
            line.item.title,
            line.delay.of,
            line.cause,
            line.delay.explanation,
            line.delay.effect,
            line.delay.found_on,
            line.delay.due_before,
            line.delay.due_after,
            line.delay.days,
            line.delay.times_moved,
            "\n".join(_mitigation(row, at) for row in line.delay.mitigations),
        ]
        for line in registers.open_delays(shown, cause=cause)
    ]
    of = about(look, at, made_at, dict(Delay.Cause.choices).get(cause, ""))
    return Sheet(name="Open delays", title="Open delays", about=of, columns=columns, rows=rows)


def _mitigation(row: MitigationAt, at: PlanAt) -> str:
    """Return "Hire a printer. Police, by 30 July 2010, done 1 July 2010"."""
    words = f"{row.description} {at.agencies[row.owner].short_name}"
    if row.due_on:
        words += f", by {row.due_on:%-d %B %Y}"
    return f"{words}, done {row.done_on:%-d %B %Y}" if row.done_on else words


# --- what changed ---------------------------------------------------------------------------


def what_changed(look: Look, found: Comparison, made_at: datetime, *, only: str = "") -> Sheet:
    """Return the changes, one in each row, in the order of the page. `only` limits them to one
    kind."""
    told = found.of(ChangeKind(only)) if only else found.changes
    columns = [
        Column("What changed", 18), *ITEM, Column("Lead agency", 11), Column("Change", 50),
        Column("Before", 30), Column("After", 30), Column("Cause", 16), Column("Why", 44),
    ]  # fmt: skip
    rows: list[Row] = [
        [
            change.kind.label,
            change.item.number,
            change.item.title,
            found.agencies[change.item.lead],
            change.words,
            change.was,
            change.now,
            change.cause,
            change.why,
        ]
        for change in told
    ]
    pillars = {row.pk: row.title for row in look.plan.pillars.all()} if look.pillar else {}
    shown = [
        *([pillars[look.pillar]] if look.pillar else []),
        *([f"led by {found.agencies[look.agency]}"] if look.agency else []),
        *([ChangeKind(only).label] if only else []),
    ]
    return Sheet(
        name="What changed",
        title="What changed",
        about=facts(look, shown, made_at),
        columns=columns,
        rows=rows,
    )
