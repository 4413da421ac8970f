"""Test units and who looks after an item in a real browser: wide, narrow, and without a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.returns import owed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, "java_script_enabled": request.param}


def test_an_approver_makes_a_unit_and_gives_it_an_item_from_the_return(
    page, live_server, sign_in, accessibility_faults, request
):
    has_script = "without" not in request.node.callspec.id

    def look():
        for width in (1280, 375) if has_script else (375,):
            page.set_viewport_size({"width": width, "height": 900})
            if has_script:  # axe is one
                assert (accessibility_faults(page), page.url) == ([], page.url)

    scene = owed(2)
    agency = scene.of_return.agency
    sign_in(scene.approver)
    page.goto(f"{live_server.url}/agencies/{agency.pk}/seats/")
    page.get_by_role("link", name="Add a unit").click()
    page.get_by_role("button", name="Add").click()
    look()
    page.get_by_label("Name").fill("Financial Crime Group")
    page.get_by_role("button", name="Add").click()
    look()
    page.get_by_role("link", name="Choose a unit").first.click()
    look()
    page.get_by_label("Unit").select_option("Financial Crime Group")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Financial Crime Group")
    look()

    page.goto(live_server.url + scene.of_return.get_absolute_url())
    page.get_by_role("link", name="Give it to a unit or person").first.click()
    page.get_by_label("By when").fill("tomorrow")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Choose a unit or a person")
    look()
    page.get_by_label("Unit").select_option("Financial Crime Group")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".return-given").first).to_contain_text("Financial Crime Group")
    look()
    page.get_by_role("link", name="Change who looks after").first.click()
    look()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".message")).to_contain_text("Nobody in Police looks after item")
