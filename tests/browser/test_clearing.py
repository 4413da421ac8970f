"""Test an agency's page of a consultation, where several forms are submitted one at a time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from agencies.models import Agency, Seat
from reports.clearance import services as clearance
from tests.browser.workshop import draft_of_today, seated

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "The figures leave out what was done at sea."


@pytest.fixture
def approver(page, sign_in, live_server):
    """The consultation page of Police in its approver's browser."""
    draft, police = draft_of_today(2), Agency.objects.get(short_name="Police")
    clearance.ask(
        briefing=draft.briefing,
        agencies=[police],
        due_on=timezone.localdate() + timedelta(days=7),
        by=draft.coordinators[0],
        on=timezone.localdate(),
        at=timezone.now(),
    )
    sign_in(seated("Police approver", Seat.Role.APPROVER, police))
    where = [draft.plan.slug, draft.briefing.pk, police.pk]
    page.goto(live_server.url + reverse("briefings:clear", args=where))
    return page


def confirmations(page, answer):
    """Collect the confirmations that the browser asks for before a form is submitted."""
    said = []

    def reply(dialog):
        said.append(dialog.message)
        dialog.accept() if answer else dialog.dismiss()

    page.on("dialog", reply)
    return said


def test_leaving_a_refused_reason_unsent_asks_for_confirmation(approver, accessibility_faults):
    page, said = approver, confirmations(approver, answer=False)
    page.get_by_label("Concurs", exact=True).check()
    page.get_by_label("Comment or reason").fill(REASON)
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Leave this blank to concur without comment.")
    assert accessibility_faults(page) == []
    place = page.locator(".clearance-place").first
    place.locator("summary", has_text="Comment").click()
    place.get_by_role("textbox").fill("Which figures?")
    place.get_by_role("button", name="Send the comment").click()
    assert said == [
        "You have typed something else on this page that is not sent yet. Continue without it?"
    ]
    expect(page.get_by_label("Comment or reason")).to_have_value(REASON)
    expect(page.get_by_label("Comment or reason")).to_be_focused()


def test_leaving_an_unsent_choice_asks_for_confirmation(approver):
    page, said = approver, confirmations(approver, answer=True)
    place = page.locator(".clearance-place").first
    place.locator("summary", has_text="Comment").click()
    place.get_by_role("textbox").fill("Which figures?")
    page.get_by_label("Concurs", exact=True).check()
    place.get_by_role("button", name="Send the comment").click()
    expect(page.locator(".thread-words").first).to_have_text("Which figures?")
    assert len(said) == 1


def test_submitting_the_only_changed_form_asks_nothing(approver):
    page, said = approver, confirmations(approver, answer=False)
    page.get_by_label("Does not concur").check()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_label("Comment or reason").fill(REASON)
    page.get_by_role("button", name="Record the answer").click()
    expect(page.locator(".summary")).to_contain_text(REASON)
    assert said == []
