"""Test units and who looks after an item in a real browser, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.returns import owed

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_approver_makes_a_unit_and_gives_it_an_item_from_the_return(
    page, live_server, sign_in, assert_accessible
):
    scene = owed(2)
    agency = scene.of_return.agency
    sign_in(scene.approver)
    page.goto(f"{live_server.url}/agencies/{agency.pk}/seats/")
    page.get_by_role("link", name="Add a unit").click()
    page.get_by_role("button", name="Add").click()
    assert_accessible()
    page.get_by_label("Name").fill("Financial Crime Group")
    page.get_by_role("button", name="Add").click()
    assert_accessible()
    page.get_by_role("link", name="Choose a unit").first.click()
    assert_accessible()
    page.get_by_label("Unit").select_option("Financial Crime Group")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Financial Crime Group")
    assert_accessible()

    page.goto(live_server.url + scene.of_return.get_absolute_url())
    page.get_by_role("link", name="Give it to a unit or person").first.click()
    page.get_by_label("By when").fill("tomorrow")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Choose a unit or a person")
    assert_accessible()
    page.get_by_label("Unit").select_option("Financial Crime Group")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".return-given").first).to_contain_text("Financial Crime Group")
    assert_accessible()
    page.get_by_role("link", name="Change who looks after").first.click()
    assert_accessible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".message")).to_contain_text("Nobody in Police looks after item")
