"""Test choosing and ordering annexes by keyboard, and the page's accessibility at two widths."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from agencies.models import Seat
from reports.kinds.services.annex_choices import choose_annexes
from tests.browser.keyboard import tab_to
from tests.factories import PlanFactory, SeatFactory, WorkItemFactory
from tests.reports.drafted import drafted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by():
    return SeatFactory(role=Seat.Role.COORDINATOR).user


@pytest.fixture
def briefing(by):
    plan = PlanFactory(coordinating_agency=by.seats.get().agency)
    return drafted(plan, WorkItemFactory(plan=plan), by)


@pytest.fixture
def choices(page, live_server, by, briefing, sign_in):
    sign_in(by)
    page.goto(
        live_server.url + reverse("briefings:annexes", args=[briefing.plan.slug, briefing.pk])
    )
    return page


def test_annexes_can_be_chosen_and_ordered_by_keyboard(choices, briefing):
    tab_to(choices, "Register of risks")
    choices.keyboard.press("Space")
    choices.keyboard.press("Tab")
    choices.keyboard.type("1")
    choices.keyboard.press("Enter")
    expect(choices.get_by_role("status")).to_contain_text("The annexes were saved")
    briefing.refresh_from_db()
    assert briefing.annexes == ["risks", "progress", "items", "measures", "findings"]


def test_no_refusal_on_the_page_has_an_accessibility_fault(
    choices, briefing, by, assert_accessible
):
    choices.get_by_label("Place of “Work items”", exact=True).fill("0")
    choices.get_by_role("button", name="Save the annexes").click()
    expect(choices.locator(".govuk-error-message")).to_have_count(1)
    assert_accessible()
    choose_annexes(briefing=briefing, annexes=["risks"], version=briefing.version, by=by)
    choices.get_by_label("Place of “Work items”", exact=True).fill("1")
    choices.get_by_role("button", name="Save the annexes").click()
    expect(choices.get_by_text("As it is now")).to_be_visible()
    assert_accessible()
