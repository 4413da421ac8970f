"""Trends of the plan over its life, for chief executives."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from reports import charts
from reports.charts import BarRow, Series, ShareRow
from reports.progress import trend_words
from reports.progress import trends as figures
from reports.progress.trends import DelayDays, MetBy, Trends
from reports.progress.view import Look
from reports.views.dashboard import look_of, look_page
from workitems.standing import count_noun, days_in_words


@require_safe
def trends(request: HttpRequest, slug: str) -> HttpResponse:
    look, context = look_of(request, slug)
    found = figures.read_trends(look.plan, look.at, pillar=look.pillar, lead=look.agency)
    context |= {
        "trends": found,
        "has_items": bool(found.months) and any(m.items for m in found.months),
    }
    if context["has_items"]:
        context |= drawn(look, found)
    return look_page(request, "trends", context)


def drawn(look: Look, found: Trends) -> dict[str, object]:
    links = {
        month.day: look.link("overview", at=month.day.isoformat(), since="")
        for month in found.months
    }
    links[found.now.day] = look.link("overview", since="")
    return {
        "says": {
            "stages": trend_words.stages(found),
            "lateness": trend_words.lateness(found),
            "delays": trend_words.delays(found),
            "agencies": trend_words.delayed_agencies(found) if found.causes else "",
            "met": trend_words.met(found),
            "record": trend_words.record(found),
        },
        "stage_chart": by_stage(found, links),
        "late_chart": by_lateness(found, links),
        "cause_chart": charts.on_screen(
            lambda narrow: charts.cause_bars(bars(found.causes), narrow=narrow)
        ),
        "agency_chart": charts.on_screen(
            lambda narrow: charts.day_bars(
                bars(found.delayed_agencies),
                title="Days of delay by responsible agency",
                narrow=narrow,
            )
        ),
        "met_charts": [
            (heading, rows, shares(rows, f"Milestones met, {heading.lower()}"))
            for heading, rows in (
                ("All together", [found.met]),
                ("By pillar", found.met_by_pillar),
                ("By responsible agency", found.met_by_agency),
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
    title = "Work items by stage at each month’s end"
    return by_month(series, links, title, trend_words.stages(found))


def by_lateness(found: Trends, links: dict[date, str]) -> SafeString:
    series = [
        Series("Overdue", [month.overdue for month in found.months], charts.OVERDUE),
        Series(
            "Expected late", [month.expected_late for month in found.months], charts.EXPECTED_LATE
        ),
    ]
    title = "Milestones overdue and expected late at each month’s end"
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
            f"{days_in_words(row.days)} in {count_noun(row.delays, 'delay')}",
        )
        for row in rows
    ]


def shares(rows: Sequence[MetBy], title: str) -> SafeString:
    groups = [
        (
            row.label,
            [
                ShareRow(label=label, on_time=met.on_time, late=met.late, not_yet=met.not_yet)
                for label, met in (("first promised", row.original), ("last agreed", row.agreed))
            ],
        )
        for row in rows
    ]
    return charts.on_screen(lambda narrow: charts.share_bars(groups, title=title, narrow=narrow))
