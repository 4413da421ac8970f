"""The pack of a meeting: the state of the plan, and the agenda with the records it is about.

Its figures are the dashboard's, computed by the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.conf import settings

from agencies.wording.translation import in_english
from reports.meetings.agenda_parts import agenda, decided_out_of_session, open_decisions
from reports.meetings.parts import (
    AttentionLine,
    CauseLine,
    ChangeGroup,
    Count,
    DueLine,
    Grid,
    GridCell,
    GridLine,
    MilestoneDates,
    Pack,
)
from reports.meetings.record_words import (
    answer,
    answers_of,
    line,
    milestone_dates,
    paragraphs,
    told,
)
from reports.progress import dashboard
from reports.progress.changes import Comparison
from reports.progress.changes import read_changes as read_changes
from reports.progress.plan_counts import DUE_WITHIN_DAYS, due_within
from reports.progress.view import PlanView, meetings_before
from workitems.models import Meeting
from workitems.plan.asat import Moment
from workitems.plan.attention import Line, attention
from workitems.plan.plan_at import PlanAt, plan_at
from workitems.terms.lateness import Status

# Rows in a table. The paper says how many more there are; the dashboard shows them.
ATTENTION_LINES = 40
DUE_LINES = 40
CHANGES_OF_A_KIND = 12
# Rows that fit on one page.
TIMELINE_LINES = 24


@in_english
def compose_pack(meeting: Meeting, moment: Moment) -> Pack:
    """Return the pack as at `moment`, with the agenda as it is now.

    The number of queries does not depend on the size of the plan or the agenda.
    """
    plan = meeting.plan
    at = plan_at(plan, moment)
    page = dashboard.build(PlanView(plan=plan, at=moment), at, None)
    lines = attention(at)
    since = next(iter(meetings_before(plan, moment)), None)
    compared = PlanView(plan=plan, at=moment, since=since.moment) if since else None
    changes = read_changes(compared, at) if compared else None
    round = at.returns[0].round if at.returns else None
    return Pack(
        plan=line(plan.title),
        held=meeting.held_on,
        place=line(meeting.place),
        notes=paragraphs(meeting.notes),
        on=moment.on,
        as_at=moment.words,
        key=moment.key,
        maori=tuple(sorted(each.name_mi for each in at.agencies.values() if each.name_mi)),
        headline=page.headline,
        standings=tuple(Count(each.label, each.count, each.kind) for each in page.figures),
        attention=tuple(_attention_line(each) for each in lines[:ATTENTION_LINES]),
        attention_count=page.attention_figure.count,
        grid=_grid(page.grid),
        timeline=_timeline(page, moment.on),
        due=tuple(Count(each.label, each.count, "") for each in page.due),
        due_lines=tuple(_due_lines(at)),
        causes=tuple(
            CauseLine(each.figure.label, each.figure.count, each.days, each.words)
            for each in page.causes
        ),
        round=line(round.name) if round else "",
        round_due=round.due_on if round else None,
        returns=tuple(answer(each) for each in page.at.returns),
        since=since.words if since else "",
        changed=changes.summary if changes else "",
        changes=_changes(changes) if changes else (),
        agenda=agenda(meeting, at, lines),
        decisions=open_decisions(meeting, at),
        out_of_session=decided_out_of_session(at, since.moment.on if since else None),
        starts=meeting.starts_words,
        link=line(meeting.link),
        language=settings.LANGUAGE_TAG,
        marking=settings.MARKINGS[0],
        paper_size=settings.PAPER_SIZE,
        has_four_marks=True,
        outcomes=told(page.outcomes),
        measured=tuple(Count(str(state.label), count, state) for state, count in page.measured),
    )


def _attention_line(each: Line) -> AttentionLine:
    number = each.item.number if each.item else each.risk.reference if each.risk else ""
    return AttentionLine(
        number, line(each.title), line(each.detail), line(each.why), answers_of(each)
    )


def _changes(found: Comparison) -> tuple[ChangeGroup, ...]:
    return tuple(
        ChangeGroup(
            label=kind.label,
            total=total,
            sentences=tuple(line(each.sentence) for each in found.of(kind)[:CHANGES_OF_A_KIND]),
        )
        for kind, total in found.counts.items()
    )


def _grid(grid: dashboard.Grid) -> Grid:
    """Return the dashboard's grid with rows and columns swapped."""
    return Grid(
        pillars=tuple(line(row.pillar.title) for row in grid.rows),
        lines=tuple(
            GridLine(
                agency=agency.short_name,
                cells=tuple(_cell(row.cells[column]) for row in grid.rows),
                total=grid.totals[column].count,
            )
            for column, agency in enumerate(grid.agencies)
        ),
        totals=tuple(row.total.count for row in grid.rows),
        total=grid.total.count,
    )


def _cell(cell: dashboard.Cell) -> GridCell:
    """Return the counts of a cell, which holds either single items or counts by status."""
    stand = Counter(mark.item.status for mark in cell.marks)
    late = stand[Status.LATE] + sum(each.count for each in cell.counts if each.kind == Status.LATE)
    return GridCell(cell.figure.count, late)


def _timeline(page: dashboard.Dashboard, on: date) -> tuple[MilestoneDates, ...]:
    """Return the timeline's open milestones, late ones first, then by agreed date."""
    rows = [
        (each, milestone_dates(each, strip.number, on))
        for strip in page.timeline
        for each in strip.milestones
        if not (each.completed_on or each.withdrawn_on)
    ]
    rows.sort(key=lambda row: (not row[1].is_late, row[0].agreed_due))
    return tuple(dates for _, dates in rows[:TIMELINE_LINES])


def _due_lines(at: PlanAt) -> Iterator[DueLine]:
    for row in due_within(at, DUE_WITHIN_DAYS[-1])[:DUE_LINES]:
        item = at.by_pk[row.item]
        yield DueLine(
            milestone=milestone_dates(row, item.number, at.on),
            title=line(item.title),
            lead=at.agencies[item.lead].short_name,
        )
