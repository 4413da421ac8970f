"""Test the desk, the list of plans and the page of one, for each kind of user."""

import pytest

from agencies.models import Seat, User
from tests.factories import (
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.workitems.record import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def reader(client_of, contributor):
    return client_of(contributor)


# --- the desk -------------------------------------------------------------------------------


def test_the_desk_links_to_the_form_of_each_to_do(reader, item, of_return):
    MilestoneFactory(item=item, number=3, description="Brochure printed", original_due=TODAY)
    page = reader.get("/")
    lines = [(line.what, line.url) for line in page.context["lines"]]
    assert lines == [
        ("Brochure printed", f"{item.get_absolute_url()}milestones/3/"),
        ("Return for January to June 2010, Police", of_return.get_absolute_url()),
    ]
    for what, url in lines:
        assert f'<a href="{url}">{what}</a>' in page.text
        assert reader.get(url).status_code == 200
    assert "Tuesday 1 June 2010" in page.text


def test_an_empty_desk_says_that_nothing_is_to_do(reader, plan):
    page = reader.get("/").text
    assert "You have nothing to do." in page
    assert f'<a href="/plans/{plan.slug}/dashboard/">Dashboard</a>' in page


def test_the_desk_of_a_user_without_a_seat_says_how_to_get_one(client_of, nobody, plan):
    page = client_of(nobody).get("/").text
    assert "You have no role in a plan yet." in page
    assert plan.title not in page


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Aroha Smith", "Contributor, Customs and Police"),
        ("Contributor", "Customs and Police"),
        ("Police contributor", "Customs"),
    ],
)
def test_the_page_header_says_the_users_roles_once(reader, plan, police, customs, name, place):
    user = User.objects.get(pk=reader.session["_auth_user_id"])
    SeatFactory(user=user, agency=customs, role=Seat.Role.CONTRIBUTOR)
    User.objects.filter(pk=user.pk).update(name=name)
    page = reader.get("/")
    assert page.context["person_place"] == place
    assert page.context["plan_name"] == plan.title
    assert name in page.text


def test_the_page_header_switches_between_a_users_plans(reader, plan, police):
    other = PlanFactory(title="The next plan", members=[police])
    page = reader.get(other.get_absolute_url())
    assert page.context["plan_name"] == "The next plan"
    assert f'<li><a href="{plan.get_absolute_url()}">{plan.title}</a></li>' in page.text
    # The same section of the other plan.
    page = reader.get(f"/plans/{other.slug}/dashboard/")
    assert f'<li><a href="/plans/{plan.slug}/dashboard/">{plan.title}</a></li>' in page.text


# --- the list of plans ----------------------------------------------------------------------


def test_only_plans_that_the_user_may_read_are_listed(reader, plan):
    PlanFactory(title="Secret plan")
    page = reader.get("/plans/")
    assert [row.title for row in page.context["rows"]] == [plan.title]
    assert "Secret plan" not in page.text


@pytest.mark.parametrize(
    ("role", "offered"), [(Seat.Role.COORDINATOR, True), (Seat.Role.APPROVER, False)]
)
def test_coordinators_are_offered_to_start_a_plan(client_of, plan, labour, role, offered):
    page = client_of(SeatFactory(agency=labour, role=role).user).get("/plans/").text
    assert ("Start a plan from a workbook" in page) is offered


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_plans(
    reader, police, count, django_assert_num_queries
):
    PlanFactory.create_batch(count, members=[police])
    reader.get("/")
    # Savepoint and release; session, person, seats and plans.
    with django_assert_num_queries(6):
        assert len(reader.get("/plans/").context["rows"]) == count


# --- one plan -------------------------------------------------------------------------------


def test_the_plan_page_describes_the_plan(reader, plan, item, labour, police):
    page = reader.get(plan.get_absolute_url()).text
    for shown in ["Department of Labour", "New Zealand Police", item.pillar.title, "1 work item"]:
        assert shown in page
    assert f'href="/plans/{plan.slug}/items/?pillar={item.pillar_id}"' in page
    assert f'href="/plans/{plan.slug}/dashboard/"' in page


def test_an_empty_plan_has_a_sentence_instead_of_its_pillars(reader, plan):
    assert "No pillars yet." in reader.get(plan.get_absolute_url()).text


def test_only_the_coordinator_is_offered_the_workbook(client_of, contributor, coordinator, plan):
    def offered(user):
        page = client_of(user).get(plan.get_absolute_url()).text
        return [way for way in ("import", "export") if f"/workbook/{way}/" in page]

    assert offered(coordinator) == ["import", "export"]
    assert offered(contributor) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_plan_page_takes_the_same_queries_for_any_number_of_records(
    reader, plan, police, count, django_assert_num_queries
):
    for item in WorkItemFactory.create_batch(count, plan=plan, lead_agency=police):
        PillarFactory(plan=plan, number=item.pk + 100)
    reader.get("/")
    # Savepoint and release; session, person, seats, plans; pillars, members; whether the reader writes for one.
    # Items, milestones and measures, of which an auditor could not judge some.
    with django_assert_num_queries(12):
        page = reader.get(plan.get_absolute_url())
    assert len(page.context["pillars"]) > count
