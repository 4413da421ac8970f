"""Test the editor of a paragraph on the draft page: saving, references, conflicts, a lost script."""

import pytest
from playwright.sync_api import expect

from tests.browser.workshop import SAVED, paragraph

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "The Plan was agreed by twelve agencies."


def open_draft(page, draft, address, sign_in):
    page.set_viewport_size({"width": 1280, "height": 3000})
    sign_in(draft.coordinators[0])
    page.goto(address)


def edit(page, words):
    """Open a paragraph and return its editor."""
    key = paragraph(page, words).get_attribute("data-block")
    paragraph(page, words).locator("[data-edit]").click()
    surface = page.locator(f'[data-editor="{key}"]').get_by_role("textbox")
    expect(surface).to_be_focused()
    return surface


def state(page):
    return page.locator("[data-editor] [data-state]")


def test_a_paragraph_is_edited_as_it_prints(page, draft, address, sign_in, assert_accessible):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    open_draft(page, draft, address, sign_in)
    page.wait_for_load_state("networkidle")
    assert not [url for url in fetched if "prosemirror" in url]

    surface = edit(page, MARK)
    surface.press("Control+End")
    page.keyboard.type(" See ")
    page.get_by_role("button", name="Refer to a paragraph").click()
    page.get_by_role("combobox").fill("victims are")
    assert_accessible()
    page.get_by_role("combobox").press("Enter")
    expect(surface).to_be_focused()
    page.keyboard.type(", for these:")
    page.keyboard.press("Enter")
    page.keyboard.type("- ")
    page.keyboard.press("Control+b")
    page.keyboard.type("care")
    expect(state(page)).to_have_text(SAVED)
    key = draft.briefing.draft_paragraphs.get(text__startswith="Victims").key
    assert draft.texts()[2].endswith(f" See paragraph {{{key}}}, for these:\n- **care**")

    # The number follows its paragraph while the editor is open.
    page.get_by_role("button", name="Done").focus()
    moved = paragraph(page, "Victims are helped")
    moved.locator("[data-edit]").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(surface.locator("[data-ref]")).to_have_text("4")
    page.get_by_role("button", name="Done").click()
    expect(paragraph(page, MARK)).to_contain_text("See paragraph 4, for these:")
    expect(paragraph(page, MARK).locator("li strong")).to_have_text("care")


def test_a_recommendation_is_one_line(page, draft, address, sign_in):
    open_draft(page, draft, address, sign_in)
    page.locator("[data-asks] [data-edit]").first.click()
    surface = page.locator("[data-editor]").get_by_role("textbox", name="What follows the verb")
    expect(surface).to_be_focused()
    surface.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type(", **twice**")
    expect(state(page)).to_have_text(SAVED)
    assert draft.briefing.draft_asks.order_by("position").first().text.endswith(", **twice**")


def test_the_keyboard_passes_through_without_changing_a_word(page, draft, address, sign_in):
    open_draft(page, draft, address, sign_in)
    surface = edit(page, MARK)
    surface.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("- one")
    expect(state(page)).to_have_text(SAVED)
    before = draft.texts()
    surface.press("Tab")
    expect(page.get_by_role("button", name="Done")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(surface).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-editor]")).to_have_count(0)
    assert draft.texts() == before


def test_the_box_takes_marks_when_the_editor_cannot_come(page, draft, address, sign_in):
    page.route("**/vendor/prosemirror.js", lambda route: route.abort())
    open_draft(page, draft, address, sign_in)
    paragraph(page, MARK).locator("[data-edit]").click()
    box = page.get_by_role("textbox", name="Words of the paragraph")
    expect(box).to_be_focused()
    box.fill("Two **bold** words.\n- and one")
    expect(state(page)).to_have_text(SAVED)
    expect(page.get_by_text("“see paragraph {12}”")).to_be_visible()
    assert draft.texts()[2] == "Two **bold** words.\n- and one"


def test_what_was_typed_before_the_editor_came_stays_with_its_cursor(page, draft, address, sign_in):
    waiting = []
    page.route("**/vendor/prosemirror.js", lambda route: waiting.append(route))
    open_draft(page, draft, address, sign_in)
    with page.expect_request("**/vendor/prosemirror.js"):
        paragraph(page, MARK).locator("[data-edit]").click()
    box = page.locator("[data-editor] textarea")
    expect(box).to_be_focused()
    box.press("Control+Home")
    page.keyboard.type("Once **only** nw")
    page.keyboard.press("Shift+ArrowLeft")
    waiting[0].continue_()
    surface = page.locator("[data-editor] [contenteditable=true]")
    expect(surface).to_be_focused()
    page.keyboard.type("ow, ")
    expect(surface.locator("strong")).to_have_text("only")
    assert box.input_value().startswith("Once **only** now, The Plan was agreed")
