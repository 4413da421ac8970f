"""Test that words typed into a form that a button sends outlive a connection that is down, and that ticks do."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.models import Seat
from tests.browser.returns import end, owed
from tests.factories import SeatFactory, UpdateFactory
from tests.workitems.workbooks import file_of, small
from workitems.intake.workbook import import_workbook
from workitems.models import Milestone, MilestoneAnswer, ReadingTicks, ReturnNote

pytestmark = pytest.mark.django_db(transaction=True)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def scene():
    return owed(1)


@pytest.fixture
def phone(page, sign_in, scene):
    page.set_viewport_size({"width": 375, "height": 812})
    sign_in(scene.approver)
    return page


@pytest.fixture
def milestones_page(phone, live_server, scene):
    phone.goto(live_server.url + scene.overdue.get_absolute_url())
    return phone


@pytest.fixture
def reading(phone, live_server, scene):
    UpdateFactory(
        of_return=scene.of_return,
        item=scene.items[0],
        achieved="Printed in Suva.",
        written_by=scene.contributor,
    )
    phone.goto(f"{live_server.url}{scene.of_return.get_absolute_url()}read/")
    return phone


def state(page):
    return page.locator(".form-state")


def offered(page):
    return page.locator("[data-kept-form]")


def done(page):
    """Fill in that the milestone is done."""
    form = page.locator("form:has([value=close])")
    form.get_by_label("Done on").fill(f"{localdate() - timedelta(days=1):%d/%m/%Y}")
    form.get_by_label("Evidence").fill("The invoice.")
    return form.get_by_role("button", name="Mark as done")


def test_whether_what_is_typed_is_saved_stands_beside_the_button(milestones_page):
    done(milestones_page)
    expect(state(milestones_page)).to_have_text("Not saved yet. Choose “Mark as done”.")


def test_the_bar_of_a_milestones_page_says_what_is_not_saved(milestones_page, accessibility_faults):
    bar = milestones_page.locator(".return-bar")
    expect(bar).to_be_hidden()
    reason = milestones_page.locator("form:has([value=move])").get_by_label("Why the date moves")
    reason.fill("The printer is late.")
    said = "Not saved yet. Choose “Save the new forecast”."
    expect(bar).to_have_text(said)
    assert accessibility_faults(milestones_page) == []
    milestones_page.evaluate("scrollTo(0, 0)")
    expect(bar).to_be_in_viewport()
    bar.get_by_role("link", name=said).click()
    expect(state(milestones_page)).to_be_in_viewport()
    reason.fill("")
    expect(bar).to_be_hidden()


def test_a_milestone_saved_without_a_connection_stays_and_can_be_sent_again(
    milestones_page, accessibility_faults
):
    button = done(milestones_page)
    milestones_page.context.set_offline(True)
    button.click()
    expect(state(milestones_page)).to_have_text(re.compile("^Not sent: no connection."))
    expect(state(milestones_page)).to_be_in_viewport()
    assert accessibility_faults(milestones_page) == []
    milestones_page.context.set_offline(False)
    expect(state(milestones_page)).to_have_text("Not saved yet. Choose “Mark as done”.")
    button.click()
    expect(milestones_page.locator(".message")).to_contain_text("is answered in the return")
    assert MilestoneAnswer.objects.get().reason == "The invoice."
    milestones_page.wait_for_function("localStorage.length === 0")


def test_words_of_a_page_that_is_closed_are_offered_again(
    milestones_page, context, accessibility_faults
):
    milestones_page.context.set_offline(True)
    done(milestones_page).click()
    address = milestones_page.url
    milestones_page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(offered(again)).to_contain_text("The invoice.")
    assert accessibility_faults(again) == []
    offered(again).get_by_role("button", name="Discard it").click()
    expect(offered(again).get_by_text("The invoice.")).to_be_hidden()
    offered(again).get_by_role("button", name="Put it back").click()
    expect(offered(again)).to_have_count(0)
    expect(again.locator("form:has([value=close])").get_by_label("Evidence")).to_have_value(
        "The invoice."
    )


def test_what_is_offered_is_in_sight_when_the_page_is_loaded_again(milestones_page):
    milestones_page.context.set_offline(True)
    done(milestones_page).click()
    milestones_page.context.set_offline(False)
    milestones_page.reload()
    expect(offered(milestones_page)).to_be_in_viewport()


def test_cancel_lets_go_what_was_typed(milestones_page):
    address = milestones_page.url
    done(milestones_page)
    milestones_page.locator("form:has([value=close])").get_by_role("link", name="Cancel").click()
    milestones_page.goto(address)
    expect(offered(milestones_page)).to_have_count(0)
    milestones_page.wait_for_function("localStorage.length === 0")


def test_the_note_to_the_writers_is_kept_without_a_connection(reading):
    reading.get_by_text("Not ready: send it back to the writers").click()
    box = reading.get_by_label("What the writers should change")
    box.fill("Say who printed it.")
    button = reading.get_by_role("button", name="Send it back to the writers")
    unsent = "Not saved yet. Choose “Send it back to the writers”."
    expect(state(reading)).to_have_text(unsent)
    expect(reading.locator(".return-bar")).to_contain_text(unsent)
    reading.context.set_offline(True)
    button.click()
    expect(state(reading)).to_have_text(re.compile("^Not sent: no connection."))
    expect(box).to_have_value("Say who printed it.")
    reading.context.set_offline(False)
    button.click()
    expect(reading.locator(".message")).to_contain_text("Sent back to the writers of Police")
    assert ReturnNote.objects.get().body == "Say who printed it."
    reading.wait_for_function("localStorage.length === 0")


def test_a_return_that_cannot_be_submitted_is_said_not_to_be_until_the_button_is_chosen_again(
    reading, scene
):
    Milestone.objects.filter(pk=scene.overdue.pk).update(completed_on=localdate())
    reading.reload()
    button = reading.get_by_role("button", name="Accept all and submit")
    reading.context.set_offline(True)
    button.click()
    refused = (
        "Not done: no connection. Choose “Accept all and submit” again when the connection is back."
    )
    expect(state(reading)).to_have_text(refused)
    reading.context.set_offline(False)
    expect(state(reading)).to_have_text("Not done yet. Choose “Accept all and submit” again.")


def test_the_note_to_the_writers_on_the_return_is_not_said_to_be_saved(
    phone, live_server, scene, accessibility_faults
):
    phone.goto(live_server.url + scene.of_return.get_absolute_url())
    bar = phone.locator(".return-saved")
    expect(bar).to_have_text(re.compile("^All saved"))
    end(phone).get_by_text("Not ready: send it back to the writers").click()
    note = phone.get_by_label("What the writers should change")
    note.fill("Say who printed it.")
    send = phone.get_by_role("button", name="Send it back to the writers")
    unsent = "What the writers should change: Not saved yet. Choose “Send it back to the writers”."
    expect(bar).to_have_text(unsent)
    phone.context.set_offline(True)
    send.click()
    expect(bar).to_have_text(re.compile("^What the writers should change: Not sent: no connection"))
    assert accessibility_faults(phone) == []
    phone.context.set_offline(False)
    expect(bar).to_have_text(unsent)
    phone.goto(live_server.url + scene.of_return.get_absolute_url())
    expect(offered(phone)).to_contain_text("Say who printed it.")
    offered(phone).get_by_role("button", name="Put it back").click()
    expect(note).to_have_value("Say who printed it.")
    expect(bar).to_have_text(unsent)
    send.click()
    expect(phone.locator(".message")).to_contain_text("Sent back to the writers of Police")
    assert ReturnNote.objects.get().body == "Say who printed it."
    phone.wait_for_function("localStorage.length === 0")


def test_what_is_accepted_without_a_connection_is_said_and_sent_when_it_is_back(reading):
    bar = reading.locator(".return-saved")
    expect(bar).to_have_text("What you accept is saved as you tick it.")
    reading.context.set_offline(True)
    reading.get_by_label("Accept").check()
    expect(bar).to_have_text(re.compile("^Not saved yet. No connection."))
    reading.context.set_offline(False)
    expect(bar).to_have_text(re.compile("^Saved at "))
    assert len(ReadingTicks.objects.get().ticks) == 1


def test_a_reason_that_an_import_accepted_is_not_offered_as_not_sent(
    page, sign_in, live_server, settings, tmp_path
):
    settings.FILES_DIR = tmp_path
    plan = import_workbook(file_of(small()), name="first.xlsx", at=timezone.now()).plan
    keeper = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    sheets = small()
    sheets["Work items"][0] |= {"Title": "Train everybody", "Confidence": "On track"}
    sign_in(keeper)
    page.goto(live_server.url + reverse("plans:import", args=[plan.slug]))
    book = {"name": "plan.xlsx", "mimeType": XLSX, "buffer": file_of(sheets).getvalue()}
    page.locator("input[type=file]").set_input_files(book)
    page.locator("main form button[type=submit]").first.click()
    page.locator("textarea").fill("The Cabinet decided so.")
    page.get_by_role("button", name="Propose this change").click()
    expect(page.locator("#main").get_by_text("V1 is with the coordinator.")).to_be_visible()
    expect(offered(page)).to_have_count(0)
    page.reload()
    expect(offered(page)).to_have_count(0)
