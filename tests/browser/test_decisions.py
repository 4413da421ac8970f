"""Test a decision out of session, and a comment of the Minister that becomes an action."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.cast import scene as make_scene
from tests.factories import BriefingFactory, KindSectionFactory

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (1280, 375)


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


@pytest.fixture
def accessible(page, accessibility_faults):
    def accessible():
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert accessibility_faults(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})

    return accessible


def said(page, text):
    expect(page.get_by_role("status")).to_contain_text(text)


def in_days(days):
    return f"{localdate() + timedelta(days=days):%-d %B %Y}"


def test_a_decision_out_of_session_and_a_comment_that_becomes_an_action(
    page, scene, visit, accessible
):
    variation = scene.variation
    visit("coordinator", variation.get_absolute_url())
    page.get_by_label("Approve").check()
    page.get_by_label("In words, for the working group").fill("The printer is booked.")
    page.get_by_role("button", name="Send to the working group").click()
    accessible()
    page.get_by_role("link", name="Ask the agencies").click()
    page.get_by_label("Answer by").fill(in_days(5))
    page.get_by_label("Message to the agencies").fill("Before the printer closes.")
    accessible()
    page.get_by_role("button", name="Ask the agencies").click()
    said(page, "The agencies are asked.")

    # Each approver answers from the desk.
    visit("approver")
    page.get_by_role("link", name="Answer for Police on V1, out of session").click()
    expect(page.get_by_text("Before the printer closes.")).to_be_visible()
    page.get_by_role("radio", name="Decline").check()
    page.get_by_role("button", name="Save the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the agency declines.")
    accessible()
    page.get_by_role("radio", name="Agree").check()
    page.get_by_role("button", name="Save the answer").click()
    said(page, "The answer of Police is saved.")
    visit("other approver")
    page.get_by_role("link", name="Answer for Customs on V1, out of session").click()
    page.get_by_role("radio", name="Agree").check()
    page.get_by_role("button", name="Save the answer").click()

    # The coordinator records an email, and closes with an action for Police.
    visit("coordinator")
    page.get_by_role("link", name="V1 is being decided out of session").click()
    page.get_by_role("link", name="Record an email of Labour").click()
    page.get_by_role("radio", name="No view").check()
    page.get_by_label("Who answered, and when").fill("Email of the manager, today.")
    accessible()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_label("The decision in words").fill("Agreed. Police books the printer.")
    page.get_by_label("Agency that acts on it").select_option(label="Police")
    page.get_by_label("To be done by").fill(in_days(20))
    accessible()
    page.get_by_role("button", name="Close the decision").click()
    said(page, "V1 is approved.")
    accessible()
    scene.milestone.refresh_from_db()
    assert scene.milestone.agreed_due == variation.due_after

    # The Minister's comment becomes an action.
    visit("coordinator", reverse("briefings:issued", args=[scene.plan.slug, scene.issued.pk]))
    page.get_by_role("link", name="Add an action because of the Minister’s comment").click()
    page.get_by_label("What is to be done").fill("Print it in two more languages.")
    page.get_by_label("Agency that does it").select_option(label="Police")
    page.get_by_label("To be done by").fill(in_days(30))
    accessible()
    page.get_by_role("button", name="Add the action").click()
    said(page, "The action is on the desk of Police.")
    accessible()

    # Its agency does both, and the coordinator confirms one.
    for text, note in (
        ("Print it in two more languages.", "It is printed in Samoan and Tongan."),
        ("Agreed. Police books the printer.", "Booked."),
    ):
        visit("contributor")
        accessible()
        page.get_by_role("link", name=text).click()
        page.get_by_label("What was done").fill(note)
        accessible()
        page.get_by_role("button", name="Mark as done").click()
        said(page, "Marked as done.")
        expect(page.get_by_role("link", name=text)).to_have_count(0)
    visit("coordinator")
    page.get_by_role("link", name="Confirm: Print it in two more languages.").click()
    accessible()
    page.get_by_role("button", name="Confirm as done").click()
    said(page, "Confirmed as done.")

    # Next year's draft says what was done.
    kind = scene.briefing.kind
    KindSectionFactory(kind=kind, key="background", heading="Background", content="background")
    tomorrow = localdate() + timedelta(days=1)
    paper = BriefingFactory(plan=scene.plan, tracker_number="27/1", dated=tomorrow)
    visit("coordinator", reverse("workshop:draft", args=[scene.plan.slug, paper.pk]))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Begin the draft").click()
    expect(page.locator("main")).to_contain_text("The Minister also wrote: “A clear paper”.")
    expect(page.locator("main")).to_contain_text("It is printed in Samoan and Tongan.")
