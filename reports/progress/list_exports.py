"""Risks, variations, decisions, meetings and rounds as tables, as in their lists, and the trends."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.progress.exports import date_column, facts, number_column
from reports.progress.tables import Column, Field, Sheet, Value
from reports.progress.trends import Trends
from reports.progress.view import Look
from workitems.additions import in_lines
from workitems.models import Decision, Meeting, Risk, Round, Variation
from workitems.models.item import Stage


def risks(look: Look, rows: Iterable[Risk], made_at: datetime, *filters: str) -> Sheet:
    """Return these risks, in the given order."""
    on = look.at.on
    fields: list[Field[Risk]] = [
        (Column(_("Reference"), 10), lambda risk: risk.reference),
        (Column(_("Risk"), 50), lambda risk: risk.description),
        (Column(_("Item"), 8), lambda risk: risk.item.number if risk.item else ""),
        (
            Column(_("Threatens"), 34),
            lambda risk: risk.item.title if risk.item else _("The plan as a whole"),
        ),
        (Column(_("Owner"), 11), lambda risk: risk.owner_agency.short_name),
        (Column(_("Likelihood"), 11), lambda risk: risk.get_likelihood_display()),
        (Column(_("Impact"), 11), lambda risk: risk.get_impact_display()),
        (Column(_("Severity"), 11), lambda risk: risk.severity_label),
        (Column(_("What is done about it"), 50), lambda risk: risk.response),
        (Column(_("State"), 22), lambda risk: _state_of_risk(risk, is_closed=_is_over(risk, on))),
        (date_column(_("Escalated")), lambda risk: risk.escalated_on),
        (date_column(_("Closed")), lambda risk: risk.closed_on if _is_over(risk, on) else None),
    ]
    return Sheet.of(_("Risks"), fields, rows, about=facts(look, list(filters), made_at))


def _is_over(risk: Risk, on: object) -> bool:
    return risk.closed_on is not None and risk.closed_on <= on  # type: ignore[operator]


def _state_of_risk(risk: Risk, *, is_closed: bool) -> str:
    if is_closed:
        return _("Closed")
    return (
        _("With {with_whom}").format(with_whom=risk.with_whom) if risk.escalated_to else _("Open")
    )


def variations(look: Look, rows: Iterable[Variation], made_at: datetime, *filters: str) -> Sheet:
    """Return these variations, in the given order."""
    fields: list[Field[Variation]] = [
        (Column(_("Reference"), 10), lambda row: row.reference),
        (Column(_("What is asked"), 44), lambda row: row.asks),
        (Column(_("Item"), 8), lambda row: row.about.partition(" ")[0]),
        (Column(_("Work item"), 34), lambda row: row.about.partition(" ")[2]),
        (date_column(_("Date before")), lambda row: row.before),
        (date_column(_("Date after")), lambda row: row.after),
        (Column(_("Text before"), 40), lambda row: row.text_before),
        (Column(_("Text after"), 40), lambda row: row.text_after or in_lines(row.addition)),
        (Column(_("Reason"), 44), lambda row: row.reason),
        (Column(_("Agency"), 11), lambda row: row.requesting_agency.short_name),
        (date_column(_("Asked on")), lambda row: timezone.localdate(row.requested_at)),
        (Column(_("State"), 22), lambda row: row.get_state_display()),
        (
            date_column(_("Decided on")),
            lambda row: timezone.localdate(row.decided_at) if row.decided_at else None,
        ),
    ]
    return Sheet.of(_("Variations"), fields, rows, about=facts(look, list(filters), made_at))


def decisions(look: Look, rows: Iterable[Decision], made_at: datetime, *filters: str) -> Sheet:
    """Return these decisions, in the given order."""
    fields: list[Field[Decision]] = [
        (Column(_("Decision"), 60), lambda row: row.text),
        (Column(_("Variation"), 10), lambda row: row.variation.reference if row.variation else ""),
        (Column(_("Item"), 8), lambda row: row.item.number if row.item else ""),
        (Column(_("On"), 34), _subject),
        (date_column(_("Decided on")), lambda row: row.decided_on),
        (
            Column(_("Where"), 18),
            lambda row: _("At a meeting") if row.meeting_id else _("Out of session"),
        ),
        (
            Column(_("Agency"), 11),
            lambda row: row.owner_agency.short_name if row.owner_agency else "",
        ),
        (date_column(_("Due")), lambda row: row.due_on),
        (date_column(_("Done")), lambda row: row.done_on),
        (
            Column(_("State"), 22),
            lambda row: row.progress.label if row.is_followed_up else _("No action"),
        ),
    ]
    return Sheet.of(_("Decisions"), fields, rows, about=facts(look, list(filters), made_at))


def _subject(row: Decision) -> str:
    """Return what the decision is on, as the list says it."""
    if row.item:
        return row.item.title
    return row.about or (row.matter.title if row.matter else "")


def meetings(look: Look, rows: Iterable[Meeting], made_at: datetime) -> Sheet:
    """Return these meetings (with their counts), in the given order."""
    on = look.at.on
    fields: list[Field[Meeting]] = [
        (date_column(_("Day")), lambda row: row.held_on),
        (Column(_("Starts at"), 10), lambda row: row.starts_words),
        (Column(_("Place"), 30), lambda row: row.place),
        (number_column(_("On the agenda")), lambda row: row.matters_count),  # type: ignore[attr-defined]
        (number_column(_("Decisions")), lambda row: row.decisions_count),  # type: ignore[attr-defined]
        (
            Column(_("Record"), 16),
            lambda row: (
                _("Closed")
                if row.is_closed
                else _("Not held yet")
                if row.held_on > on
                else _("Open")
            ),
        ),
    ]
    return Sheet.of(_("Meetings"), fields, rows, about=facts(look, [], made_at))


def rounds(look: Look, rows: Iterable[Round], made_at: datetime) -> Sheet:
    """Return these rounds (with their counts of returns), in the given order."""
    fields: list[Field[Round]] = [
        (Column(_("Round"), 40), lambda row: row.name),
        (Column(_("State"), 12), lambda row: _("Open") if row.is_open else _("Closed")),
        (date_column(_("Due")), lambda row: row.due_on),
        (
            date_column(_("Closed")),
            lambda row: timezone.localdate(row.closed_at) if row.closed_at else None,
        ),
        (number_column(_("Returns accepted")), lambda row: row.accepted),  # type: ignore[attr-defined]
        (number_column(_("Returns asked for")), lambda row: row.asked),  # type: ignore[attr-defined]
    ]
    return Sheet.of(_("Rounds"), fields, rows, about=facts(look, [], made_at))


def trends(look: Look, found: Trends, narrowed: list[str], made_at: datetime) -> Sheet:
    """Return the figures of the trends, one a row: each month's, then milestones met, then days of
    delay. Those without a day of their own are of the moment."""
    rows: list[list[Value]] = []
    for month in found.months:
        rows += [
            [_("Work items by stage"), "", month.day, stage.label, month.stages[stage]]
            for stage in Stage
        ]
        rows.append([_("Milestones"), "", month.day, _("Overdue"), month.overdue])
        rows.append([_("Milestones"), "", month.day, _("Expected late"), month.expected_late])
    for part, lines in (
        (_("Milestones met"), [found.met]),
        (_("Milestones met, by pillar"), found.met_by_pillar),
        (_("Milestones met, by responsible agency"), found.met_by_agency),
    ):
        for line in lines:
            for measure, met in (
                (_("first promised"), line.original),
                (_("last agreed"), line.agreed),
            ):
                for label, count in (
                    (_("Met on time"), met.on_time),
                    (_("Met late"), met.late),
                    (_("Not yet"), met.not_yet),
                ):
                    figure = _("{label}, by the date {measure}").format(
                        label=label, measure=measure
                    )
                    rows.append([part, line.label, found.on, figure, count])
    for part, days in (
        (_("Delays by cause"), found.causes),
        (_("Delays by responsible agency"), found.delayed_agencies),
    ):
        for each in days:
            rows.append([part, each.label, found.on, _("Days"), each.days])
            rows.append([part, each.label, found.on, _("Delays"), each.delays])
    return Sheet(
        name=_("Trends"),
        title=_("Trends"),
        about=facts(look, narrowed, made_at),
        columns=[
            Column(_("Part"), 30), Column(_("Of"), 24), date_column(_("As at")), Column(_("Figure"), 34),
            number_column(_("Number")),
        ],
        rows=rows,
    )  # fmt: skip
