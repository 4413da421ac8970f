"""Test that whether a return is saved is in sight, and that no word is lost, on a phone whose network comes and goes."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.returns import box, close, end, milestone, owed, reopened, section, seen
from tests.factories import MilestoneFactory
from workitems.models import MilestoneAnswer, MilestoneDraft

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (375, 768, 1280)
KEPT = re.compile("^Kept at .*, not finished. Choose “Save milestone” when it is.$")
DRAFT = "Milestone kept as a draft: Brochure printed"


@pytest.fixture
def scene():
    return owed(3)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


@pytest.fixture
def phone(page, sign_in, scene, address):
    page.set_viewport_size({"width": 375, "height": 720})
    sign_in(scene.contributor)
    page.goto(address)
    return page


def says(page, words):
    """Wait until the bar says it, in sight."""
    expect(page.locator(".return-saved")).to_contain_text(words)
    assert re.search(words.pattern if hasattr(words, "pattern") else re.escape(words), seen(page))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bar_is_at_the_foot_of_the_window_wherever_one_reads(phone, scene, width):
    phone.set_viewport_size({"width": width, "height": 720})
    for item in scene.items:
        box(phone, item).focus()
        assert seen(phone) == "All saved"
        below = phone.evaluate(
            "document.activeElement.getBoundingClientRect().bottom"
            " <= document.querySelector('.return-bar').getBoundingClientRect().top"
        )
        assert below, "the bar does not cover what has the focus"


def test_a_return_is_written_on_a_phone_whose_network_comes_and_goes(
    phone, scene, address, accessibility_faults
):
    first, second, _ = scene.items
    box(phone, first).fill("Printed in Suva.")
    says(phone, "Not saved yet")
    says(phone, re.compile("^All saved at "))

    phone.context.set_offline(True)
    box(phone, second).fill("Staff trained.")
    says(phone, "Not saved: no connection")
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The printer is la")
    says(phone, "Not saved: no connection")
    assert accessibility_faults(phone) == []
    phone.context.set_offline(False)
    says(phone, DRAFT)
    expect(step.locator("[data-step-state]")).to_have_text(KEPT)

    phone.context.set_offline(True)
    step.get_by_label("Why it is late").fill("The printer is late.")
    says(phone, "Not saved: no connection")
    phone.context.set_offline(False)
    says(phone, DRAFT)
    phone.reload()
    says(phone, DRAFT)
    expect(step.get_by_label("Why it is late")).to_have_value("The printer is late.")
    expect(box(phone, second)).to_have_value("Staff trained.")
    missing = phone.locator("[data-missing]")
    expect(missing).to_contain_text("what is typed on “Brochure printed” is not finished.")


def test_what_could_not_be_sent_is_offered_again_and_erased_once_it_is_sent(
    phone, context, scene, address
):
    first = scene.items[0]
    context.set_offline(True)
    box(phone, first).fill("Printed in Suva.")
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The printer is late.")
    says(phone, "Not saved: no connection")
    again = reopened(phone, address)
    offer = again.locator("[data-unsent]")
    expect(offer).to_contain_text("item 1.1, item 1.3.")
    offer.get_by_role("button", name="Put it back").click()
    says(again, DRAFT)
    expect(box(again, first)).to_have_value("Printed in Suva.")
    assert scene.of_return.updates.get().achieved == "Printed in Suva."
    assert MilestoneDraft.objects.get().typed["reason"] == "The printer is late."
    assert again.evaluate("localStorage.length") == 0
    assert MilestoneAnswer.objects.count() == 0


def test_what_is_put_back_never_replaces_newer_words_unasked(phone, context, scene, address):
    first = scene.items[0]
    context.set_offline(True)
    box(phone, first).fill("Printed in Suva.")
    says(phone, "Not saved: no connection")
    again = reopened(phone, address)
    says(again, "Text is kept on this device and was not sent")
    box(again, first).fill("Printed in Nadi.")
    box(again, first, "Challenges").fill("The printer is late.")
    says(again, "Text is kept on this device and was not sent")
    again.locator("[data-unsent]").get_by_role("button", name="Put it back").click()
    says(again, "Item 1.1 has two versions.")
    expect(box(again, first, "Challenges")).to_have_value("The printer is late.")
    update = scene.of_return.updates.get()
    assert (update.achieved, update.challenges) == ("Printed in Nadi.", "The printer is late.")


def test_newer_words_about_a_milestone_stay_and_the_kept_ones_can_be_copied(
    phone, context, scene, address
):
    context.set_offline(True)
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The paper is late.")
    says(phone, "Not saved: no connection")
    again = reopened(phone, address)
    offer = again.locator("[data-unsent]")
    expect(offer).to_contain_text("Item 1.3: The paper is late.")
    step = milestone(again, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The printer is late.")
    says(again, DRAFT)
    offer.get_by_role("button", name="Put it back").click()
    expect(offer).to_contain_text("You have since written something else there.")
    expect(offer).to_contain_text("Item 1.3: The paper is late.")
    expect(step.get_by_label("Why it is late")).to_have_value("The printer is late.")
    says(again, DRAFT)
    assert MilestoneDraft.objects.get().typed["reason"] == "The printer is late."


def test_text_that_was_not_sent_can_be_copied_once_the_return_is_submitted(
    phone, context, scene, address
):
    context.set_offline(True)
    box(phone, scene.items[0]).fill("Printed in Suva.")
    says(phone, "Not saved: no connection")
    close(phone)
    context.set_offline(False)
    of_return = scene.of_return
    type(of_return).objects.filter(pk=of_return.pk).update(
        state="submitted", submitted_at="2010-07-01T00:00Z", submitted_by=scene.contributor
    )
    again = context.new_page()
    again.goto(address)
    kept = again.locator("[data-kept-text]")
    expect(kept).to_contain_text("Item 1.1: Printed in Suva.")
    kept.get_by_role("button", name="Discard it").click()
    expect(kept).to_be_hidden()
    assert again.evaluate("localStorage.length") == 0


def test_closing_the_tab_right_after_a_key_loses_no_word(phone, context, scene, address):
    box(phone, scene.items[0]).fill("Printed in Suva.")
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    phone.goto("about:blank")
    again = context.new_page()
    again.goto(address)
    offer = again.locator("[data-unsent]")
    if offer.is_visible():
        offer.get_by_role("button", name="Put it back").click()
    expect(box(again, scene.items[0])).to_have_value("Printed in Suva.")
    expect(milestone(again, scene).get_by_label("Not yet")).to_be_checked()


def test_signing_out_asks_about_what_is_kept_on_the_device(phone, context, scene, address):
    context.set_offline(True)
    box(phone, scene.items[0]).fill("Printed in Suva.")
    says(phone, "Not saved: no connection")
    again = reopened(phone, address)
    asked = []
    again.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    again.set_viewport_size({"width": 1280, "height": 900})
    again.locator(".masthead-person").click()
    again.get_by_role("button", name="Sign out").click()
    assert asked == [
        "Text that you typed is not sent yet. It is kept on this device only, and signing out erases it. "
        "Sign out?"
    ]
    expect(again).to_have_url(address)
    assert again.evaluate("localStorage.length") == 1


def test_ctrl_s_saves_at_once(phone, scene):
    box(phone, scene.items[0]).fill("Printed in Suva.")
    phone.keyboard.press("Control+s")
    says(phone, re.compile("^All saved at "))
    assert scene.of_return.updates.get().achieved == "Printed in Suva."


# --- what is said is so -----------------------------------------------------------------------------


def test_an_item_does_not_say_saving_once_its_milestone_is_kept(phone, scene):
    item = scene.items[2]
    line = section(phone, item).locator("[data-state]")
    expect(line).to_have_text("Not answered yet")
    milestone(phone, scene).get_by_label("Not yet").check()
    expect(milestone(phone, scene).locator("[data-step-state]")).to_have_text(KEPT)
    expect(line).to_have_text("Not answered yet")


def test_a_milestone_that_is_typed_into_is_missing_before_it_is_sent(phone, scene):
    for item in scene.items:
        box(phone, item).fill("Printed in Suva.")
        expect(section(phone, item).locator("[data-state]")).to_have_text(re.compile("^Saved at "))
    step = milestone(phone, scene)
    step.get_by_label("Done", exact=True).check()
    step.get_by_label("Day on which it was done").fill(f"{localdate():%d/%m/%Y}")
    step.get_by_role("button", name="Save milestone").click()
    way = phone.locator(".return-bar [data-next]")
    expect(way).to_have_text("All answered. Go to the end")
    phone.context.set_offline(True)
    step.get_by_role("button", name="Change this answer").click()
    phone.context.set_offline(False)
    step.get_by_role("button", name="Change this answer").click()
    expect(step.get_by_label("Done", exact=True)).to_be_checked()
    phone.context.set_offline(True)
    step.get_by_label("Evidence").fill("Half a sen")
    expect(way).to_have_text("Next milestone to answer")
    expect(phone.locator("[data-complete]")).to_be_hidden()
    way.click()
    expect(step).to_be_focused()


def later(scene):
    """A milestone that is not asked about: its fields come when they are asked for."""
    due = localdate() + timedelta(days=90)
    return MilestoneFactory(item=scene.items[0], description="Ahead", original_due=due)


def test_no_connection_is_said_beside_what_is_not_saved_until_there_is_one(
    page, scene, address, sign_in
):
    ahead = later(scene)
    page.set_viewport_size({"width": 375, "height": 720})
    sign_in(scene.contributor)
    page.goto(address)
    step = page.locator(f"#milestone-{ahead.pk}")
    page.context.set_offline(True)
    step.get_by_role("button", name="Update this milestone").click()
    says(page, "No connection. Try again in a moment.")
    box(page, scene.items[1]).fill("Staff trained.")
    section(page, scene.items[0])
    step.get_by_role("button", name="Update this milestone").click()
    says(page, re.compile("^No connection. Try again in a moment. Not saved$"))
    page.context.set_offline(False)
    step.get_by_role("button", name="Update this milestone").click()
    expect(step.get_by_label("Not yet")).to_be_visible()
    says(page, re.compile("^All saved at [^.]* [ap].m.$"))


@pytest.mark.parametrize("typed", ["", "Printed in Apia."])
def test_a_return_that_cannot_be_sent_is_said_not_to_be_marked_as_ready(
    phone, scene, address, typed
):
    phone.context.set_offline(True)
    if typed:
        box(phone, scene.items[0]).fill(typed)
    end(phone).get_by_role("button", name="Ready for approval").click()
    says(phone, re.compile("^Not marked as ready for approval: "))
    expect(phone).to_have_url(address)
    if typed:
        expect(section(phone, scene.items[0])).to_be_focused()
        expect(box(phone, scene.items[0])).to_have_value(typed)
    phone.context.set_offline(False)
    says(
        phone, "Not marked as ready for approval yet. Choose “Ready for approval” again. All saved"
    )
    end(phone).get_by_role("button", name="Ready for approval").click()
    expect(phone.locator(".message")).to_contain_text("Not yet complete.")


def test_a_button_without_a_connection_is_said_not_to_be_done_until_it_is_or_is_dismissed(
    phone, scene, accessibility_faults
):
    end(phone)
    phone.context.set_offline(True)
    rest = phone.get_by_role("button", name="No change to the rest")
    rest.click()
    says(phone, "Not done: no connection. Choose it again when the connection is back.")
    expect(phone.locator("[data-sign=saved]")).to_be_hidden()
    phone.context.set_offline(False)
    again = "Not done yet. Choose “No change to the rest” again."
    says(phone, again)
    expect(phone.locator("[data-sign=saved]")).to_be_hidden()
    box(phone, scene.items[0]).fill("Printed in Apia.")
    says(phone, re.compile("All saved at "))
    says(phone, again)
    assert accessibility_faults(phone) == []
    phone.get_by_role("button", name="Dismiss").click()
    expect(phone.locator(".return-saved")).to_have_text(re.compile("^All saved at [^.]* [ap].m.$"))
    expect(phone.locator("[data-sign=saved]")).to_be_visible()


def test_the_comparison_stays_until_mine_is_saved(phone, scene, contributors_page):
    first = scene.items[0]
    box(contributors_page, first).fill("Printed in Suva.")
    says(contributors_page, re.compile("^All saved at "))
    box(phone, first).fill("Printed in Apia.")
    theirs = section(phone, first).get_by_role("alert")
    expect(theirs).to_contain_text("Printed in Suva.")
    phone.context.set_offline(True)
    theirs.get_by_role("button", name="Save mine").click()
    says(phone, "Not saved: no connection")
    expect(theirs).to_contain_text("Printed in Suva.")
    phone.context.set_offline(False)
    expect(theirs).to_have_count(0)
    expect(box(phone, first)).to_have_value("Printed in Apia.")
    update = scene.of_return.updates.get()
    assert update.achieved == "Printed in Apia."
    kept = update.history.order_by("history_id").values_list("achieved", flat=True)
    assert list(kept) == ["Printed in Suva.", "Printed in Apia."]


# --- two people and one milestone -------------------------------------------------------------------


@pytest.fixture
def contributors_page(context, phone, address):
    """Return the return in a second window."""
    other = context.new_page()
    other.goto(address)
    return other


@pytest.mark.parametrize(
    ("choice", "kept"), [("Save mine", "Rain."), ("Keep the other version", "Paper.")]
)
def test_of_two_versions_of_a_milestone_one_is_chosen(
    phone, scene, contributors_page, choice, kept, accessibility_faults
):
    theirs, mine = milestone(contributors_page, scene), milestone(phone, scene)
    theirs.get_by_label("Not yet").check()
    theirs.get_by_label("Why it is late").fill("Paper.")
    expect(theirs.locator("[data-step-state]")).to_have_text(KEPT)
    mine.get_by_label("Not yet").check()
    mine.get_by_label("Why it is late").fill("Rain.")
    mine.get_by_label("Effect").fill("Fewer copies.")
    compared = mine.get_by_role("alert")
    expect(compared).to_contain_text("the other is replaced and not kept")
    expect(compared).not_to_contain_text("stays in the history")
    assert accessibility_faults(phone) == []
    compared.get_by_role("button", name=choice).click()
    expect(mine.locator("[data-step-state]")).to_have_text(KEPT)
    expect(compared).to_have_count(0)
    expect(mine.get_by_label("Why it is late")).to_have_value(kept)
    says(phone, DRAFT)
    draft = MilestoneDraft.objects.get().typed
    assert (draft["reason"], draft["effect"]) == (kept, "Fewer copies.")


def test_an_answer_of_another_can_be_kept_in_place_of_mine(phone, scene, contributors_page):
    theirs, mine = milestone(contributors_page, scene), milestone(phone, scene)
    days = [localdate(), localdate() - timedelta(days=1)]
    for step, day in zip((theirs, mine), days, strict=True):
        step.get_by_label("Done", exact=True).check()
        step.get_by_label("Day on which it was done").fill(f"{day:%d/%m/%Y}")
        step.get_by_role("button", name="Save milestone").click()
    expect(mine.get_by_role("alert")).to_contain_text("the record of changes keeps both")
    mine.get_by_role("button", name="Keep the other version").click()
    expect(mine.get_by_role("alert")).to_have_count(0)
    says(phone, re.compile(r"^All saved at [^,]*\.m\.$"))
    assert MilestoneAnswer.objects.get().day == days[0]
    assert MilestoneDraft.objects.count() == 0


def test_what_is_kept_and_the_bar_do_not_contradict_each_other(phone, context, scene, address):
    first, second, _ = scene.items
    box(phone, second).fill("Staff trained.")
    says(phone, re.compile("^All saved at "))
    context.set_offline(True)
    box(phone, first).fill("Printed in Suva.")
    says(phone, "Not saved: no connection")
    again = reopened(phone, address)
    says(again, re.compile("^Text is kept on this device and was not sent"))
    expect(again.locator("[data-unsent-since]")).to_have_text(
        re.compile(rf"^Kept since {localdate():%-d %B %Y}, \d+:\d\d [ap]\.m\.\.$")
    )
    box(again, scene.items[2]).fill("The words are agreed.")
    expect(section(again, scene.items[2]).locator("[data-state]")).to_contain_text("Saved at")
    assert seen(again) == "Text is kept on this device and was not sent."
    again.get_by_role("button", name="Discard it").click()
    says(again, re.compile("^All saved at "))


def test_two_versions_show_what_is_in_the_box_now(phone, scene, contributors_page):
    first = scene.items[0]
    box(contributors_page, first).fill("Printed in Nadi.")
    says(contributors_page, re.compile("^All saved at "))
    box(phone, first).fill("Printed in Suva.")
    yours = section(phone, first).locator("[data-yours]")
    expect(yours).to_contain_text("Printed in Suva.")
    box(phone, first).fill("Printed in Suva and Lautoka.")
    expect(yours).to_contain_text("Printed in Suva and Lautoka.")
    section(phone, first).get_by_role("button", name="Keep the other version").click()
    says(phone, re.compile("^All saved at "))
    contributors_page.reload()
    says(contributors_page, re.compile("^All saved at "))
