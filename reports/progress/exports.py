"""The dashboard and its lists as tables, with the same rows as the pages.

Each function takes the plan at the view's moment and narrows it as the page does.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from agencies.models import Agency
from agencies.wording.translation import in_english
from reports.progress import dashboard, registers
from reports.progress.changes import Change, Comparison
from reports.progress.changes import Kind as ChangeKind
from reports.progress.plan_counts import Due
from reports.progress.registers import DelayLine
from reports.progress.view import PlanView
from reports.render.tables import Column, Field, Kind, Sheet, Value
from workitems.measures.completion import CompletedMilestone, Completion, completions_of
from workitems.models import Delay
from workitems.models.item import Confidence, Stage
from workitems.plan.attention import Line, attention
from workitems.plan.plan_at import ItemAt, MitigationAt, PlanAt, milestones_at, with_milestones

OF_ITEM: tuple[Field[Due | DelayLine | Change | CompletedMilestone], ...] = (
    (Column("Item", 8), lambda row: row.item.number),
    (Column("Work item", 44), lambda row: row.item.title),
)


def date_column(title: str) -> Column:
    return Column(title, 13, Kind.DATE)


def number_column(title: str) -> Column:
    return Column(title, 10, Kind.NUMBER)


def about(view: PlanView, at: PlanAt, made_at: datetime, *chosen: str) -> list[tuple[str, str]]:
    """Return facts about a table. `chosen` are its filters in words; empty ones are ignored."""
    narrowed = [row.title for row in at.pillars if row.pk == view.pillar]
    if view.agency is not None:
        narrowed.append(f"led by {at.agencies[view.agency].short_name}")
    return facts(view, [*narrowed, *filter(None, chosen)], made_at)


def narrowed_in_words(view: PlanView) -> list[str]:
    """Return the chosen pillar and lead agency in words. A query for each that is chosen."""
    found: list[str] = []
    if view.pillar is not None:
        found += view.plan.pillars.filter(pk=view.pillar).values_list("title", flat=True)
    if view.agency is not None:
        agency = Agency.objects.get(pk=view.agency)
        found.append(f"led by {agency.short_name}")
    return found


def facts(view: PlanView, narrowed: list[str], made_at: datetime) -> list[tuple[str, str]]:
    """Return plan, moment, comparison, filters and time of creation."""
    made = timezone.localtime(made_at)
    moment = f"{view.at.on:%-d %B %Y}" if view.at.is_now else view.at.words
    return [
        ("Plan", view.plan.title),
        ("As at", moment),
        *([("Compared with", view.since.words)] if view.since else []),
        ("Shown", ", ".join(map(str, narrowed)) or "all"),
        ("Made", f"{made:%-d %B %Y, %-H:%M}"),
    ]


# --- the dashboard's figures ----------------------------------------------------------------


@in_english
def figures(view: PlanView, at: PlanAt, before: PlanAt | None, made_at: datetime) -> Sheet:
    """Return the dashboard's figures, one a row, with earlier values in a comparison."""
    page = dashboard.build(view, at, before)
    rows: list[list[Value]] = [_figure("Status", "", "", each) for each in page.figures]
    rows.append(_figure("Needs attention", "", "", page.attention_figure))
    for row in page.grid.rows:
        pillar = f"{row.pillar.number} {row.pillar.title}"
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
    for state, count in _states(page.at.returns).items():
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
        about=about(view, at, made_at),
        columns=columns,
        rows=rows,
    )


def _figure(part: str, pillar: str, agency: str, figure: Any, label: str = "") -> list[Value]:
    return [part, pillar, agency, label or figure.label, figure.count, figure.was]


def _pillars(at: PlanAt) -> dict[int, str]:
    return {row.pk: f"{row.number} {row.title}" for row in at.pillars}


def _states(returns: Iterable[Any]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in returns:
        found[row.state_label] += 1
    return found


def _confidence(value: str) -> str:
    return str(Confidence(value).label) if value else ""


# --- lists ----------------------------------------------------------------------------------


@in_english
def items(
    view: PlanView, at: PlanAt, chosen: list[ItemAt], made_at: datetime, *filters: str
) -> Sheet:
    """Return these items, in the given order."""
    pillars = _pillars(at)
    fields: list[Field[ItemAt]] = [
        (Column("Item", 8), lambda item: item.number),
        (Column("Work item", 44), lambda item: item.title),
        (Column("Pillar", 22), lambda item: pillars.get(item.pillar, "")),
        (Column("Lead agency", 11), lambda item: at.agencies[item.lead].short_name),
        (Column("Key item", 7), lambda item: "Key item" if item.is_key else ""),
        (Column("Stage", 12), lambda item: str(Stage(item.stage).label)),
        (Column("Status", 11), lambda item: item.status.label),
        (Column("Agency’s confidence", 12), lambda item: _confidence(item.confidence)),
        (Column("Reviewer’s confidence", 12), lambda item: _confidence(item.reviewer_confidence)),
        (date_column("Next agreed date"), lambda item: item.due if item.is_live else None),
        (Column("Dates", 22), lambda item: at.lateness_of(item).words if item.is_live else ""),
        (date_column("Latest update"), lambda item: item.heard_on),
        (
            Column("Why it needs attention", 44),
            lambda item: " ".join(reason.words for reason in at.reasons(item.pk)),
        ),
    ]
    return Sheet.of("Work items", fields, chosen, about=about(view, at, made_at, *filters))


@in_english
def needing_attention(view: PlanView, at: PlanAt, made_at: datetime) -> Sheet:
    """Return the list of items that need attention, most urgent first."""
    shown = at.narrowed(pillar=view.pillar, lead=view.agency)
    fields: list[Field[tuple[int, Line]]] = [
        (number_column("Place"), lambda row: row[0]),
        (Column("Item", 8), lambda row: row[1].item.number if row[1].item else ""),
        (Column("Work item", 44), lambda row: row[1].title),
        (Column("Whose", 24), lambda row: row[1].detail),
        (Column("Why", 64), lambda row: row[1].why),
        (Column("Cause", 64), lambda row: row[1].cause),
        (date_column("Now expected"), lambda row: row[1].expected_on),
        (Column("Being done", 44), lambda row: row[1].doing.words),
        (Column("By whom", 24), lambda row: row[1].doing.note),
        (Column("For the group", 32), lambda row: "\n".join(ask.words for ask in row[1].all_asked)),
        (
            Column("Detail", 32),
            lambda row: "\n".join(ask.note for ask in row[1].all_asked if ask.note),
        ),
    ]
    rows = enumerate(attention(shown), start=1)
    return Sheet.of("Needs attention", fields, rows, about=about(view, at, made_at))


@in_english
def open_milestones(view: PlanView, at: PlanAt, made_at: datetime, *, late: str, due: str) -> Sheet:
    """Return the open milestones, as in the register."""
    shown = at.narrowed(pillar=view.pillar, lead=view.agency)
    fields: list[Field[Due]] = [
        *OF_ITEM,
        (Column("Lead agency", 11), lambda row: at.agencies[row.item.lead].short_name),
        *_of_milestone(at),
        (Column("Done means", 40), lambda row: row.milestone.done_means),
        *DATES,
        LATENESS,
        (number_column("Days overdue"), lambda row: _days(row.milestone.agreed_due, at.on)),
        (
            number_column("Days from agreed date to forecast"),
            lambda row: _days(row.milestone.agreed_due, row.milestone.forecast_due),
        ),
        *_waits(at),
        _page(view),
    ]
    rows = registers.open_milestones(shown, late=late, due=due)
    of = about(
        view, at, made_at, str(registers.LATE.get(late, "")), str(registers.DUE.get(due, ""))
    )
    return Sheet.of("Open milestones", fields, rows, about=of)


def _days(agreed: date, to: date) -> int | None:
    """Return the days from the agreed date; None unless `to` is after it."""
    return max((to - agreed).days, 0) or None


def _page(view: PlanView) -> Field[Due]:
    """The address of the milestone on its item's page, as at the moment."""

    def address(row: Due) -> str:
        page = view.item(row.item.number)
        return f"{settings.SITE_URL}{page}#milestone-{row.milestone.number}"

    return Column("Page", 44), address


def _of_milestone(at: PlanAt) -> list[Field[Due]]:
    return [
        (number_column("Number"), lambda row: row.milestone.number),
        (Column("Milestone", 40), lambda row: row.milestone.description),
        (
            Column("Responsible agency", 13),
            lambda row: at.agencies[row.milestone.responsible].short_name,
        ),
    ]


DATES: tuple[Field[Due], ...] = (
    (date_column("Original date"), lambda row: row.milestone.original),
    (date_column("Agreed date"), lambda row: row.milestone.agreed),
    (date_column("Forecast"), lambda row: row.milestone.forecast),
)


def _waits(at: PlanAt) -> tuple[Field[Due], Field[Due]]:
    return (
        (Column("Waits for", 40), lambda row: at.waits.in_words(row.milestone.pk)),
        (date_column("Earliest"), lambda row: at.waits.earliest_day(row.milestone.pk)),
    )


LATENESS: Field[Due] = (Column("Dates", 22), lambda row: row.late.words)


@in_english
def completed_milestones(view: PlanView, at: PlanAt, made_at: datetime, *, shown: str) -> Sheet:
    """Return the completed milestones and what shows them to be done, as in the register."""
    fields: list[Field[CompletedMilestone]] = [
        *OF_ITEM,
        (Column("Milestone", 40), lambda row: row.description),
        (Column("Responsible agency", 13), lambda row: row.responsible.short_name),
        (Column("Done means", 40), lambda row: row.done_means),
        (date_column("Completed"), lambda row: row.completed_on),
        (Column("Shown by", 22), lambda row: str(row.completion.label)),
        (Column("Reviewer: no evidence", 40), lambda row: row.questioned),
    ]
    rows = completions_of(at.narrowed(pillar=view.pillar, lead=view.agency)).of(shown)
    of = about(view, at, made_at, str(Completion(shown).label) if shown else "")
    return Sheet.of("Completed milestones", fields, rows, about=of)


@in_english
def all_milestones(view: PlanView, at: PlanAt, made_at: datetime) -> Sheet:
    """Return all milestones, including done and withdrawn ones, in the plan's order."""
    shown = at.narrowed(pillar=view.pillar, lead=view.agency)
    milestones = milestones_at(at.moment, {"item__plan_id": at.plan.pk})
    pillars = _pillars(at)
    fields: list[Field[Due]] = [
        *OF_ITEM,
        (Column("Pillar", 22), lambda row: pillars.get(row.item.pillar, "")),
        (Column("Lead agency", 11), lambda row: at.agencies[row.item.lead].short_name),
        *_of_milestone(at),
        *DATES,
        (date_column("Completed"), lambda row: row.milestone.completed_on),
        (date_column("Cancelled"), lambda row: row.milestone.withdrawn_on),
        LATENESS,
        *_waits(at),
        _page(view),
    ]
    items = with_milestones(shown.items, milestones)
    rows = [Due(row, item, at.lateness_of(row)) for item in items for row in item.milestones]
    return Sheet.of("All milestones", fields, rows, about=about(view, at, made_at))


@in_english
def open_delays(view: PlanView, at: PlanAt, made_at: datetime, *, cause: str) -> Sheet:
    """Return the open delays, as in the register, with their mitigations."""
    shown = at.narrowed(pillar=view.pillar, lead=view.agency)
    fields: list[Field[DelayLine]] = [
        *OF_ITEM,
        (Column("Milestone", 34), lambda row: row.delay.of),
        (Column("Cause", 18), lambda row: row.cause),
        (Column("Why", 44), lambda row: row.delay.explanation),
        (Column("Effect", 34), lambda row: row.delay.effect),
        (Column("Until then", 34), lambda row: row.delay.meanwhile),
        (Column("It needs", 34), lambda row: row.delay.needs),
        (Column("Money from", 34), lambda row: row.delay.money_from),
        (Column("If declined", 34), lambda row: row.delay.if_declined),
        (Column("Cause settled", 30), lambda row: row.settled),
        (date_column("Found"), lambda row: row.delay.found_on),
        (date_column("Date before"), lambda row: row.delay.before),
        (date_column("Date after"), lambda row: row.delay.after),
        (number_column("Days"), lambda row: row.days),
        (number_column("Times moved"), lambda row: row.delay.times_moved),
        (
            Column("Mitigation", 50),
            lambda row: "\n".join(_mitigation(each, at) for each in row.delay.mitigations),
        ),
    ]
    rows = registers.open_delays(shown, cause=cause)
    of = about(view, at, made_at, str(dict(Delay.Cause.choices).get(cause, "")))
    return Sheet.of("Open delays", fields, rows, about=of)


def _mitigation(row: MitigationAt, at: PlanAt) -> str:
    """Return "Hire a printer. Police, by 30 July 2010, done 1 July 2010"."""
    words = f"{row.description} {at.agencies[row.owner].short_name}"
    if row.due_on:
        words += f", by {row.due_on:%-d %B %Y}"
    return f"{words}, done {row.done_on:%-d %B %Y}" if row.done_on else words


# --- what changed ---------------------------------------------------------------------------


@in_english
def what_changed(view: PlanView, found: Comparison, made_at: datetime, *, only: str = "") -> Sheet:
    """Return the changes, one a row, in the page's order. `only` limits them to one kind."""
    fields: list[Field[Change]] = [
        (Column("What changed", 18), lambda change: change.kind.label),
        *OF_ITEM,
        (Column("Lead agency", 11), lambda change: found.agencies[change.item.lead]),
        (Column("Change", 50), lambda change: change.words),
        (Column("Before", 30), lambda change: change.was),
        (Column("After", 30), lambda change: change.now),
        (Column("Cause", 16), lambda change: change.cause),
        (Column("Why", 44), lambda change: change.why),
    ]
    rows = found.of(ChangeKind(only)) if only else found.changes
    pillars = {row.pk: row.title for row in view.plan.pillars.all()} if view.pillar else {}
    shown = [
        *([pillars[view.pillar]] if view.pillar else []),
        *([f"led by {found.agencies[view.agency]}"] if view.agency else []),
        *([ChangeKind(only).label] if only else []),
    ]
    return Sheet.of("What changed", fields, rows, about=facts(view, shown, made_at))
