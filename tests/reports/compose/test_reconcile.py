"""Figures that reconcile: whatever the plan and the day, the counts agree with one another, with
the lists behind them, and with history read row by row."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from agencies.models import Seat
from reports.progress import dashboard, plan_counts
from reports.progress.dashboard import Dashboard
from reports.progress.view import PlanView
from tests.factories import DelayFactory, SeatFactory
from tests.plans_at_random import TODAY, Made, moments, noon, plans
from workitems.models import Milestone, WorkItem
from workitems.plan.asat import Moment
from workitems.plan.plan_at import PlanAt, plan_at
from workitems.terms import lateness
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late

pytestmark = pytest.mark.django_db

# Failing plans are not shrunk: that would take minutes.
some_plans = hypothesis_settings(
    max_examples=min(25, hypothesis_settings.default.max_examples),
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Undo(Exception):
    """Raised to leave a block and roll back its writes."""


@contextmanager
def undone() -> Iterator[None]:
    """Roll back the block, so that examples do not affect each other."""
    with pytest.raises(Undo), transaction.atomic():
        yield
        raise Undo


def versions(model: Any, moment: Moment) -> list[Any]:
    """The records as they stood, found in the plainest way: every version, one after another."""
    if moment.until is None:
        return list(model.objects.all())
    found = {}
    for row in model.history.order_by("history_date", "history_id"):
        if row.history_date < moment.until:
            found[row.id] = row
    return list(found.values())


def views(made: Made, at: Moment, since: Moment) -> st.SearchStrategy[PlanView]:
    """A strategy for views of a whole or filtered plan, compared with an earlier moment or not."""
    before = (
        [None, since] if since.key and (since.on, since.key) < (at.on, at.key or "~") else [None]
    )
    return st.builds(
        PlanView,
        plan=st.just(made.plan),
        at=st.just(at),
        since=st.sampled_from(before),
        pillar=st.sampled_from([*[None] * 5, *made.plan.pillars.values_list("pk", flat=True)]),
        agency=st.sampled_from([*[None] * 5, *(agency.pk for agency in made.agencies)]),
    )


# --- sums -------------------------------------------------------------------------------------


@given(data=st.data())
@some_plans
def test_figures_by_agency_pillar_cell_and_standing_each_add_up_to_the_total(data):
    with undone():
        made = data.draw(plans())
        view = data.draw(views(made, data.draw(moments()), data.draw(moments())))
        page = dashboard.read_dashboard(view)
        grid, total = page.grid, page.grid.total
        kinds = Counter()
        for figures in [
            page.figures,
            grid.totals,
            [row.total for row in grid.rows],
            [cell.figure for row in grid.rows for cell in row.cells],
        ]:
            assert sum(figure.count for figure in figures) == total.count
        for row in grid.rows:
            assert sum(cell.figure.count for cell in row.cells) == row.total.count
        for place, figure in enumerate(grid.totals):
            assert sum(row.cells[place].figure.count for row in grid.rows) == figure.count
        for cell in (cell for row in grid.rows for cell in row.cells):
            for mark in cell.marks:
                kinds[mark.item.status] += 1
            for figure in cell.counts:
                kinds[figure.kind] += figure.count
        assert +Counter({figure.kind: figure.count for figure in page.figures}) == +kinds
        at = plan_at(made.plan, view.at).narrowed(pillar=view.pillar, lead=view.agency)
        assert sum(cause.figure.count for cause in page.causes) == len(at.delays)


def compared(page: Dashboard) -> list[Any]:
    """The figures of a dashboard with those of the earlier moment, and the marks of items."""
    grid = page.grid
    cells = [
        (cell.figure, [(mark.item.pk, mark.was) for mark in cell.marks], cell.counts)
        for row in grid.rows
        for cell in row.cells
    ]
    return [page.figures, cells, [row.total for row in grid.rows], grid.totals, grid.total]


@given(data=st.data())
@some_plans
def test_the_dashboard_compares_as_two_whole_plans_are_compared(data):
    with undone():
        made = data.draw(plans((40, 10, 0)))
        at = data.draw(st.just(Moment.today(TODAY)) | moments())
        view = data.draw(views(made, at, data.draw(moments())))
        before = plan_at(made.plan, view.since) if view.since else None
        counted = dashboard.build(view, plan_at(made.plan, at), before)
        assert compared(dashboard.read_dashboard(view)) == compared(counted)


@pytest.mark.parametrize(("times_moved", "urgent"), [(1, 0), (2, 1), (3, 1)])
def test_a_deadline_counts_as_moved_again_from_the_second_time(times_moved, urgent):
    delay = DelayFactory(
        found_on=TODAY,
        times_moved=times_moved,
        milestone__agreed_due=TODAY,
        milestone__forecast_due=TODAY,
        milestone__item__heard_on=TODAY,
    )
    counted = plan_counts.PlanCounts(plan_at(delay.milestone.item.plan, Moment.today(TODAY)))
    assert [line.item.pk for line in counted.lines] == [delay.milestone.item.pk] * urgent


# --- lists of the figures -----------------------------------------------------------------------

FIGURE = re.compile(
    r'<a class="mark [^"]*" href="([^"]+)"><svg[^>]*><use[^>]*/></svg>[^<]+? ([\d,]+)</a>'
)
LISTED = re.compile(r"<p>(\d+)–(\d+) of ([\d,]+) ")


def listed(page: str) -> int:
    """How many rows a list says that it has; it has as many, if they go on one page."""
    found = LISTED.search(page)
    rows = page.partition("<tbody")[2].partition("</tbody>")[0].count("<tr>")
    total = int(found.group(3)) if found else 0
    assert rows == total
    return total


@given(data=st.data())
@hypothesis_settings(some_plans, max_examples=min(20, some_plans.max_examples))
def test_every_figure_on_the_page_opens_a_list_of_that_many(data):
    with undone(), time_machine.travel(noon(TODAY), tick=False):
        made = data.draw(plans())
        view = data.draw(views(made, data.draw(moments()), data.draw(moments())))
        seat = SeatFactory(agency=made.agencies[0], role=Seat.Role.OBSERVER)
        browser = Client()
        browser.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")

        def opened(link: str) -> str:
            answer = browser.get(unescape(link))
            assert (link, answer.status_code) == (link, 200)
            return answer.text

        page = opened(view.link("overview"))
        figures = set(FIGURE.findall(page))
        expected = dashboard.read_dashboard(view)
        counts = [int(count.replace(",", "")) for _, count in figures]
        assert sum(counts) == len(expected.at.items)
        for link, count in figures:
            assert (link, listed(opened(link))) == (link, int(count.replace(",", "")))
        whole = expected.attention_figure
        assert listed(opened(whole.url)) == whole.count


# --- history and records ------------------------------------------------------------------------


def without_versions(row: Any) -> Any:
    """The row and what hangs on it, without which version it was read from."""
    if isinstance(row, tuple) and hasattr(row, "_replace") and hasattr(row, "version"):
        row = row._replace(version=None)
    return tuple(map(without_versions, row)) if isinstance(row, tuple) else row


def facts(found: PlanAt) -> dict[str, Any]:
    """All that was read, comparable."""
    return {
        "items": [without_versions(item) for item in found.items],
        "pillars": found.pillars,
        "milestones": [without_versions(row) for row in found.milestones],
        "delays": [without_versions(row) for row in found.delays],
        "risks": [without_versions(row) for row in found.risks],
        "variations": [without_versions(row) for row in found.variations],
        "returns": [(row.pk, row.round, row.state, row.reasons) for row in found.returns],
        "reasons": {item.pk: found.reasons(item.pk) for item in found.items},
    }


@given(made=st.data())
@some_plans
def test_history_up_to_now_gives_the_same_as_current_records(made):
    with undone():
        plan = made.draw(plans()).plan
        records = plan_at(plan, Moment.today(TODAY))
        counted = plan_at(plan, Moment.end_of(TODAY))
        assert facts(counted) == facts(records)


@given(data=st.data())
@some_plans
def test_every_item_has_the_status_of_its_last_version(data):
    with undone():
        plan, moment = data.draw(plans()).plan, data.draw(moments())
        found = plan_at(plan, moment)
        items = {row.id: row for row in versions(WorkItem, moment)}
        steps: dict[int, list[Any]] = {pk: [] for pk in items}
        for row in versions(Milestone, moment):
            if lateness.milestone_lateness(row, moment.on).state not in (
                Late.DONE, Late.DONE_LATE, Late.WITHDRAWN
            ):  # fmt: skip
                steps[row.item_id].append(row)
        late = {pk: lateness.item_lateness(rows, moment.on) for pk, rows in steps.items()}
        assert {item.pk: (item.late.state, item.late.days, item.due) for item in found.items} == {
            pk: (
                late[pk].state,
                late[pk].days,
                min(
                    (KnownDate(row.agreed_due, row.agreed_known_to) for row in steps[pk]),
                    default=None,
                ),
            )
            for pk in items
        }
        assert {item.pk: item.status for item in found.items} == {
            pk: lateness.status_of(row.stage, late[pk], row.confidence) for pk, row in items.items()
        }
        assert [row.pk for row in sorted(found.milestones)] == sorted(
            row.id for pk, rows in steps.items() if items[pk].stage not in ("complete", "withdrawn")
            for row in rows
        )  # fmt: skip
