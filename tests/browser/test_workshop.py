"""Test the draft page: by mouse, by keyboard, without a connection and on a phone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.records import history
from reports.document import Source
from reports.drafting import draft_rows
from reports.drafting.paper import composed_from, generated_for
from reports.models import Briefing, DraftAct
from reports.workshop.services import drafts, undoing
from tests.browser.keyboard import tab_to
from tests.browser.workshop import (
    MARK,
    SAVED,
    bar,
    beginnings,
    bring_up_to_date,
    context_of,
    edit,
    paragraph,
    surface,
    warns,
)
from workitems.models import Update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def colleague(browser, browser_context_args, live_server, draft, address):
    """The draft page in the second coordinator's browser."""
    context = context_of(browser, browser_context_args, live_server.url, draft.coordinators[1])
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def state(page):
    return page.locator("[data-editor] [data-state]")


# --- order --------------------------------------------------------------------------------------


def test_dragging_a_paragraph_renumbers_the_others(coordinator, draft):
    assert beginnings(draft)[2:5] == [
        "The Plan was",
        "Trafficking in persons",
        "Victims are helped",
    ]
    target = paragraph(coordinator, "Victims are helped")
    height = target.bounding_box()["height"]
    handle = paragraph(coordinator, MARK).locator(".workshop-handle")
    handle.drag_to(target, target_position={"x": 40, "y": height - 4})
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 5, under “Background” now.")
    expect(paragraph(coordinator, MARK)).to_have_attribute("value", "5")
    assert beginnings(draft)[2:5] == [
        "Trafficking in persons",
        "Victims are helped",
        "The Plan was",
    ]

    # To the upper half: before it, here in another section.
    target = paragraph(coordinator, "This paper")
    handle = paragraph(coordinator, MARK).locator(".workshop-handle")
    handle.drag_to(target, target_position={"x": 40, "y": 3})
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 1, under “Purpose” now.")
    assert beginnings(draft)[0] == "The Plan was"


def test_a_paragraph_can_be_dragged_into_an_empty_section(coordinator, draft):
    risks = coordinator.locator('[data-chapter="delay"]')
    alone = risks.locator("[data-blocks] > [data-block]")
    for _ in range(alone.count()):
        alone.first.locator(".workshop-handle").drag_to(
            paragraph(coordinator, "This paper"), target_position={"x": 40, "y": 3}
        )
        expect(bar(coordinator)).to_contain_text("paragraph 1, under “Purpose”")
    handle = paragraph(coordinator, MARK).locator(".workshop-handle")
    handle.drag_to(risks.locator("h2"))
    expect(bar(coordinator)).to_contain_text("under “Delay” now.")
    expect(alone).to_have_count(1)


def test_a_paragraph_cannot_be_dragged_into_the_recommendations(coordinator, draft):
    before = draft.texts()
    handle = paragraph(coordinator, MARK).locator(".workshop-handle")
    handle.drag_to(coordinator.locator('[data-chapter="recommendation"] [data-block]').first)
    coordinator.wait_for_timeout(300)
    assert draft.texts() == before


def test_a_paragraph_moved_by_keyboard_keeps_the_focus(coordinator, draft):
    paragraph(coordinator, "Trafficking in persons").locator("[data-edit]").focus()
    coordinator.keyboard.press("Alt+ArrowUp")
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 3, under “Background” now.")
    expect(paragraph(coordinator, "Trafficking in persons")).to_be_focused()
    coordinator.keyboard.press("Alt+ArrowUp")
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 3, under “Purpose” now.")
    coordinator.keyboard.press("Alt+ArrowDown")
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 3, under “Background” now.")

    # The same by the buttons, which stay where the focus is.
    tab_to(coordinator, "More for paragraph 3")
    coordinator.keyboard.press("Enter")
    expect(coordinator.get_by_role("button", name="Move down")).to_be_visible()
    tab_to(coordinator, "Move down")
    coordinator.keyboard.press("Enter")
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 4, under “Background” now.")
    coordinator.keyboard.press("Enter")
    expect(bar(coordinator)).to_have_text("Moved: it is paragraph 5, under “Background” now.")
    assert beginnings(draft)[2:5] == [
        "The Plan was",
        "Victims are helped",
        "Trafficking in persons",
    ]


# --- text ---------------------------------------------------------------------------------------


def test_a_paragraph_is_edited_split_referenced_joined_and_restored_by_keyboard(coordinator, draft):
    page = coordinator
    paragraph(page, MARK).locator("[data-edit]").focus()
    page.keyboard.press("Enter")
    expect(surface(page)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" See paragraph {5}.")
    expect(state(page)).to_have_text(SAVED)
    page.keyboard.press("Control+Enter")
    expect(paragraph(page, MARK)).to_be_focused()
    expect(paragraph(page, MARK)).to_contain_text("See paragraph 5.")
    expect(paragraph(page, MARK).locator("[data-origin]")).to_have_text("Edited")

    more = paragraph(page, MARK).locator("[data-more]")
    more.locator("summary").press("Enter")
    more.get_by_label("Split after").select_option(label="… Plan was agreed by twelve agencies.")
    more.get_by_role("button", name="Split").press("Enter")
    expect(bar(page)).to_have_text("Split in two.")
    expect(paragraph(page, "See paragraph 6.")).to_have_attribute("value", "4")

    first = paragraph(page, "The Plan was agreed")
    first.get_by_label("Join with").select_option(label="paragraph 4, after it")
    first.get_by_role("button", name="Join", exact=True).press("Enter")
    expect(bar(page)).to_have_text("Joined. Undo makes two paragraphs of it again.")
    expect(paragraph(page, MARK)).to_contain_text("See paragraph 5.")

    referred = paragraph(page, "Victims are helped")
    referred.locator("[data-more] summary").press("Enter")
    referred.get_by_role("button", name="Leave out").press("Enter")
    expect(paragraph(page, MARK)).to_contain_text("Refers to a paragraph that is left out")
    referred.get_by_role("button", name="Put back").press("Enter")
    expect(bar(page)).to_have_text("Back in the paper.")
    expect(paragraph(page, MARK)).not_to_contain_text("left out")


def test_a_reference_being_edited_keeps_its_target_when_that_is_hidden_meanwhile(
    coordinator, colleague, draft
):
    page = coordinator
    box = edit(page, MARK)
    box.fill("See paragraph {4} and paragraph {5}.")
    expect(state(page)).to_have_text(SAVED)
    more = paragraph(colleague, "Trafficking in persons").locator("[data-more]")
    more.locator("summary").click()
    more.get_by_role("button", name="Leave out").click()
    expect(bar(colleague)).to_contain_text("Left out of the paper.")

    bring_up_to_date(page)  # with the numbers of now
    expect(paragraph(page, "Victims are helped")).to_have_attribute("value", "4")
    expect(box).to_have_value(re.compile(r"^See paragraph \{p-\w+\} and paragraph \{4\}\.$"))
    page.get_by_role("button", name="Done").click()
    expect(paragraph(page, "See paragraph")).to_contain_text(
        "paragraph (left out) and paragraph 4."
    )
    expect(paragraph(page, "See paragraph")).to_contain_text(
        "Refers to a paragraph that is left out"
    )


def test_earlier_text_can_be_restored_from_the_versions(coordinator, accessibility_faults):
    page = coordinator
    edit(page, MARK).fill("Other words altogether.")
    expect(state(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Done").click()
    block = paragraph(page, "Other words altogether.")
    block.locator("[data-more] summary").click()
    block.get_by_role("link", name="Versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Versions of paragraph 3")
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Go back to these words").click()
    done = paragraph(page, MARK).locator(".message")
    expect(done).to_contain_text("The earlier words are back.")
    expect(done).to_be_focused()
    expect(paragraph(page, MARK)).to_have_attribute("value", "3")


def test_no_typed_text_is_lost_when_the_network_is_down_for_a_minute(
    browser, browser_context_args, live_server, draft, address, accessibility_faults
):
    context = context_of(browser, browser_context_args, live_server.url, draft.coordinators[0])
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 3000})
    page.clock.install()
    page.goto(address)
    one = edit(page, MARK)
    expect(one).to_be_visible()
    other = edit(page, "Victims are helped")
    expect(other).to_be_visible()
    context.set_offline(True)
    one.fill("Typed without a connection.")
    expect(bar(page)).to_contain_text("No connection. Your text stays here")
    other.fill("And here, another.")
    page.evaluate("scrollTo(0, 0)")  # nothing lies half under the line on top
    assert accessibility_faults(page) == []
    page.clock.fast_forward(60_000)
    expect(state(page).first).to_have_text("Not saved")
    # A button that gets no response does not discard the text either.
    page.locator("[data-done]").first.click()
    expect(one).to_have_value("Typed without a connection.")
    assert warns(page)
    assert "Typed without a connection." not in draft.texts()

    context.set_offline(False)
    page.clock.fast_forward(5_000)
    expect(bar(page)).to_contain_text("Saved at")
    assert not warns(page)
    assert draft.texts()[2] == "Typed without a connection."
    assert draft.texts()[4] == "And here, another."
    context.close()


def test_new_paragraphs_are_added_only_once_when_the_response_was_lost(coordinator, draft):
    page, count = coordinator, len(draft.texts())
    box = edit(page, MARK)

    def lose_the_response(route):
        route.fetch()
        route.abort()

    page.route("**/paragraphs/**", lose_the_response, times=1)
    box.fill("The first of two.\n\nThe second of two.")
    page.get_by_role("button", name="Done").click()
    expect(bar(page)).to_contain_text("No connection.")
    page.get_by_role("button", name="Done").click()
    expect(paragraph(page, "The first of two.")).to_have_attribute("value", "3")
    expect(paragraph(page, "The second of two.")).to_have_attribute("value", "4")
    assert len(draft.texts()) == count + 1


# --- the records --------------------------------------------------------------------------------


# --- what stands before the paper -----------------------------------------------------------------


@pytest.mark.parametrize(("width", "most"), [(1280, 250), (375, 400)])
def test_the_paper_begins_near_the_top_of_the_page(coordinator, draft, address, width, most):
    remarked(draft)
    Briefing.objects.filter(pk=draft.briefing.pk).update(
        title="Progress on the Plan of Action to Prevent People Trafficking, Forced Labour and Slavery",
        dated=localdate() + timedelta(days=9),
    )
    act = DraftAct.objects.to_undo(draft.coordinators[0], draft.briefing)
    undoing.undo(briefing=draft.briefing, act=act.pk, by=draft.coordinators[0])
    page = coordinator
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    expect(page.get_by_role("button", name=re.compile("^Undo ?: add"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Redo ?: add"))).to_be_visible()
    assert page.locator(".workshop-paper").bounding_box()["y"] <= most
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_text("until the paper’s date.")).to_be_visible()


# --- sources ------------------------------------------------------------------------------------


def sources(page):
    return page.locator("#sources")


def test_the_sources_follow_the_paragraph_that_has_the_focus(coordinator, draft):
    page = coordinator
    told = paragraph(page, "Promise 1.1 came on well.")
    number = told.get_attribute("value")
    told.locator("[data-edit]").focus()
    expect(sources(page)).to_contain_text(f"Paragraph {number} is written from")
    expect(sources(page).locator("[aria-current]")).to_have_text("Achievements")
    expect(sources(page).locator(".workshop-own")).to_contain_text("Promise 1.1 came on well.")

    edit(page, MARK)
    own = page.locator("[data-block]:has([data-editor])").get_attribute("value")
    expect(sources(page)).to_contain_text(f"Paragraph {own} is written from")
    expect(sources(page).locator("[aria-current]")).to_have_text("Background")
    expect(surface(page)).to_be_focused()
    page.keyboard.type("New. ")
    expect(state(page)).to_have_text(SAVED)
    page.keyboard.press("Control+Enter")
    expect(paragraph(page, "New.")).to_be_focused()
    expect(sources(page)).to_contain_text(f"Paragraph {own} is written from")

    sources(page).get_by_role("link", name="Delay", exact=True).click()
    expect(sources(page).locator("[aria-current]")).to_have_text("Delay")
    expect(sources(page)).not_to_contain_text("is written from")


# --- remarks ------------------------------------------------------------------------------------


def remarked(draft):
    """Write two paragraphs with the same sentence, of which one comes before the others of its section."""
    for words in (
        "The printer broke down in June.",
        "Work is ongoing. The printer broke down in June.",
    ):
        drafts.add(
            briefing=draft.briefing, section="delay", position=0, text=words, by=draft.coordinators[0]
        )  # fmt: skip


def remarks(page):
    return page.locator("[data-blocks] .workshop-mark")


def test_remarks_follow_the_text_while_it_is_typed_and_after_it(coordinator, draft, address):
    remarked(draft)
    page = coordinator
    page.goto(address)
    ours = paragraph(page, "Work is ongoing.")
    expect(ours.locator(".workshop-mark")).not_to_have_count(0)
    count = page.locator(".workshop-first")
    expect(count).to_have_text("2 marks in the text")
    key = ours.get_attribute("data-block")
    edit(page, "Work is ongoing.")
    page.keyboard.press("Control+A")
    page.keyboard.type("A new printer was bought.")
    expect(state(page)).to_have_text(SAVED)
    block = page.locator(f'[data-block="{key}"]')
    expect(block.locator(".workshop-mark")).to_have_count(0)
    expect(surface(page)).to_be_focused()
    page.keyboard.type(" It prints.")
    expect(surface(page)).to_have_text("A new printer was bought. It prints.")
    page.keyboard.press("Control+Enter")
    expect(block).to_contain_text("It prints.")
    expect(block.locator(".workshop-mark")).to_have_count(0)
    expect(count).to_have_count(0)


def test_one_press_takes_the_sentence_that_a_mark_offers_and_undo_brings_it_back(
    coordinator, draft, address, assert_accessible
):
    remarked(draft)
    page = coordinator
    page.goto(address)
    key = paragraph(page, "Work is ongoing.").get_attribute("data-block")
    block = page.locator(f'[data-block="{key}"]')
    expect(block.locator(".workshop-offer del")).to_have_count(1)
    assert_accessible()
    page.locator(".workshop-first").press("Enter")
    tab_to(page, f"Leave the sentence out in paragraph {block.get_attribute('value')}")
    page.keyboard.press("Enter")
    expect(block.locator("[data-words]")).to_have_text("The printer broke down in June.")
    expect(block).to_be_focused()
    expect(bar(page)).to_contain_text("Saved at")
    assert page.url == f"{address}#{key}"
    page.get_by_role("button", name=re.compile("^Undo ?: edit")).click()
    expect(block.locator("[data-words]")).to_contain_text("Work is ongoing.")


def test_a_press_on_the_words_of_a_paragraph_opens_them(coordinator):
    paragraph(coordinator, MARK).locator("[data-words] p").first.click()
    expect(surface(coordinator)).to_be_focused()


def test_a_remark_that_an_answer_left_under_its_paragraph_goes_with_the_next_page(
    coordinator, draft, address
):
    remarked(draft)
    page = coordinator
    page.goto(address)
    first, second = ("Work is ongoing.", "The printer broke down in June.")
    other = page.locator("[data-blocks] > [data-block]").filter(
        has_text=re.compile(r"^\s*The printer broke down")
    )
    expect(other.locator(".workshop-mark")).to_have_count(1)
    more = other.locator("[data-more]")
    more.locator("summary").press("Enter")
    more.get_by_role("button", name="Move down").press("Enter")
    expect(bar(page)).to_contain_text("Moved")
    expect(other.locator(".workshop-mark")).to_have_count(1)
    paragraph(page, first).locator("[data-more] summary").press("Enter")
    paragraph(page, first).get_by_role("button", name="Leave out").press("Enter")
    expect(other.locator(".workshop-mark")).to_have_count(0)
    assert second in other.text_content()


def change_the_records(draft):
    """Change the records so that the figures in Purpose change."""
    item = draft.items[0]
    item.stage = "ongoing"
    history.save(item, by=None)


def test_changed_records_of_an_edited_paragraph_are_shown_to_accept_or_ignore(coordinator, draft):
    page = coordinator
    edit(page, "work items are under way").fill("All goes well.")
    expect(state(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Done").click()
    expect(paragraph(page, "All goes well.")).to_be_visible()
    change_the_records(draft)
    bring_up_to_date(page)
    news = paragraph(page, "All goes well.").locator(".workshop-drift")
    expect(news).to_contain_text("The records have changed")
    expect(news.locator("del").first).to_be_visible()
    news.get_by_role("button", name="Keep my text").click()
    expect(bar(page)).to_have_text(
        "Your text is kept. You will see here if the records change again."
    )
    expect(page.locator(".workshop-drift")).to_have_count(0)

    draft.items[1].stage = "ongoing"
    history.save(draft.items[1], by=None)
    bring_up_to_date(page)
    news = paragraph(page, "All goes well.").locator(".workshop-drift")
    news.get_by_role("button", name="Use the records’ text").click()
    expect(bar(page)).to_contain_text("The text now matches the records.")
    assert "All goes well." not in draft.texts()


def test_the_first_press_of_keep_counts_for_text_saved_just_before(coordinator, draft):
    page = coordinator
    edit(page, "work items are under way").fill("All goes well.")
    expect(state(page)).to_have_text(SAVED)
    change_the_records(draft)
    bring_up_to_date(page)
    box = page.locator("[data-editor] textarea")
    box.fill("All goes very well.")
    expect(state(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Keep my text").click()
    expect(bar(page)).to_have_text(
        "Your text is kept. You will see here if the records change again."
    )
    assert draft.texts()[1] == "All goes very well."


# --- every state, wide and narrow ---------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 375])
def test_every_state_of_the_draft_page_is_accessible(
    coordinator, colleague, draft, address, accessibility_faults, width
):
    page = coordinator
    page.set_viewport_size({"width": width, "height": 3000})

    def is_accessible():
        page.evaluate("scrollTo(0, 0)")  # what slides under the line on top is no fault of its size
        assert accessibility_faults(page) == []

    page.reload()
    for more in page.locator("[data-more] summary").all()[:2]:
        more.click()
    is_accessible()

    box = edit(page, MARK)
    expect(surface(page)).to_be_focused()
    is_accessible()

    mine = edit(colleague, MARK)
    mine.fill("What the second coordinator wrote.")
    expect(state(colleague)).to_have_text(SAVED)
    box.fill("What the first coordinator wrote.")
    theirs = page.locator("[data-theirs]")
    expect(theirs).to_contain_text("Second coordinator changed this paragraph")
    expect(theirs).to_contain_text("What the second coordinator wrote.")
    is_accessible()
    theirs.get_by_role("button", name="Save mine").click()
    expect(state(page)).to_have_text(SAVED)

    change_the_records(draft)
    edit(page, "work items are under way").fill("All goes well.")
    page.locator("[data-editor]").first.get_by_role("button", name="Done").click()
    expect(paragraph(page, "All goes well.")).to_be_visible()
    bring_up_to_date(page)
    expect(page.locator(".workshop-drift")).to_have_count(1)
    is_accessible()

    heading = page.locator(".workshop-heading").first
    box = heading.get_by_label("Heading", exact=True)
    box.fill("Purpose " * 30)
    heading.get_by_role("button").click()
    expect(heading).to_contain_text("39 characters too long")
    expect(box).to_be_focused()
    is_accessible()

    for shelf in page.locator(".workshop-shelf > summary").all():
        shelf.click()
    page.get_by_role("link", name=re.compile("^Write from this")).first.click()
    expect(surface(page.locator("[data-new]"))).to_be_focused()
    expect(box).to_have_value("Purpose " * 30)
    is_accessible()


def test_a_draft_that_is_not_begun_and_one_that_is_locked_are_accessible(
    page, sign_in, live_server, draft, address, assert_accessible
):
    sign_in(draft.coordinators[0])
    new = Briefing.objects.create(
        plan=draft.plan,
        title="Progress on the Plan",
        tracker_number="10/2",
        period_start=draft.briefing.period_start,
        period_end=draft.briefing.period_end,
        dated=draft.briefing.dated,
        contact_name="Plan coordinator",
        created_at=datetime(2010, 7, 30, tzinfo=UTC),
    )
    page.goto(live_server.url + reverse("workshop:draft", args=[draft.plan.slug, new.pk]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Begin the draft")
    assert_accessible()

    draft.briefing.refresh_from_db()
    draft.briefing.state = "withdrawn"
    draft.briefing.save()
    page.goto(address)
    expect(page.locator(".workshop-bar")).to_contain_text("Its text is locked")
    expect(page.locator("[data-edit]")).to_have_count(0)
    assert_accessible()


def test_a_menu_that_is_open_follows_what_a_colleague_does(coordinator, colleague):
    more = paragraph(coordinator, MARK).locator("[data-more]")
    more.locator("summary").click()
    expect(more.get_by_role("button", name="Leave out")).to_be_visible()
    theirs = paragraph(colleague, MARK).locator("[data-more]")
    theirs.locator("summary").click()
    theirs.get_by_role("button", name="Leave out").click()
    expect(bar(colleague)).to_contain_text("Left out of the paper.")
    paragraph(coordinator, "Victims are helped").locator("[data-edit]").focus()
    coordinator.keyboard.press("Alt+ArrowUp")
    expect(more.get_by_role("button", name="Put back")).to_be_visible()
    expect(more.get_by_role("button", name="Leave out")).to_have_count(0)


@pytest.fixture
def about_one_item(draft):
    """Two paragraphs about one item that is achieved too, under two headings."""
    item = draft.items[1]
    source = (Source("workitems.workitem", item.pk, None, f"Item {item.number}"),)
    for section, text in {"delay": "It is late.", "mitigation": "Police will print it."}.items():
        drafts.add(
            briefing=draft.briefing, section=section, text=text, sources=source,
            by=draft.coordinators[0],
        )  # fmt: skip


def test_paragraphs_about_one_item_are_merged_and_brought_back_by_keyboard(
    draft, about_one_item, coordinator, assert_accessible
):
    coordinator.reload()
    more = paragraph(coordinator, "It is late.").locator("[data-more]")
    more.locator("summary").press("Enter")
    # Paragraphs of other sections are the editor's choice.
    printed = more.get_by_label("under “Mitigation”: Police will print it.")
    expect(printed).not_to_be_checked()
    expect(more.get_by_label("under “Achievements”")).not_to_be_checked()
    printed.press("Space")
    assert_accessible()
    more.get_by_role("button", name="Merge into this paragraph").press("Enter")
    expect(bar(coordinator)).to_contain_text("Merged.")
    expect(paragraph(coordinator, "It is late. Police will print it.")).to_be_focused()
    assert "It is late. Police will print it." in draft.texts()
    coordinator.get_by_role("button", name=re.compile("^Undo ?: merge others")).press("Enter")
    expect(bar(coordinator)).to_contain_text("Undone: merge others")
    assert {"It is late.", "Police will print it."} <= set(draft.texts())


@pytest.fixture
def headlines(draft):
    """The draft's first three reports are headlines; the last of them only says that agencies met."""
    updates = Update.objects.order_by("pk")
    updates.filter(pk__in=[row.pk for row in updates[:3]]).update(key_achievement="headline")
    updates.filter(pk=updates[2].pk).update(achieved="Agencies met about it.")
    patterns = draft_rows.read_draft(draft.briefing).patterns
    drafts.refresh(
        briefing=draft.briefing,
        composed=composed_from(generated_for(draft.briefing, patterns), patterns),
        by=draft.coordinators[0],
    )


def test_what_was_passed_over_is_told_instead_by_one_press(
    draft, headlines, coordinator, assert_accessible
):
    coordinator.reload()
    coordinator.get_by_text("Passed over as main results (1)").click()
    expect(coordinator.get_by_text("A meeting or an announcement is no result.")).to_be_visible()
    assert_accessible()
    coordinator.get_by_role("button", name="Use it instead").click()
    expect(bar(coordinator)).to_contain_text("Swapped. Nothing else has changed")
    told = paragraph(coordinator, "main results").locator("[data-words]")
    expect(told).to_contain_text("Agencies met about it.")
    expect(told.get_by_role("listitem")).to_have_count(2)


def test_the_draft_page_works_without_javascript(
    browser, browser_context_args, live_server, draft, address
):
    options = {**browser_context_args, "java_script_enabled": False}
    context = context_of(browser, options, live_server.url, draft.coordinators[0])
    page = context.new_page()
    page.goto(address)
    paragraph(page, MARK).locator("[data-edit]").click()
    page.get_by_label("Words of the paragraph").fill("Typed without a script.")
    page.get_by_role("button", name="Save paragraph 3").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    more = paragraph(page, "Typed without a script.").locator("[data-more]")
    more.locator("summary").click()
    more.get_by_role("link", name="All actions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paragraph 3")
    expect(page.locator("[data-keys]")).to_be_hidden()
    page.get_by_role("button", name="Move down").click()
    expect(page.get_by_role("status").first).to_contain_text("Moved: it is paragraph 4")
    assert draft.texts()[3] == "Typed without a script."
    context.close()
