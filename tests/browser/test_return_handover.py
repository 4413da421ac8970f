"""Test a return from hand to hand: ready, read, recalled, sent back, mended, accepted; and one that
came by email."""

import re

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.browser.returns import owed, section
from workitems.models import Evidence

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 375, "height": 720}
SUBMITTED = "Submitted. We’ll email a receipt to you and the agency’s contributors."
# Focuses each field, and returns those that something else covers.
COVERED = """() => {
    const fields = document.querySelectorAll("form textarea, form input.input-date, form select");
    return [...fields].filter((field) => field.checkVisibility()).filter((field) => {
        field.focus();
        const { left, top, width, height } = field.getBoundingClientRect();
        return [top + 2, top + height / 2, top + height - 3].some((y) =>
            document.elementFromPoint(left + width / 2, y) !== field);
    }).map((field) => field.id);
}"""


@pytest.fixture
def scene():
    scene = owed(3)
    scene.overdue.completed_on = localdate()
    scene.overdue.save()
    return scene


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


def answer_all(page, scene):
    for item in scene.items:
        section(page, item).get_by_label("Achieved in this period").fill(f"Done: {item.title}.")
        saved = section(page, item).locator("[data-state]")
        expect(saved).to_have_text(re.compile("^Saved at "))


def accept_and_submit(page, scene):
    """Accept each item and submit, by keyboard alone."""
    for item in scene.items:
        tab_to(page, f"Accept item {item.number}")
        page.keyboard.press("Space")
    tab_to(page, "Accept all and submit")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_have_text(SUBMITTED)


def test_a_return_goes_from_hand_to_hand(
    page, live_server, scene, address, sign_in, assert_accessible
):
    item = scene.items[1]
    sign_in(scene.contributor)
    page.goto(address)
    answer_all(page, scene)
    page.get_by_role("button", name="Ready for approval").click()
    expect(page.locator(".message")).to_contain_text("We’ll email the approvers of Police now")
    expect(page.locator(".return-status")).to_contain_text("Ready for approval")
    assert_accessible()

    sign_in(scene.approver)
    page.goto(live_server.url)
    tab_to(page, "Read and submit: return for This round, Police")
    page.keyboard.press("Enter")
    expect(section(page, item)).to_contain_text("Done: Promise 2.")
    assert_accessible()
    accept_and_submit(page, scene)
    page.get_by_role("button", name="Recall the return").click()
    expect(page.get_by_role("status")).to_contain_text("The return is recalled.")
    page.goto(f"{address}read/")
    accept_and_submit(page, scene)

    sign_in(scene.coordinator)
    page.goto(address)
    section(page, item).get_by_text("Ask for a change").click()
    section(page, item).get_by_label("What the agency should change").fill("In which towns?")
    assert_accessible()
    page.get_by_role("button", name="Send it back").click()
    expect(page.get_by_role("status")).to_have_text("The return went back to Police.")

    sign_in(scene.contributor)
    page.set_viewport_size(PHONE)
    page.goto(address)
    bar = page.locator("[data-progress]")
    expect(page.locator("[data-mended]")).to_have_text("0 of 1 item changed or answered")
    expect(bar).to_have_text("0 of 1 item changed or answered")
    expect(section(page, item)).to_contain_text("In which towns?")
    assert page.evaluate(COVERED) == []
    listed = page.locator(f'[data-item="{item.number}"]')
    expect(listed).to_contain_text("To change")
    section(page, item).get_by_label("Reply to the coordinator").fill("In Suva and Apia.")
    expect(page.locator("[data-mended]")).to_have_text("1 of 1 item changed or answered")
    expect(page.locator("#sent-back")).to_have_text("Sent back: changed or answered")
    expect(bar).to_have_text("1 of 1 item changed or answered")
    expect(section(page, item).locator("[data-reply-state]")).to_have_text(re.compile("^Saved at"))
    expect(listed).to_contain_text("Answered")
    box = section(page, item).get_by_label("Achieved in this period")
    box.fill("Done: Promise 2, in Suva and Apia.")
    expect(section(page, item).locator("[data-state]")).to_have_text(re.compile("^Saved at "))
    assert_accessible()

    sign_in(scene.approver)
    page.goto(f"{address}read/")
    accept_and_submit(page, scene)

    sign_in(scene.coordinator)
    page.goto(address)
    expect(section(page, item)).to_contain_text("Changed since it was sent back")
    expect(section(page, item)).to_contain_text("Reply by Police contributor")
    assert_accessible()
    page.get_by_role("button", name="Accept the return").click()
    expect(page.get_by_role("status")).to_have_text(
        "The return of Police is accepted. It was the last one: you can close the round."
    )


def test_the_coordinator_enters_a_return_that_came_by_email(
    page, live_server, scene, address, sign_in, assert_accessible
):
    sign_in(scene.coordinator)
    page.goto(live_server.url + scene.of_return.round.get_absolute_url())
    assert_accessible()
    page.get_by_role("link", name="Enter from an email for Police").click()
    page.get_by_label("The agency’s email").set_input_files(
        {
            "name": "return.eml",
            "mimeType": "message/rfc822",
            "buffer": b"From: police@example.org\nSubject: Our return\n\nAll is done.\n",
        }
    )
    assert_accessible()
    page.get_by_role("button", name="Attach and go on").click()
    expect(page.get_by_text("You enter this return for Police")).to_be_visible()
    page.wait_for_load_state()  # its script, which saves
    answer_all(page, scene)
    assert_accessible()
    page.get_by_role("button", name="Submit the return").click()
    expect(page.locator(".message")).to_have_text(SUBMITTED)
    assert Evidence.objects.get().of_return == scene.of_return

    sign_in(scene.contributor)
    page.goto(address)
    expect(page.get_by_text("Entered by Coordinator for Police")).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Recall the return").click()
    box = section(page, scene.items[0]).get_by_label("Achieved in this period")
    expect(box).to_have_value("Done: Promise 1.")
    sign_in(scene.coordinator)
    assert page.goto(address).status == 403
