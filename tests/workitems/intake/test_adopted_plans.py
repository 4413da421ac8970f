"""Test what of a plan changes after its adoption, and what is looked at before."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    SeatFactory,
    WorkItemFactory,
)
from workitems.intake.plan_making import doubtful

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 27)


@pytest.fixture
def labour():
    return AgencyFactory(short_name="Labour")


@pytest.fixture
def coordinator(labour, client):
    user = SeatFactory(agency=labour, role=Seat.Role.COORDINATOR).user
    client.force_login(user)
    return user


@pytest.fixture
def plan(labour):
    return PlanFactory(coordinating_agency=labour, portfolio="Minister of Jusitce")


def typed(plan, **more):
    return {
        "version": plan.version,
        "portfolio": plan.portfolio,
        "background": plan.background,
        "copied_to": plan.copied_to,
        "reason": "It was misspelt.",
    } | more


def test_portfolio_and_working_group_of_an_adopted_plan_change_with_a_reason(
    client, plan, coordinator
):
    police = AgencyFactory(short_name="Police")
    AppointmentFactory(portfolio="Minister of Justice")
    address = reverse("plans:about", args=[plan.slug])
    assert "Recorded under Ministers: Minister of Justice." in client.get(address).text
    sent = typed(plan, portfolio="minister of justice", joining=[police.pk])
    assert client.post(address, sent).status_code == 302
    plan.refresh_from_db()
    assert plan.portfolio == "Minister of Justice"
    assert set(plan.members.values_list("agency__short_name", flat=True)) == {"Labour", "Police"}
    page = client.get(reverse("plans:history", args=[plan.slug])).text
    assert "changed the portfolio of the plan" in page
    assert "It was misspelt." in page


def test_it_needs_a_reason_and_the_version_that_was_shown(client, plan, coordinator):
    address = reverse("plans:about", args=[plan.slug])
    assert client.post(address, typed(plan, reason="")).status_code == 422
    assert client.post(address, typed(plan, portfolio="Minister of Justice")).status_code == 302
    page = client.post(address, typed(plan, portfolio="Minister of Police"))
    assert page.status_code == 422
    assert page.context["form"].other_side() == [("Portfolio", "Minister of Justice")]


def test_the_pages_of_making_say_that_the_plan_is_adopted(client, plan, coordinator):
    page = client.get(reverse("plans:change", args=[plan.slug]))
    assert page.status_code == 403
    assert f"This plan was adopted on {plan.adopted_on:%-d %B %Y}." in page.text


def test_what_a_coordinator_should_look_at_before_adopting_is_named(labour):
    plan = PlanFactory(
        coordinating_agency=labour,
        adopted_on=None,
        released_on=date(2026, 7, 1),
        ends_on=date(2030, 6, 30),
        portfolio="Minister of Jusitce",
    )
    AppointmentFactory(portfolio="Minister of Justice")
    pillar = PillarFactory(plan=plan, number=1)
    days = {"1.1": date(2025, 6, 30), "1.2": date(2031, 6, 30), "1.3": date(2027, 6, 30)}
    for number, day in days.items():
        item = WorkItemFactory(plan=plan, pillar=pillar, number=number, lead_agency=labour)
        MilestoneFactory(item=item, original_due=day)
    for number in ("1.4", "1.5"):
        WorkItemFactory(plan=plan, pillar=pillar, number=number, lead_agency=labour)
    # What goes on for ever or is complete needs none.
    WorkItemFactory(plan=plan, pillar=pillar, number="1.6", lead_agency=labour, timeframe="ongoing")
    WorkItemFactory(
        plan=plan,
        pillar=pillar,
        number="1.7",
        lead_agency=labour,
        stage="complete",
        completed_on=TODAY,
    )
    assert [each.says for each in doubtful(plan, TODAY)] == [
        "No Minister is recorded for the portfolio “Minister of Jusitce”. Recorded: Minister of Justice.",
        "Item 1.1 has a milestone due before the plan’s release or the item’s start.",
        "Item 1.2 has a milestone due after the plan’s last day.",
    ]
