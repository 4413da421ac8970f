"""Test the real case of 2013 in a real browser: recorded, prepared, decided a day late, and released.

The server's clock is set to the day of the letter.
"""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from agencies.models import User
from reports.requests.models import ScheduleLine
from reports.requests.redaction.redact import leaves
from reports.requests.services import redactions
from tests.browser.test_briefing_journey import Person

pytestmark = pytest.mark.django_db(transaction=True)

DECIDED = datetime(2013, 5, 22, 2, tzinfo=UTC)
ASKED = "Please send me the annual report of 2010 on the Plan of Action."


@pytest.fixture
def person(page, live_server, sign_in, accessibility_faults, load_demo):
    load_demo("load_demo_plan", "load_demo_briefing")
    return Person(page, live_server, sign_in, accessibility_faults)


def fill(page, **fields):
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def withhold_the_contact():
    """Withhold the contact's number; the page for it has a test of its own."""
    line = ScheduleLine.objects.get()
    (place, text), *_ = [
        (leaf.place, leaf.text)
        for leaf in leaves(redactions.document_of(line))
        if leaf.place.startswith("cover.contacts.") and leaf.place.endswith("direct_dial")
    ]
    (row,) = redactions.propose(
        line=line,
        document_sha256=line.issued.document_sha256,
        spans=[(place, 0, len(text))],
        grounds=["9(2)(a)"],
        public_interest="Nobody needs the number to judge the paper.",
        by=User.objects.get(email="oia.adviser@example.org"),
        at=timezone.now(),
    )
    redactions.agree(
        redaction=row,
        version=row.version,
        by=User.objects.get(email="oia.reviewer@example.org"),
        at=timezone.now(),
    )
    return text


def test_a_request_is_answered_one_working_day_late_with_an_apology_and_released(person):
    page = person.page
    with time_machine.travel(DECIDED):
        # Recorded by the adviser: due on 21 May 2013.
        person.sign_in_as("oia.adviser").open("Requests")
        person.assert_accessible().open("Record a request")
        fill(
            page,
            reference="13/02025",
            requester_name="The requester",
            requester_address="requester@example.org",
            dated="21 April 2013",
            received_on="22 April 2013",
            text=ASKED,
        )
        page.locator("[name=channel]").select_option("site")
        page.locator("[name=plan]").select_option(
            label="Plan of Action to Prevent People Trafficking"
        )
        person.press("Record the request")
        expect(page.get_by_text("1 working day late", exact=True)).to_be_visible()
        next_step = page.get_by_role("region", name="Next")
        expect(next_step).to_contain_text("The decision is due on 21 May 2013.")
        person.assert_accessible()

        # Acknowledged by letter on the next day.
        person.open("Acknowledge the request")
        person.assert_accessible().press("Write the letter")
        fill(page, sent_on="23 April 2013")
        person.assert_accessible().press("Finish the letter")
        person.open("13/02025")

        # The one briefing of these days is in scope.
        person.press("Begin with the papers")
        fill(page, scope_from="29 July 2010", scope_to="31 July 2010")
        person.press("Save and find papers")
        page.locator("[name=paper]").first.check()
        person.assert_accessible().press("Add what is ticked to the schedule")
        person.open("13/02025").press("Decide on each paper")
        person.open("Decide on document 1")
        page.get_by_label("Withheld", exact=True).check()
        person.press("Save the decision")
        expect(page.get_by_role("alert")).to_contain_text(
            "Choose the ground on which this is withheld or refused."
        )
        person.assert_accessible()
        page.get_by_label("Release in part").check()
        person.press("Save the decision")
        number = withhold_the_contact()

        # The letter with the decision.
        person.open("13/02025", "Write the letter with the decision")
        fill(page, dated="22 May 2013")
        person.press("Write the letter")
        expect(page.get_by_text("It is one working day late. We apologise")).to_be_visible()
        person.assert_accessible()
        # Like fields are treated unlike: whoever signs needs a reason, so it is asked for now.
        person.open("13/02025", "Send for review")
        for box in page.locator("textarea[name^=warning]").all():
            box.fill("The manager’s number is public.")
        person.assert_accessible().press("Send for review")
        person.sign_in_as("oia.reviewer").open("Review the redactions of request 13/02025")
        person.press("Finish the review")

        # Signed by another person, who reads of like fields treated unlike.
        person.sign_in_as("oia.decision-maker").open("Sign the decision on request 13/02025")
        person.open("Read and sign the decision")
        expect(page.get_by_text("is withheld and").first).to_be_visible()
        person.assert_accessible()
        page.locator("[name=has_read]").check()
        person.press("Sign the decision")
        expect(page.get_by_text("1 working day late", exact=True)).to_be_visible()

        # Released, after the gate has searched the bytes.
        person.open("Check the files and release").press("Check the files")
        expect(page.get_by_text("Passes")).to_be_visible()
        person.assert_accessible().press("Release the papers")
        expect(page.get_by_text("Released on 22 May 2013")).to_be_visible()
        person.assert_accessible()
        person.open("13/02025")
        person.assert_accessible()

        # Sent by the adviser, who records the day: only then is it closed.
        person.sign_in_as("oia.adviser").open("Requests", "13/02025")
        person.open("Record that the decision was sent").assert_accessible()
        fill(page, on="22 May 2013")
        person.press("Record the day")
        # The letter came without the papers, so they have one of their own.
        person.open("Write the letter with the papers").press("Write the letter")
        fill(page, sent_on="22 May 2013")
        person.assert_accessible().press("Finish the letter")
        person.open("13/02025")
        person.press("Close the request")
        person.open("Requests", "Half-yearly figures")
        expect(page.get_by_role("row", name="January to June 2013")).to_contain_text("21.0")
        person.assert_accessible()
    paper = ScheduleLine.objects.get().released_papers.get()
    assert paper.withheld == {"9(2)(a)": 1}
    assert number.encode() not in bytes(paper.pdf)
