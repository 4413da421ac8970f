"""Trends of the plan over its life, for chief executives."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from reports import charts
from reports.charts import BarRow, Series, ShareRow
from reports.progress import trend_words
from reports.progress import trends as figures
from reports.progress.trends import DelayDays, Met, MetBy, Trends
from reports.progress.view import PlanView
from reports.progress.views.dashboard import dashboard_page, view_of
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
        context |= drawn(view, found)
    return dashboard_page(request, "trends", context)


@require_safe
def likely_late(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect bookmarks of the page that estimated late milestones to the record of dates."""
    view, _ = view_of(request, slug)
    return redirect(f"{view.link('trends')}#dates")


def drawn(view: PlanView, found: Trends) -> dict[str, object]:
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
            "met": trend_words.met_finding(found),
            "dates": trend_words.dates_finding(found.dates),
            "by_warning": trend_words.dates_by_warning(found.dates),
            "record": trend_words.record(found),
        },
        "stage_chart": by_stage(found, links),
        "late_chart": by_lateness(found, links),
        "cause_chart": by_days(found.causes, gettext("Days of all delays by cause")),
        "agency_chart": by_days(
            found.delayed_agencies, gettext("Days of all delays by responsible agency")
        ),
        "met_charts": [
            (heading, rows, shares(rows, title))
            for heading, title, rows in (
                (
                    gettext("By responsible agency"),
                    gettext("Milestones met, by responsible agency"),
                    worst_first(found.met_by_agency),
                ),
                (
                    gettext("By pillar"),
                    gettext("Milestones met, by pillar"),
                    worst_first(found.met_by_pillar),
                ),
            )
            if rows and found.met.original.total
        ],
        "stage_names": [stage.label for stage, *_ in charts.STAGES],
        "months": [
            (month, links[month.day], [month.stages[stage] for stage, *_ in charts.STAGES])
            for month in reversed(found.months)
        ],
    }


def by_stage(found: Trends, links: dict[date, str]) -> SafeString:
    series = [
        Series(stage.label, [month.stages[stage] for month in found.months], fill)
        for stage, fill, *_ in charts.STAGES
    ]
    title = gettext("Work items by stage at each month’s end")
    return by_month(series, links, title, trend_words.stages(found))


def by_lateness(found: Trends, links: dict[date, str]) -> SafeString:
    series = [
        Series(gettext("Overdue"), [month.overdue for month in found.months], charts.OVERDUE),
        Series(
            gettext("Expected late"),
            [month.expected_late for month in found.months],
            charts.EXPECTED_LATE,
        ),
    ]
    title = gettext("Milestones overdue and expected late at each month’s end")
    return by_month(series, links, title, trend_words.lateness(found))


def by_month(
    series: Sequence[Series], links: dict[date, str], title: str, description: str
) -> SafeString:
    return charts.on_screen(
        lambda narrow: charts.months_stacked(
            list(links), series, title=title, description=description, links=links, narrow=narrow
        )
    )


def bars(rows: Sequence[DelayDays]) -> list[BarRow]:
    return [
        BarRow(
            row.label,
            row.days,
            ngettext("{days} in {count} delay", "{days} in {count} delays", row.delays).format(
                days=days_in_words(row.days), count=f"{row.delays:,}"
            ),
        )
        for row in rows
    ]


def by_days(rows: Sequence[DelayDays], title: str) -> SafeString:
    return charts.on_screen(lambda narrow: charts.day_bars(bars(rows), title=title, narrow=narrow))


def worst_first(rows: Sequence[MetBy]) -> list[MetBy]:
    """Order by the part met by the agreed date, smallest first; rows without a past date last."""

    def place(row: MetBy) -> tuple[bool, float, int]:
        total = row.agreed.total
        return (not total, row.agreed.on_time / total if total else 1, -total)

    return sorted(rows, key=place)


def shares(rows: Sequence[MetBy], title: str) -> SafeString:
    drawn = [
        ShareRow(
            label=row.label,
            on_time=row.agreed.on_time,
            late=row.agreed.late,
            not_yet=row.agreed.not_yet,
            promised=_part(row.original) if row.original != row.agreed else None,
        )
        for row in rows
    ]
    return charts.on_screen(lambda narrow: charts.share_bars(drawn, title=title, narrow=narrow))


def _part(met: Met) -> float | None:
    """Return the part of the milestones that was met on time, or None without any."""
    return met.on_time / met.total if met.total else None
