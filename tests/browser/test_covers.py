"""Test designing the cover of briefings in a real browser, without JavaScript and with axe."""

import pytest
from playwright.sync_api import expect

from reports.models import AgencyCover
from tests.cast import scene
from tests.reports.document.test_marks import file_of, picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_cover_is_previewed_saved_and_printed_with_its_mark(page, live_server, sign_in):
    people = scene()
    sign_in(people["coordinator"])
    page.goto(f"{live_server.url}/plans/plan-of-action/briefings/kinds/")
    page.get_by_role("link", name="Cover of briefings").click()
    page.get_by_role("link", name="Add a crest or mark").click()
    page.get_by_label("Picture").set_input_files(
        {"name": "crest.png", "mimeType": "image/png", "buffer": file_of(picture("RGBA"))}
    )
    page.get_by_label("Description").fill("Crest of the Department")
    page.get_by_role("button", name="Save the mark").click()
    expect(page.get_by_role("img", name="Crest of the Department")).to_be_visible()

    # A light colour is an error at the field, and what was typed is kept.
    page.get_by_label("Name of the ministry in English").fill("Department of Labour")
    page.get_by_label("Colour of the letterhead").fill("#eeeeee")
    page.get_by_role("button", name="Show how it looks").click()
    expect(page.locator(".field-error")).to_contain_text("too light to read on white")
    expect(page.get_by_label("Name of the ministry in English")).to_have_value(
        "Department of Labour"
    )
    page.get_by_label("Colour of the letterhead").fill("#1f3a5f")
    page.get_by_label("Title: te reo Māori").fill("Taitara")
    page.get_by_role("button", name="Show how it looks").click()
    beside = page.get_by_role("region", name="With what you typed")
    expect(beside.locator(".paper-ministry-name")).to_have_text("Department of Labour")
    expect(beside.locator(".paper-kind")).to_have_css("color", "rgb(31, 58, 95)")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the cover").click()
    assert AgencyCover.objects.get().ministry == "Department of Labour"

    page.goto(live_server.url + people.briefing.get_absolute_url())
    expect(page.locator(".paper-ministry-name")).to_have_text("Department of Labour")
    expect(page.get_by_role("rowheader", name="Title / Taitara")).to_be_visible()


def test_the_cover_is_shown_while_it_is_changed(page, live_server, sign_in, assert_accessible):
    people = scene()
    sign_in(people["coordinator"])
    page.goto(f"{live_server.url}/plans/plan-of-action/briefings/cover/")
    beside = page.locator("#beside")
    page.get_by_label("Name of the ministry in English").fill("Department of Labour")
    expect(beside.locator(".paper-ministry-name")).to_have_text("Department of Labour")
    expect(beside).to_contain_text("Not saved yet.")
    page.get_by_label("Headings of sections and annexes").fill(
        "Annex = Āpitihanga\nWork items = Ngā mahi"
    )
    heading = beside.get_by_role("heading", name="Annex A: Work items / Āpitihanga A: Ngā mahi")
    expect(heading).to_be_visible()
    expect(heading.locator("[lang=mi]")).to_have_text("Āpitihanga A: Ngā mahi")

    # What cannot be shown is said, and the last one stays.
    page.get_by_label("Colour of the letterhead").fill("#eeeeee")
    expect(page.get_by_text("Not shown yet: ")).to_contain_text("too light to read on white")
    expect(heading).to_be_visible()
    assert_accessible()
    assert not AgencyCover.objects.exists()
