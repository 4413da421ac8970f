"""Test a return whose sections are closed until somebody opens them, with and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.browser.returns import box, owed, section, state
from tests.factories import MilestoneFactory, UpdateFactory
from workitems.models import Milestone
from workitems.returns.return_page import FIRST, WHOLE

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile("^Saved at ")


@pytest.fixture
def scene():
    return owed(WHOLE + 3)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


@pytest.fixture
def closed(scene):
    """The first item without fields."""
    return scene.items[FIRST]


def test_each_next_unanswered_item_opens_and_is_answered_by_keyboard(
    page, scene, address, sign_in, assert_accessible
):
    Milestone.objects.filter(pk=scene.overdue.pk).update(completed_on=scene.overdue.agreed_due)
    sign_in(scene.contributor)
    page.goto(address)
    for item in scene.items[: FIRST + 2]:
        tab_to(page, "Next unanswered")
        page.keyboard.press("Enter")
        expect(box(page, item)).to_be_focused()
        page.keyboard.type("Done.")
        expect(state(page, item)).to_have_text(SAVED)
    expect(page.locator("[data-progress]")).to_have_text("5 of 13 items answered")
    assert_accessible()
    assert scene.of_return.updates.count() == FIRST + 2


def test_the_next_item_is_fetched_while_one_writes(page, scene, address, sign_in, closed):
    sign_in(scene.contributor)
    page.goto(address)
    with page.expect_response(re.compile(f"/items/{re.escape(closed.number)}/$")) as coming:
        box(page, scene.items[FIRST - 1]).focus()
    coming.value.finished()
    page.context.set_offline(True)
    section(page, closed).get_by_role("button", name="Answer").click()
    expect(section(page, closed).get_by_label("Under way")).to_be_focused()
    box(page, closed).fill("Written without a connection.")
    expect(state(page, closed)).to_have_text("Not saved")
    page.context.set_offline(False)
    expect(state(page, closed)).to_have_text(SAVED)


def test_an_item_that_cannot_be_fetched_stays_closed(page, scene, address, sign_in, closed):
    sign_in(scene.contributor)
    page.goto(address)
    page.context.set_offline(True)
    section(page, closed).get_by_role("button", name="Answer").click()
    expect(page.locator(".return-saved")).to_contain_text("No connection. Try again in a moment.")
    page.context.set_offline(False)
    section(page, closed).get_by_role("button", name="Answer").click()
    expect(section(page, closed).get_by_label("Under way")).to_be_focused()


def test_what_is_missing_leads_to_the_field_of_a_closed_item(page, scene, address, sign_in):
    last = scene.items[-1]
    sign_in(scene.contributor)
    page.goto(address)
    page.get_by_role("button", name=f"Item {last.number} has no answer yet.").press("Enter")
    expect(box(page, last)).to_be_focused()
    expect(box(page, last)).to_be_in_viewport()
    section(page, last).get_by_role("button", name="No change").click()
    expect(state(page, last)).to_have_text(re.compile("^No change, saved at "))
    expect(page.locator(f'[data-missing-of="{last.number}"]')).to_be_hidden()


def test_a_long_return_that_was_read_closed_is_submitted(page, scene, address, sign_in):
    Milestone.objects.filter(pk=scene.overdue.pk).update(completed_on=scene.overdue.agreed_due)
    for item in scene.items:
        UpdateFactory(of_return=scene.of_return, item=item, written_by=scene.contributor)
    last = scene.items[-1]
    sign_in(scene.approver)
    page.goto(address)
    section(page, last).get_by_role("button", name="Change").click()
    box(page, last).fill("Printed in Suva.")
    page.get_by_role("button", name="Submit the return").click()
    expect(page.get_by_role("status")).to_have_text(
        "Submitted. We’ll email a receipt to you and the agency’s contributors."
    )
    assert scene.of_return.updates.get(item=last).achieved == "Printed in Suva."


# --- without JavaScript -------------------------------------------------------------------------


@pytest.fixture
def plain_page(browser, browser_context_args, context, sign_in, scene):
    sign_in(scene.contributor)
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    plain.add_cookies(context.cookies())
    yield plain.new_page()
    plain.close()


def test_every_item_is_answered_without_javascript(plain_page, scene, address, closed):
    page, last = plain_page, scene.items[-1]
    page.goto(address)
    box(page, scene.items[0]).fill("Printed.")
    with page.expect_navigation():
        section(page, last).get_by_role("button", name="Answer").click()
    assert scene.of_return.updates.get().achieved == "Printed."
    expect(section(page, last)).to_be_in_viewport()
    box(page, last).fill("Trained.")
    # The answered item is closed now, and the next unanswered one has its fields.
    expect(box(page, scene.items[0])).to_have_count(0)
    expect(section(page, scene.items[0])).to_contain_text("Printed.")
    box(page, closed).fill("Written.")
    section(page, closed).get_by_role("button", name="Save item 1.4").click()
    expect(page.locator("[data-progress]")).to_have_text("3 of 13 items answered")

    page.get_by_role("button", name="Item 1.9 has no answer yet.").click()
    ninth = scene.items[8]
    section(page, ninth).get_by_role("button", name="No change").click()
    expect(page.locator("[data-progress]")).to_have_text("4 of 13 items answered")


def test_what_is_wrong_in_an_opened_item_is_shown_without_javascript(plain_page, scene, address):
    page, last = plain_page, scene.items[-1]
    MilestoneFactory(item=last, original_due=localdate() - timedelta(days=5))
    page.goto(f"{address}?open={last.number}")
    step = section(page, last).locator("[data-milestone]")
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The printer is late.")
    box(page, last).fill("Printed.")
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter when it is now expected.")
    expect(step.get_by_label("Why it is late")).to_have_value("The printer is late.")
    expect(box(page, last)).to_have_value("Printed.")
