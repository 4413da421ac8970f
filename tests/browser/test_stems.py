"""Test that the form begins a sentence and shows how it will read as one types, with axe."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from agencies.models import Seat
from tests.browser.returns import owed
from tests.factories import (
    AgencyFactory,
    MilestoneFactory,
    PlanFactory,
    SeatFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def reading_of(page, box):
    """Return what stands below the box, by the part of its description."""
    return page.locator(f"[id='{box.get_attribute('id')}_reads']")


def test_the_page_of_a_milestone_reads_as_one_types(page, live_server, sign_in, assert_accessible):
    police, mbie = AgencyFactory(short_name="Police"), AgencyFactory(short_name="MBIE")
    plan = PlanFactory(members=[police, mbie])
    item = WorkItemFactory(plan=plan, number="1.2", lead_agency=police)
    MilestoneFactory(item=item, number=1, original_due=date(2030, 6, 30))
    sign_in(SeatFactory(agency=item.lead_agency, role=Seat.Role.CONTRIBUTOR).user)
    page.goto(live_server.url + reverse("workitems:milestone", args=[item.plan.slug, "1.2", 1]))
    box = page.get_by_label("What is being done about it")
    expect(page.get_by_text("Police will …")).to_be_visible()
    box.fill("Publish the chapters that nobody objects to")
    reads = reading_of(page, box)
    sentence = "It will read: Police will publish the chapters that nobody objects to."
    expect(reads).to_have_text(
        f"{sentence} If there is a day, enter it under “By when”: the paper tells dated steps."
    )
    page.locator("[name=move-mitigation_due_on]").fill("30 June 2030")
    page.keyboard.press("Tab")
    expect(reads).to_have_text(sentence)
    page.get_by_label("By which agency").select_option("MBIE")
    expect(page.get_by_text("MBIE will …")).to_be_visible()
    expect(reads).to_contain_text("MBIE will publish")
    box.fill("we are hiring")
    expect(reads).to_contain_text("MBIE is hiring.")
    needs = page.get_by_label("What it needs")
    needs.fill("n/a")
    expect(reading_of(page, needs)).to_contain_text("This says nothing that a reader can use.")
    assert_accessible()
    needs.fill("")
    expect(reading_of(page, needs)).to_have_text("")


def test_a_return_reads_as_one_types(page, live_server, sign_in, assert_accessible):
    scene = owed(3)
    sign_in(scene.contributor)
    page.goto(live_server.url + scene.of_return.get_absolute_url())
    section = page.locator("#item-1\\.3")
    planned = section.get_by_label("Planned next")
    planned.fill("Train staff at all ports")
    expect(reading_of(page, planned)).to_have_text(
        "It will read: Police will train staff at all ports."
    )
    step = section.locator("[data-milestone]")
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("no money was set aside for the course")
    expect(step.get_by_text("It will read:")).to_have_text(
        "It will read: … no money was set aside for the course."
    )
    step.get_by_label("What is being done about it").fill("see above")
    expect(step.get_by_text("This says nothing")).to_be_visible()
    assert_accessible()
