"""Test the 2010 briefing in a real browser, from its draft to next year's draft.

The server's clock is set to July 2010, so that changes count on the paper's date.
"""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from agencies.models import User
from agencies.records import history
from reports.models import Briefing, IssuedPaper
from tests.reports.paper_reading import numbered
from workitems.demo.demo_plans import PLAN_OF_2009
from workitems.demo.people import PASSWORD
from workitems.models import Delay, Update

pytestmark = pytest.mark.django_db(transaction=True)

DRAFTING, SIGNED = datetime(2010, 7, 26, tzinfo=UTC), datetime(2010, 7, 30, tzinfo=UTC)
ANSWERED = datetime(2010, 8, 4, tzinfo=UTC)
POLICY = "have written an internal policy"


class Person:
    """One of the demo's users at a browser."""

    def __init__(self, page, live_server, sign_in, faults):
        self.page, self.root, self.sign_in, self.faults = page, live_server.url, sign_in, faults

    def sign_in_as(self, who):
        self.sign_in(User.objects.get(email=f"{who}@example.org"))
        self.page.goto(self.root)
        return self

    def open(self, *links):
        for link in links:
            self.page.get_by_role("link", name=link).first.click()
        return self

    def press(self, button):
        self.page.get_by_role("button", name=button).first.click()
        return self

    def assert_accessible(self):
        for width in (1280, 375):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.faults(self.page) == []
        self.page.set_viewport_size({"width": 1280, "height": 900})
        return self


@pytest.fixture
def person(page, live_server, sign_in, accessibility_faults, load_demo):
    load_demo("load_demo_plan")
    return Person(page, live_server, sign_in, accessibility_faults)


def block(page, words):
    return page.locator("[data-block]", has_text=words)


def edit(page, words, more):
    """Append words to the paragraph that contains others, and save."""
    there = block(page, words)
    key = there.get_attribute("data-block")
    there = page.locator(f"[data-block='{key}']")
    there.get_by_role("link", name=re.compile("^Edit")).click()
    box = there.get_by_role("textbox")
    expect(box).to_be_focused()
    box.press("Control+End")
    box.type(f" {more}")
    there.get_by_role("button", name=re.compile("^Done")).click()
    expect(there.locator("[data-words]")).to_contain_text(more)
    expect(there.get_by_role("textbox")).to_have_count(0)
    expect(there.locator("[data-origin]")).to_have_text("Edited")


def preview(page):
    """Return the numbered paragraphs and recommendations of the preview: (number, text)."""
    return [
        (number, re.sub(r"\s", "", text))
        for number, text in page.evaluate(
            """() => [...document.querySelectorAll(".paper > section > ol")].flatMap((list) =>
                [...list.children].map((item, place) => [list.start + place, item.textContent]))"""
        )
    ]


def test_the_2010_briefing_from_its_draft_to_next_years_background(person, page, live_server):
    with time_machine.travel(DRAFTING):
        person.sign_in_as("coordinator").open("Plan of Action to Prevent People Trafficking")
        person.open("Briefings", "New briefing")
        page.get_by_label("Annual report", exact=True).check()
        page.get_by_label("Tracker number").fill("10/96252")
        page.get_by_label("Date of the briefing").fill("30 July 2010")
        page.get_by_label("First contact: direct dial").fill("(04) 555 0110")
        page.get_by_label("direct dial").last.fill("(04) 555 0100")
        person.press("Draft the briefing")
        expect(page.get_by_role("status").first).to_contain_text("drafted from the plan’s records")
        briefing = Briefing.objects.get()

        # Two paragraphs in the coordinator's own words.
        edit(page, POLICY, "It was read by the working group in May.")
        edit(page, "held a forum for non-government", "Another will follow.")

        # The records of an edited and of an unedited paragraph change.
        update = Update.objects.get(achieved__contains=POLICY)
        update.achieved = "Police have written and published a policy on people trafficking."
        history.save(update, by=None, reason="Said better")
        delay = Delay.objects.get(explanation__contains="two advisers")
        delay.explanation = "Both advisers were on other work until the end of May 2010."
        history.save(delay, by=None, reason="Said better")
        page.reload()
        drifted = block(page, POLICY)
        expect(drifted).to_contain_text("The records have changed")
        expect(drifted.locator("ins").first).to_contain_text("published")
        person.open(re.compile("^Update .* from the records$")).press(
            "Update the selected paragraphs"
        )
        expect(block(page, "Both advisers were on other work")).to_have_count(1)
        expect(block(page, "It was read by the working group in May.")).to_have_count(1)
        block(page, POLICY).get_by_role("button", name=re.compile("^Keep my text")).click()
        expect(block(page, POLICY)).not_to_contain_text("The records have changed")

        # Three agencies are asked.
        person.open("Clearance", "Ask the agencies")
        for box in page.get_by_role("checkbox").all():
            name = page.locator(f"label[for='{box.get_attribute('id')}']").inner_text()
            box.set_checked(name.split(" ")[0] in ("Police", "Customs", "MFAT"))
        page.get_by_label("Answers are due on").fill("29 July 2010")
        person.press("Put the draft into consultation")
        expect(page.get_by_role("row")).to_have_count(4)

        person.sign_in_as("customs.approver").open("Clearance of 10/96252")
        page.get_by_label("Concurs", exact=True).check()
        person.press("Record the answer")
        expect(page.get_by_role("definition").first).to_have_text("Concurs")

        person.sign_in_as("mfat.approver").open("Clearance of 10/96252")
        page.get_by_label("Does not concur").check()
        person.press("Record the answer")
        expect(page.get_by_role("alert")).to_contain_text("Say why your agency does not concur")
        page.get_by_label("Comment or reason").fill("The seminar in Bali is left out.")
        person.assert_accessible().press("Record the answer")
        expect(page.get_by_role("definition").first).to_have_text("Does not concur")

        person.sign_in_as("police.contributor").open("Clearance of 10/96252")
        mine = page.locator(".clearance-place", has_text=POLICY)
        mine.get_by_text("Comment", exact=False).first.click()
        mine.get_by_role("textbox").fill("It was read in June.")
        mine.get_by_role("button", name="Send the comment").click()
        expect(mine.locator(".thread-words")).to_have_text("It was read in June.")
        person.sign_in_as("police.approver").open("Clearance of 10/96252")
        page.get_by_label("Concurs", exact=True).check()
        person.press("Record the answer")

        # The comment is dealt with, so Police is asked again and concurs again.
        person.sign_in_as("coordinator").open("Resolve 1 comment: 10/96252")
        thread = page.locator(".thread", has_text="It was read in June.")
        thread.get_by_role("link", name=re.compile("^paragraph")).click()
        edit(page, POLICY, "(In June, to be exact.)")
        person.open("Clearance")
        expect(page.get_by_role("row", name=re.compile("^Police"))).to_contain_text("asked again")
        thread.get_by_text("Reply or resolve").click()
        thread.get_by_role("textbox").fill("It says June now.")
        thread.get_by_role("button", name="Resolve", exact=True).click()
        expect(thread).to_contain_text("Resolved")
        person.sign_in_as("police.approver").open("Clearance of 10/96252")
        expect(page.locator(".callout ins")).to_contain_text("In June")
        person.assert_accessible()
        page.get_by_label("Concurs", exact=True).check()
        person.press("Record the answer")

    with time_machine.travel(SIGNED):
        person.sign_in_as("coordinator").open("Ask for authorisation: 10/96252", "10/96252")
        on_screen = preview(page)
        cover = page.get_by_role("row", name=re.compile("^Agencies consulted"))
        expect(cover).to_contain_text("Customs, MFAT, Police")
        expect(cover).to_contain_text("Not concurring: MFAT (reasons in Annex C)")
        expect(page.get_by_role("row", name=re.compile("^Ministry of Foreign"))).to_contain_text(
            "Does not concur"
        )
        person.press("Ask for authorisation")

        person.sign_in_as("authorising.manager").open("Read and authorise 10/96252")
        person.assert_accessible()
        page.get_by_label("I have read this PDF").check()
        page.get_by_label("Your password").fill(PASSWORD)
        person.press("Authorise version 1")
        with page.expect_download() as download:
            person.assert_accessible().open("Download the PDF")
        with open(download.value.path(), "rb") as file:
            data = file.read()
        assert data == bytes(IssuedPaper.objects.get().pdf)
        in_file = numbered(data)
        assert in_file == on_screen
        assert [number for number, _ in in_file] == [*range(1, len(in_file)), 1]

        person.sign_in_as("coordinator").open(
            "Plan of Action to Prevent People Trafficking", "Briefings"
        )
        person.press("Mark as sent to the Minister")

    with time_machine.travel(ANSWERED):
        person.sign_in_as("ministers.office").open("Record the Minister’s answer to 10/96252")
        page.get_by_label("Signed by the Minister on").fill("3 August 2010")
        page.get_by_label("Noted").check()
        page.get_by_role("group", name="Quality of advice").get_by_label("4, good").check()
        person.press("Record the Minister’s answer")
        expect(page.get_by_text("Signed on 3 August 2010")).to_be_visible()

        person.sign_in_as("coordinator").open(
            "Plan of Action to Prevent People Trafficking", "Briefings"
        )
        person.open("New briefing")
        page.get_by_label("Annual report", exact=True).check()
        page.get_by_label("Tracker number").fill("11/02371")
        person.press("Draft the briefing")
        background = page.locator("[data-chapter=background]")
        expect(background).to_contain_text("3 August 2010")
        expect(background).to_contain_text("10/96252")
    assert briefing.issued.count() == 1
    assert page.goto(
        live_server.url + reverse("briefings:issued", args=[PLAN_OF_2009, briefing.pk])
    ).ok
