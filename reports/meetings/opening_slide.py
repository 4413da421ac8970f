"""The opening slide of a meeting: how the plan is going, and what changed since the last meeting."""

from django.template.loader import render_to_string

from reports.progress import dashboard
from reports.progress.view import PlanView, meetings_before
from workitems.models import Meeting
from workitems.plan.asat import Moment


def opening_slide(meeting: Meeting, moment: Moment) -> str:
    """Return the slide's HTML, with the dashboard's figures and changes as at the moment."""
    earlier = next(iter(meetings_before(meeting.plan, moment)), None)
    view = PlanView(
        plan=meeting.plan,
        at=moment,
        since=earlier.moment if earlier else None,
        is_compared_by_default=True,
    )
    context = {
        "meeting": meeting,
        "view": view,
        "earlier": earlier,
        "page": dashboard.read_dashboard(view),
        "marks": dashboard.MARKS,
    }
    return render_to_string("reports/meetings/opening.html", context)
