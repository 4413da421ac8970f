"""Test a question between two agencies in a real browser: asked, answered from the desk, settled; with axe, and without
JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import scene as make_scene
from workitems.models import Mention, Note

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    return make_scene()


@pytest.mark.parametrize("width", [1280, 375])
def test_a_question_is_asked_answered_from_the_desk_and_settled(
    page, live_server, scene, sign_in, accessibility_faults, width
):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(scene["contributor"])
    page.goto(live_server.url + scene.item.get_absolute_url())
    assert accessibility_faults(page) == []
    page.get_by_role("link", name="Write a note").click()
    page.get_by_role("textbox", name="Note").fill("Where is it printed?")
    page.get_by_label("All members").check()
    page.get_by_label("Someone else").select_option(label="Customs")
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Write the note").click()
    expect(
        page.locator("#main").get_by_text("The note is written. Who can read it: All members.")
    ).to_be_visible()
    assert accessibility_faults(page) == []

    sign_in(scene["other contributor"])
    page.goto(live_server.url + reverse("home"))
    assert accessibility_faults(page) == []
    page.get_by_role("link", name="Answer Police’s question on 1.1").click()
    page.get_by_role("textbox", name="Answer").fill("In Porirua.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#main").get_by_text("Your answer is written.")).to_be_visible()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    page.get_by_role("link", name="Settle it").click()
    page.get_by_role("textbox", name="How is it settled?").fill("Police know where.")
    page.get_by_role("button", name="Settle it").click()
    expect(page.get_by_text("Police know where.")).to_be_visible()
    assert accessibility_faults(page) == []
    assert list(Note.objects.order_by("-pk").values_list("text", flat=True)[:2]) == [
        "In Porirua.", "Where is it printed?",
    ]  # fmt: skip
    assert Mention.objects.open().filter(agency=scene.agencies["customs"]).count() == 0


def test_without_javascript_an_answer_is_sent_from_the_items_page(
    browser, live_server, scene, sign_in, context
):
    sign_in(scene["contributor"])
    plain = browser.new_context(
        java_script_enabled=False, storage_state=context.storage_state(), locale="en-NZ"
    )
    page = plain.new_page()
    page.goto(live_server.url + scene.item.get_absolute_url())
    page.locator(".conversation summary").first.click()
    page.locator(".conversation textarea").first.fill("Next week.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#main").get_by_text("Your answer is written.")).to_be_visible()
    plain.close()
    assert Note.objects.latest("pk").text == "Next week."
