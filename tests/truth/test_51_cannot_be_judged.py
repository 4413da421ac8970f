"""Rule 51: what has no date ahead cannot be judged, whatever its agency says; it is not on time."""

from datetime import date

import pytest
from django.utils.timezone import localdate

from reports.compose import compose
from reports.drafting.cover import draft
from reports.models import PublicProgress
from reports.progress import dashboard
from reports.progress.published_content import content_of
from reports.progress.view import PlanView
from tests.api.programs import program_of
from tests.factories import (
    AppointmentFactory,
    MilestoneFactory,
    PillarFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import TODAY
from workitems.desk.to_dos import lines_for
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.terms.additions import NewMilestone
from workitems.terms.known_dates import known

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(plan, police):
    """An item without anything, one with a date, and one with a confidence."""
    of_plan = {"plan": plan, "pillar": PillarFactory(plan=plan)}
    items = [
        WorkItemFactory(**of_plan, number=f"1.{n}", lead_agency=police, stage="under_way")
        for n in (1, 2, 3)
    ]
    MilestoneFactory(item=items[1], original_due=date(2011, 6, 30))
    items[2].confidence = "on_track"
    items[2].save()
    return items


def read(plan):
    return dashboard.read_dashboard(PlanView(plan=plan, at=Moment.today(TODAY)))


def test_an_item_without_a_date_ahead_has_a_status_of_its_own(plan, items):
    found = plan_at(plan, Moment.today(TODAY)).items
    assert [item.status for item in found] == ["unjudged", "on_time", "unjudged"]


def test_the_headline_and_the_figures_count_it_by_itself_and_add_up(plan, items):
    page = read(plan)
    assert page.headline == "3 work items: 0 complete, 0 late, 1 on time, 2 cannot be judged."
    assert page.finding == (
        "No work item is late. Two of three work items cannot be judged: they have no open milestone."
    )
    assert sum(figure.count for figure in page.figures) == page.grid.total.count == 3


def test_a_plan_of_which_nothing_is_known_is_not_said_to_go_well(plan, police):
    WorkItemFactory.create_batch(3, plan=plan, lead_agency=police, stage="under_way")
    assert read(plan).finding == (
        "Three of three work items cannot be judged: they have no open milestone."
    )


def test_the_list_of_items_finds_it_by_word_and_shape(plan, items, client_of, contributor):
    page = client_of(contributor).get(f"/plans/{plan.slug}/items/?standing=unjudged")
    assert [row["item"].number for row in page.context["rows"]] == ["1.1", "1.3"]
    assert "Cannot be judged" in page.text
    board = client_of(contributor).get(f"/plans/{plan.slug}/dashboard/").text
    assert 'id="mark-unjudged"' in board


def test_item_page_public_page_annex_and_programs_say_the_same_of_one_whose_agency_is_content(
    plan, items, client_of, contributor
):
    rated = items[2]
    MilestoneFactory(item=rated, original_due=date(2010, 3, 1), completed_on=date(2010, 2, 1))
    page = client_of(contributor).get(rated.get_absolute_url()).text
    shown = content_of(plan, Moment.today(TODAY), [PublicProgress.Part.WORK_ITEMS])["work_items"]
    AppointmentFactory(portfolio=plan.portfolio, from_on=date(2009, 7, 1), to_on=None)
    today = localdate()
    start = date(2009, 7, 31)
    of_today = draft(plan, period_start=start, period_end=today, dated=today, tracker_number="1")
    paper = compose(of_today).annexes[1]
    line = program_of(contributor).get(f"/api/plans/{plan.slug}/items/").json()["results"][2]
    assert 'class="mark mark-unjudged"' in page
    assert [row["status"] for row in shown] == ["unjudged", "on_time", "unjudged"]
    assert paper.pillars[0].rows[2].standing == "Cannot be judged"
    assert line["status"] == "unjudged"


def test_a_plan_without_such_items_has_no_figure_for_them(plan, items):
    for item in (items[0], items[2]):
        MilestoneFactory(item=item, original_due=date(2011, 6, 30))
    assert "unjudged" not in {figure.kind for figure in read(plan).figures}


def test_an_item_whose_milestones_are_cancelled_says_that_none_is_open_and_somebody_is_asked(
    plan, items, client_of, contributor, coordinator
):
    rated = items[2]
    done = MilestoneFactory(item=rated, original_due=date(2010, 3, 1))
    with without_decisions():
        done.withdrawn_on = date(2010, 4, 1)
        done.save()
    page = client_of(contributor).get(rated.get_absolute_url()).text
    assert page.count("None is open.") == 1
    asked = "Item 1.3 has no open milestone: propose one, or say that it is complete"
    for user in (contributor, coordinator):
        assert [each.what for each in lines_for(user, TODAY) if "open" in each.what] == [asked]
    step = NewMilestone(
        number=9,
        description="Printed again",
        due=known(TODAY),
        responsible_agency=rated.lead_agency_id,
    )
    VariationFactory(
        plan=plan,
        item=rated,
        milestone=None,
        kind="milestone",
        adds=step.data,
        due_before=None,
        due_after=None,
    )
    for user in (contributor, coordinator):
        assert [each.what for each in lines_for(user, TODAY) if "open" in each.what] == []
