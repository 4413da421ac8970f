"""Propose a work item and a milestone, and decide them at a meeting, in a browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.cast import scene as make_scene
from tests.factories import MatterFactory, MeetingFactory
from tests.workitems.record import ready_to_decide
from workitems.meetings.agenda import title_of
from workitems.models import Variation, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


def in_days(days):
    return f"{localdate() + timedelta(days=days):%-d %B %Y}"


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def visit(page, live_server, scene, sign_in):
    def visit(who, address):
        sign_in(scene[who])
        page.goto(live_server.url + address)

    return visit


def said(page, text):
    expect(page.get_by_role("status")).to_contain_text(text)


def test_an_item_and_a_milestone_are_proposed_and_decided(page, scene, visit, assert_accessible):
    plan, item = scene.plan, scene.item
    visit("approver", plan.get_absolute_url())
    page.get_by_role("link", name="Propose a new work item").click()
    page.get_by_label("Title").fill("Open a help line")
    page.get_by_label("Action", exact=False).first.fill("Open a help line in ten languages.")
    page.get_by_label("Milestone 1", exact=True).fill("Line opened")
    page.get_by_label("Milestone 1 is due").fill(in_days(90))
    page.get_by_text("Second milestone (optional)").click()
    page.get_by_label("Milestone 2 is done when").fill("The report is out.")
    page.get_by_role("button", name="Send the proposal").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter when milestone 2 is due.")
    expect(page.get_by_label("Milestone 2 is done when")).to_be_visible()
    assert_accessible()
    page.get_by_label("Milestone 2 (optional)", exact=True).fill("Line reviewed")
    page.get_by_label("Milestone 2 is due").fill(in_days(400))
    page.get_by_label("Why the change is needed").fill("A new law asks for it.")
    page.get_by_role("button", name="Send the proposal").click()
    said(page, "is with the coordinator")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Open a help line")

    visit("approver", item.get_absolute_url())
    page.locator("summary", has_text="More").last.click()
    page.locator("summary", has_text="Ask to change").click()
    page.get_by_role("link", name="Propose a new milestone").click()
    page.get_by_label("Milestone", exact=True).fill("Brochure reviewed")
    page.get_by_label("Due").fill(in_days(120))
    page.get_by_label("Why the change is needed").fill("Readers asked for it.")
    page.get_by_role("button", name="Send the proposal").click()
    said(page, "is with the coordinator")
    assert_accessible()

    of_item, of_step = Variation.objects.exclude(adds=None).order_by("number")
    for row in (of_item, of_step):
        visit("coordinator", row.get_absolute_url())
        page.get_by_label("Approve").check()
        page.get_by_label("In words, for the working group").fill("Yes.")
        page.get_by_role("button", name="Send to the working group").click()
    meeting = MeetingFactory(plan=plan, held_on=localdate() - timedelta(days=1))
    for position, row in enumerate((of_item, of_step), start=1):
        MatterFactory(meeting=meeting, position=position, variation=row, title=title_of(row))
    ready_to_decide(meeting)
    slides = reverse("meetings:present", args=[plan.slug, meeting.pk])
    for position in (1, 2):
        visit("coordinator", f"{slides}?matter={position}")
        page.get_by_role("radio", name="Approved").check()
        page.get_by_role("button", name="Record the decision").click()
        said(page, "is approved and has taken effect")
    assert_accessible()

    new = WorkItem.objects.get(title="Open a help line")
    visit("approver", new.get_absolute_url())
    expect(page.locator("main")).to_contain_text(f"By variation {of_item.reference}")
    expect(page.locator("main")).to_contain_text("Line reviewed")
    visit("approver", item.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Brochure reviewed")
