"""Timeline of all milestones, grouped by pillar or lead agency."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports import charts
from reports.document.dates import long_date
from reports.progress import timeline as milestones
from reports.progress.timeline import Group, GroupBy
from reports.progress.view import PlanView
from reports.progress.views.dashboard import chosen, dashboard_page, view_of


@require_safe
def timeline(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    by = GroupBy(chosen(request, "group", {group: group.label for group in GroupBy}) or "pillar")
    found = milestones.read_timeline(
        view.plan, view.at, by=by, pillar=view.pillar, lead=view.agency
    )
    other = GroupBy.PILLAR if by == GroupBy.AGENCY else GroupBy.AGENCY
    opened, dates = request.GET.get("open", ""), request.GET.get("dates", "")
    is_open = found.is_short or opened == "all"

    def drawn(group: Group) -> dict[str, Any]:
        """Return a group, with its rows if it is open, and with its dates if they are asked for."""
        rows = dict.fromkeys(("rows", "table"), "")
        if is_open or opened == str(group.key):
            rows["rows"] = charts.strip_list(group.strips, found.scale, found.on)
            if found.items <= milestones.OPEN_UP_TO or dates == str(group.key):
                caption = _("Milestones of {heading}").format(heading=group.title)
                rows["table"] = charts.strip_table(group.strips, caption, f"table-{group.key}")
        return rows | {
            "key": str(group.key),
            "title": group.title,
            "words": group.words,
            "late": group.late,
            "url": view.link("timeline", group=by, open=group.key),
            "dates_url": view.link("timeline", group=by, open=group.key, dates=group.key),
            "are_dates_open": dates == str(group.key),
            "focus": len(found.groups) > 1 and view.link("timeline", **{by: group.key}, group=by),
        }

    return dashboard_page(
        request,
        "timeline",
        context,
        timeline=found,
        by=by,
        is_open=is_open,
        other=other,
        other_url=view.link("timeline", group=other),
        says=found.words,
        open_url=view.link("timeline", group=by, open="all"),
        shapes=charts.strip_shapes(),
        legend=charts.strip_legend(found.on, day_name(view)),
        axis=charts.strip_axis(found.scale, found.on, day_name(view)),
        groups=[drawn(group) for group in found.groups],
    )


def day_name(view: PlanView) -> str:
    return _("Today") if view.at.is_now else long_date(view.at.on)
