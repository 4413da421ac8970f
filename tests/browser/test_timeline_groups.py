"""Test the groups of a long timeline, which are drawn when they are opened."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from agencies.models import Seat
from reports.progress import timeline
from tests.factories import (
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    SeatFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_group_and_the_table_of_its_dates_are_fetched_when_they_are_opened(
    page, live_server, sign_in, accessibility_faults, monkeypatch
):
    monkeypatch.setattr(timeline, "OPEN_UP_TO", 1)
    plan = PlanFactory()
    for number, title in ((1, "Prevention"), (2, "Protection")):
        pillar = PillarFactory(plan=plan, number=number, title=title)
        item = WorkItemFactory(plan=plan, pillar=pillar, number=f"{number}.1")
        MilestoneFactory(item=item, original_due=date(2030, 6, 30), description=f"Step {number}")
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.OBSERVER).user)
    page.goto(f"{live_server.url}/plans/{plan.slug}/dashboard/timeline/")
    strips = page.get_by_role("group", name="Milestones of")
    expect(strips).to_have_count(0)
    page.locator("summary", has_text="Protection").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Milestones of 2.1")).to_be_visible()
    expect(strips).to_have_count(1)
    expect(page.locator("summary", has_text="1 item").last).to_be_focused()
    page.keyboard.press("Tab")
    page.get_by_text("Table: the dates of Protection").click()
    expect(page.get_by_role("table").get_by_role("link", name="Step 2")).to_be_visible()
    assert accessibility_faults(page) == []
    # Again: what was fetched stays.
    page.locator("summary", has_text="1 item").last.click()
    expect(strips).to_have_count(0)
    page.locator("summary", has_text="1 item").last.click()
    expect(strips).to_have_count(1)


def test_a_group_that_cannot_be_fetched_keeps_its_link(page, live_server, sign_in, monkeypatch):
    monkeypatch.setattr(timeline, "OPEN_UP_TO", 0)
    item = WorkItemFactory()
    sign_in(SeatFactory(agency=item.plan.coordinating_agency, role=Seat.Role.OBSERVER).user)
    other = WorkItemFactory(
        plan=item.plan, pillar=PillarFactory(plan=item.plan, number=7, title="Partnership")
    )
    page.goto(f"{live_server.url}/plans/{item.plan.slug}/dashboard/timeline/")
    page.route(re.compile("open="), lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator("summary", has_text=other.pillar.title).last.click()
    link = page.get_by_role("link", name=f"Show {other.pillar.title}").last
    expect(link).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    page.unroute_all()
    link.click()
    expect(page.get_by_role("group", name=f"Milestones of {other.number}")).to_be_visible()


def test_marks_have_real_tooltips_and_the_legend_and_folds_work(
    page, live_server, sign_in, assert_accessible
):
    plan = PlanFactory()
    pillar = PillarFactory(plan=plan, number=1, title="Prevention")
    for number, dates in (
        ("1.1", {"original_due": date(2010, 6, 30), "forecast_due": date(2030, 6, 30)}),
        ("1.2", {"original_due": date(2030, 6, 30)}),
        ("1.3", {"original_due": date(2030, 9, 30)}),
    ):
        item = WorkItemFactory(plan=plan, pillar=pillar, number=number)
        MilestoneFactory(item=item, description=f"Step {number}", **dates)
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.OBSERVER).user)
    page.goto(f"{live_server.url}/plans/{plan.slug}/dashboard/timeline/")
    assert_accessible()
    expect(page.get_by_role("group", name="Milestones of")).to_have_count(1)
    page.get_by_role("link", name="Step 1.1").focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_text(re.compile("^Step 1.1: promised 30 June 2010, expected 30 June 2030"))
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.get_by_role("link", name="Step 1.1").hover()
    expect(tip).to_be_visible()
    page.get_by_role("checkbox", name="Expected late").uncheck()
    mark = page.get_by_role("link", name="Step 1.1")
    assert mark.evaluate("mark => getComputedStyle(mark).opacity") == "0.25"
    page.get_by_text("2 others").click()
    expect(page.get_by_role("group", name="Milestones of")).to_have_count(3)
    page.get_by_role("link", name="Lateness").click()
    expect(page.get_by_role("heading", name="Not late")).to_be_visible()
