"""An agency's tracker of 400 rows becomes an adopted plan in the browser, and a person's acts are counted."""

import pytest
from playwright.sync_api import expect

from agencies.models import Seat
from tests.factories import AgencyFactory, AppointmentFactory, SeatFactory
from tests.workitems import trackers
from workitems.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)

# What a person needs who reads before each act, and what the whole may take.
SECONDS_AN_ACT = 15
TEN_MINUTES = 600


class Person:
    """Acts on the page as a person does, and counts: a click, a text typed, a choice made."""

    def __init__(self, page):
        self.page, self.acts = page, 0

    def press(self, role, name):
        self.acts += 1
        self.page.get_by_role(role, name=name, exact=True).click()

    def type(self, label, text):
        self.acts += 1
        self.page.get_by_label(label).fill(text)

    def choose(self, label, value):
        self.acts += 1
        self.page.get_by_label(label).select_option(value)

    def drop(self, label, name, content):
        self.acts += 1
        self.page.get_by_label(label).set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )


def test_a_tracker_of_400_rows_becomes_an_adopted_plan(
    page, live_server, sign_in, assert_accessible
):
    mbie = AgencyFactory(short_name="MBIE", name="Ministry of Business, Innovation and Employment")
    AgencyFactory(short_name="Police", name="New Zealand Police")
    AgencyFactory(short_name="Customs", name="New Zealand Customs Service")
    AppointmentFactory(portfolio="Minister of Immigration")
    sign_in(SeatFactory(agency=mbie, role=Seat.Role.COORDINATOR).user)
    content, rows = trackers.of_400_rows()
    assert rows == 401  # with the headings
    person = Person(page)
    page.goto(f"{live_server.url}/plans/")
    person.press("link", "Start a plan from any spreadsheet")
    person.drop("Spreadsheet", "tracker.xlsx", content)
    person.press("button", "Read the spreadsheet")
    expect(page.locator("h1")).to_contain_text("Check the columns")
    assert_accessible()
    person.type("Title of the plan", "Plan against Forced Labour")
    person.type("Released on", "1 July 2025")
    # The portfolio is the only one that is recorded.
    person.press("button", "See the plan")
    expect(page.locator("h1")).to_contain_text("Plan against Forced Labour")
    assert_accessible()
    # No question must be answered, and what is guessed is shown.
    expect(page.locator("main")).not_to_contain_text("before the import")
    expect(page.locator("main")).to_contain_text("7 answers are guessed")
    page.locator("summary", has_text="Status words").click()
    person.choose("Answer about Filled amber", "/on_track")
    person.press("button", "Show the plan with these answers")
    person.press("button", "Import as a plan")
    expect(page.locator("main")).to_contain_text("is imported as a plan")
    page.get_by_role("link", name="From the tracker").click()
    assert_accessible()
    page.go_back()
    person.press("link", "Adopt the plan")
    expect(page.locator("main")).to_contain_text("4 pillars, 160 work items")
    page.get_by_label("Why it is adopted before").fill("Its measures are set up this month.")
    person.press("button", "Adopt the plan")
    expect(page.locator("main")).to_contain_text("The plan is adopted.")
    plan = Plan.objects.get()
    assert (plan.items.count(), plan.adopted_on is not None) == (160, True)
    assert person.acts == 11
    assert person.acts * SECONDS_AN_ACT < TEN_MINUTES
