"""Test what a working group reads: the dashboard, its lists, what changed, and the wall."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.records import history
from tests.cast import scene as make_scene
from tests.factories import (
    MeetingFactory,
    MilestoneFactory,
    VariationFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def ago(days):
    """Set the clock to so many days ago."""
    return time_machine.travel(datetime.now(UTC) - timedelta(days=days), tick=False)


@pytest.fixture
def scene():
    """A plan two months old, with a shelter whose date passed yesterday and a hotline now open."""
    with ago(60):
        scene = make_scene()
        common = {"plan": scene.plan, "pillar": scene.item.pillar}
        common |= {"lead_agency": scene.item.lead_agency, "stage": "under_way"}
        shelter = WorkItemFactory(**common, number="1.3", title="Open a shelter", is_key=True)
        hotline = WorkItemFactory(**common, number="1.4", title="Open a hotline")
        yesterday = localdate() + timedelta(days=59)
        opened = MilestoneFactory(item=shelter, description="Doors open", original_due=yesterday)
    MeetingFactory(recorded=True, plan=scene.plan, held_on=localdate() - timedelta(days=30))
    with ago(10):
        hotline.stage, hotline.completed_on = "complete", localdate()
        history.save(hotline, by=None, reason="It rings.")
    VariationFactory(
        milestone=opened,
        plan=scene.plan,
        item=shelter,
        number=7,
        due_before=opened.agreed_due,
        due_after=opened.agreed_due + timedelta(days=90),
        state="recommended",
        recommends="approve",
        recommendation="The builder is booked.",
    )
    return scene


def test_from_the_dashboard_to_its_lists_what_changed_and_the_wall(
    page, live_server, scene, sign_in, assert_accessible
):
    sign_in(scene["coordinator"])
    dashboard = live_server.url + reverse("dashboard:overview", args=[scene.plan.slug])
    page.goto(dashboard)
    lines = page.locator(".tiles li")
    held_on = localdate() - timedelta(days=30)
    day = f"{held_on:%-d %B}" + (f" {held_on:%Y}" if held_on.year != localdate().year else "")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Two of four work items are late, one more than on {day}: 1.3 became late."
    )
    expect(lines.filter(has_text="1.3 Open a shelter")).to_contain_text("Overdue by one day.")

    # From a pillar to its list, to an item, and back.
    page.get_by_role("link", name="1 Prevention").click()
    expect(page.get_by_text("1–4 of 4 work items")).to_be_visible()
    page.get_by_role("link", name="Open a shelter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1.3 Open a shelter")
    page.go_back()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Dashboard").click()
    expect(lines.first).to_be_visible()

    # Compared with the last meeting: what changed most, and the menus of the bar.
    last = localdate() - timedelta(days=30)
    page.goto(dashboard)
    words = f"Since the meeting of {last:%-d %B %Y}"
    expect(page.get_by_role("heading", name=f"Changed since {last:%-d %B}")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text("Completed")
    expect(page.locator(".tile-key").first).to_contain_text("1 more than before")
    for menu in page.locator(".bar summary").all():
        menu.click()
        assert_accessible()
    page.keyboard.press("Escape")
    expect(page.locator(".bar details[open]")).to_have_count(0)
    page.get_by_text(words).first.click()
    page.get_by_role("group", name="What to look at").get_by_role(
        "link", name=f"Meeting of {last:%-d %B %Y}"
    ).click()
    expect(page).to_have_url(f"{dashboard}?since={last}")
    page.get_by_role("navigation", name="Dashboard").get_by_role(
        "link", name="What changed"
    ).click()
    expect(page.locator("main")).to_contain_text("Open a hotline")
    expect(page.locator("main")).to_contain_text("1 completed")

    # On a wall, light and dark, and back.
    page.goto(dashboard)
    page.get_by_role("link", name="Wall").click()
    expect(page.locator(".wall-asked")).to_contain_text("Move “")
    page.get_by_role("link", name="Dark").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(16, 24, 30)")
    assert_accessible()
    page.keyboard.press("Escape")
    page.wait_for_url(dashboard)
