"""Test sign-in and error pages with axe and for horizontal scrolling, wide and narrow."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.browser.axe import WCAG_22_AA
from tests.browser.test_demo_pages import NARROW, PEOPLE, WIDE
from tests.cast import scene
from trafficking_plan.frame.views import CHECKED

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE_SIGNING_IN = [
    ("/account/sign-in/", 200, "Sign in"),
    ("/account/sign-up/", 200, "By invitation only"),
    ("/account/inactive/", 200, "This account is closed"),
    ("/account/password/reset/", 200, "Choose a new password"),
    ("/account/password/reset/done/", 200, "Check your email"),
    ("/account/password/reset/key/1-none/", 200, "This link no longer works"),
    ("/account/password/reset/key/done/", 200, "Your password has been changed"),
    ("/privacy/", 200, "Privacy"),
    ("/accessibility/", 200, "Accessibility"),
    ("/nowhere/", 404, "Page not found"),
    ("/?q=%00", 400, "We could not read that request"),
]
AFTER_SIGNING_IN = [
    ("/account/sign-out/", 200, "Sign out"),
    ("/account/password/change/", 200, "Change your password"),
    ("/account/reauthenticate/", 200, "Confirm that it is you"),
    ("/plans/plan-of-action/briefings/new/", 403, "You do not have permission to do this"),
    ("/plans/another-plan/", 404, "Page not found"),
]


def test_sign_in_and_error_pages_are_accessible(page, live_server, sign_in, assert_accessible):
    def look_at(pages):
        for path, status, title in pages:
            assert page.goto(live_server.url + path).status == status
            expect(page.locator("h1")).to_have_text([title])
            assert_accessible()

    look_at(BEFORE_SIGNING_IN)
    sign_in(scene()["contributor"])
    look_at(AFTER_SIGNING_IN)


def test_the_error_for_a_wrong_password_is_announced_at_the_form(
    page, live_server, assert_accessible
):
    page.goto(f"{live_server.url}/account/sign-in/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".error-summary:focus li")).to_have_count(1)
    assert_accessible()


def test_an_error_page_rendered_from_its_template_is_accessible(
    page, live_server, assert_accessible
):
    page.route(
        "**/provoked/*.html",
        lambda route: route.fulfill(
            body=render_to_string(route.request.url.rsplit("/")[-1]),
            content_type="text/html; charset=utf-8",
        ),
    )
    for template in ("403_csrf", "429", "500", "503", "503_file", "507"):
        page.goto(f"{live_server.url}/provoked/{template}.html")
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible()


def test_the_statement_says_how_pages_are_really_checked(page):
    page.evaluate(AXE_SCRIPT)
    rules = page.evaluate("tags => axe.getRules(tags).length", WCAG_22_AA)
    assert {"rules": rules, "people": len(PEOPLE), "wide": WIDE, "narrow": NARROW} == CHECKED
