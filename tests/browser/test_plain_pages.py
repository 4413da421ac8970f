"""Test sign-in and error pages with axe and for horizontal scrolling, wide and narrow."""

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.cast import scene

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = 1280, 375


@pytest.fixture
def faults_at(page, accessibility_faults):
    def faults_at(width):
        page.set_viewport_size({"width": width, "height": 900})
        return accessibility_faults(page)

    return faults_at


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/account/sign-in/", 200, "Sign in"),
        ("/account/sign-up/", 200, "By invitation only"),
        ("/account/inactive/", 200, "This account is closed"),
        ("/account/password/reset/", 200, "Choose a new password"),
        ("/account/password/reset/done/", 200, "Check your email"),
        ("/account/password/reset/key/1-none/", 200, "This link no longer works"),
        ("/account/password/reset/key/done/", 200, "Your password has been changed"),
        ("/nowhere/", 404, "Page not found"),
        ("/?q=%00", 400, "We could not read that request"),
    ],
)
def test_a_page_before_signing_in_is_accessible(page, live_server, faults_at, path, status, title):
    assert page.goto(live_server.url + path).status == status
    expect(page.locator("h1")).to_have_text([title])
    assert faults_at(WIDE) == faults_at(NARROW) == []


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/account/sign-out/", 200, "Sign out"),
        ("/account/password/change/", 200, "Change your password"),
        ("/account/reauthenticate/", 200, "Confirm that it is you"),
        ("/nowhere/", 404, "Page not found"),
        ("/plans/plan-of-action/briefings/new/", 403, "You do not have permission to do this"),
        ("/plans/another-plan/", 404, "Page not found"),
    ],
)
def test_a_page_after_signing_in_is_accessible(
    page, live_server, sign_in, faults_at, path, status, title
):
    sign_in(scene()["contributor"])
    assert page.goto(live_server.url + path).status == status
    expect(page.locator("h1")).to_have_text([title])
    assert faults_at(WIDE) == faults_at(NARROW) == []


def test_the_error_for_a_wrong_password_is_announced_at_the_form(page, live_server, faults_at):
    page.goto(f"{live_server.url}/account/sign-in/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".error-summary:focus li")).to_have_count(1)
    assert faults_at(WIDE) == faults_at(NARROW) == []


@pytest.mark.parametrize(
    "template", ["403_csrf.html", "429.html", "500.html", "503.html", "503_file.html", "507.html"]
)
def test_an_error_page_rendered_from_its_template_is_accessible(
    page, live_server, faults_at, template
):
    page.route(
        "**/provoked/",
        lambda route: route.fulfill(
            body=render_to_string(template), content_type="text/html; charset=utf-8"
        ),
    )
    page.goto(f"{live_server.url}/provoked/")
    expect(page.locator("h1")).to_have_count(1)
    assert faults_at(WIDE) == faults_at(NARROW) == []
