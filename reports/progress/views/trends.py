"""Trends of the plan over its life, for chief executives."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from reports import charts
from reports.charts import Event, Series
from reports.document.annexes import Stage
from reports.progress import trend_words
from reports.progress import trends as figures
from reports.progress.trends import DelayDays, Trends
from reports.progress.view import PlanView, events_before
from reports.progress.views.dashboard import dashboard_page, view_of
from reports.progress.views.slips import marked
from workitems.models import Plan
from workitems.terms.lateness import days_in_words


@require_safe
def trends(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    found = figures.read_trends(view.plan, view.at, pillar=view.pillar, lead=view.agency)
    context |= {
        "trends": found,
        "has_items": bool(found.months) and any(m.items for m in found.months),
    }
    if context["has_items"]:
        events = marked(events_before(view.plan, view.at, context["today"]))
        context |= drawn(view, found, events)
    return dashboard_page(request, "trends", context)


def drawn(view: PlanView, found: Trends, events: Sequence[Event]) -> dict[str, object]:
    links = {
        month.day: view.link("overview", at=month.day.isoformat(), since="")
        for month in found.months
    }
    links[found.now.day] = view.link("overview", since="")
    return {
        "says": {
            "stages": trend_words.stages_finding(found),
            "lateness": trend_words.lateness_finding(found),
            "delays": trend_words.delays_finding(found),
            "record": trend_words.record(found),
        },
        "stage_chart": by_stage(found, links, events, stage_names(view.plan)),
        "late_chart": by_lateness(found, links, events),
        "delays": [
            (heading, bars(rows))
            for heading, rows in (
                (gettext("By cause"), found.causes),
                (gettext("By responsible agency"), found.delayed_agencies),
            )
        ],
        "stage_names": stage_names(view.plan),
        "months": [
            (month, links[month.day], [month.stages[stage] for stage, *_ in charts.STAGES])
            for month in reversed(found.months)
        ],
    }


def stage_names(plan: Plan) -> list[str]:
    """Return the names of the stages. Of a plan from a spreadsheet, items that are not reported count with those not
    started."""
    return [
        gettext("Not started or not reported")
        if stage == Stage.NOT_STARTED and plan.record_begins
        else str(stage.label)
        for stage, *_ in charts.STAGES
    ]


def by_stage(
    found: Trends, links: dict[date, str], events: Sequence[Event], names: list[str]
) -> SafeString:
    series = [
        Series(
            name,
            [month.stages[stage] for month in found.months],
            charts.HATCH if stage == Stage.NOT_STARTED else fill,
        )
        for name, (stage, fill, *_) in zip(names, charts.STAGES, strict=True)
    ]
    title = gettext("Work items by stage at each month’s end")
    return by_month(series, links, events, title, trend_words.stages(found))


def by_lateness(found: Trends, links: dict[date, str], events: Sequence[Event]) -> SafeString:
    series = [
        Series(gettext("Overdue"), [month.overdue for month in found.months], charts.OVERDUE),
        Series(
            gettext("Expected late"),
            [month.expected_late for month in found.months],
            charts.EXPECTED_LATE,
        ),
    ]
    title = gettext("Milestones overdue and expected late at each month’s end")
    return by_month(series, links, events, title, trend_words.lateness(found))


def by_month(
    series: Sequence[Series],
    links: dict[date, str],
    events: Sequence[Event],
    title: str,
    description: str,
) -> SafeString:
    return charts.on_screen(
        lambda narrow: charts.months_stacked(
            list(links),
            series,
            title=title,
            description=description,
            links=links,
            events=events,
            narrow=narrow,
        )
    )


class Bar(NamedTuple):
    """Days of delay: of what, their length in percent of the longest, and in words."""

    label: str
    share: str
    words: str


def bars(rows: Sequence[DelayDays]) -> list[Bar]:
    longest = max([1, *(row.days for row in rows)])
    return [
        Bar(
            row.label,
            f"{max(100 * row.days / longest, 0):.1f}%",
            ngettext("{days} in {count} delay", "{days} in {count} delays", row.delays).format(
                days=days_in_words(row.days), count=f"{row.delays:,}"
            ),
        )
        for row in rows
    ]
