"""Test the item list and an item's page as at a past day, by keyboard and with axe."""

from datetime import date

import pytest
from playwright.sync_api import expect

from agencies.models import Seat
from agencies.typed.asking import ENTER_A_DATE
from tests.factories import MilestoneFactory, PlanFactory, SeatFactory, WorkItemFactory
from tests.scenery import without_decisions

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_list_and_an_item_on_a_past_day_can_be_opened_by_keyboard(
    page, live_server, sign_in, assert_accessible
):
    plan = PlanFactory()
    item = WorkItemFactory(plan=plan, number="1.2", title="Print a brochure")
    MilestoneFactory(item=item, original_due=date(2010, 6, 30))
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.OBSERVER).user)

    page.goto(f"{live_server.url}/plans/{plan.slug}/items/")
    field = page.get_by_role("textbox", name="As at")
    field.fill("soon")
    field.press("Enter")
    expect(field).to_have_value("soon")
    expect(page.get_by_text(str(ENTER_A_DATE))).to_be_visible()
    assert_accessible()
    field.fill("30 July 2010")
    field.press("Enter")
    expect(page.get_by_text("The plan had no work items on that day.")).to_be_visible()
    assert_accessible()
    page.get_by_role("link", name="Back to today").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Print a brochure").focus()
    page.keyboard.press("Enter")
    page.locator("summary", has_text="More").last.press("Enter")
    page.locator("summary", has_text="As at another day").press("Enter")
    field.fill("30 July 2010")
    field.press("Enter")
    expect(page.get_by_text("The plan did not have this item on that day.")).to_be_visible()
    assert_accessible()
    page.get_by_role("link", name="Show the item today").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Print a brochure")).to_be_visible()
    expect(page.get_by_text("Back to today")).to_have_count(0)
    plan.ends_on = date(2012, 6, 30)
    with without_decisions():
        plan.save()
    page.goto(f"{live_server.url}/plans/{plan.slug}/items/")
    ended = page.get_by_text("This plan ended on 30 June 2012. It is shown as it stood then.")
    expect(ended).to_be_visible()
    assert_accessible()
    field.fill("30 July 2010")
    field.press("Enter")
    page.get_by_role("link", name="Back to the end of the plan").click()
    expect(ended).to_be_visible()
