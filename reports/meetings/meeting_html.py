"""Packs and minutes as HTML. The preview and the PDF use the same templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from agencies.wording.translation import in_english
from reports import charts
from reports.document.annexes import MilestoneRow, TimelineRow
from reports.document.dates import long_date
from reports.meetings.parts import MilestoneDates, Pack, Paper
from reports.render.html import ASSETS, MEETING_SHEET, sheets_of


@in_english
def title_of(paper: Paper) -> str:
    """Return the document title: "Meeting pack, 3 May 2010, Plan of Action"."""
    return f"{paper.title}, {long_date(paper.held)}, {paper.plan}"


def frozen_words(number: int, made_at: datetime) -> str:
    """Return the line that a frozen paper prints about its version."""
    at = timezone.localtime(made_at)
    return f"Version {number}, frozen on {long_date(at.date())} at {at:%-H:%M}"


@in_english
def paper_html(paper: Paper, *, state: str = "") -> str:
    """Return the paper as a complete page, for the PDF.

    Without a `state` each page is marked as a draft.
    """
    context = {
        "paper": paper,
        "present": present(paper, state),
        "stylesheets": [ASSETS + name for name in (*sheets_of(paper.paper_size), MEETING_SHEET)],
    }
    return render_to_string("reports/meetings/print/page.html", context)


@in_english
def paper_fragment(paper: Paper, *, state: str = "") -> SafeString:
    """Return the paper alone, for a page that has no other h1."""
    context = {"paper": paper, "present": present(paper, state)}
    return mark_safe(render_to_string("reports/meetings/print/paper.html", context))


def present(paper: Paper, state: str) -> dict[str, Any]:
    """Return the template context besides the paper itself: charts, and counts of rows left out."""
    found: dict[str, Any] = {
        "language": paper.language,
        "marking": paper.marking,
        "title": title_of(paper),
        "state": state,
        "is_draft": not state,
        "is_pack": isinstance(paper, Pack),
    }
    if isinstance(paper, Pack):
        found |= {
            "timeline": charts.milestone_timeline(
                [
                    TimelineRow(row.item, _bar(row), has_four_marks=paper.has_four_marks)
                    for row in paper.timeline
                ],
                as_at=paper.on,
            ),
            "causes": charts.cause_bars(
                [charts.BarRow(row.label, row.days, row.words) for row in paper.causes]
            ),
            "more_attention": paper.attention_count - len(paper.attention),
            "more_due": paper.due[-1].count - len(paper.due_lines),
        }
    return found


def _bar(row: MilestoneDates) -> MilestoneRow:
    return MilestoneRow(
        label=row.description,
        original_on=row.original,
        agreed_on=row.agreed,
        forecast_on=row.forecast,
        original_known_to=row.original_known_to,
        agreed_known_to=row.agreed_known_to,
        forecast_known_to=row.forecast_known_to,
    )
