"""Test an invitation, the accepted seat and its end in a real browser, wide and narrow."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests.cast import scene

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"
WIDE, NARROW = 1280, 375


def test_an_approver_invites_a_successor_who_accepts_and_ends_the_old_seat(
    page, live_server, sign_in, browser, accessibility_faults, settings
):
    def assert_accessible(page):
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            assert (accessibility_faults(page), page.url) == ([], page.url)

    settings.SITE_URL = live_server.url
    people = scene()
    sign_in(people["approver"])
    page.goto(live_server.url)
    page.locator(".masthead-person").click()
    page.get_by_role("link", name="People of Police").click()
    page.get_by_role("link", name="Invite a person").click()
    assert_accessible(page)
    page.get_by_role("button", name="Send invitation").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Name").fill("Successor")
    page.get_by_label("Email address").fill("successor@example.org")
    page.get_by_label("Approver: ").check()
    page.get_by_role("button", name="Send invitation").dblclick()
    # Of the two answers, the browser shows the one that came last.
    expect(page.get_by_role("status")).to_contain_text(
        re.compile("Successor is invited|You have already sent this form")
    )
    assert_accessible(page)
    assert [letter.to for letter in mail.outbox] == [["successor@example.org"]]
    link = re.search(r"http\S+/invitation/\S+", mail.outbox[0].body)[0]

    other = browser.new_context(viewport={"width": WIDE, "height": 900})
    successor = other.new_page()
    successor.goto(link)
    assert_accessible(successor)
    successor.get_by_label("Password", exact=True).fill("short")
    successor.get_by_role("button", name="Accept invitation").click()
    expect(successor.locator(".error-summary")).to_be_focused()
    assert_accessible(successor)
    for field in ("Password", "Password again"):
        successor.get_by_label(field, exact=True).fill(PASSWORD)
    successor.get_by_role("button", name="Accept invitation").click()
    expect(successor.get_by_role("status").first).to_contain_text("You are an approver at Police.")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    assert_accessible(page)

    successor.set_viewport_size({"width": WIDE, "height": 900})
    successor.locator(".masthead-person").click()
    successor.get_by_role("link", name="People of Police").click()
    successor.get_by_role("link", name="End the role of Police approver as approver").click()
    successor.get_by_label("Now").check()
    successor.get_by_label("Why").fill("Moves to another agency.")
    assert_accessible(successor)
    successor.get_by_role("button", name="End the role").click()
    expect(successor.get_by_role("status")).to_contain_text("Police approver as approver ends.")
    page.goto(live_server.url + people.plan.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")

    successor.get_by_role("link", name="End the role of Successor as approver").click()
    successor.get_by_label("Now").check()
    successor.get_by_label("Why").fill("Leaves too.")
    successor.get_by_role("button", name=re.compile("the role$")).click()
    expect(successor.get_by_text("Police would have no approver")).to_be_visible()
    expect(successor.get_by_label("End the role anyway")).not_to_be_checked()
    assert_accessible(successor)
    other.close()
