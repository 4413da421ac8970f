"""Test that a supporting agency proposes a status, the lead accepts it in its return, and its
approver submits it; at two widths."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.returns import owed
from tests.factories import AgencyFactory, MemberFactory, SeatFactory, SupportFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_supporting_agency_proposes_and_the_lead_accepts(
    page, live_server, sign_in, assert_accessible
):
    scene = owed(count=1)
    (item,) = scene.items
    customs = AgencyFactory(short_name="Customs", name="New Zealand Customs Service")
    MemberFactory(plan=item.plan, agency=customs)
    SupportFactory(item=item, agency=customs)
    helper = SeatFactory(user__name="Customs contributor", agency=customs).user
    item_page = live_server.url + item.get_absolute_url()

    sign_in(helper)
    page.goto(item_page)
    page.get_by_role("link", name="Propose a status").click()
    expect(page.get_by_role("button", name="Send the proposal")).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Send the proposal").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Ongoing").check()
    page.get_by_label("At risk").check()
    page.get_by_label("Why the status should change").fill("The ships come each week now.")
    page.get_by_role("button", name="Send the proposal").click()
    expect(page.get_by_role("status")).to_contain_text("Proposed to Police.")
    expect(page.get_by_text("With Police, which sets the status.")).to_be_visible()
    assert_accessible()

    sign_in(scene.contributor)
    page.goto(live_server.url)
    page.get_by_role("link", name=f"Customs proposes a status for item {item.number}").click()
    expect(page.get_by_text("Part of Police’s return for This round")).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Accept the proposal").click()
    expect(page.get_by_role("status")).to_contain_text("saved in the return for This round")
    expect(page.get_by_text("Not submitted yet:")).to_be_visible()
    assert_accessible()
    item.refresh_from_db()
    assert item.stage != "ongoing"

    # The same answer, on the return's page.
    page.get_by_role("link", name="Open the return").click()
    page.wait_for_load_state()  # before its script, nothing saves by itself
    section = page.locator(f'[id="item-{item.number}"]')
    expect(section.get_by_label("Ongoing")).to_be_checked()
    expect(section.get_by_label("At risk")).to_be_checked()
    section.get_by_label("Achieved in this period").fill("Ships are searched each week.")
    expect(section.locator("[data-state]")).to_have_text(re.compile("^Saved at "))

    # A milestone's page writes into the return as well.
    page.goto(f"{item_page}milestones/{scene.overdue.number}/")
    expect(page.get_by_text("Part of Police’s return for This round")).to_be_visible()
    assert_accessible()

    sign_in(helper)
    page.goto(item_page)
    expect(page.get_by_text("Proposal of Customs: accepted")).to_be_visible()
    expect(page.get_by_text("In Police’s return, not submitted yet:")).to_have_count(0)
