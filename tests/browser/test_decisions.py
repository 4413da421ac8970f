"""Test a decision out of session, from the request to what follows of it."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.cast import scene as make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    made = make_scene()
    made.variation.due_after = localdate() + timedelta(days=90)
    made.variation.save()
    return made


@pytest.fixture
def visit(page, live_server, scene, sign_in):
    """Return a function that opens an address as this person."""

    def visit(who, address="/"):
        sign_in(scene[who])
        page.goto(live_server.url + address)
        return page

    return visit


def said(page, text):
    expect(page.get_by_role("status")).to_contain_text(text)


def in_days(days):
    return f"{localdate() + timedelta(days=days):%-d %B %Y}"


def test_a_decision_is_made_out_of_session(page, scene, visit, assert_accessible):
    variation = scene.variation
    visit("coordinator", variation.get_absolute_url())
    page.get_by_label("Approve").check()
    page.get_by_label("In words, for the working group").fill("The printer is booked.")
    page.get_by_role("button", name="Send to the working group").click()
    assert_accessible()
    page.get_by_role("link", name="Ask the agencies").click()
    page.get_by_label("Answer by").fill(in_days(5))
    page.get_by_label("Message to the agencies").fill("Before the printer closes.")
    assert_accessible()
    page.get_by_role("button", name="Ask the agencies").click()
    said(page, "The agencies are asked.")

    # Each approver answers from the desk.
    visit("approver")
    page.get_by_role("link", name=f"Answer for Police: {variation}?").click()
    expect(page.get_by_text("Before the printer closes.")).to_be_visible()
    page.get_by_role("radio", name="Decline").check()
    page.get_by_role("button", name="Save the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the agency declines.")
    assert_accessible()
    page.get_by_role("radio", name="Agree").check()
    page.get_by_role("button", name="Save the answer").click()
    said(page, "The answer of Police is saved.")
    visit("other approver")
    page.get_by_role("link", name=f"Answer for Customs: {variation}?").click()
    page.get_by_role("radio", name="Agree").check()
    page.get_by_role("button", name="Save the answer").click()

    # The coordinator records an email, and closes with an action for Police.
    visit("coordinator")
    page.get_by_role("link", name=f"Being decided out of session: {variation}").click()
    page.get_by_role("link", name="Record an email of Labour").click()
    page.get_by_role("radio", name="No view").check()
    page.get_by_label("Who answered, and when").fill("Email of the manager, today.")
    assert_accessible()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_label("The decision in words").fill("Agreed. Police books the printer.")
    page.get_by_label("Agency that acts on it").select_option(label="Police")
    page.get_by_label("To be done by").fill(in_days(20))
    assert_accessible()
    page.get_by_role("button", name="Close the decision").click()
    said(page, "V1 is approved.")
    assert_accessible()
    scene.milestone.refresh_from_db()
    assert scene.milestone.agreed_due == variation.due_after
