"""Test the warning before the sign-out, by a clock that jumps, and that nothing typed is lost after it."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.cast import scene as make_scene
from tests.factories import PASSWORD
from workitems.models import Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def address(live_server, scene):
    return live_server.url + reverse("meetings:call", args=[scene.plan.slug])


def jump(minutes, context=None):
    """Let so many minutes pass, for the session and in the browser."""
    for row in Session.objects.all():
        data = row.get_decoded()
        data["seen_at"] = data.get("seen_at", int(time.time())) - minutes * 60
        row.session_data = Session.objects.encode(data)
        row.save()
    if context:
        context.clock.fast_forward(minutes * 60 * 1000)


@pytest.fixture
def tabs(context, address, scene, sign_in):
    """Two tabs of the coordinator with a form."""
    sign_in(scene["coordinator"])
    context.clock.install()
    found = []
    for _ in range(2):
        page = context.new_page()
        page.goto(address)
        found.append(page)
    return found


def warning(page):
    return page.get_by_role("alertdialog")


def test_five_minutes_before_the_end_a_dialog_offers_to_stay(tabs, accessibility_faults):
    page = tabs[0]
    page.get_by_label("Where").fill("Bowen House")
    jump(54, page.context)
    page.wait_for_timeout(300)
    expect(warning(page)).to_have_count(0)
    jump(2, page.context)
    for each in tabs:
        expect(warning(each)).to_be_visible()
    assert accessibility_faults(page) == []
    button = warning(page).get_by_role("button", name="Stay signed in")
    expect(button).to_be_focused()
    expect(warning(page).get_by_role("heading")).to_contain_text("You will be signed out at ")
    page.keyboard.press("Enter")
    for each in tabs:
        expect(warning(each)).to_have_count(0)
    expect(page.get_by_label("Where")).to_have_value("Bowen House")
    expect(page.get_by_label("Where")).to_be_focused()
    # It counts from now.
    jump(50, page.context)
    page.wait_for_timeout(300)
    expect(warning(page)).to_have_count(0)


def test_after_the_end_the_dialog_says_so_and_escape_closes_it(tabs):
    page = tabs[0]
    jump(61, page.context)
    expect(warning(page)).to_contain_text("What you typed is still on this page.")
    page.keyboard.press("Escape")
    expect(warning(page)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_is_sent_after_signing_in_again(
    browser, page, live_server, address, scene, sign_in, scripts, accessibility_faults
):
    person = scene["coordinator"]
    sign_in(person)
    context = browser.new_context(java_script_enabled=scripts, locale="en-NZ")
    context.add_cookies(page.context.cookies())
    form = context.new_page()
    form.goto(address)
    form.get_by_label("On what day").fill("7 June 2011")
    form.get_by_label("Where").fill("Bowen House, level 2")
    if scripts:  # the day is read by a request of its own
        expect(form.get_by_text("Tuesday 7 June 2011")).to_be_visible()
    jump(61)
    before = Meeting.objects.count()
    form.get_by_role("button", name="Call the meeting").click()
    expect(form.locator("h1")).to_have_text("You are signed out")
    expect(form.get_by_text("Bowen House, level 2")).to_be_visible()
    assert not scripts or accessibility_faults(form) == []
    tab_to(form, "Sign in and send it")
    form.keyboard.press("Enter")
    expect(form.locator("h1")).to_have_text("Sign in")
    assert "Bowen" not in form.url
    form.get_by_label("Email").fill(person.email)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in", exact=True).click()
    expect(form.locator("h1")).to_have_text("Send what you typed")
    expect(form.get_by_text("Bowen House, level 2")).to_be_visible()
    assert not scripts or accessibility_faults(form) == []
    assert Meeting.objects.count() == before
    form.get_by_role("button", name="Send it", exact=True).click()
    expect(form.get_by_text("Bowen House, level 2")).to_be_visible()

    assert Meeting.objects.count() == before + 1
    context.close()
