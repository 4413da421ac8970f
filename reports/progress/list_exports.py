"""Risks, variations, decisions, meetings and rounds as tables, as in their lists, and the trends."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from agencies.wording.translation import in_english
from reports.progress.exports import date_column, facts, number_column
from reports.progress.record_of_dates import RecordOfDates
from reports.progress.trends import Trends
from reports.progress.view import PlanView
from reports.render.tables import Column, Field, Sheet, Value
from workitems.models import Decision, Meeting, Risk, Round, Variation
from workitems.models.item import Stage
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.additions import in_lines
from workitems.terms.measure_sentence import Given, figure, target_in_words, units


@in_english
def risks(view: PlanView, rows: Iterable[Risk], made_at: datetime, *filters: str) -> Sheet:
    """Return these risks, in the given order."""
    on = view.at.on
    fields: list[Field[Risk]] = [
        (Column("Reference", 10), lambda risk: risk.reference),
        (Column("Risk", 50), lambda risk: risk.description),
        (Column("Item", 8), lambda risk: risk.item.number if risk.item else ""),
        (
            Column("Threatens", 34),
            lambda risk: risk.item.title if risk.item else "The plan as a whole",
        ),
        (Column("Owner", 11), lambda risk: risk.owner_agency.short_name),
        (Column("Likelihood", 11), lambda risk: risk.get_likelihood_display()),
        (Column("Impact", 11), lambda risk: risk.get_impact_display()),
        (Column("Severity", 11), lambda risk: risk.severity_label),
        (Column("What is done about it", 50), lambda risk: risk.response),
        (Column("State", 22), lambda risk: _state_of_risk(risk, is_closed=_is_over(risk, on))),
        (date_column("Escalated"), lambda risk: risk.escalated_on),
        (date_column("Closed"), lambda risk: risk.closed_on if _is_over(risk, on) else None),
    ]
    return Sheet.of("Risks", fields, rows, about=facts(view, list(filters), made_at))


def _is_over(risk: Risk, on: object) -> bool:
    return risk.closed_on is not None and risk.closed_on <= on  # type: ignore[operator]


def _state_of_risk(risk: Risk, *, is_closed: bool) -> str:
    if is_closed:
        return "Closed"
    return f"With {risk.with_whom}" if risk.escalated_to else "Open"


def _is_of_item(row: Variation) -> bool:
    return row.item is not None or row.addition is not None


@in_english
def variations(
    view: PlanView, rows: Iterable[Variation], made_at: datetime, *filters: str
) -> Sheet:
    """Return these variations, in the given order."""
    fields: list[Field[Variation]] = [
        (Column("Reference", 10), lambda row: row.reference),
        (Column("What is asked", 44), lambda row: row.asks),
        (Column("Item", 8), lambda row: row.about.partition(" ")[0] if _is_of_item(row) else ""),
        (
            Column("Work item", 34),
            lambda row: row.about.partition(" ")[2] if _is_of_item(row) else row.about,
        ),
        (date_column("Date before"), lambda row: row.before),
        (date_column("Date after"), lambda row: row.after),
        (Column("Text before", 40), lambda row: row.text_before),
        (Column("Text after", 40), lambda row: row.text_after or in_lines(row.addition)),
        (Column("Reason", 44), lambda row: row.reason),
        (Column("Agency", 11), lambda row: row.requesting_agency.short_name),
        (date_column("Asked on"), lambda row: timezone.localdate(row.requested_at)),
        (Column("State", 22), lambda row: row.get_state_display()),
        (
            date_column("Decided on"),
            lambda row: timezone.localdate(row.decided_at) if row.decided_at else None,
        ),
    ]
    return Sheet.of("Variations", fields, rows, about=facts(view, list(filters), made_at))


@in_english
def decisions(view: PlanView, rows: Iterable[Decision], made_at: datetime, *filters: str) -> Sheet:
    """Return these decisions, in the given order."""
    fields: list[Field[Decision]] = [
        (Column("Decision", 60), lambda row: row.text),
        (Column("Variation", 10), lambda row: row.variation.reference if row.variation else ""),
        (Column("Item", 8), lambda row: row.item.number if row.item else ""),
        (Column("On", 34), _subject),
        (date_column("Decided on"), lambda row: row.decided_on),
        (Column("Where", 18), lambda row: "At a meeting" if row.meeting_id else "Out of session"),
        (Column("Agency", 11), lambda row: row.owner_agency.short_name if row.owner_agency else ""),
        (date_column("Due"), lambda row: row.due_on),
        (date_column("Done"), lambda row: row.done_on),
        (
            Column("State", 22),
            lambda row: str(row.progress.label) if row.is_followed_up else "No action",
        ),
    ]
    return Sheet.of("Decisions", fields, rows, about=facts(view, list(filters), made_at))


def _subject(row: Decision) -> str:
    """Return what the decision is on, as the list says it."""
    if row.item:
        return row.item.title
    return row.about or (row.matter.title if row.matter else "")


@in_english
def meetings(view: PlanView, rows: Iterable[Meeting], made_at: datetime) -> Sheet:
    """Return these meetings (with their counts), in the given order."""
    on = view.at.on
    fields: list[Field[Meeting]] = [
        (date_column("Day"), lambda row: row.held_on),
        (Column("Starts at", 10), lambda row: row.starts_words),
        (Column("Place", 30), lambda row: row.place),
        (number_column("On the agenda"), lambda row: row.matters_count),  # type: ignore[attr-defined]
        (number_column("Decisions"), lambda row: row.decisions_count),  # type: ignore[attr-defined]
        (
            Column("Record", 16),
            lambda row: (
                "Cancelled"
                if row.is_cancelled
                else "Closed"
                if row.is_closed
                else "Not held yet"
                if row.held_on > on
                else "Open"
            ),
        ),
    ]
    return Sheet.of("Meetings", fields, rows, about=facts(view, [], made_at))


def _figure(number: Decimal | None) -> int | str:
    """Return a number as a cell has it: decimals as text, as no cell of a table has any."""
    if number is None:
        return ""
    return int(number) if number == int(number) else figure(number)


@in_english
def measures(view: PlanView, rows: Iterable[MeasureAt], made_at: datetime) -> Sheet:
    """Return a row for each number, and one for each measure without any."""
    fields: list[Field[tuple[MeasureAt, Given | None]]] = [
        (Column("Item", 8), lambda row: row[0].item.number if row[0].item else "Outcome"),
        (Column("Measure", 50), lambda row: row[0].name),
        (Column("In the plan’s words", 40), lambda row: row[0].row.description),
        (Column("Numbers by", 11), lambda row: row[0].responsible.short_name),
        (date_column("From"), lambda row: row[1] and row[1].starts_on),
        (date_column("As at"), lambda row: row[1] and row[1].day),
        (number_column("Number"), lambda row: _figure(row[1].number if row[1] else None)),
        (number_column("Of"), lambda row: _figure(row[1].of if row[1] else None)),
        (
            Column("Unit", 12),
            lambda row: units(row[0].measured),
        ),
        (Column("No number yet, because", 30), lambda row: row[1].because if row[1] else ""),
        (
            Column("Counted differently", 11),
            lambda row: "Yes" if row[1] and row[1].not_comparable else "",
        ),
        (Column("Corrected, because", 30), lambda row: row[1].correction_reason if row[1] else ""),
        (
            Column("Targets", 34),
            lambda row: "; ".join(
                target_in_words(row[0].measured, aim) for aim in row[0].current_targets
            ),
        ),
        (Column("Status", 18), lambda row: row[0].state.label),
        (Column("In a sentence", 60), lambda row: row[0].sentence),
    ]
    pairs = [
        (row, value) for row in rows for value in (*row.in_force, *([] if row.in_force else [None]))
    ]
    return Sheet.of("Measures", fields, pairs, about=facts(view, [], made_at))


@in_english
def rounds(view: PlanView, rows: Iterable[Round], made_at: datetime) -> Sheet:
    """Return these rounds (with their counts of returns), in the given order."""
    fields: list[Field[Round]] = [
        (Column("Round", 40), lambda row: row.name),
        (Column("State", 12), lambda row: "Open" if row.is_open else "Closed"),
        (date_column("Due"), lambda row: row.due_on),
        (
            date_column("Closed"),
            lambda row: timezone.localdate(row.closed_at) if row.closed_at else None,
        ),
        (number_column("Returns accepted"), lambda row: row.accepted),  # type: ignore[attr-defined]
        (number_column("Returns asked for"), lambda row: row.asked),  # type: ignore[attr-defined]
    ]
    return Sheet.of("Rounds", fields, rows, about=facts(view, [], made_at))


@in_english
def trends(
    view: PlanView, found: Trends, dates: RecordOfDates, narrowed: list[str], made_at: datetime
) -> Sheet:
    """Return the figures of the trends, one a row: each month's, then milestones met, the record of
    dates and days of delay. Those without a day of their own are of the moment."""
    rows: list[list[Value]] = []
    for month in found.months:
        rows += [
            ["Work items by stage", "", month.day, str(stage.label), month.stages[stage]]
            for stage in Stage
        ]
        rows.append(["Milestones", "", month.day, "Overdue", month.overdue])
        rows.append(["Milestones", "", month.day, "Expected late", month.expected_late])
    for part, lines in (
        ("Milestones met", [found.met]),
        ("Milestones met, by pillar", found.met_by_pillar),
        ("Milestones met, by responsible agency", found.met_by_agency),
    ):
        for line in lines:
            for measure, met in (("first promised", line.original), ("last agreed", line.agreed)):
                for label, count in (
                    ("Met on time", met.on_time),
                    ("Met late", met.late),
                    ("Not yet", met.not_yet),
                ):
                    figure = f"{label}, by the date {measure}"
                    rows.append([part, line.label, found.on, figure, count])
    for group in dates.groups:
        label = group.warning.label
        rows.append(["Dates that came, by warning", label, found.on, "Dates", group.dates])
        rows.append(["Dates that came, by warning", label, found.on, "Missed", group.missed])
    rows.append(["Dates that did not come", "Moved before", found.on, "Dates", dates.moved])
    rows.append(["Dates that did not come", "No longer due", found.on, "Dates", dates.not_due])
    for part, days in (
        ("Delays by cause", found.causes),
        ("Delays by responsible agency", found.delayed_agencies),
    ):
        for each in days:
            rows.append([part, each.label, found.on, "Days", each.days])
            rows.append([part, each.label, found.on, "Delays", each.delays])
    return Sheet(
        name="Trends",
        title="Trends",
        about=facts(view, narrowed, made_at),
        columns=[
            Column("Part", 30), Column("Of", 24), date_column("As at"), Column("Figure", 34),
            number_column("Number"),
        ],
        rows=rows,
    )  # fmt: skip
