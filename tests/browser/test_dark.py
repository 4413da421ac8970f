"""Test dark pages: with axe, by the device and by choice, and that paper stays light."""

from datetime import date

import pytest
from playwright.sync_api import expect

from agencies.models import Seat
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    RiskFactory,
    SeatFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
GROUND = "getComputedStyle(document.body).backgroundColor"
DARK, LIGHT = "rgb(16, 24, 30)", "rgb(255, 255, 255)"


@pytest.fixture
def plan():
    plan = PlanFactory()
    item = WorkItemFactory(plan=plan, number="1.1", confidence="at_risk", stage="under_way")
    late = MilestoneFactory(item=item, original_due=date(2010, 6, 30))
    MilestoneFactory(item=item, original_due=date(2010, 5, 30), completed_on=date(2010, 7, 30))
    MitigationFactory(delay=DelayFactory(milestone=late))
    RiskFactory(plan=plan, item=item, escalated_to="group", escalated_on=date(2010, 6, 1))
    return plan


def test_pages_are_readable_in_the_dark(page, live_server, sign_in, plan, accessibility_faults):
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user)
    page.emulate_media(color_scheme="dark")
    for path in (
        "dashboard/", "items/", "items/1.1/", "items/1.1/review/", "dashboard/trends/",
        "dashboard/timeline/", "risks/", "meetings/call/", "",
    ):  # fmt: skip
        page.goto(f"{live_server.url}/plans/{plan.slug}/{path}")
        assert page.evaluate(GROUND) == DARK
        assert accessibility_faults(page) == [], path
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(GROUND) in (LIGHT, "rgba(0, 0, 0, 0)")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_a_person_chooses_dark_pages(page, live_server, sign_in, plan):
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.OBSERVER).user)
    page.goto(f"{live_server.url}/plans/{plan.slug}/items/")
    assert page.evaluate(GROUND) == LIGHT
    page.locator(".masthead-person").click()
    page.get_by_role("link", name="Light or dark").click()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save the colours").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Work items")
    assert page.evaluate(GROUND) == DARK
