"""Test which items an auditor could not judge, in words, and that a plan is adopted all the same only with a reason."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import (
    MeasureFactory,
    MilestoneFactory,
    PlanFactory,
    SeatFactory,
    TargetFactory,
    WorkItemFactory,
)
from workitems.measures.readiness import Needs, readiness, readiness_of


def needs(number, **values):
    return Needs(
        number, **{"targets": 1, "without_baseline": 0, "is_dated": True, "untested": 0, **values}
    )


def test_a_plan_that_can_be_judged_says_nothing():
    assert readiness([needs("1.1")]).named == ""
    assert readiness([]).named == ""


def test_each_reason_names_its_items():
    found = readiness(
        [
            needs("1.1"),
            needs("1.7", is_dated=False),
            needs("2.4", targets=0),
            needs("3.1", targets=0, untested=1),
            needs("4.1", without_baseline=1),
            *(needs(f"5.{each}", untested=2) for each in (2, 3)),
        ]
    )
    assert found.counted == "An auditor could not yet judge 6 of 7 items by their targets and dates"
    assert found.named == (
        "2.4 and 3.1 have no target; 4.1 does not say how it was before the plan; 1.7 has no date; "
        "3.1, 5.2 and 5.3 do not say when a milestone is done"
    )


def test_of_many_items_the_first_are_named():
    found = readiness([needs(f"1.{each}", targets=0) for each in range(1, 13)])
    named = ", ".join(f"1.{each}" for each in range(1, 11))
    assert (
        found.counted == "An auditor could not yet judge 12 of 12 items by their targets and dates"
    )
    assert found.named == f"{named} and 2 more have no target"


@pytest.mark.django_db
def test_the_link_to_set_up_measures_leads_to_where_an_item_gets_its_first(police, client_of):
    made = PlanFactory(coordinating_agency=police, adopted_on=None)
    bare = WorkItemFactory(plan=made, lead_agency=police, number="1.1")
    MeasureFactory(item=WorkItemFactory(plan=made, lead_agency=police, number="1.2"))
    client = client_of(SeatFactory(agency=police, role="coordinator").user)
    register = reverse("measures:register", args=[made.slug])
    page = client.get(register)
    assert list(page.context["unmeasured"]) == [bare]
    assert reverse("plans:add-measure", args=[made.slug, "1.1"]) in page.text
    making = client.get(made.get_absolute_url()).text
    assert f'href="{register}">Set up measures and targets</a>' in making
    assert "ready for an audit" not in making
    adopted = PlanFactory(coordinating_agency=police)
    WorkItemFactory(plan=adopted, lead_agency=police, number="1.1")
    assert client.get(reverse("measures:register", args=[adopted.slug])).context["unmeasured"] == []
    assert "See the measures</a>" in client.get(adopted.get_absolute_url()).text


@pytest.fixture
def ready(police):
    plan = PlanFactory(coordinating_agency=police)
    item = WorkItemFactory(plan=plan, lead_agency=police, number="1.1")
    MilestoneFactory(item=item, done_means="Six have signed.")
    measure = MeasureFactory(
        item=item,
        kind="level",
        as_told="the number of staff",
        baseline=3,
        baseline_on=date(2009, 7, 1),
    )
    TargetFactory(measure=measure)
    return plan


@pytest.mark.django_db
def test_it_is_read_from_the_plan(ready, police):
    assert readiness_of(ready).named == ""
    item = WorkItemFactory(plan=ready, lead_agency=police, number="1.2")
    WorkItemFactory(plan=ready, lead_agency=police, number="1.3", stage="withdrawn")
    assert [*readiness_of(ready).unready] == ["1.2"]
    item.timeframe = "ongoing"
    item.save()
    assert readiness_of(ready).reasons == [("has no target", ["1.2"])]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_three_queries_for_any_number(ready, police, count, django_assert_num_queries):
    for each in range(count):
        WorkItemFactory(plan=ready, lead_agency=police, number=f"2.{each}")
    with django_assert_num_queries(3):
        assert len(readiness_of(ready).unready) == count


@pytest.mark.django_db
def test_the_line_stays_on_the_plans_page_and_is_not_on_the_dashboard(ready, police, client):
    WorkItemFactory(plan=ready, lead_agency=police, number="1.2")
    count = "An auditor could not yet judge 1 of 2 items by their targets and dates"
    says = f"<p>{count}: 1.2 has no target; 1.2 has no date.</p>"
    for role in ("coordinator", "observer"):
        client.force_login(SeatFactory(agency=police, role=role).user)
        page = client.get(ready.get_absolute_url()).text
        assert says in page
        assert (
            f'{reverse("workitems:detail", args=[ready.slug, "1.2"])}">1.2</a> has no target.'
            in page
        )
        assert count not in client.get(f"{ready.get_absolute_url()}dashboard/").text
