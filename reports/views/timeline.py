"""Timeline of all milestones, grouped by pillar or lead agency."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from reports import charts
from reports.document.dates import long_date
from reports.progress import timeline as milestones
from reports.progress.timeline import GroupBy
from reports.progress.view import Look
from reports.views.dashboard import chosen, look_of, look_page


@require_safe
def timeline(request: HttpRequest, slug: str) -> HttpResponse:
    look, context = look_of(request, slug)
    by = GroupBy(chosen(request, "group", {group: group.label for group in GroupBy}) or "pillar")
    found = milestones.read_timeline(
        look.plan, look.at, by=by, pillar=look.pillar, lead=look.agency
    )
    other = GroupBy.PILLAR if by == GroupBy.AGENCY else GroupBy.AGENCY
    is_all = request.GET.get("open") == "all"
    is_drawn = is_all or not found.is_huge
    return look_page(
        request,
        "timeline",
        context,
        timeline=found,
        by=by,
        is_open=found.is_short or is_all,
        is_drawn=is_drawn,
        other=other,
        other_url=look.link("timeline", group=other),
        says=found.words,
        open_url=look.link("timeline", group=by, open="all"),
        shapes=charts.strip_shapes(),
        legend=charts.strip_legend(),
        axis=charts.strip_axis(found.scale, found.on, day_name(look)),
        groups=[drawn(look, found, group, by, rows=is_drawn) for group in found.groups],
    )


def drawn(
    look: Look, found: milestones.Timeline, group: milestones.Group, by: GroupBy, *, rows: bool
) -> dict[str, Any]:
    only_one = len(found.groups) == 1
    return {
        "title": group.title,
        "words": group.words,
        "late": group.late,
        "focus": "" if only_one else look.link("timeline", **{by: group.key}, group=by),
        "rows": rows and charts.strip_list(group.strips, found.scale, found.on),
        "table": rows
        and charts.strip_table(group.strips, f"Milestones of {group.title}", f"table-{group.key}"),
    }


def day_name(look: Look) -> str:
    return "Today" if look.at.is_now else long_date(look.at.on)
