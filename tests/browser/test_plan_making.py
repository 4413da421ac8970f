"""Test the way from "Start a plan" to an adopted plan and on to the next."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from agencies.models import Seat
from tests.factories import AgencyFactory, SeatFactory
from workitems.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).first.click()


def test_a_plan_is_made_and_adopted(page, sign_in, live_server, assert_accessible):
    labour = AgencyFactory(short_name="Labour", name="Department of Labour")
    AgencyFactory(short_name="Police", name="New Zealand Police")
    sign_in(SeatFactory(agency=labour, role=Seat.Role.COORDINATOR).user)
    page.goto(live_server.url + reverse("plans:list"))
    check = assert_accessible
    check()
    follow(page, "Start a plan")
    press(page, "Start the plan")
    expect(page.get_by_text("Enter the title.").first).to_be_visible()
    check()
    page.get_by_label("Title").first.fill("Plan of Action 2010")
    page.get_by_label("Released on").first.fill("3 May 2010")
    page.get_by_label("Portfolio").fill("Minister of Immigration")
    page.get_by_label("Police").check()
    press(page, "Start the plan")

    expect(page.get_by_text("The plan has no pillar.")).to_be_visible()
    check()
    follow(page, "Add a pillar")
    page.get_by_label("Title").first.fill("Prevention")
    press(page, "Save")
    follow(page, "Add a work item")
    for title, button in (("Train staff", "Save and add another"), ("Print a brochure", "Save")):
        page.get_by_label("Title").first.fill(title)
        page.get_by_label("Action").fill(f"{title} in 2010.")
        page.get_by_label("Lead agency").select_option(label="Police")
        check()
        press(page, button)
    expect(page.locator("#main").get_by_text("Item 1.2 Print a brochure is added.")).to_be_visible()
    check()
    press(page, "Save and add a milestone")
    page.get_by_label("Milestone").fill("Brochure printed")
    page.get_by_label("Due").first.fill("June 2030")
    press(page, "Save")
    expect(page.get_by_text("due June 2030, Police")).to_be_visible()
    page.locator(".breadcrumb").get_by_role("link", name="Plan of Action 2010").click()
    check()
    follow(page, "Delete the plan")
    expect(page.get_by_text("2 work items")).to_be_visible()
    check()
    follow(page, "Cancel")
    follow(page, "Adopt the plan")
    check()
    page.get_by_label("Why it is adopted before").fill("Its measures are set up this month.")
    press(page, "Adopt the plan")

    expect(page.locator("#main").get_by_text("The plan is adopted.")).to_be_visible()
    check()
    follow(page, "Start the next plan")
    check()
    page.get_by_label("Title").first.fill("Plan of Action 2031")
    page.get_by_label("Released on").first.fill("1 July 2031")
    press(page, "Start the plan")
    expect(page.get_by_text("The plan is released on 1 July 2031.")).to_be_visible()
    follow(page, "1.2 Print a brochure")
    expect(page.get_by_text("Carried over from 1.2 of Plan of Action 2010.")).to_be_visible()
    check()
    assert [plan.items.count() for plan in Plan.objects.order_by("pk")] == [2, 2]
