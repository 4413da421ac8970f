"""Test a return from the desk to acceptance by keyboard, on a phone and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.browser.returns import focus, owed, section, state
from tests.factories import MilestoneFactory, SupportFactory, UpdateFactory, WorkItemFactory
from workitems.plan.forms.due_dates import KnownDateField

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    return owed()


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


def next_unanswered(page, within=None):
    """Follow the link to the next unanswered item by keyboard."""
    tab_to(page, "Next unanswered")
    page.keyboard.press("Enter")


def answered_by(scene, person, leave_out=0):
    for item in scene.items[: len(scene.items) - leave_out]:
        UpdateFactory(of_return=scene.of_return, item=item, written_by=person)


def test_nine_items_are_answered_by_keyboard_alone_and_submitted_by_the_approver(
    page, live_server, scene, address, sign_in, accessibility_faults
):
    sign_in(scene.contributor)
    page.goto(live_server.url)
    expect(page.get_by_text("0 of 9 items answered")).to_be_visible()
    tab_to(page, "Return for This round, Police")
    page.keyboard.press("Enter")
    expect(page).to_have_url(address)
    expect(page.get_by_text("Due in 4 days")).to_be_visible()
    assert accessibility_faults(page) == []

    for item in scene.items:
        next_unanswered(page)
        assert focus(page) == f"id_i{item.pk}-achieved"
        in_sight = page.evaluate(
            "document.activeElement.getBoundingClientRect().bottom"
            " < document.querySelector('.return-bar').getBoundingClientRect().top"
        )
        assert in_sight, "the bar does not hide what has the focus"
        if item == scene.items[2]:
            expect(section(page, item).get_by_role("button", name="No change")).to_have_count(0)
            page.keyboard.type("The words are agreed.")
            expect(state(page, item)).to_have_text(re.compile("^Saved at "))
            expect(section(page, item).locator("[data-in-briefing]")).to_contain_text(
                "Not marked as a key achievement"
            )
            why = section(page, item).get_by_text("A milestone is overdue, so “No change”")
            expect(why).to_be_hidden()
            record_delay(page)
            expect(why).to_be_hidden()
            expect(section(page, item)).to_contain_text("May be printed under Delay")
            expect(section(page, item)).to_contain_text("In this return, not submitted yet")
        elif item.pk % 2:
            page.keyboard.type(f"Done what {item} promised.")
            expect(state(page, item)).to_have_text(re.compile("^Saved at "))
        else:
            tab_to(page, f"No change to item {item.number}")
            page.keyboard.press("Enter")
            expect(state(page, item)).to_have_text(re.compile("^No change, saved at "))

    expect(page.locator("[data-progress]")).to_have_text("9 of 9 items answered")
    expect(page.locator(".return-bar")).to_contain_text("All saved at ")
    tab_to(page, "All answered. Go to the end")
    page.keyboard.press("Enter")
    assert focus(page) == "missing"
    expect(page.get_by_text("Everything is answered.")).to_be_visible()
    expect(page.get_by_role("button", name="No change to the rest")).to_be_hidden()
    expect(page.get_by_text("An approver of Police submits it.")).to_be_visible()
    assert accessibility_faults(page) == []
    assert scene.of_return.updates.count() == 9
    assert scene.overdue.delays.count() == 0

    sign_in(scene.approver)
    page.goto(live_server.url)
    tab_to(page, "Return for This round, Police")
    page.keyboard.press("Enter")
    expect(page).to_have_url(address)
    tab_to(page, "All answered. Go to submit")
    page.keyboard.press("Enter")
    tab_to(page, "Submit the return")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(
        "Submitted. We’ll email a receipt to you and the agency’s contributors."
    )
    assert accessibility_faults(page) == []
    scene.of_return.refresh_from_db()
    assert (scene.of_return.state, scene.of_return.submitted_by) == ("submitted", scene.approver)
    assert scene.overdue.delays.get().mitigations.get().description == "Another printer."


def test_once_items_are_answered_the_way_leads_to_the_milestone_that_is_not(
    page, scene, address, sign_in
):
    answered_by(scene, scene.contributor)
    sign_in(scene.contributor)
    page.goto(address)
    expect(page.locator("[data-progress]")).to_have_text("9 of 9 items answered")
    tab_to(page, "Next milestone to answer")
    page.keyboard.press("Enter")
    assert focus(page) == f"milestone-{scene.overdue.pk}"


def record_delay(page):
    """Record a milestone as not done: new date, cause and mitigation."""
    day = localdate() + timedelta(days=60)
    tab_to(page, "Done")
    page.keyboard.press("ArrowDown")
    tab_to(page, f"Now expected for example, {KnownDateField().example}")
    page.keyboard.type(f"{day:%d/%m/%Y}")
    tab_to(page, "Cause")
    page.keyboard.type("Proc")
    tab_to(page, "Why it is late")
    page.keyboard.type("The printer went out of business.")
    tab_to(page, "What is being done about it")
    page.keyboard.type("Another printer.")
    tab_to(page, "Save milestone")
    page.keyboard.press("Enter")


def test_enter_in_a_field_saves_the_return_without_submitting_it(page, scene, address, sign_in):
    answered_by(scene, scene.contributor)
    sign_in(scene.approver)
    page.goto(address)
    step = page.locator("[data-milestone]")
    step.get_by_label("Done", exact=True).check()
    step.get_by_label("Day on which it was done").fill(f"{localdate():%d/%m/%Y}")
    page.keyboard.press("Enter")
    expect(step).to_contain_text(f"Done on {localdate():%-d %B %Y}")
    expect(page).to_have_url(address)
    scene.of_return.refresh_from_db()
    assert scene.of_return.state == "due"
    assert scene.of_return.milestone_answers.get().day == localdate()


def test_fields_of_an_item_are_loaded_on_request(
    page, scene, address, sign_in, accessibility_faults
):
    """For an item that the agency only supports, and a milestone that is not due yet."""
    plan, item = scene.items[0].plan, scene.items[0]
    supported = WorkItemFactory(plan=plan, number="2.1", title="Train", stage="ongoing")
    SupportFactory(item=supported, agency=scene.of_return.agency)
    ahead = MilestoneFactory(item=item, original_due=localdate() + timedelta(days=90))
    sign_in(scene.contributor)
    page.goto(address)
    page.get_by_text("1 item to write about if you like").press("Enter")
    page.get_by_role("button", name="Write about it (item 2.1)").press("Enter")
    box = section(page, supported).get_by_label("Achieved in this period")
    expect(box).to_be_focused()
    box.fill("We lent a trainer.")
    expect(state(page, supported)).to_have_text(re.compile("^Saved at "))

    page.get_by_role("button", name="Update this milestone").first.press("Enter")
    step = page.locator(f"#milestone-{ahead.pk}")
    step.get_by_label("Done", exact=True).check()
    step.get_by_label("Day on which it was done").fill(f"{localdate():%d/%m/%Y}")
    step.get_by_role("button", name="Save milestone").click()
    expect(step).to_contain_text(f"Done on {localdate():%-d %B %Y}")
    assert accessibility_faults(page) == []
    assert scene.of_return.updates.get().item == supported


def test_the_bar_names_every_item_that_is_not_saved(
    page, scene, address, sign_in, accessibility_faults
):
    sign_in(scene.contributor)
    page.goto(address)
    first, second = scene.items[:2]
    bar, count = page.locator("[data-connection]"), page.locator("[data-unsaved-count]")
    for item in (first, second):
        section(page, item).get_by_label("Challenges").fill("x" * 5001)
        expect(state(page, item)).to_have_text(re.compile("^Not saved: "))
    expect(bar).to_have_text("Not saved: item 1.1, item 1.2")
    expect(count).to_have_text("2 items are not saved")
    assert accessibility_faults(page) == []
    bar.get_by_role("link", name="item 1.2").click()
    expect(section(page, second)).to_be_focused()
    section(page, second).get_by_label("Challenges").fill("Staff left.")
    expect(count).to_have_text("1 item is not saved")
    expect(bar).to_have_text(re.compile("^Item 1.1 is not saved. "))
    challenges = section(page, first).get_by_label("Challenges")
    challenges.fill("As above")
    expect(challenges).to_have_accessible_description(re.compile("This says nothing that a reader"))
    challenges.fill("")
    section(page, first).get_by_label("Achieved in this period").fill("Ongoing")
    expect(count).to_have_text("")
    empty = page.locator("[data-empty]")
    expect(empty).to_contain_text("item 1.1 (Achieved)")
    section(page, first).get_by_label("Achieved in this period").fill("Printed in Suva.")
    expect(empty).to_be_hidden()


def test_a_refused_milestone_is_kept_and_said_to_be_unfinished(page, scene, address, sign_in):
    sign_in(scene.contributor)
    page.goto(address)
    item = scene.items[2]
    step = page.locator(f"#milestone-{scene.overdue.pk}")
    step.get_by_label("Not yet").check()
    step.get_by_role("button", name="Save milestone").click()
    bar, count = page.locator("[data-connection]"), page.locator("[data-unsaved-count]")
    says = re.compile(
        "^All saved at .*, but a milestone of item 1.3 is not finished. Enter when it is now"
    )
    expect(bar).to_have_text(says)
    section(page, item).get_by_label("Achieved in this period").fill("Agreed the words.")
    expect(state(page, item)).to_have_text(re.compile("^Saved at "))
    expect(bar).to_have_text(says)
    expect(count).to_have_text("")
    page.reload()
    expect(step.get_by_label("Not yet")).to_be_checked()
    expect(step).to_contain_text("What is typed here is kept, and not finished yet.")


def test_an_error_is_shown_at_its_field(page, scene, address, sign_in, accessibility_faults):
    sign_in(scene.contributor)
    page.goto(address)
    item = scene.items[0]
    box = section(page, item).get_by_label("Challenges")
    typed = "x" * 3399 + "\n" + "x" * 3400
    box.fill(typed)
    says = "Challenges is 1,800 characters too long. The limit is 5,000 characters."
    expect(state(page, item)).to_have_text(f"Not saved: {says}")
    expect(page.locator("[data-connection]")).to_have_text(
        f"Item {item.number} is not saved. {says}"
    )
    expect(section(page, item).locator("[data-count]")).to_contain_text("1,800 characters too long")
    expect(box).to_have_value(typed)
    expect(box).to_have_attribute("aria-invalid", "true")
    hint = "If it is at risk, say why in one sentence."
    expect(box).to_have_accessible_description(f"{says} {hint}")
    assert accessibility_faults(page) == []
    box.fill("Staff left.")
    expect(box).to_have_accessible_description(hint)
    expect(state(page, item)).to_have_text(re.compile("^Saved at "))
    expect(box).not_to_have_attribute("aria-invalid", "true")


# --- without JavaScript -------------------------------------------------------------------------


@pytest.fixture
def plain_page(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain_sign_in(plain_page, context, sign_in):
    def plain_sign_in(user):
        sign_in(user)
        plain_page.context.add_cookies(context.cookies())

    return plain_sign_in


def test_a_return_works_without_javascript(plain_page, plain_sign_in, scene, address):
    page = plain_page
    plain_sign_in(scene.contributor)
    page.goto(address)
    first, second, third = scene.items[:3]
    section(page, first).get_by_label("Achieved in this period").fill("Printed.")
    section(page, second).get_by_label("Achieved in this period").fill("Writ")
    step = section(page, third).locator("[data-milestone]")
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The printer is late.")
    section(page, first).get_by_role("button", name="Save item 1.1").click()

    expect(page.get_by_role("alert")).to_contain_text("Enter when it is now expected.")
    assert scene.of_return.updates.get(item=first).achieved == "Printed."
    expect(section(page, second).get_by_label("Achieved in this period")).to_have_value("Writ")
    expect(step.get_by_label("Why it is late")).to_have_value("The printer is late.")
    expect(step.get_by_label("Not yet")).to_be_checked()

    section(page, second).get_by_label("Achieved in this period").fill("Written.")
    step.get_by_label("Now expected").fill(f"{localdate() + timedelta(days=60):%d/%m/%Y}")
    step.get_by_label("Cause", exact=True).select_option("Procurement")
    step.get_by_label("What is being done about it").fill("Another printer.")
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    section(page, scene.items[3]).get_by_role("button", name="No change").click()
    expect(page).to_have_url(re.compile("#item-1.4$"))
    expect(page.locator("[data-progress]")).to_have_text("3 of 9 items answered")
    assert scene.of_return.milestone_answers.get().new_mitigation == "Another printer."
    page.get_by_role("link", name="Item 1.5 has no answer yet.").click()
    expect(section(page, scene.items[4])).to_be_in_viewport()
