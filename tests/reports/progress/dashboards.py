"""Read a plan's dashboard as at `TODAY`, or as at another moment."""

from reports.progress import dashboard
from reports.progress.view import PlanView
from tests.workitems.record import TODAY
from workitems.plan.asat import Moment


def read(plan, **view):
    return dashboard.read_dashboard(
        PlanView(plan=plan, at=view.pop("at", Moment.today(TODAY)), **view)
    )
