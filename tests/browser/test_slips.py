"""Test the chart of slips by keyboard, pointer, finger and in other looks."""

from datetime import datetime, time, timedelta

import pytest
from django.utils.timezone import localdate, make_aware
from playwright.sync_api import expect

from agencies.models import Seat, User
from agencies.records import history
from tests.browser.visible_words import visible_words
from tests.factories import MeetingFactory, MilestoneFactory, SeatFactory, WorkItemFactory
from workitems.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)

DAY = r"\d+ \w+ \d{4}"
TREE = rf"""
- list "Dates over time":
  - listitem:
    - link /1\.1 Guide moved twice. .+ months/
    - list:
      - listitem:
        - link /1\.1, {DAY}. from {DAY} to {DAY}\. Waiting\./
      - listitem:
        - link /1\.1, {DAY}. from {DAY} to {DAY}\. Waiting\./
  - listitem:
    - link /1\.1 Course {DAY}, never moved/
  - listitem:
    - link /1\.1 List done {DAY}/
"""


def ago(days):
    return localdate() - timedelta(days=days)


@pytest.fixture
def address(live_server, plan, police, sign_in):
    """A plan with a date that moved twice, one that never moved, and one that was met."""
    MeetingFactory(plan=plan, held_on=ago(40), recorded=True)
    at = {"by": None, "actor": "Test"}
    item = history.save(
        WorkItemFactory.build(
            plan=plan, pillar=plan.pillars.create(number=1, title="One"), number="1.1",
            lead_agency=police,
        ),
        at=make_aware(datetime.combine(ago(200), time(9))), **at,
    )  # fmt: skip
    for n, (name, due) in enumerate((("Guide", 60), ("Course", 90), ("List", -20)), 1):
        step = MilestoneFactory.build(item=item, number=n, description=name, original_due=ago(-due))
        history.save(step, at=make_aware(datetime.combine(ago(200), time(9))), **at)
        for days, further in ((100, 30), (30, 90)) if n == 1 else ():
            step.forecast_due = step.original_due + timedelta(days=further)
            moved = make_aware(datetime.combine(ago(days), time(9)))
            history.save(step, at=moved, reason="Waiting.", **at)
        if n == 3:
            step.completed_on = ago(25)
            done = make_aware(datetime.combine(ago(25), time(9)))
            history.save(step, at=done, **at)
    sign_in(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user)
    return f"{live_server.url}/plans/{plan.slug}/dashboard/slips/"


def opacities(page):
    page.wait_for_timeout(250)
    return page.locator(".slip-line").evaluate_all(
        "lines => lines.map(line => [line.querySelector('b').nextSibling.data.trim(), getComputedStyle(line).opacity])"
    )


def test_focus_keeps_a_line_and_fades_the_rest_and_a_stair_opens_its_facts(
    page, address, assert_accessible
):
    page.goto(address)
    assert_accessible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator(".slips")).to_match_aria_snapshot(TREE)
    page.get_by_role("link", name="1.1 Guide").focus()
    assert sorted(opacities(page)) == [["Course", "0.25"], ["Guide", "1"], ["List", "0.25"]]
    page.keyboard.press("Tab")
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Waiting.")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    expect(tip).to_be_visible()


def test_a_pointer_near_a_line_keeps_it_and_the_legend_fades_kinds(page, address):
    page.goto(address)
    page.get_by_role("link", name="1.1 Course").hover()
    assert dict(opacities(page)) == {"Course": "1", "Guide": "0.25", "List": "0.25"}
    page.mouse.move(2, 2)
    page.get_by_role("checkbox", name="moved", exact=True).uncheck()
    page.mouse.move(2, 2)
    assert dict(opacities(page)) == {"Course": "1", "Guide": "0.25", "List": "1"}


def test_without_a_script_tooltips_and_the_table_open(browser, page, address):
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(address)
    plain.locator(".slip-at a").first.focus()
    expect(plain.get_by_role("tooltip")).to_contain_text("Waiting.")
    plain.get_by_text("These dates as a table").click()
    expect(plain.get_by_role("table")).to_contain_text("moved twice")
    context.close()


def test_by_touch_the_first_tap_shows_a_move_and_its_link_opens_the_item(browser, page, address):
    context = browser.new_context(
        viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True,
        storage_state=page.context.storage_state(),
    )  # fmt: skip
    phone = context.new_page()
    phone.goto(address)
    phone.wait_for_load_state("networkidle")
    stair = phone.locator(".slip-at > a").first
    stair.tap()
    expect(phone.get_by_role("tooltip")).to_contain_text("Open 1.1")
    assert phone.url == address
    phone.locator(".is-touched .tip-open").tap()
    phone.wait_for_url("**/items/1.1/**")
    context.close()


# Half of what Trends, which had what Slips has, and the timeline said before: 748 and 354.
MOST_WORDS = {"slips": 374, "trends": 374, "timeline": 177}


def test_the_pages_of_progress_say_half_as_much_as_before(page, live_server, load_demo, sign_in):
    load_demo("load_demo_plan")
    sign_in(User.objects.get(email="coordinator@example.org"))
    plan = Plan.objects.latest("adopted_on")
    for name, most in MOST_WORDS.items():
        page.goto(f"{live_server.url}/plans/{plan.slug}/dashboard/{name}/")
        assert (name, 60 < visible_words(page) <= most) == (name, True)
