"""All plans of a reader side by side, each counted as on its dashboard."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from reports.document import to_json
from reports.portfolio.last_papers import paper_rows
from reports.portfolio.side_by_side import COLUMNS, plan_rows
from reports.progress.dashboard import read_dashboard
from reports.progress.view import PlanView
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    IssuedPaperFactory,
    MilestoneFactory,
    OfficeSeatFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.reports import sample
from workitems.plan.asat import Moment

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 1)
PLANS, DUE = reverse("portfolio:plans"), reverse("portfolio:due")


def filled(plan, agency, *, late):
    """Give the plan items of the agency, of which so many are late key items."""
    for number in range(3):
        due = TODAY - timedelta(days=30) if number < late else TODAY + timedelta(days=300)
        item = WorkItemFactory(
            plan=plan, number=f"1.{number + 1}", lead_agency=agency, stage="under_way", is_key=True
        )
        MilestoneFactory(item=item, original_due=due)
    return plan


def counted(row):
    return {figure.kind: figure.count for figure in row.figures} | {"all": row.total}


def test_each_plan_has_the_figures_of_its_dashboard_and_its_late_key_items(plan, police):
    filled(plan, police, late=2)
    other = filled(PlanFactory(members=[police]), police, late=0)
    rows = plan_rows([other, plan], TODAY, TODAY)  # the worst is first
    assert [counted(row) for row in rows] == [
        {"late": 2, "in_doubt": 0, "on_time": 1, "complete": 0, "all": 3},
        {"late": 0, "in_doubt": 0, "on_time": 3, "complete": 0, "all": 3},
    ]
    numbers = [[item.number for item, _url in row.late_key_items] for row in rows]
    assert numbers == [["1.1", "1.2"], []]
    view = PlanView(plan=plan, at=Moment.today(TODAY))
    assert rows[0].dashboard.finding == read_dashboard(view).finding


def test_the_figures_of_a_month_ago_stand_beside_todays(client, plan, police):
    with time_machine.travel(datetime(2026, 9, 1, tzinfo=UTC)):
        filled(plan, police, late=2)  # due on 1 November, at whose end they are not late yet
        MilestoneFactory(item=plan.items.get(number="1.3"), original_due=date(2026, 10, 1))
    (row,) = plan_rows([plan], TODAY, TODAY)
    assert {figure.kind: (figure.was, figure.count) for figure in row.figures} == {
        "late": (1, 3), "in_doubt": (0, 0), "on_time": (2, 0), "complete": (0, 0),
    }  # fmt: skip
    assert row.dashboard.finding == (
        "Three of three work items are late, two more than on 1 November: 1.1 and 1.2 became late."
    )
    view = PlanView(plan=plan, at=Moment.today(TODAY), since=Moment.end_of(date(2026, 11, 1)))
    whole = read_dashboard(view)
    assert whole.finding == row.dashboard.finding
    assert [each for each in whole.figures if each.kind in COLUMNS] == row.figures
    client.force_login(SeatFactory(agency=police).user)
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC)):
        page = " ".join(client.get(PLANS).content.decode().split())
    assert "was 1</span>" in page
    assert "Since 1 November 2026: 2 became late, 2 fell overdue." in page
    assert f'href="{whole.view.link("changes")}"'.replace("&", "&amp;") in page


@pytest.mark.parametrize(
    ("adopted_on", "since"),
    [(date(2026, 11, 1), date(2026, 11, 1)), (date(2026, 11, 2), None)],
)
def test_a_plan_that_was_adopted_within_the_month_is_compared_with_nothing(
    police, adopted_on, since
):
    plan = PlanFactory(members=[police], adopted_on=adopted_on)
    (row,) = plan_rows([plan], TODAY, TODAY)
    assert row.since == since


def test_of_what_is_on_time_it_says_how_many_dates_can_no_longer_be_met(client, plan, police):
    filled(plan, police, late=0)
    waiting, other, _last = plan.items.order_by("number")
    late = MilestoneFactory(item=other, number=2, original_due=TODAY + timedelta(days=400))
    WaitFactory(milestone=waiting.milestones.get(), waits_for=late)
    (row,) = plan_rows([plan], TODAY, TODAY)
    assert (row.cannot_be_met, counted(row)["on_time"]) == (1, 3)
    client.force_login(SeatFactory(agency=police).user)
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC)):
        assert "1 can no longer be met" in client.get(PLANS).text


def test_a_ministers_office_is_told_where_its_papers_are(client, plan):
    client.force_login(OfficeSeatFactory(portfolio=plan.portfolio).user)
    assert ["You read no plan." in client.get(page).text for page in (PLANS, DUE)] == [True, True]


def test_a_ministers_office_sees_the_figures_of_the_last_paper_about_each_plan(
    client, plan, django_assert_num_queries
):
    """What is late since, it reads in the next paper."""
    earlier, last = (
        IssuedPaperFactory(
            briefing=BriefingFactory(
                plan=plan, state="with_minister", dated=day, tracker_number=f"{day:%y}/1"
            ),
            document=to_json(document),
            portfolio=plan.portfolio,
            authorised_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )
        for day, document in (
            (date(2025, 8, 1), sample.document()),
            (date(2026, 8, 1), sample.document()),
        )
    )
    of_another = IssuedPaperFactory(portfolio="Minister of something else")
    with django_assert_num_queries(2):
        (row,) = paper_rows({plan.portfolio}, TODAY)
    assert (row.issued, of_another.portfolio == plan.portfolio) == (last, False)
    assert [each.issued for each in paper_rows({plan.portfolio}, date(2026, 1, 1))] == [earlier]
    assert [each.number for each in row.late] == ["1.1", "1.2"]
    client.force_login(OfficeSeatFactory(portfolio=plan.portfolio).user)
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC)):
        page = client.get(PLANS)
    assert f'<td class="number" data-label="All items">{len(row.items)}</td>' in page.text
    assert last.get_absolute_url() in page.text


def test_a_plan_that_has_ended_stands_last_as_at_its_end(plan, police):
    ended = filled(
        PlanFactory(members=[police], ends_on=TODAY - timedelta(days=10)), police, late=1
    )
    rows = plan_rows([ended, plan], TODAY, TODAY)
    assert [(row.plan, row.has_ended) for row in rows] == [(plan, False), (ended, True)]
    assert (rows[1].dashboard.view.at.on, rows[1].since) == (ended.ends_on, None)


def test_ended_plans_stand_apart_from_those_that_go_on(client, plan, police):
    PlanFactory(title="The last plan", members=[police], ends_on=date(2015, 1, 1))
    client.force_login(SeatFactory(agency=police).user)
    going_on, ended = client.get(PLANS).content.decode().split('<h2 id="ended">Ended plans</h2>')
    assert (plan.title in going_on, "The last plan" in ended.split("</section>")[0]) == (True, True)


def test_on_a_day_before_its_adoption_a_plan_is_not_there(plan):
    assert plan_rows([plan], plan.adopted_on - timedelta(days=1), TODAY) == []
    assert [row.plan for row in plan_rows([plan], plan.adopted_on, TODAY)] == [plan]


def test_the_page_shows_only_plans_that_one_reads(client, plan, police):
    secret = PlanFactory(title="A plan of others")
    client.force_login(SeatFactory(agency=police).user)
    page = client.get(PLANS).content.decode()
    assert (plan.title in page, secret.title in page) == (True, False)


def test_a_day_that_is_none_is_said_at_its_field_and_today_is_shown(client, plan, police):
    client.force_login(SeatFactory(agency=police).user)
    response = client.get(PLANS, {"at": "31 December 2099"})
    assert (response.status_code, "Choose a day up to today." in response.content.decode()) == (
        422,
        True,
    )
    assert plan.title in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_items(
    count, client, plan, police, django_assert_num_queries
):
    for number in range(count):
        item = WorkItemFactory(plan=plan, lead_agency=police, number=f"1.{number + 1}")
        MilestoneFactory(item=item)
    client.force_login(SeatFactory(agency=police).user)
    client.get("/plans/")  # the first page of a session writes when it began
    with django_assert_num_queries(20):
        client.get(PLANS)


def test_rounds_that_fall_together_are_told_to_who_reads_both_plans(client, plan, police):
    other = PlanFactory(title="Another plan", members=[police])
    for of, due_on in ((plan, TODAY), (other, TODAY + timedelta(days=3))):
        ReturnFactory(round=RoundFactory(plan=of, due_on=due_on), agency=police)
    client.force_login(SeatFactory(agency=police).user)
    says = "Police owes two returns within three days"
    assert [says in client.get(page).text for page in (PLANS, DUE)] == [True, True]
    assert says not in client.get(PLANS, {"at": "1 November 2026"}).text
    client.force_login(SeatFactory(agency=AgencyFactory(), role="observer").user)
    assert says not in client.get(PLANS).text
