"""Test that no text is lost when two users edit one return or the connection drops."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.returns import box, owed, section, state
from tests.browser.workshop import bar, warns
from tests.factories import PASSWORD
from workitems.models import ReturnNote

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile("^Saved at ")


@pytest.fixture
def scene():
    return owed(2)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


def texts(scene, item):
    """Return every text saved for an item, oldest first."""
    history = scene.of_return.updates.get(item=item).history.order_by("history_id")
    return list(history.values_list("achieved", flat=True))


# --- two people ---------------------------------------------------------------------------------


@pytest.fixture
def both(scene, page_of):
    """Both have the page open; the contributor saves, and then the approver types."""
    item = scene.items[0]
    one, other = page_of(scene.contributor), page_of(scene.approver)
    box(one, item).fill("Printed in Suva.")
    expect(state(one, item)).to_have_text(SAVED)
    box(other, item).fill("Printed in Apia.")
    expect(state(other, item)).to_have_text(
        "This was changed elsewhere. Compare the two and choose one."
    )
    return one, other


def test_both_texts_are_kept_when_two_people_edit_one_item(both, scene, accessibility_faults):
    one, other = both
    item = scene.items[0]
    theirs = section(other, item).get_by_role("alert")
    expect(theirs).to_contain_text("Police contributor saved another answer at ")
    expect(theirs).to_contain_text("Printed in Suva.")
    expect(box(other, item)).to_have_value("Printed in Apia.")
    expect(bar(other)).to_have_text("Item 1.1 has two versions. Choose one.")
    assert accessibility_faults(other) == []
    assert warns(other)

    # Autosave does not resolve the conflict.
    box(other, item).press_sequentially(" And in Nuku’alofa.")
    other.clock.fast_forward(30_000)
    assert texts(scene, item) == ["Printed in Suva."]

    theirs.get_by_role("button", name="Save mine").click()
    expect(state(other, item)).to_have_text(SAVED)
    expect(theirs).to_have_count(0)
    assert texts(scene, item) == ["Printed in Suva.", "Printed in Apia. And in Nuku’alofa."]
    assert not warns(other)
    # When the first user types again, the conflict is theirs to resolve.
    box(one, item).fill("Printed in Suva, twice.")
    expect(section(one, item).get_by_role("alert")).to_contain_text("And in Nuku’alofa.")


def test_the_other_version_can_be_kept(both, scene):
    _, other = both
    item = scene.items[0]
    section(other, item).get_by_role("button", name="Keep the other version").click()
    expect(box(other, item)).to_have_value("Printed in Suva.")
    assert not warns(other)
    box(other, item).fill("Printed in Suva. Read and found right.")
    expect(state(other, item)).to_have_text(SAVED)
    assert texts(scene, item) == ["Printed in Suva.", "Printed in Suva. Read and found right."]


def test_a_return_is_not_submitted_while_a_conflict_is_open(both, scene):
    _, other = both
    other.get_by_role("button", name="Submit the return").click()
    expect(bar(other)).to_have_text("Item 1.1 has two versions. Choose one.")
    expect(box(other, scene.items[0])).to_have_value("Printed in Apia.")
    scene.of_return.refresh_from_db()
    assert scene.of_return.state == "due"


# --- no connection ------------------------------------------------------------------------------


def test_nothing_is_lost_when_the_connection_is_down_for_twenty_seconds(
    page_of, scene, accessibility_faults
):
    page = page_of(scene.contributor)
    first, second = scene.items
    page.context.set_offline(True)
    box(page, first).fill("Printed in Suva.")
    expect(bar(page)).to_contain_text("Not saved: no connection")
    box(page, second).fill("Staff trained.")
    expect(state(page, second)).to_have_text("Not saved")
    assert accessibility_faults(page) == []
    page.clock.fast_forward(20_000)
    expect(state(page, first)).to_have_text("Not saved")
    assert warns(page)
    box(page, first).fill("Printed in Suva and Apia.")
    assert scene.of_return.updates.count() == 0

    page.context.set_offline(False)
    expect(state(page, first)).to_have_text(SAVED)
    expect(state(page, second)).to_have_text(SAVED)
    expect(bar(page)).to_have_text(re.compile("^All saved at "))
    assert not warns(page)
    assert texts(scene, first)[-1] == "Printed in Suva and Apia."
    assert texts(scene, second) == ["Staff trained."]


def test_a_button_pressed_offline_takes_effect_when_the_connection_is_back(page_of, scene):
    page = page_of(scene.contributor)
    item = scene.items[0]
    page.context.set_offline(True)
    section(page, item).get_by_role("button", name="No change").click()
    expect(state(page, item)).to_have_text("Not saved")
    box(page, scene.items[0], "Challenges").focus()
    page.context.set_offline(False)
    expect(state(page, item)).to_have_text(re.compile("^No change, saved at "))


def test_a_save_whose_response_was_lost_is_not_reported_as_a_conflict(page_of, scene):
    page = page_of(scene.contributor)
    item = scene.items[0]

    def lose_the_response(route):
        route.fetch()
        route.abort()

    page.route("**/items/1.1/", lose_the_response, times=1)
    box(page, item).fill("Printed.")
    expect(state(page, item)).to_have_text("Not saved")
    assert texts(scene, item) == ["Printed."]
    box(page, item).fill("Printed and sent out.")
    page.clock.fast_forward(5_000)
    expect(state(page, item)).to_have_text(SAVED)
    assert texts(scene, item) == ["Printed and sent out."]


def test_closing_the_tab_warns_about_an_unsaved_milestone(page_of, scene):
    page = page_of(scene.contributor)
    assert not warns(page)
    page.locator("[data-milestone]").get_by_label("Not yet").check()
    assert warns(page)


# --- signed out ---------------------------------------------------------------------------------


def test_text_is_saved_after_signing_in_again_in_another_tab(page_of, live_server, scene):
    page = page_of(scene.contributor)
    item = scene.items[0]
    Session.objects.all().delete()
    box(page, item).fill("Printed in Suva.")
    expect(bar(page)).to_contain_text("You are signed out. Sign in again in another tab")
    assert scene.of_return.updates.count() == 0

    sign_in_again(page, live_server, scene.contributor)
    page.clock.fast_forward(5_000)
    expect(state(page, item)).to_have_text(SAVED)
    assert texts(scene, item) == ["Printed in Suva."]


def test_text_is_not_saved_as_another_user_who_signed_in_meanwhile(page_of, live_server, scene):
    page = page_of(scene.contributor)
    Session.objects.all().delete()
    sign_in_again(page, live_server, scene.approver)
    box(page, scene.items[0]).fill("Printed in Suva.")
    expect(bar(page)).to_contain_text("Another user is signed in now.")
    expect(box(page, scene.items[0])).to_have_value("Printed in Suva.")
    assert scene.of_return.updates.count() == 0


def test_typed_text_stays_on_the_page_when_the_return_was_submitted_elsewhere(page_of, scene):
    page = page_of(scene.contributor)
    item = scene.items[0]
    scene.of_return.state = "submitted"
    scene.of_return.submitted_at = scene.of_return.round.opened_at
    scene.of_return.save()
    box(page, item).fill("Printed in Suva.")
    expect(section(page, item)).to_contain_text(
        "Item 1.1 is not saved: the return was submitted meanwhile."
    )
    expect(box(page, item)).to_have_value("Printed in Suva.")
    assert warns(page)


def sign_in_again(page, live_server, user):
    tab = page.context.new_page()
    tab.goto(f"{live_server.url}/account/sign-in/")
    tab.get_by_label("Email").fill(user.email)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab).to_have_title(re.compile("^Your desk"))
    tab.close()


# --- versions go with their words ---------------------------------------------------------------


def keep_milestone(page, scene):
    page.locator("[data-milestone]").get_by_label("Not yet").check()
    expect(page.locator("[data-step-state]")).to_have_text(re.compile("^Kept at "))


def record_milestone(page, scene):
    step = page.locator("[data-milestone]")
    step.get_by_label("Done", exact=True).check()
    step.get_by_label("Day on which it was done").fill(f"{localdate():%d/%m/%Y}")
    step.get_by_role("button", name="Save milestone").click()
    expect(step).to_contain_text("Done on ")


def be_refused(page, scene):
    box(page, scene.items[1], "Challenges").fill("x" * 5001)
    expect(state(page, scene.items[1])).to_have_text(re.compile("^Not saved: "))
    box(page, scene.items[1], "Challenges").fill("")


def put_back(page, scene):
    """Type an answer and a milestone offline, and put both back on a new page."""
    page.context.set_offline(True)
    page.locator("[data-milestone]").get_by_label("Not yet").check()
    box(page, scene.items[1], "Planned next").fill("Printing in Apia.")
    expect(bar(page)).to_contain_text("Not saved: no connection")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="Put it back").click()


@pytest.mark.parametrize("act", [keep_milestone, record_milestone, be_refused, put_back])
def test_what_another_wrote_is_compared_whatever_was_saved_between(scene, page_of, act):
    item = scene.items[1]
    mine, theirs = page_of(scene.contributor), page_of(scene.approver)
    box(theirs, item, "Planned next").fill("Printing in Suva.")
    expect(state(theirs, item)).to_have_text(SAVED)
    act(mine, scene)
    box(mine, item, "Planned next").fill("Printing in Apia.")
    expect(section(mine, item).get_by_role("alert")).to_contain_text("Printing in Suva.")
    expect(bar(mine)).to_have_text("Item 1.2 has two versions. Choose one.")
    assert scene.of_return.updates.get(item=item).planned_next == "Printing in Suva."


def test_what_another_wrote_is_compared_when_it_came_while_one_typed(scene, page_of):
    """The answer to what was sent brings their words for a field that was typed into since."""
    item = scene.items[1]
    mine, theirs = page_of(scene.contributor), page_of(scene.approver)
    box(theirs, item, "Planned next").fill("Printing in Suva.")
    expect(state(theirs, item)).to_have_text(SAVED)

    def type_before_it_arrives(route):
        response = route.fetch()
        box(mine, item, "Planned next").fill("Printing in Apia.")
        route.fulfill(response=response)

    mine.route("**/items/1.2/", type_before_it_arrives, times=1)
    box(mine, item, "Challenges").fill("Paper is short.")
    expect(section(mine, item).get_by_role("alert")).to_contain_text("Printing in Suva.")
    update = scene.of_return.updates.get(item=item)
    assert (update.planned_next, update.challenges) == ("Printing in Suva.", "Paper is short.")


def test_a_refused_reply_does_not_replace_the_one_that_another_saved(scene, page_of):
    note = ReturnNote.objects.create(
        of_return=scene.of_return,
        item=scene.items[0],
        body="In which towns?",
        by=scene.coordinator,
        at=scene.of_return.round.opened_at,
    )
    mine, theirs = page_of(scene.contributor), page_of(scene.approver)
    reply = "Reply to the coordinator"
    box(theirs, scene.items[0], reply).fill("In Suva.")
    expect(section(theirs, scene.items[0]).locator("[data-reply-state]")).to_have_text(SAVED)
    box(mine, scene.items[0], reply).fill("x" * 5_001)
    said = section(mine, scene.items[0]).locator("[data-reply-state]")
    expect(said).to_have_text(re.compile("^Not saved: "))
    box(mine, scene.items[0], reply).fill("In Apia.")
    expect(said).to_have_text("This was changed elsewhere. Compare the two and choose one.")
    note.refresh_from_db()
    assert note.reply == "In Suva."


def test_a_return_is_saved_again_once_its_person_is_signed_in_again(page_of, scene, live_server):
    page = page_of(scene.contributor)
    item = scene.items[0]
    mine = page.context.cookies()
    other = page_of(scene.approver)
    page.context.clear_cookies()
    page.context.add_cookies(other.context.cookies())
    box(page, item).fill("Printed in Suva.")
    expect(bar(page)).to_contain_text("Another user is signed in now.")
    page.context.clear_cookies()
    page.context.add_cookies(mine)
    page.clock.fast_forward(10_000)
    expect(bar(page)).to_have_text(re.compile("^All saved at "))
    assert texts(scene, item) == ["Printed in Suva."]
