"""Test what a user of an agency does between rounds, mostly by keyboard."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.cast import scene
from tests.factories import PASSWORD
from workitems.models import Round

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    found = scene()
    Round.objects.update(closed_at=timezone.now())
    return found


@pytest.fixture
def item_page(live_server, people):
    return live_server.url + people.item.get_absolute_url()


@pytest.fixture
def milestone_page(item_page):
    return f"{item_page}milestones/1/"


def press_enter_for(page, title):
    """Press Enter and wait for the page with this title."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_status_is_changed_by_keyboard_alone_from_sign_in_to_history(page, live_server, people):
    page.goto(live_server.url)
    tab_to(page, "Email")
    page.keyboard.type(people["contributor"].email)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    press_enter_for(page, re.compile("need"))
    tab_to(page, "Work items")
    press_enter_for(page, "Work items")
    tab_to(page, "More filters")
    page.keyboard.press("Enter")
    tab_to(page, "Stage")
    page.keyboard.type("Under")
    tab_to(page, "Show")
    press_enter_for(page, "Work items")
    expect(page).to_have_url(re.compile(r"[?&]stage=under_way\b"))
    expect(page.locator("tbody tr")).to_have_count(1)

    tab_to(page, "Print a brochure")
    press_enter_for(page, "1.1 Print a brochure")
    tab_to(page, "Change the status")
    press_enter_for(page, "Change the status")
    tab_to(page, "Under way")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "On track")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Reason")
    page.keyboard.type("Tāmaki asks for more each month.")
    tab_to(page, "Save the status")
    press_enter_for(page, "1.1 Print a brochure")

    expect(page.get_by_role("status")).to_have_text("Item 1.1 is saved.")
    tab_to(page, "History")
    press_enter_for(page, "Print a brochure")
    newest = page.locator(".history > li").first
    expect(newest).to_contain_text("Police contributor (Police)")
    expect(newest).to_contain_text("moved the stage from under way to ongoing.")
    expect(newest).to_contain_text("Because: Tāmaki asks for more each month.")


def test_skip_link_jumps_over_the_frame(page, item_page, people, sign_in):
    sign_in(people["contributor"])
    page.goto(item_page)
    tab_to(page, "Skip to main content")
    page.keyboard.press("Enter")
    tab_to(page, "Work items")  # the breadcrumb, inside the main content
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_slip_is_recorded_with_its_cause_and_mitigation(
    page, milestone_page, people, sign_in, accessibility_faults
):
    sign_in(people["contributor"])
    page.goto(milestone_page)
    move = page.get_by_role("region", name="Change the forecast")
    move.get_by_label("Now expected").fill("30 September 2099")
    move.get_by_role("button", name="Save the new forecast").click()

    # The error summary has the focus and links to the fields.
    expect(page).to_have_title(re.compile(r"^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("There is a problem")
    expect(summary).to_be_focused()
    assert accessibility_faults(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(move.get_by_label("Why the date moves")).to_be_focused()
    page.keyboard.type("The printer is late.")
    expect(move.get_by_label("Now expected")).to_have_value("30 September 2099")

    move.get_by_role("button", name="Save the new forecast").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the cause of the delay.")
    move.get_by_label("Cause of the delay").select_option("Procurement")
    move.get_by_label("What is being done about it").fill("Another printer.")
    move.get_by_role("button", name="Save the new forecast").click()

    expect(page.get_by_role("status")).to_have_text("“Brochure printed” has a new forecast.")
    delay = page.locator(".milestone-block").first
    expect(delay).to_contain_text("Procurement. The printer is late.")
    expect(delay).to_contain_text("From 30 June 2010 to 30 September 2099")
    expect(delay).to_contain_text("Another printer.")


def test_the_second_of_two_browsers_sees_both_versions_and_chooses_its_own(
    page, browser, item_page, people, sign_in, accessibility_faults, browser_context_args
):
    sign_in(people["contributor"])
    page.goto(f"{item_page}status/")

    with browser.new_context(**browser_context_args) as other:
        theirs = other.new_page()
        theirs.goto(item_page)
        theirs.get_by_label("Email").fill(people["approver"].email)
        theirs.get_by_label("Password").fill(PASSWORD)
        theirs.get_by_role("button", name="Sign in").click()
        theirs.get_by_role("link", name="Change the status").click()
        theirs.get_by_label("At risk").check()
        theirs.get_by_role("button", name="Save the status").click()
        expect(theirs.get_by_role("status")).to_have_text("Item 1.1 is saved.")

    page.get_by_label("Off track").check()
    page.get_by_label("Reason").fill("No paper.")
    page.get_by_role("button", name="Save the status").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "This was changed elsewhere while you had this page open."
    )
    expect(page.locator(".callout")).to_contain_text("At risk")
    expect(page.get_by_label("Off track")).to_be_checked()
    expect(page.get_by_label("Reason")).to_have_value("No paper.")
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Save the status").click()
    page.get_by_role("link", name="History").click()
    expect(page.locator(".history li").first).to_contain_text(
        "changed the agency’s confidence from at risk to off track."
    )


def test_the_back_button_shows_nothing_after_signing_out(page, item_page, people, sign_in):
    sign_in(people["contributor"])
    page.goto(item_page)
    expect(page.get_by_role("heading", level=1)).to_have_text("1.1 Print a brochure")
    page.locator(".masthead-person").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.locator("body")).not_to_contain_text("Print a brochure")


def test_everything_can_be_done_without_javascript(
    browser, live_server, item_page, people, browser_context_args
):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(f"{item_page}status/")
        page.get_by_label("Email").fill(people["contributor"].email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Ongoing").check()
        page.get_by_role("button", name="Save the status").click()
        expect(page.get_by_role("alert")).to_contain_text("Say why the stage changes.")
        page.get_by_label("Reason").fill("It never ends.")
        page.get_by_role("button", name="Save the status").click()
        expect(page.get_by_role("status")).to_have_text("Item 1.1 is saved.")
