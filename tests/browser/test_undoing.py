"""Test undo and redo on the draft's page, by mouse, by keyboard and without a script, and the PDF
beside the draft."""

import pytest
from playwright.sync_api import expect

from reports.workshop.services import drafts
from tests.browser.keyboard import tab_to
from tests.browser.workshop import MARK, bar, beginnings, context_of, edit, paragraph, surface

pytestmark = pytest.mark.django_db(transaction=True)


def undo_button(page):
    return page.locator("[data-steps] button[value=undo]")


def redo_button(page):
    return page.locator("[data-steps] button[value=redo]")


def leave_out(page, words):
    more = paragraph(page, words).locator("[data-more]")
    more.locator("summary").click()
    more.get_by_role("button", name="Leave out").click()
    expect(bar(page)).to_contain_text("Left out of the paper.")


def test_steps_are_undone_and_redone_by_buttons_across_a_reload(
    coordinator, draft, assert_accessible
):
    page = coordinator
    before = draft.texts()
    expect(undo_button(page)).to_have_count(0)
    edit(page, MARK).fill("Other words.")
    page.get_by_role("button", name="Done").click()
    expect(undo_button(page)).to_have_text("Undo: edit paragraph 3")
    leave_out(page, "Trafficking in persons")
    expect(undo_button(page)).to_have_text("Undo: leave out “Trafficking in persons is a …”")
    page.evaluate("scrollTo(0, 0)")
    assert_accessible()
    page.reload()
    undo_button(page).click()
    expect(bar(page)).to_have_text("Undone: leave out paragraph 4.")
    expect(undo_button(page)).to_have_text("Undo: edit paragraph 3")
    expect(undo_button(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(paragraph(page, MARK)).to_be_visible()
    expect(undo_button(page)).to_have_count(0)
    expect(redo_button(page)).to_be_focused()
    assert draft.texts() == before
    page.reload()
    redo_button(page).click()
    expect(paragraph(page, "Other words.")).to_be_visible()
    redo_button(page).click()
    expect(redo_button(page)).to_have_count(0)
    assert beginnings(draft, 2)[2:4] == ["Other words.", "Victims are"]


def test_the_keys_undo_and_redo_outside_a_text_box_only(coordinator, draft):
    page, before = coordinator, draft.texts()
    block = paragraph(page, MARK)
    block.locator("[data-edit]").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(bar(page)).to_contain_text("Moved: it is paragraph 4")
    after = draft.texts()
    page.keyboard.press("Control+z")
    expect(bar(page)).to_have_text("Undone: move paragraph 3.")
    expect(block).to_be_focused()
    assert draft.texts() == before
    page.keyboard.press("Control+Shift+z")
    expect(bar(page)).to_have_text("Redone: move paragraph 4.")
    assert draft.texts() == after
    page.keyboard.press("Control+Shift+z")
    expect(bar(page)).to_have_text("There is nothing of yours to redo.")
    edit(page, "Victims are helped")
    surface(page).press("End")
    page.keyboard.type("x")
    page.keyboard.press("Control+z")
    expect(redo_button(page)).to_have_count(0)
    assert draft.texts() == after


def test_undo_saves_and_closes_an_open_box_first(coordinator, draft):
    page = coordinator
    edit(page, MARK).fill("Typed, not saved yet.")
    expect(undo_button(page)).to_have_text("Undo: edit paragraph 3")
    undo_button(page).click()
    expect(bar(page)).to_have_text("Undone: edit paragraph 3.")
    expect(page.locator("[data-editor]")).to_have_count(0)
    assert MARK in draft.texts()


def test_an_undo_that_a_colleague_overtook_shows_both_texts(coordinator, draft, assert_accessible):
    page = coordinator
    edit(page, MARK).fill("Mine.")
    page.get_by_role("button", name="Done").click()
    expect(undo_button(page)).to_have_text("Undo: edit paragraph 3")
    row = draft.briefing.draft_paragraphs.get(text="Mine.")
    drafts.edit(
        briefing=draft.briefing,
        key=row.key,
        text="Theirs.",
        version=row.version,
        by=draft.coordinators[1],
    )
    undo_button(page).click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("Second coordinator")
    expect(refusal).to_contain_text("Theirs.")
    expect(refusal).to_contain_text(MARK)
    expect(paragraph(page, "Theirs.")).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    assert_accessible()


def test_undo_and_redo_work_without_a_script(
    browser, browser_context_args, live_server, draft, address
):
    options = {**browser_context_args, "java_script_enabled": False}
    context = context_of(browser, options, live_server.url, draft.coordinators[0])
    page = context.new_page()
    drafts.hide(
        briefing=draft.briefing,
        key=draft.briefing.draft_paragraphs.get(text=MARK).key,
        by=draft.coordinators[0],
    )
    page.goto(address)
    tab_to(page, "Undo : leave out “The Plan was agreed by …”")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Undone: leave out paragraph 3.")
    assert MARK in draft.texts()
    redo_button(page).click()
    expect(page.get_by_role("status").first).to_contain_text("Redone: leave out")
    assert MARK not in draft.texts()
    context.close()


def test_the_pdf_beside_the_draft_follows_when_it_is_shown(coordinator, draft):
    page, asked = coordinator, []
    page.route("**/preview.pdf*", lambda route: (
        asked.append(route.request.url), route.fulfill(body="<p>The PDF</p>", content_type="text/html")
    ))  # fmt: skip
    leave_out(page, MARK)
    page.wait_for_timeout(2600)
    assert asked == []
    page.get_by_text("PDF beside the draft").click()
    expect(page.frame_locator("iframe").get_by_text("The PDF")).to_be_visible()
    assert len(asked) == 1
    undo_button(page).click()
    expect(bar(page)).to_have_text("Undone: leave out paragraph 3.")
    redo_button(page).click()
    expect(bar(page)).to_contain_text("Redone: leave out")
    with page.expect_request("**/preview.pdf?state=*"):
        pass
    expect(undo_button(page)).to_be_focused()
    page.wait_for_timeout(2600)
    assert len(asked) == 2
