"""Test changing kinds of briefing in a real browser, without JavaScript and with axe."""

import pytest
from playwright.sync_api import expect

from tests.cast import scene

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "{plan} is reported on each year.\n\n- by **all** its agencies"
PRINTED = "The Plan of Action is reported on each year."


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_standing_text_is_previewed_saved_and_printed_in_the_next_briefing(
    page, live_server, sign_in
):
    people = scene()
    begun = people.briefing
    sign_in(people["coordinator"])
    page.goto(f"{live_server.url}/plans/plan-of-action/briefings/")
    page.get_by_role("link", name="Kinds of briefing").click()
    page.get_by_role("link", name="Annual report").click()
    expect(page.get_by_text("1 briefing is drafted as this kind.")).to_be_visible()
    page.get_by_role("link", name="Change “Purpose”").click()

    # Unprintable text is an error at the field, and the input is kept.
    page.get_by_label("Standing text").fill("See {12}.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("Standing text")).to_have_value("See {12}.")
    expect(page.locator(".field-error")).to_contain_text("nothing that a briefing fills in")

    page.get_by_label("Standing text").fill(TEXT)
    page.get_by_role("button", name="Preview").click()
    beside = page.get_by_role("region", name="With what you typed")
    expect(beside).to_contain_text("Not saved yet.")
    expect(beside.get_by_text(PRINTED)).to_be_in_viewport()
    expect(beside.get_by_text("Kia ora.")).to_have_count(0)
    page.get_by_role("button", name="Save the section").click()
    expect(page.get_by_role("region", name="As it would print today")).to_contain_text(PRINTED)

    page.goto(f"{live_server.url}/plans/plan-of-action/briefings/new/")
    page.get_by_label("Annual report", exact=True).check()
    page.get_by_label("Tracker number").fill("11/1")
    page.get_by_role("button", name="Draft the briefing").click()
    expect(page.get_by_role("article", name="The paper")).to_contain_text(PRINTED)
    page.goto(live_server.url + begun.get_absolute_url())
    expect(page.get_by_text(PRINTED)).to_have_count(0)
    expect(page.get_by_text("This paper tells you of progress.")).to_be_visible()


def test_standing_text_is_edited_as_it_prints(page, live_server, sign_in, assert_accessible):
    people = scene()
    sign_in(people["coordinator"])
    page.goto(f"{live_server.url}{people.briefing.kind.get_absolute_url()}sections/purpose/")
    page.get_by_label("Standing text").click()
    surface = page.get_by_role("textbox", name="Standing text")
    expect(surface).to_have_attribute("contenteditable", "true")
    expect(surface).to_be_focused()
    surface.press("Control+a")
    for text in ("{plan} has **two** aims:", "- to prevent", "to protect"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert_accessible()
    page.get_by_role("button", name="Preview").click()
    beside = page.get_by_role("region", name="With what you typed")
    expect(beside).to_contain_text("The Plan of Action has two aims:")
    expect(beside.locator("li").filter(has_text="to protect").last).to_be_visible()
    expect(page.get_by_label("Standing text")).to_have_value(
        "{plan} has **two** aims:\n- to prevent\n- to protect"
    )
    page.get_by_label("Standing text").fill("See {12}.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".field-error")).to_have_count(1)
    assert_accessible()
