"""Test the masthead: on a phone a menu, which needs no script; elsewhere in one piece."""

import pytest
from playwright.sync_api import expect

from agencies.models import Seat
from tests.factories import PlanFactory, SeatFactory
from workitems.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 320, "height": 700}


@pytest.fixture
def address(live_server, sign_in):
    plan = PlanFactory(title="Plan of Action with a long title that no telephone shows in one line")
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user)
    return f"{live_server.url}/plans/{plan.slug}/items/"


def parts(page):
    """Return the button of the menu, and what it opens."""
    return page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main")


def test_on_a_phone_the_menu_opens_by_keyboard_and_closes_by_escape(
    page, address, accessibility_faults
):
    page.set_viewport_size(PHONE)
    page.goto(address)
    menu, navigation = parts(page)
    assert page.locator(".masthead").bounding_box()["height"] <= 70
    expect(navigation).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(navigation).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert accessibility_faults(page) == []
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    menu.click()
    navigation.get_by_role("link", name="Dashboard").click()
    page.wait_for_url("**/dashboard/")


def test_the_menu_opens_without_a_script(browser, browser_context_args, context, address):
    plain = browser.new_context(
        **{**browser_context_args, "viewport": PHONE, "java_script_enabled": False}
    )
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(address)
    menu, navigation = parts(page)
    menu.click()
    navigation.get_by_role("link", name="Dashboard").click()
    page.wait_for_url("**/dashboard/")
    plain.close()


def test_on_a_desk_the_masthead_is_one_line_and_the_name_opens_the_account(
    page, address, accessibility_faults
):
    Plan.objects.update(short_title="Forced labour and trafficking")
    page.goto(address)
    menu, navigation = parts(page)
    expect(menu).to_be_hidden()
    expect(navigation).to_be_visible()
    expect(page.locator(".masthead-words")).to_have_text("Forced labour and trafficking")
    assert page.locator(".masthead").bounding_box()["height"] <= 56
    way_out = page.get_by_role("button", name="Sign out")
    expect(way_out).to_be_hidden()
    page.locator(".masthead-person").focus()
    page.keyboard.press("Enter")
    expect(way_out).to_be_visible()
    assert accessibility_faults(page) == []
    page.keyboard.press("Escape")
    expect(way_out).to_be_hidden()


def test_signs_go_to_find_and_help_once_somebody_chose_keys_on_the_device(
    page, live_server, address
):
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(page).to_have_url(address)
    page.goto(f"{live_server.url}/help/")
    page.get_by_label("Use letters on this device").check()
    page.goto(address)
    page.keyboard.press("?")
    page.wait_for_url("**/help/**")
    page.goto(address)
    page.keyboard.press("/")
    page.wait_for_url("**/search/**")
    # What is typed into a box stays there.
    page.goto(f"{live_server.url}/help/")
    page.get_by_label("What do you want to do?").press_sequentially("late? a/b")
    expect(page.get_by_label("What do you want to do?")).to_have_value("late? a/b")
