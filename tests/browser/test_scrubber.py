"""Test the dashboard's rail by keyboard, pointer and without a script, and the tooltips of its tiles."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.models import Seat
from tests.browser.axe import wait_for_layout
from tests.factories import MeetingFactory, MilestoneFactory, SeatFactory, WorkItemFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(plan, police):
    """A plan with two meetings, 20 and 60 days ago, and an item that is overdue."""
    plan.released_on = localdate() - timedelta(days=200)
    plan.save()
    for days in (20, 60):
        MeetingFactory(plan=plan, held_on=localdate() - timedelta(days=days), recorded=True)
    item = WorkItemFactory(plan=plan, lead_agency=police, number="1.1", stage="under_way")
    MilestoneFactory(item=item, original_due=localdate() - timedelta(days=5))
    return plan


@pytest.fixture
def address(live_server, held, police, sign_in):
    sign_in(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user)
    return f"{live_server.url}/plans/{held.slug}/dashboard/"


def asked(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def days_ago(count):
    return (localdate() - timedelta(days=count)).isoformat()


def test_a_key_moves_the_day_shown_by_events_days_and_ends(page, address, accessibility_faults):
    page.goto(address)
    shown = page.get_by_role("slider", name="Day shown")
    assert accessibility_faults(page) == []
    shown.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**?at=*")
    assert asked(page) == {"at": days_ago(20)}
    expect(page.get_by_role("slider", name="Day shown")).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url(f"**?at={days_ago(21)}")
    page.keyboard.press("End")
    page.wait_for_url(address)
    page.get_by_role("slider", name="Day shown").focus()
    page.keyboard.press("[")
    page.wait_for_url("**?since=*")
    assert asked(page) == {"since": days_ago(60)}


def test_a_drag_snaps_to_a_meeting_and_the_address_says_the_day(page, address):
    page.goto(address)
    wait_for_layout(page)
    handle = page.get_by_role("slider", name="Day shown").bounding_box()
    tick = page.locator(f"[data-day='{days_ago(60)}'] path").bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(tick["x"] + tick["width"] / 2 - 4, handle["y"] + 8, steps=6)
    expect(page.locator(".scrub-says")).to_contain_text("Meeting of ")
    page.mouse.up()
    page.wait_for_url("**?at=*")
    assert asked(page)["at"] == days_ago(60)


def test_without_a_script_ticks_and_arrows_are_links(browser, address, context):
    plain = browser.new_context(
        java_script_enabled=False, storage_state=context.storage_state()
    ).new_page()
    plain.goto(address)
    expect(plain.get_by_role("slider")).to_have_count(0)
    plain.get_by_role("link", name="Meeting of").first.click()
    assert asked(plain) == {"at": days_ago(20)}
    plain.locator(f"[data-day='{days_ago(60)}']").click(force=True)
    assert asked(plain) == {"at": days_ago(60)}
    plain.context.close()


def test_a_tile_has_its_facts_by_keyboard_and_escape_closes_them(page, address):
    page.goto(address)
    tile = page.locator("a.tile")
    facts = page.get_by_role("tooltip")
    expect(facts).to_be_hidden()
    tile.focus()
    expect(facts).to_be_visible()
    expect(facts).to_contain_text("Overdue by five days")
    page.keyboard.press("Escape")
    expect(facts).to_be_hidden()
    tile.hover()
    expect(facts).to_be_visible()


@pytest.mark.parametrize("second", [".tip-open", "a.tile"])
def test_by_touch_the_first_tap_shows_the_facts_and_the_second_opens_the_item(
    browser, address, context, held, second
):
    phone = browser.new_context(
        viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True,
        storage_state=context.storage_state(),
    ).new_page()  # fmt: skip
    phone.goto(address)
    phone.locator("a.tile").tap()
    expect(phone.get_by_role("tooltip")).to_be_visible()
    assert phone.url == address
    phone.locator(second).tap()
    phone.wait_for_url(f"**/plans/{held.slug}/items/1.1/")
    phone.context.close()


DAY = r"\d+ \w+ \d{4}"
RAIL = rf"""
- navigation "Day shown":
  - link /Meeting of {DAY}/
  - group "Meetings and briefings":
    - link /Meeting of {DAY}/
    - link /Meeting of {DAY}/
  - slider "Day shown"
  - slider "Compared with"
"""
TILES = r"""
- region /\d+ Pillar \d+/:
  - heading /\d+ Pillar \d+/ [level=3]:
    - link /\d+ Pillar \d+/
  - list:
    - listitem:
      - link "1.1 Work item 1.1 late":
        - text: 1.1 Work item 1.1
        - emphasis: late
"""


def test_the_tree_of_the_rail_and_the_tiles_says_days_items_and_status(page, address):
    page.goto(address)
    slider = page.get_by_role("slider", name="Day shown")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"{DAY}: 1 late$"))
    expect(page.get_by_role("navigation", name="Day shown")).to_match_aria_snapshot(RAIL)
    expect(page.locator(".tiles")).to_match_aria_snapshot(TILES)
    expect(page.locator("a.tile")).to_have_accessible_description(
        re.compile(r"^1\.1 Work item 1\.1 .+\. Overdue by five days\.")
    )


def test_skip_to_main_content_leads_past_the_views_to_the_title(page, address):
    page.goto(address)
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_be_visible()
    expect(main.get_by_role("link", name="Timeline")).to_have_count(0)
