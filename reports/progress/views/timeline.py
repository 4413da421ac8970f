"""Timeline of all milestones, grouped by pillar or lead agency."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
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
        view.plan, view.at, by=by, pillar=view.pillar, lead=view.agency, has_gaps=True
    )
    opened, dates = request.GET.get("open", ""), request.GET.get("dates", "")
    is_open = found.is_short or opened == "all"
    are_folded = found.items <= milestones.OPEN_UP_TO and opened != "all"

    def drawn(group: Group) -> dict[str, Any]:
        """Return a group, with its rows if it is open, and with its dates if they are asked for."""
        rows = dict.fromkeys(("rows", "others", "together", "table"), "")
        if is_open or opened == str(group.key):
            others = group.others if are_folded else []
            first = (
                [strip for strip in group.strips if strip not in others] if others else group.strips
            )
            if first:
                rows["rows"] = charts.strip_list(first, found.scale, found.on)
            if others:
                rows["others"] = charts.strip_list(others, found.scale, found.on)
                says = ngettext("{count} other", "{count} others", len(others)).format(
                    count=len(others)
                )
                rows["together"] = charts.strips_together(others, found.scale, found.on, says)
            if found.items <= milestones.OPEN_UP_TO or dates == str(group.key):
                caption = _("Milestones of {heading}").format(heading=group.title)
                rows["table"] = charts.strip_table(group.strips, caption, f"table-{group.key}")
        return rows | {
            "key": str(group.key),
            "title": group.title,
            "words": group.words
            if not (rows["rows"] or rows["others"]) or by == GroupBy.AGENCY
            else "",
            "late": group.late,
            "url": view.link("timeline", group=by, open=group.key),
            "dates_url": view.link("timeline", group=by, open=group.key, dates=group.key),
            "are_dates_open": dates == str(group.key),
        }

    return dashboard_page(
        request,
        "timeline",
        context,
        timeline=found,
        by=by,
        is_open=is_open and not are_folded,
        sorts=[(each.label, view.link("timeline", group=each), each == by) for each in GroupBy],
        says=found.words,
        open_url=view.link("timeline", group=by, open="all"),
        shapes=charts.strip_shapes(),
        legend=charts.strip_filter(has_earliest=found.has_earliest),
        axis=charts.strip_axis(found.scale, found.on, day_name(view)),
        groups=[drawn(group) for group in found.groups],
    )


def day_name(view: PlanView) -> str:
    return _("Today") if view.at.is_now else long_date(view.at.on)
