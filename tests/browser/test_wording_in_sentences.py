"""Test the page that sets how sentences name a milestone: by keyboard, as one types, with axe."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from agencies.models import Seat
from tests.factories import DelayFactory, MilestoneFactory, SeatFactory, WorkItemFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def milestone():
    item = WorkItemFactory(number="1.2", lead_agency__short_name="Police")
    return MilestoneFactory(item=item, number=1, original_due=date(2030, 6, 30))


@pytest.fixture
def writer(page, sign_in, milestone):
    sign_in(SeatFactory(agency=milestone.responsible_agency, role=Seat.Role.CONTRIBUTOR).user)
    return page


def address(name, milestone, *more):
    return reverse(name, args=[milestone.item.plan.slug, milestone.item.number, 1, *more])


def test_the_sentences_follow_what_is_typed(writer, live_server, milestone, assert_accessible):
    writer.goto(live_server.url + address("workitems:set-milestone-text", milestone, "as_told"))
    field = writer.get_by_label("Wording in sentences")
    sentences = writer.locator("#sentences")
    expect(sentences).to_have_text("")
    field.fill("brochures and notices")
    expect(sentences).to_contain_text("Brochures and notices are expected by 30 June 2030.")
    assert_accessible()
    field.fill("brochures and notices.")
    expect(sentences).to_contain_text("Leave out the punctuation at the end")
    field.press("Enter")
    expect(writer.locator(".govuk-error-message")).to_have_count(1)
    assert_accessible()
    field.fill("brochures and notices")
    field.press("Enter")
    expect(writer.get_by_role("status")).to_contain_text("Brochures and notices are expected")


def test_whether_a_cause_is_settled_is_said_by_keyboard(
    writer, live_server, milestone, assert_accessible
):
    DelayFactory(milestone=milestone)
    writer.goto(live_server.url + address("workitems:settle-cause", milestone, 1))
    writer.get_by_label("Being settled").focus()
    writer.keyboard.press("Space")
    writer.keyboard.press("Enter")
    expect(writer.locator(".govuk-error-message")).to_have_count(1)
    assert_accessible()
    writer.get_by_label("Needs a decision").focus()
    writer.keyboard.press("Space")
    writer.keyboard.press("Enter")
    expect(writer.get_by_text("The cause (funding) needs a decision.")).to_be_visible()
    assert_accessible()


def test_a_new_forecast_shows_how_it_prints_as_it_is_typed(
    writer, live_server, milestone, assert_accessible
):
    writer.goto(live_server.url + address("workitems:milestone", milestone))
    shown = writer.locator("#in-briefing")
    expect(writer.get_by_role("button", name="See how it prints in the briefing")).to_be_hidden()
    writer.get_by_label("Now expected").fill("June 2031")
    expect(shown).to_contain_text("(1.2) will be a year late, in June 2031.")
    writer.get_by_label("Why the date moves").fill("The printer went out of business.")
    expect(shown).to_contain_text("No cause is recorded, and the paper will say so.")
    writer.get_by_label("Cause of the delay").select_option("procurement")
    expect(shown).to_contain_text(
        "will be a year late, in June 2031, because the printer went out of business."
    )
    assert_accessible()
    milestone.refresh_from_db()
    assert milestone.forecast_due == date(2030, 6, 30)
