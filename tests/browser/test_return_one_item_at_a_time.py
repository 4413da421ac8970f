"""Test the return on a phone as an officer meets it who is new: one item at a time, and always in sight whether it is saved."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.browser.returns import box, choose, end, milestone, owed, reopened, section, seen
from tests.factories import SupportFactory, UpdateFactory, WorkItemFactory
from workitems.models import Milestone, Update

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile("^All saved at ")
KEPT_HERE = re.compile(r"^Kept on this device since \d{1,2}:\d\d [ap]\.m\.$")
# Looks five times a second at what the foot says, as far as it is in sight.
WATCH = """() => {
  window.said = [];
  setInterval(() => {
    const line = document.querySelector(".return-saved");
    const { left, right, top, bottom } = line.getBoundingClientRect();
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    window.said.push(hit?.closest(".return-bar") ? line.innerText.trim() : "");
  }, 200);
}"""


@pytest.fixture
def scene():
    return owed(3)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


@pytest.fixture
def phone(page, sign_in, scene, address):
    page.set_viewport_size({"width": 375, "height": 812})
    sign_in(scene.contributor)
    page.goto(address)
    return page


def foot(page):
    return page.locator(".return-saved")


def shown(page):
    """The ids of the sections that are in sight, of items and of the end."""
    return page.evaluate(
        """() => [...document.querySelectorAll("[data-return] > section, [data-return] > section section")]
          .filter((each) => each.checkVisibility()).map((each) => each.id || each.className)"""
    )


def listed(page):
    """What the list of items says of each."""
    lines = page.locator("[data-items] li[data-item]").all()
    return [" ".join(line.text_content().split()) for line in lines]


def test_a_return_is_answered_on_a_phone_while_the_network_comes_and_goes(
    phone, context, scene, address, sign_in, accessibility_faults
):
    first, second, third = scene.items
    assert shown(phone) == ["item-1.1"]
    phone.evaluate(WATCH)
    box(phone, first).fill("Printed in Suva.")
    expect(foot(phone)).to_have_text(SAVED)
    phone.get_by_role("button", name="Next 1.2 Promise 2").click()
    assert shown(phone) == ["item-1.2"]
    expect(section(phone, second)).to_be_focused()

    context.set_offline(True)
    box(phone, second).fill("Staff trained.")
    expect(foot(phone)).to_have_text("Not saved: no connection")
    expect(phone.locator("[data-kept-here]")).to_have_text(KEPT_HERE)
    phone.locator("[data-items] summary").click()
    assert listed(phone) == [
        "1.1 Promise 1 Answered",
        "1.2 Promise 2 Not saved",
        "1.3 Promise 3 Late milestone to answer",
    ]
    assert accessibility_faults(phone) == []
    said = phone.evaluate("window.said")
    assert len(said) > 5
    assert "" not in said

    again = reopened(phone, address)
    again.evaluate(WATCH)
    expect(foot(again)).to_have_text("Text is kept on this device and was not sent.")
    assert shown(again) == ["item-1.2"]
    again.get_by_role("button", name="Put it back").click()
    expect(foot(again)).to_have_text(SAVED)
    expect(box(again, second)).to_have_value("Staff trained.")

    again.get_by_role("link", name="Next unanswered").click()
    assert shown(again) == ["item-1.3"]
    box(again, third).fill("The words are agreed.")
    step = milestone(again, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Now expected").fill(f"{localdate() + timedelta(days=60):%d/%m/%Y}")
    step.get_by_label("Cause", exact=True).select_option("Procurement")
    context.set_offline(True)
    step.get_by_label("Why it is late").fill("The printer is late.")
    step.get_by_label("What is being done about it").fill("Another printer.")
    step.get_by_role("button", name="Save milestone").click()
    expect(foot(again)).to_have_text("Not saved: no connection")
    context.set_offline(False)  # it is sent by itself, or "Try again" is pressed
    expect(step).to_contain_text("In this return, not submitted yet")
    expect(foot(again)).to_have_text(SAVED)
    assert "" not in again.evaluate("window.said")
    assert listed(again) == [
        "1.1 Promise 1 Answered",
        "1.2 Promise 2 Answered",
        "1.3 Promise 3 Answered",
    ]

    again.get_by_role("link", name="All answered. Go to the end").click()
    assert shown(again) == ["return-end"]
    assert accessibility_faults(again) == []
    again.get_by_role("button", name="Ready for approval").click()
    expect(again.locator(".message")).to_be_visible()

    sign_in(scene.approver)
    again.goto(address)
    assert shown(again) == ["return-end"]
    again.get_by_role("button", name="Submit the return").click()
    expect(again.get_by_role("status")).to_contain_text("Submitted.")
    scene.of_return.refresh_from_db()
    assert (scene.of_return.state, scene.of_return.submitted_by) == ("submitted", scene.approver)
    texts = scene.of_return.updates.order_by("item__number").values_list("achieved", flat=True)
    assert list(texts) == ["Printed in Suva.", "Staff trained.", "The words are agreed."]
    delay = scene.overdue.delays.get()
    assert (delay.cause, delay.explanation) == ("procurement", "The printer is late.")
    assert delay.mitigations.get().description == "Another printer."


def words_in_sight(page):
    """Count the words on the page that can be seen at rest."""
    return page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
          let count = 0;
          while (walker.nextNode()) {
            const at = walker.currentNode.parentElement;
            const isHidden = at.closest(".visually-hidden, option, template, details:not([open]) > :not(summary)");
            if (!isHidden && at.checkVisibility()) count += walker.currentNode.data.match(/\\S+/g)?.length ?? 0;
          }
          return count;
        }"""
    )


def test_an_item_is_read_in_half_a_minute_and_the_rest_when_it_is_asked_for(phone):
    assert words_in_sight(phone) <= 175
    end(phone)
    phone.get_by_text("How this works").click()
    expect(
        phone.get_by_text("Only contributors and approvers of Police can change")
    ).to_be_visible()


def test_of_a_long_last_answer_the_first_lines_are_shown_and_all_of_it_is_copied(
    page, scene, address, sign_in
):
    first = scene.items[0]
    long = "\n\n".join(["The words were agreed with each of the ten agencies."] * 12)
    Update.objects.filter(item=first).update(achieved=long)
    page.set_viewport_size({"width": 375, "height": 812})
    sign_in(scene.contributor)
    page.goto(address)
    last = section(page, first).locator(".return-last [data-words=achieved]")
    height = last.bounding_box()["height"]
    section(page, first).get_by_role("button", name="Copy to edit").click()
    expect(box(page, first)).to_have_value(long)
    page.get_by_role("button", name="Show all: Achieved").click()
    assert last.bounding_box()["height"] > 2 * height


def test_the_items_are_reached_by_keyboard_and_by_name(phone, scene):
    tab_to(phone, "All items: 0 of 3 items answered")
    phone.keyboard.press("Enter")
    tab_to(phone, "1.3 Promise 3 Late milestone to answer")
    phone.keyboard.press("Enter")
    assert shown(phone) == ["item-1.3"]
    expect(section(phone, scene.items[2])).to_be_focused()
    current = phone.locator("[data-items] [aria-current]")
    expect(current).to_have_attribute("href", "#item-1.3")
    tab_to(phone, "Next Before it can be submitted")
    phone.keyboard.press("Enter")
    assert shown(phone) == ["return-end"]
    expect(phone.get_by_role("button", name="Previous 1.3 Promise 3")).to_be_visible()


def test_a_page_that_is_loaded_again_shows_the_same_item(phone, scene):
    section(phone, scene.items[1])
    phone.reload()
    assert shown(phone) == ["item-1.2"]


def test_what_is_missing_is_shown_when_it_is_pressed(phone, scene):
    end(phone).get_by_role("link", name="Item 1.2 has no answer yet.").click()
    assert shown(phone) == ["item-1.2"]
    expect(box(phone, scene.items[1])).to_be_focused()


def test_that_it_is_not_complete_is_said_until_it_is(page, scene, address, sign_in):
    Milestone.objects.update(completed_on=scene.overdue.agreed_due)
    for item in scene.items[1:]:
        UpdateFactory(of_return=scene.of_return, item=item, written_by=scene.contributor)
    page.set_viewport_size({"width": 375, "height": 812})
    sign_in(scene.contributor)
    page.goto(address)
    end(page).get_by_role("button", name="Ready for approval").click()
    refused = page.locator(".message")
    expect(refused).to_contain_text("Not yet complete.")
    box(page, scene.items[0]).fill("Printed in Suva.")
    expect(foot(page)).to_have_text(SAVED)
    end(page)
    expect(page.get_by_text("Everything is answered.")).to_be_visible()
    expect(refused).to_have_count(0)


def test_items_that_are_only_supported_are_one_step_until_one_is_opened(
    page, scene, address, sign_in
):
    for number in ("2.1", "2.2"):
        item = WorkItemFactory(
            plan=scene.items[0].plan, number=number, title="Train", stage="ongoing"
        )
        SupportFactory(item=item, agency=scene.of_return.agency)
    page.set_viewport_size({"width": 375, "height": 812})
    sign_in(scene.contributor)
    page.goto(address)
    choose(page, "named")
    brief = page.locator(".return-section-brief")
    expect(brief.filter(visible=True)).to_have_count(2)
    page.get_by_role("button", name="Write about it (item 2.2)").click()
    section(page, item).get_by_label("Achieved in this period").fill("We lent a trainer.")
    expect(foot(page)).to_have_text(SAVED)
    expect(brief.filter(visible=True)).to_have_count(0)
    assert scene.of_return.updates.get().item == item


def test_a_wide_page_shows_every_item_and_the_examples_once(phone):
    assert shown(phone) == ["item-1.1"]
    phone.set_viewport_size({"width": 1280, "height": 900})
    assert shown(phone) == ["item-1.1", "item-1.2", "item-1.3", "return-end"]
    expect(phone.locator("[data-items]")).to_be_hidden()
    examples = phone.locator("[data-return] .stem-example").filter(visible=True)
    expect(examples).to_have_count(2)  # of the first item's two boxes


def test_a_page_without_javascript_shows_every_item(
    browser, browser_context_args, context, phone, address
):
    plain = browser.new_context(
        **{**browser_context_args, "viewport": {"width": 375, "height": 812}},
        java_script_enabled=False,
    )
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(address)
    for item in ("1.1", "1.2", "1.3"):
        expect(page.locator(f'[id="item-{item}"] textarea').first).to_be_visible()
    expect(page.locator("[data-items]")).to_be_hidden()
    plain.close()


def test_the_foot_stays_above_the_keyboard_of_a_phone(phone, scene):
    box(phone, scene.items[0]).focus()
    phone.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", { value: 480 });
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    assert (
        phone.evaluate("document.querySelector('.return-bar').getBoundingClientRect().bottom")
        == 480
    )
    assert seen(phone).startswith("All saved")
    below = phone.evaluate(
        "document.activeElement.getBoundingClientRect().bottom"
        " <= document.querySelector('.return-bar').getBoundingClientRect().top"
    )
    assert below, "the foot does not cover the box that is typed into"


def test_where_the_device_keeps_nothing_the_foot_says_so(phone, context, scene):
    phone.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    context.set_offline(True)
    box(phone, scene.items[0]).fill("Printed in Suva.")
    expect(phone.locator("[data-kept-here]")).to_have_text(
        "This device cannot keep it. Leave this page open."
    )
