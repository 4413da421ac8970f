"""Test comparing a draft with an issued paper by keyboard, and the page's accessibility."""

import pytest
from playwright.sync_api import expect

from tests.cast import scene

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_versions_are_compared_by_keyboard(page, live_server, sign_in, assert_accessible):
    found = scene()
    issued = f"{found.issued.pk}-v1"
    sign_in(found["coordinator"])
    page.goto(f"{live_server.url}{found.briefing.get_absolute_url()}")
    page.get_by_role("link", name="Compare", exact=True).click()

    page.get_by_label("With").focus()
    page.keyboard.type("09/1")
    expect(page.get_by_label("With")).to_have_value(issued)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text(
        "From 09/1, version 1 to the draft now"
    )
    assert page.url.endswith(f"compare/?this=now&with={issued}")

    purpose = page.get_by_role("region", name="Purpose").get_by_role("listitem")
    expect(purpose.nth(0)).to_contain_text("Gone Was paragraph 1")
    expect(purpose.nth(1)).to_contain_text("New Paragraph 1")
    expect(page.locator("ins").filter(has_text="[added: ").first).to_be_visible()

    fold = page.locator("summary", has_text="the same").first
    fold.focus()
    page.keyboard.press("Enter")
    expect(fold.locator("..")).to_have_attribute("open", "")
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert_accessible()
