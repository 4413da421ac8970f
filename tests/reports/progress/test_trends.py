"""Test trends: each month has the dashboard's figures at its end, and sums add up."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from agencies.records import history
from reports.progress import trend_words, trends
from reports.progress.trends import DelayDays, Met, MetBy, MonthFigures, Trends, month_end
from tests.cast import scene
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    WorkItemFactory,
)
from tests.plans_at_random import moments, plans
from tests.reports.compose.test_reconcile import some_plans, undone, versions
from workitems.models import Delay, Milestone
from workitems.models.item import Stage
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.terms.lateness import by_then

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

JULY = Moment.end_of(date(2010, 7, 31))


def written(row, at):
    """Write the row and its version as at the moment."""
    history.save(row, by=None, actor="Test", at=at)
    return row


def noon(*day):
    return datetime(*day, tzinfo=UTC)  # noon or one in the afternoon, here


def an_item(plan, *day, **fields):
    return written(WorkItemFactory.build(plan=plan, pillar=pillar_of(plan), **fields), noon(*day))


def pillar_of(plan):
    return plan.pillars.first() or PillarFactory(plan=plan, number=1, title="Prevention")


def a_milestone(item, *day, **fields):
    return written(MilestoneFactory.build(item=item, number=1, **fields), noon(*day))


# --- properties -------------------------------------------------------------------------------


def each_month_has_the_dashboards_figures_at_its_end(data, made, moment, found):
    pillar = data.draw(st.sampled_from([None, *made.plan.pillars.values_list("pk", flat=True)]))
    lead = data.draw(st.sampled_from([None, *(agency.pk for agency in made.agencies)]))
    found = trends.read_trends(made.plan, moment, pillar=pillar, lead=lead)
    for month in found.months:
        last = month.day == moment.on
        at = plan_at(made.plan, moment if last else Moment.end_of(month.day))
        at = at.narrowed(pillar=pillar, lead=lead)
        stages = Counter(item.stage for item in at.items)
        assert month.stages == {stage: stages[stage] for stage in Stage}
        past = [row for row in at.milestones if row.agreed_due < month.day]
        ahead = [row for row in at.milestones if row.forecast_due > row.agreed_due >= month.day]
        assert (month.overdue, month.expected_late) == (len(past), len(ahead))


def the_line_of_late_items_has_the_dashboards_figure_of_each_day(data, made, moment, found):
    lead = data.draw(st.sampled_from([None, *(agency.pk for agency in made.agencies)]))
    steps = trends.late_days(made.plan, moment, lead=lead)
    assert all(one[0] < two[0] and one[1] != two[1] for one, two in pairwise(steps))
    for day, count in steps[-4:]:
        for each in {day, day - timedelta(days=1)} if day > steps[0][0] else {day}:
            then = moment if each == moment.on else Moment.end_of(each)
            at = plan_at(made.plan, then).narrowed(pillar=None, lead=lead)
            stated = [number for start, number in steps if start <= each][-1]
            assert stated == sum(item.is_late for item in at.items)
            assert each != day or stated == count


def months_follow_each_other_without_a_gap(data, made, moment, found):
    days = [month.day for month in found.months]
    assert days[-1:] == ([moment.on] if days else [])
    for day, after in zip(days, days[1:], strict=False):
        assert day == month_end(day)
        assert month_end(day + timedelta(days=1)) == month_end(after)


def pillars_and_agencies_each_add_up_to_all_milestones_past_their_date(data, made, moment, found):
    for rows in (found.met_by_pillar, found.met_by_agency):
        for measure in ("original", "agreed"):
            met = [getattr(row, measure) for row in rows]
            total = Met(
                sum(one.on_time for one in met),
                sum(one.late for one in met),
                sum(one.not_yet for one in met),
            )
            assert total == getattr(found.met, measure)
    gone = {item.pk for item in plan_at(made.plan, moment).items if item.stage == "withdrawn"}
    passed = [
        row
        for row in versions(Milestone, moment)
        if row.item_id not in gone
        and row.original_due < moment.on
        and not (row.withdrawn_on and row.withdrawn_on <= moment.on)
    ]
    done = [row for row in passed if row.completed_on and row.completed_on <= moment.on]
    on_time = [row for row in done if row.completed_on <= row.original_due]
    assert found.met.original == Met(
        len(on_time), len(done) - len(on_time), len(passed) - len(done)
    )


def causes_and_agencies_each_add_up_to_the_days_of_all_delays(data, made, moment, found):
    delays = [row for row in versions(Delay, moment) if row.found_on <= moment.on]
    last = {}
    for row in sorted(delays, key=lambda row: (row.due_after, row.id)):
        if by_then(row.ended_on, moment.on) is None:
            last[row.milestone_id] = row.id
    days = sum(
        (max(row.due_after, moment.on) - row.due_before).days
        if row.id in last.values()
        else (row.due_after - row.due_before).days
        for row in delays
    )
    for rows in (found.causes, found.delayed_agencies):
        assert sum(row.days for row in rows) == days
        assert sum(row.delays for row in rows) == len(delays)


RULES = (
    each_month_has_the_dashboards_figures_at_its_end,
    the_line_of_late_items_has_the_dashboards_figure_of_each_day,
    months_follow_each_other_without_a_gap,
    pillars_and_agencies_each_add_up_to_all_milestones_past_their_date,
    causes_and_agencies_each_add_up_to_the_days_of_all_delays,
)


@given(data=st.data())
@some_plans
@pytest.mark.both_databases
def test_every_rule_holds_for_random_plans_at_any_moment(data):
    with undone():
        made, moment = data.draw(plans()), data.draw(moments())
        found = trends.read_trends(made.plan, moment)
        for rule in RULES:
            rule(data, made, moment, found)


# --- examples ---------------------------------------------------------------------------------


def test_a_month_shows_what_was_recorded_at_its_end():
    plan = PlanFactory()
    item = an_item(plan, 2010, 5, 3, stage="not_started")
    for day in ((2010, 6, 10), (2010, 6, 20)):
        item.stage = "under_way" if day[2] == 10 else "ongoing"
        written(item, noon(*day))
    months = trends.read_trends(plan, JULY).months
    assert [
        (month.day, month.stages["not_started"], month.stages["ongoing"]) for month in months
    ] == [
        (date(2010, 5, 31), 1, 0),
        (date(2010, 6, 30), 0, 1),
        (date(2010, 7, 31), 0, 1),
    ]
    assert {month.stages["under_way"] for month in months} == {0}


def test_a_month_ends_at_midnight_in_new_zealand():
    plan = PlanFactory()
    # A minute past noon in London is past midnight in Wellington.
    an_item(plan, 2010, 5, 3)
    written(
        WorkItemFactory.build(plan=plan, pillar=pillar_of(plan)),
        datetime(2010, 5, 31, 12, 1, tzinfo=UTC),
    )
    may, *_ = trends.read_trends(plan, JULY).months
    assert (may.day, may.items) == (date(2010, 5, 31), 1)


def test_a_milestone_is_expected_late_until_its_agreed_date_and_overdue_after_it():
    plan = PlanFactory()
    item = an_item(plan, 2010, 4, 1)
    milestone = a_milestone(
        item, 2010, 4, 1, original_due=date(2010, 5, 31), forecast_due=date(2010, 7, 1)
    )
    milestone.completed_on = date(2010, 7, 31)
    written(milestone, noon(2010, 7, 31))
    assert [(m.expected_late, m.overdue) for m in trends.read_trends(plan, JULY).months] == [
        (1, 0),
        (1, 0),
        (0, 1),
        (0, 0),
    ]


def test_an_item_counts_in_its_pillar_at_the_time():
    plan = PlanFactory()
    item = an_item(plan, 2010, 6, 1)
    first, second = item.pillar, PillarFactory(plan=plan, number=2)
    item.pillar = second
    written(item, noon(2010, 7, 5))
    counts = [
        [month.items for month in trends.read_trends(plan, JULY, pillar=pillar.pk).months]
        for pillar in (first, second)
    ]
    assert counts == [[1, 0], [0, 1]]


@pytest.mark.both_databases
def test_an_item_that_returns_to_an_earlier_stage_counts_there_again():
    plan = PlanFactory()
    item = an_item(plan, 2010, 5, 3, stage="under_way")
    for month, stage in ((6, "ongoing"), (7, "under_way")):
        item.stage = stage
        written(item, noon(2010, month, 10))
    months = trends.read_trends(plan, JULY).months
    assert [month.stages["under_way"] for month in months] == [1, 0, 1]


def test_a_plan_without_items_has_no_months():
    found = trends.read_trends(PlanFactory(), JULY)
    assert (found.months, found.causes, found.met.original) == ([], [], Met())


def test_months_start_with_the_first_item_however_long_ago():
    plan = PlanFactory()
    an_item(plan, 2001, 3, 10)
    months = trends.read_trends(plan, JULY).months
    assert (months[0].day, len(months)) == (date(2001, 3, 31), 113)


def test_months_of_an_ended_plan_stop_after_the_last_change():
    plan = PlanFactory(ends_on=date(2010, 5, 15))
    item = an_item(plan, 2009, 11, 2)
    a_milestone(item, 2009, 11, 2, original_due=date(2010, 8, 31))
    found = trends.read_trends(plan, Moment.end_of(date(2020, 1, 15)))
    # The milestone becomes overdue on 1 September.
    assert (found.ended_on, found.now.day) == (date(2010, 9, 30), date(2010, 9, 30))
    assert found.now.overdue == 1
    assert "the months stop at 30 September 2010" in trend_words.record(found)


def test_days_of_delay_count_between_its_two_dates_or_to_the_day_once_the_last_has_passed():
    plan = PlanFactory()
    item = an_item(plan, 2010, 5, 1)
    milestone = a_milestone(
        item,
        2010,
        5,
        1,
        original_due=date(2010, 6, 30),
        responsible_agency=AgencyFactory(short_name="DoL"),
    )
    for number, cause, until in ((1, "funding", 31), (2, "staffing", 10), (3, "funding", 1)):
        written(
            DelayFactory.build(
                milestone=milestone, number=number, cause=cause, found_on=date(2010, 6, 1),
                due_before=date(2010, 6, 30), due_after=date(2010, 6, 30) + timedelta(days=until),
                ended_on=date(2010, 6, 20) if number == 1 else None,
            ),
            noon(2010, 6, 2),
        )  # fmt: skip
    found = trends.read_trends(plan, JULY)
    assert [(row.label, row.days, row.delays) for row in found.causes] == [
        ("Funding", 32, 2),
        ("Staffing", 31, 1),
    ]
    assert [(row.label, row.days) for row in found.delayed_agencies] == [("DoL", 63)]
    assert (
        trend_words.delays_finding(found) == "Funding caused 32 of 63 days of delay, open and ended"
    )


def test_a_milestone_met_by_its_later_agreed_date_counts_as_on_time():
    plan = PlanFactory()
    item = an_item(plan, 2010, 4, 1)
    milestone = a_milestone(item, 2010, 4, 1, original_due=date(2010, 5, 31))
    written(
        MilestoneFactory.build(item=item, number=2, original_due=date(2010, 7, 31)),
        noon(2010, 4, 1),
    )
    milestone.completed_on = date(2010, 6, 2)
    written(milestone, noon(2010, 6, 2))
    met = trends.read_trends(plan, JULY).met
    # The second is due on the day itself, so its date has not passed.
    assert (met.original, met.agreed) == (Met(0, 1, 0), Met(0, 1, 0))


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_three_items_as_for_one(
    client, django_assert_num_queries, count
):
    found = scene()
    for _ in range(count - 1):
        item = an_item(found.plan, 2010, 5, 1)
        DelayFactory(milestone=a_milestone(item, 2010, 5, 1))
    client.force_login(found["observer"])
    # transactions (4) and session (2); user, seats, plans; pillars and agencies of the bar; five of the figures; meetings, briefings
    with django_assert_num_queries(18):
        response = client.get("/plans/plan-of-action/dashboard/trends/")
    assert response.status_code == 200


def test_the_page_gives_each_figure_in_text_and_in_a_table(client):
    with time_machine.travel(datetime(2010, 7, 30, tzinfo=UTC)):
        found = scene()
        client.force_login(found["observer"])
        page = client.get("/plans/plan-of-action/dashboard/trends/").content.decode()
    assert "At 30 July 2010, 0 of 2 work items were complete." in page
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') == 2 * 2
    assert page.count("as a table</summary>") == 2
    assert re.search(r"\d+ days in \d delay", page)


def trends_of(*months, **others):
    """Return trends of these months: (day, complete, overdue, expected late) of 9 items each."""
    none = Met()
    figures = [
        MonthFigures(
            day=day,
            stages=dict.fromkeys(Stage, 0)
            | {Stage.COMPLETE: complete, Stage.ONGOING: 9 - complete},
            overdue=overdue,
            expected_late=late,
        )
        for day, complete, overdue, late in months
    ]
    fields = {
        "on": figures[-1].day, "months": figures, "ended_on": None, "causes": [],
        "delayed_agencies": [], "met": MetBy("All", none, none), "met_by_pillar": [],
        "met_by_agency": [],
    }  # fmt: skip
    return Trends(**(fields | others))


MAY, IN_JULY = date(2010, 5, 31), date(2010, 7, 30)


@pytest.mark.parametrize(
    ("before", "now", "stages", "lateness"),
    [
        (
            (1, 1, 1), (3, 4, 3),
            "Complete items rose from one to three of nine between May and July 2010",
            "Late milestones rose from two to seven between May and July 2010",
        ),
        (
            (3, 4, 3), (3, 1, 0),
            "Complete items stayed at three of nine since May 2010",
            "Late milestones fell from seven to one between May and July 2010",
        ),
        (
            (0, 0, 0), (0, 0, 0),
            "No complete items since May 2010", "No late milestones since May 2010",
        ),
    ],
)  # fmt: skip
def test_a_heading_says_what_a_figure_shows(before, now, stages, lateness):
    found = trends_of((MAY, *before), (IN_JULY, *now))
    assert trend_words.stages_finding(found) == stages
    assert trend_words.lateness_finding(found) == lateness


def test_complete_items_are_counted_of_those_that_the_plan_had_in_that_month():
    found = trends_of((MAY, 1, 0, 0), (date(2010, 6, 30), 3, 0, 0), (IN_JULY, 3, 0, 0))
    found.months[-1].stages[Stage.NOT_STARTED] += 1
    assert trend_words.stages_finding(found) == (
        "Complete items rose from one to three of nine between May and June 2010"
    )


def test_a_heading_names_the_months_between_which_a_figure_moved():
    ends = [date(2009, 11, 30), date(2009, 12, 31), date(2010, 1, 31), date(2010, 2, 28)]
    rows = [(day, 0, late, 0) for day, late in zip(ends, (0, 0, 2, 2), strict=True)]
    assert trend_words.lateness_finding(trends_of(*rows)) == (
        "Late milestones rose from none to two between December 2009 and January 2010"
    )


def test_headings_of_delays():
    found = trends_of((IN_JULY, 0, 0, 0))
    assert trend_words.lateness_finding(found) == "Late milestones: 0"
    assert trend_words.delays_finding(found) == "No delay is recorded"
    causes = [DelayDays("Consultation", 40, 2), DelayDays("Funding", 10, 1)]
    found = trends_of((IN_JULY, 0, 0, 0), causes=causes)
    assert (
        trend_words.delays_finding(found)
        == "Consultation caused 40 of 50 days of delay, open and ended"
    )
    one = trends_of((IN_JULY, 0, 0, 0), causes=causes[1:])
    assert trend_words.delays_finding(one) == "10 days in 1 delay, open or ended"


def test_a_plan_without_items_says_so_instead_of_charts(client):
    found = scene()
    client.force_login(found["other plan's coordinator"])
    page = client.get("/plans/another-plan/dashboard/trends/").content.decode()
    assert "No work items yet." in page
    assert "<svg xmlns" not in page


def test_an_invalid_day_is_refused_beside_its_field(client):
    client.force_login(scene()["observer"])
    response = client.get("/plans/plan-of-action/dashboard/trends/?at=yesterweek")
    assert response.status_code == 422
