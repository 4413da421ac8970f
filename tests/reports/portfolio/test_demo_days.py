"""On the days of the demo's plans, all plans side by side are what each dashboard says."""

from datetime import date, timedelta

import pytest

from reports.portfolio.side_by_side import COLUMNS, plan_rows
from reports.progress.dashboard import in_all, read_dashboard
from reports.progress.view import PlanView
from tests.workitems.demo.plans import TODAY, four_loaded
from workitems.models import Plan
from workitems.plan.asat import Moment


@pytest.fixture(scope="module")
def _four(django_db_setup, django_db_blocker):
    with four_loaded(django_db_blocker):
        yield


@pytest.mark.usefixtures("_four")
@pytest.mark.django_db
@pytest.mark.one_database(reason="reads through the dashboard, which is tested on both")
@pytest.mark.parametrize(
    "on",
    [date(2010, 7, 30), date(2012, 3, 1), *(TODAY - timedelta(days=days) for days in range(0, 180, 19))],
)  # fmt: skip
def test_each_row_has_the_figures_of_its_dashboard(on):
    rows = plan_rows(Plan.objects.adopted(), on, TODAY)
    adopted = Plan.objects.adopted().filter(adopted_on__lte=on)
    assert {row.plan for row in rows} == set(adopted)
    for row in rows:
        moment = Moment.today(on) if on == TODAY else Moment.end_of(on)
        if row.has_ended:
            moment = Moment.present(row.plan, on)
        now = in_all(read_dashboard(PlanView(plan=row.plan, at=moment)).now)
        assert {figure.kind: figure.count for figure in row.figures} == {
            kind: now[kind] for kind in COLUMNS
        }
