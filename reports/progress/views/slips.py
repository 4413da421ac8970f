"""How expected dates moved over the plan's life, and how many of the dates that came were met."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports import charts
from reports.charts import Event
from reports.progress import trend_words
from reports.progress.date_moves import read_slips
from reports.progress.view import Earlier, events_before
from reports.progress.views.dashboard import dashboard_page, view_of


@require_safe
def slips(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    events = events_before(view.plan, view.at, context["today"])
    found = read_slips(view, [each for each in events if each.is_meeting])
    if found.lines:
        context |= {
            "shapes": charts.strip_shapes(),
            "chart": charts.slip_chart(
                found.lines,
                first=found.first,
                last=view.at.on,
                events=[each for each in marked(events) if each.day >= found.first],
                label=_("Dates over time"),
            ),
        }
    return dashboard_page(
        request,
        "slips",
        context,
        found=found,
        dates_finding=trend_words.dates_finding(found.record),
    )


def marked(events: list[Earlier]) -> list[Event]:
    """Return meetings and briefings for the axis of a chart."""
    return [
        Event(each.moment.on, _("Meeting") if each.is_meeting else _("Briefing"), each.is_meeting)
        for each in events
    ]
