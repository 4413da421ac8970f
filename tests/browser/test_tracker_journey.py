"""An agency's tracker becomes an adopted plan in the browser, with few acts."""

import pytest
from playwright.sync_api import expect

from agencies.models import Seat
from tests.factories import AgencyFactory, SeatFactory
from tests.workitems import trackers
from workitems.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_tracker_becomes_an_adopted_plan(page, live_server, sign_in, assert_accessible):
    mbie = AgencyFactory(short_name="MBIE", name="Ministry of Business, Innovation and Employment")
    AgencyFactory(short_name="Police", name="New Zealand Police")
    AgencyFactory(short_name="Customs", name="New Zealand Customs Service")
    sign_in(SeatFactory(agency=mbie, role=Seat.Role.COORDINATOR).user)
    page.goto(f"{live_server.url}/plans/")
    page.get_by_role("link", name="Start a plan from any spreadsheet").click()
    assert_accessible()
    content = trackers.by_milestone(12)
    page.get_by_label("Spreadsheet").set_input_files(
        {"name": "tracker.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Read the spreadsheet").click()
    expect(page.locator("h1")).to_contain_text("Check the columns")
    assert_accessible()
    page.get_by_label("Title of the plan").fill("Plan against Forced Labour")
    page.get_by_label("Released on").fill("1 July 2025")
    page.get_by_label("Minister’s portfolio").fill("Minister of Immigration")
    page.get_by_role("button", name="See the plan").click()
    expect(page.locator("h1")).to_contain_text("Plan against Forced Labour")
    assert_accessible()
    page.get_by_label("Answer about All agencies").select_option("note")
    page.get_by_role("button", name="Show the plan with these answers").click()
    page.get_by_role("button", name="Import as a plan").click()
    expect(page.locator("main")).to_contain_text("is imported as a plan")
    page.get_by_role("link", name="From the tracker").click()
    assert_accessible()
    page.go_back()
    page.get_by_role("link", name="Adopt the plan").click()
    page.get_by_role("button", name="Adopt the plan").click()
    plan = Plan.objects.get()
    assert (plan.items.count(), plan.adopted_on is not None) == (12, True)
