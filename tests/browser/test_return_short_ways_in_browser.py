"""Test the short ways through a return in a browser: a date as typed, words copied, a file dropped, the rest."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.returns import owed

pytestmark = pytest.mark.django_db(transaction=True)

DROP = """(section) => {
  const carried = new DataTransfer();
  carried.items.add(new File(["What was done."], "report.txt", { type: "text/plain" }));
  carried.items.add(new File(["MZ"], "tool.exe"));
  for (const name of ["dragenter", "dragover", "drop"]) {
    section.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""


def test_a_return_is_answered_by_its_short_ways(page, live_server, sign_in, assert_accessible):
    scene = owed(4)
    first, overdue = scene.items[0], scene.items[2]
    sign_in(scene.contributor)
    page.goto(live_server.url + scene.of_return.get_absolute_url())

    section = page.locator(f'[id="item-{first.number}"]')
    section.get_by_role("button", name="Copy to edit").click()
    expect(section.locator("[data-same]")).to_be_visible()
    expect(section.locator("[data-state]")).to_have_text(re.compile("^Saved at "))
    section.evaluate(DROP)
    said = section.locator("[data-dropped] [role=status]")
    expect(said).to_contain_text("report.txt is added. tool.exe is not added.")
    expect(section.get_by_role("link", name="report.txt", exact=True)).to_be_visible()

    milestone = page.locator(f'[id="milestone-{scene.overdue.pk}"]')
    milestone.get_by_label("Not yet").check()
    box = milestone.get_by_label("Now expected")
    box.fill("31 dec 26")
    understood = box.locator("xpath=..").locator(".date-understood")
    expect(understood).to_have_text("Thursday 31 December 2026")
    box.fill("31 june 2027")
    box.blur()
    expect(understood).to_have_text("June 2027 has only 30 days. Check the day.")
    expect(milestone.get_by_role("button", name="Choose a date").first).to_be_visible()
    assert_accessible()
    milestone.get_by_role("button", name="Discard what is not finished").click()
    expect(milestone).to_contain_text("What you typed here and had not finished is discarded.")

    page.get_by_role("button", name="No change to the rest").click()
    message = page.locator(".message")
    expect(message).to_contain_text("“No change” is saved for")
    expect(message).to_contain_text(
        f"Not answered: {overdue.number}, because a milestone is overdue"
    )
    assert scene.of_return.updates.count() == 3
    assert_accessible()
