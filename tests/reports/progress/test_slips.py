"""Test the slips: how expected dates moved over time, and what is shown of them."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count

import lxml.html
import pytest
import time_machine

from agencies.models import Seat
from agencies.records import history
from reports.charts import SlipLine, Stair, slip_chart
from reports.charts.slip_chart import _tops
from reports.progress import date_moves
from reports.progress.changes import read_changes
from reports.progress.dashboard import read_dashboard
from reports.progress.date_moves import read_slips
from reports.progress.view import PlanView, meetings_before
from tests.factories import (
    DelayFactory,
    MeetingFactory,
    MilestoneFactory,
    SeatFactory,
    WorkItemFactory,
)
from workitems.plan.asat import Moment

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BEGAN, DUE, TODAY = date(2010, 1, 4), date(2010, 9, 30), date(2010, 7, 30)
numbers = count(1)


def noon(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def written(row, day, reason="", **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    return history.save(row, by=None, actor="Test", at=noon(day), reason=reason)


@pytest.fixture
def item(plan, police):
    return written(
        WorkItemFactory.build(plan=plan, pillar=plan.pillars.create(number=1, title="Prevention"),
                              number="1.1", lead_agency=police), BEGAN
    )  # fmt: skip


def milestone(item, due=DUE, **fields):
    number = next(numbers)
    return written(
        MilestoneFactory.build(
            item=item, number=number, original_due=due, description=f"Step {number}", **fields
        ),
        BEGAN,
    )


def read(plan, on=TODAY):
    view = PlanView(plan=plan, at=Moment.end_of(on))
    return read_slips(view, meetings_before(plan, view.at))


def test_a_date_that_moves_is_a_stair_with_both_dates_and_the_reason(plan, item):
    step = milestone(item)
    written(step, date(2010, 3, 1), forecast_due=date(2010, 12, 31), reason="The printer is away.")
    (line,) = read(plan).lines
    assert line.kind == "moved"
    assert line.words == "moved once: three months"
    assert [stair.words for stair in line.stairs] == [
        "1.1, 1 March 2010: from 30 September 2010 to 31 December 2010. The printer is away."
    ]
    assert line.points(TODAY) == [
        (BEGAN, DUE), (date(2010, 3, 1), DUE), (date(2010, 3, 1), date(2010, 12, 31)),
        (TODAY, date(2010, 12, 31)),
    ]  # fmt: skip


def test_a_date_that_has_passed_runs_along_with_the_days(plan, item):
    due, done = date(2010, 5, 31), date(2010, 6, 15)
    step = milestone(item, due)
    (line,) = read(plan).lines
    assert line.points(TODAY) == [(BEGAN, due), (due, due), (TODAY, TODAY)]
    assert line.words == "eight weeks overdue"
    written(step, date(2010, 6, 20), completed_on=done)
    (line,) = read(plan).lines
    assert line.points(TODAY) == [(BEGAN, due), (due, due), (done, done)]
    assert line.words == "done two weeks late"
    assert line.kind == "done"


def test_a_date_that_never_moved_is_flat(plan, item):
    milestone(item)
    (line,) = read(plan).lines
    assert (line.kind, line.words) == ("kept", "30 September 2010, never moved")
    assert line.points(TODAY) == [(BEGAN, DUE), (TODAY, DUE)]


@pytest.mark.both_databases
def test_the_title_says_the_span_and_what_came_since_the_meeting(plan, item):
    MeetingFactory(plan=plan, held_on=date(2010, 6, 1), recorded=True)
    milestone(item)
    assert read(plan).finding == "The only date has not slipped."
    for days, moved_on in ((40, date(2010, 3, 1)), (50, date(2010, 6, 2))):
        step = milestone(item)
        written(step, moved_on, forecast_due=DUE + timedelta(days=days))
    assert read(plan).finding == (
        "Two of 3 dates have slipped since March 2010. One of the two moves came since 1 June."
    )


def test_of_more_than_ten_those_that_moved_most_are_shown(plan, item):
    steps = [milestone(item) for _ in range(12)]
    for n, step in enumerate(steps[:11]):
        written(step, date(2010, 3, 1), forecast_due=DUE + timedelta(days=10 + n))
    found = read(plan)
    assert [line.key for line in found.lines] == [step.pk for step in steps[10:0:-1]]
    assert len(found.slips) == 12


def test_withdrawn_milestones_are_left_out(plan, item):
    milestone(item, withdrawn_on=date(2010, 2, 1))
    assert read(plan).lines == []


def test_a_moment_before_a_move_does_not_know_it(plan, item):
    written(milestone(item), date(2010, 3, 1), forecast_due=date(2010, 12, 31))
    assert read(plan, date(2010, 2, 1)).finding == "The only date has not slipped."


# --- the drawing ---------------------------------------------------------------------------------


def test_labels_do_not_cover_each_other():
    tops = _tops([5.0, 5.1, 5.2, 20.0], [2.0] * 4)
    assert all(after - top >= 2 - 1e-9 for top, after in zip(tops, tops[1:], strict=False))
    assert tops[3] == 20.0


def test_all_that_was_typed_is_escaped():
    stair = Stair(date(2010, 3, 1), DUE, date(2010, 12, 31), "<b>")
    line = SlipLine(
        1, "<1>", "<i>", "/items/1/", "<u>", "moved", True, BEGAN, DUE, [stair], None
    )  # fmt: skip
    drawn = slip_chart([line], first=BEGAN, last=TODAY, events=[], label="Dates")
    assert re.search("<(1|i|u)>|<b>(?!&)", drawn) is None
    assert slip_chart([], first=BEGAN, last=TODAY, events=[], label="Dates") == ""


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def reader(client, police):
    client.force_login(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user)
    with time_machine.travel(noon(TODAY), tick=False):
        yield client


@pytest.mark.parametrize("many", [1, 4])
@pytest.mark.both_databases
def test_the_page_takes_the_same_queries_for_four_milestones_as_for_one(
    reader, plan, item, django_assert_num_queries, many
):
    for _ in range(many):
        written(milestone(item), date(2010, 3, 1), forecast_due=date(2010, 12, 31))
        milestone(item, date(2010, 6, 30))
    # transactions (4) and session (2); user, seats, plans; pillars and agencies of the bar; meetings, briefings;
    # items, milestones; names of milestones, numbers of items, agencies; delays, reasons
    with django_assert_num_queries(20):
        response = reader.get(f"/plans/{plan.slug}/dashboard/slips/")
    assert response.status_code == 200


def test_a_line_its_moves_and_its_label_are_one_entry(reader, plan, item):
    written(milestone(item), date(2010, 3, 1), forecast_due=date(2010, 12, 31))
    page = lxml.html.fromstring(reader.get(f"/plans/{plan.slug}/dashboard/slips/").text)
    (line,) = page.find_class("slip-line")
    label, move, _opens = line.iter("a")
    assert " ".join(label.text_content().split()).startswith("1.1 Step")
    tip = page.get_element_by_id(move.get("aria-labelledby"))
    assert tip.get("role") == "tooltip"
    assert tip.text.strip() == "1.1, 1 March 2010: from 30 September 2010 to 31 December 2010."


def test_many_dates_are_bars(reader, plan, item, monkeypatch):
    monkeypatch.setattr(date_moves, "MARKS_UP_TO", 1)
    for _ in range(2):
        milestone(item, date(2010, 6, 30))
    page = reader.get(f"/plans/{plan.slug}/dashboard/slips/").text
    assert page.count('class="date-bar"') == 2
    assert "2 of 2 missed" in page


def test_a_plan_without_milestones_says_so(reader, plan, item):
    assert "No milestones yet." in reader.get(f"/plans/{plan.slug}/dashboard/slips/").text


# --- one length, and what is shown -----------------------------------------------------------------


@pytest.mark.both_databases
def test_of_a_date_that_depends_on_something_every_page_says_the_least_length(plan, item):
    row = written(
        milestone(item, date(2010, 6, 30)),
        date(2010, 3, 1),
        forecast_due=date(2011, 3, 31),
        forecast_known_to="month",
    )
    delay = DelayFactory.build(
        milestone=row, settlement="being_settled", settling_agency=item.lead_agency,
        due_before=row.agreed_due, due_after=row.forecast_due, found_on=date(2010, 3, 1),
    )  # fmt: skip
    written(delay, date(2010, 3, 1))
    view = PlanView(
        plan=plan, at=Moment.end_of(date(2010, 4, 1)), since=Moment.end_of(date(2010, 2, 1))
    )
    (line,) = read_slips(view, []).lines
    assert line.words == "moved once: at least eight months"
    (strip,) = read_dashboard(view).landing.all
    assert strip.after == "at least eight months"
    assert strip.line.reason == "Expected at least eight months late."
    (change,) = [each for each in read_changes(view).found if each.kind == "slipped"]
    assert "(at least eight months)" in change.words


def test_what_is_shown_is_not_said_to_have_moved_most_if_it_never_moved(plan, item):
    written(milestone(item), date(2010, 3, 1), forecast_due=date(2010, 12, 31))
    assert read(plan).shown_words == ""
    for _ in range(date_moves.LINES_SHOWN):
        milestone(item)
    assert read(plan).shown_words == "10 of 11: first the one that slipped."
    for row in item.milestones.all():
        written(row, date(2010, 4, 1), forecast_due=date(2011, 1, 31))
    assert read(plan).shown_words == "The 10 that moved most, of 11."


@pytest.mark.both_databases
def test_a_date_that_had_moved_when_the_record_began_says_from_when(reader, plan, item):
    milestone(item, date(2010, 6, 30), forecast_due=date(2011, 2, 28))
    page = " ".join(reader.get(f"/plans/{plan.slug}/dashboard/slips/").text.split())
    says = "Before 4 January 2010, when this record begins: from 30 June 2010 to 28 February 2011."
    assert f"<td><p>{says}</p></td>" in page
