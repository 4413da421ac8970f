"""Test that of two people who write in one return neither loses words that nobody chose to lose."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from tests.browser.returns import bar, box, kept, milestone, owed, section
from workitems.models import MilestoneAnswer, MilestoneDraft
from workitems.returns.services import handover

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile("^All saved at ")


@pytest.fixture
def scene():
    return owed(3)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


@pytest.fixture
def phone(page_of, scene):
    page = page_of(scene.contributor)
    page.set_viewport_size({"width": 375, "height": 720})
    return page


@pytest.fixture
def window(page_of, scene):
    return page_of(scene.approver)


def done(page, scene, words):
    """Type into the milestone that it is done, and how one knows."""
    step = milestone(page, scene)
    step.get_by_label("Done", exact=True).check()
    step.get_by_label("Day on which it was done").fill(f"{localdate():%d/%m/%Y}")
    step.get_by_label("Evidence").fill(words)
    return step


def save(page, scene):
    milestone(page, scene).get_by_role("button", name="Save milestone").click()


def saved(page, scene):
    """Save the milestone, and wait until it is."""
    save(page, scene)
    expect(milestone(page, scene).get_by_role("button", name="Change this answer")).to_be_visible()


def evidence():
    return [each.reason for each in MilestoneAnswer.objects.filter(removed_at=None)]


def conflict_of_milestone(phone, window, scene):
    done(window, scene, "The invoice.")
    saved(window, scene)
    done(phone, scene, "The photos.")
    kept(phone, scene)
    save(phone, scene)
    return milestone(phone, scene).get_by_role("alert")


def conflict_of_item(phone, window, scene):
    box(window, scene.items[0]).fill("Printed in Suva.")
    expect(bar(window)).to_have_text(SAVED)
    box(phone, scene.items[0]).fill("Printed in Apia.")
    return section(phone, scene.items[0]).get_by_role("alert")


def reopened(page, address):
    """Close the page as it is, and open it again."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.goto(address)
    return page


# --- what is kept as it is typed does not pass for having seen the other answer ----------------------


def test_a_milestones_answer_meets_the_other_after_it_was_kept_by_itself(phone, window, scene):
    theirs = conflict_of_milestone(phone, window, scene)
    expect(theirs).to_contain_text("The invoice.")
    expect(theirs).to_contain_text("The photos.")
    assert evidence() == ["The invoice."]
    theirs.get_by_role("button", name="Save mine").click()
    expect(theirs).to_have_count(0)
    saved(phone, scene)
    assert (evidence(), MilestoneDraft.objects.count()) == (["The photos."], 0)


def test_so_it_does_when_the_page_is_opened_again_before_it_is_saved(phone, window, scene, address):
    done(phone, scene, "The photos.")
    kept(phone, scene)
    done(window, scene, "The invoice.")
    save(window, scene)
    expect(milestone(window, scene)).to_contain_text("In this return, not submitted yet")
    phone = reopened(phone, address)
    expect(milestone(phone, scene).get_by_label("Evidence")).to_have_value("The photos.")
    save(phone, scene)
    expect(milestone(phone, scene).get_by_role("alert")).to_contain_text("The invoice.")
    assert evidence() == ["The invoice."]


def test_another_persons_words_that_are_not_finished_outlive_my_answer(phone, window, scene):
    done(phone, scene, "The photos.")
    kept(phone, scene)
    done(window, scene, "The invoice.")
    save(window, scene)
    expect(milestone(window, scene)).to_contain_text("In this return, not submitted yet")
    assert evidence() == ["The invoice."]
    assert MilestoneDraft.objects.get().typed["shown_by"] == "The photos."


@pytest.mark.parametrize("label", ["Evidence", "Day on which it was done"])
def test_a_changed_answer_meets_the_other_change(phone, window, scene, address, label):
    done(window, scene, "The invoice.")
    saved(window, scene)
    reopened(phone, address)
    days = [localdate() - timedelta(days=n) for n in (1, 2)]
    texts = (
        ["The letter.", "The photos."] if label == "Evidence" else [f"{d:%d/%m/%Y}" for d in days]
    )
    for page in (window, phone):
        milestone(page, scene).get_by_role("button", name="Change this answer").click()
    milestone(window, scene).get_by_label(label).fill(texts[0])
    saved(window, scene)
    milestone(phone, scene).get_by_label(label).fill(texts[1])
    kept(phone, scene)
    save(phone, scene)
    theirs = milestone(phone, scene).get_by_role("alert")
    theirs.get_by_role("button", name="Save mine").click()
    kept(phone, scene)
    saved(phone, scene)
    row = MilestoneAnswer.objects.get()
    assert (row.reason if label == "Evidence" else f"{row.day:%d/%m/%Y}") == texts[1]


def test_typing_on_does_not_choose_between_two_answers(phone, window, scene):
    theirs = conflict_of_milestone(phone, window, scene)
    milestone(phone, scene).get_by_label("Evidence").fill("The photos and the letter.")
    phone.clock.fast_forward(30_000)
    expect(theirs).to_contain_text("The invoice.")
    save(phone, scene)
    expect(theirs).to_be_focused()
    assert evidence() == ["The invoice."]


def test_what_was_typed_before_the_two_versions_came_does_not_take_them_away(phone, window, scene):
    done(window, scene, "The invoice.")
    saved(window, scene)
    done(phone, scene, "The photos.")
    kept(phone, scene)
    held = []
    phone.route("**/items/**", lambda route: route.continue_() if held else held.append(route))
    save(phone, scene)
    phone.wait_for_timeout(300)
    milestone(phone, scene).get_by_label("Evidence").fill("The photos and the letter.")
    held[0].continue_()
    theirs = milestone(phone, scene).get_by_role("alert")
    expect(theirs).to_contain_text("The invoice.")
    phone.clock.fast_forward(30_000)
    phone.wait_for_timeout(1_000)
    expect(theirs).to_contain_text("The invoice.")
    assert evidence() == ["The invoice."]


# --- closing the tab does not choose -----------------------------------------------------------------


def test_what_is_put_back_after_two_versions_were_shown_is_asked_about_again(
    phone, window, scene, address
):
    expect(conflict_of_item(phone, window, scene)).to_contain_text("Printed in Suva.")
    phone = reopened(phone, address)
    phone.get_by_role("button", name="Put it back").click()
    theirs = section(phone, scene.items[0]).get_by_role("alert")
    expect(theirs).to_contain_text("Printed in Suva.")
    expect(bar(phone)).to_have_text("Item 1.1 has two versions. Choose one.")
    assert scene.of_return.updates.get().achieved == "Printed in Suva."


def test_of_a_milestone_what_is_put_back_replaces_nothing(phone, window, scene, address):
    done(window, scene, "The invoice.")
    kept(window, scene)
    done(phone, scene, "The photos.")
    expect(milestone(phone, scene).get_by_role("alert")).to_contain_text("The invoice.")
    phone = reopened(phone, address)
    phone.get_by_role("button", name="Put it back").click()
    expect(phone.locator("[data-unsent]")).to_contain_text("The photos.")
    expect(milestone(phone, scene).get_by_label("Evidence")).to_have_value("The invoice.")
    assert MilestoneDraft.objects.get().typed["shown_by"] == "The invoice."


# --- only the two buttons choose ---------------------------------------------------------------------


def test_the_items_save_does_not_choose_and_leads_to_the_two_versions(phone, window, scene):
    theirs = conflict_of_item(phone, window, scene)
    expect(theirs).to_be_visible()
    section(phone, scene.items[0]).get_by_role("button", name="Save item 1.1").click()
    expect(theirs).to_be_focused()
    expect(bar(phone)).to_contain_text("Not saved: there are two versions. Choose one.")
    assert scene.of_return.updates.get().achieved == "Printed in Suva."
    phone.get_by_role("heading", level=1).click()
    bar(phone).get_by_role("link", name="Item 1.1 has two versions.").click()
    expect(theirs).to_be_focused()


def test_the_second_question_says_that_it_is_another_one(phone, window, scene):
    theirs = conflict_of_item(phone, window, scene)
    expect(theirs).to_contain_text("Printed in Suva.")
    box(window, scene.items[0]).fill("Printed in Suva and Nadi.")
    expect(bar(window)).to_have_text(re.compile("Not saved yet|Saving"))
    expect(bar(window)).to_have_text(SAVED)
    theirs.get_by_role("button", name="Save mine").click()
    expect(theirs).to_contain_text("Changed again meanwhile")
    expect(theirs).to_contain_text("Printed in Suva and Nadi.")
    expect(theirs).not_to_contain_text("When you began")
    expect(theirs).to_be_focused()
    theirs.get_by_role("button", name="Save mine").click()
    expect(theirs).to_have_count(0)
    expect(bar(phone)).to_have_text(SAVED)
    assert scene.of_return.updates.get().achieved == "Printed in Apia."


# --- what one reads first -----------------------------------------------------------------------------


def test_what_was_not_sent_names_its_field_and_its_choice(phone, scene, address):
    phone.context.set_offline(True)
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Why it is late").fill("The paper is late.")
    expect(bar(phone)).to_contain_text("Not saved: no connection")
    phone.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.context.set_offline(False)
    phone.goto(address)
    lines = phone.locator("[data-unsent] li")
    expect(lines).to_have_text(
        [
            re.compile(r"^Item 1\.3: Not yet \(Done\?.*\)$"),
            re.compile(r"^Item 1\.3: The paper is late\. \(Why it is late.*\)$"),
        ]
    )


def test_the_writers_see_first_that_the_approver_sent_it_back(phone, scene, address):
    handover.return_to_writers(
        of_return=scene.of_return, note="Say where.", by=scene.approver, at=now()
    )
    phone = reopened(phone, address)
    line = phone.get_by_role("link", name="Sent back to the writers: see the approver’s note")
    expect(line).to_be_in_viewport()
    line.click()
    expect(phone.locator("[data-note]")).to_be_in_viewport()


# --- an answer that is removed -----------------------------------------------------------------------


def test_an_answer_that_another_removed_does_not_come_back_unasked(phone, window, scene, address):
    done(window, scene, "The invoice.")
    saved(window, scene)
    phone = reopened(phone, address)
    milestone(phone, scene).get_by_role("button", name="Change this answer").click()
    milestone(phone, scene).get_by_label("Evidence").fill("The photos.")
    kept(phone, scene)
    # It asks once.
    milestone(window, scene).get_by_text("Remove answer").click()
    assert evidence() == ["The invoice."]
    milestone(window, scene).get_by_role("button", name="Yes, remove it").click()
    expect(window.locator(".message")).to_contain_text("is removed.")
    save(phone, scene)
    theirs = milestone(phone, scene).get_by_role("alert")
    expect(theirs).to_contain_text("Police approver removed this answer at ")
    assert evidence() == []
    theirs.get_by_role("button", name="Save mine").click()
    kept(phone, scene)
    saved(phone, scene)
    assert evidence() == ["The photos."]
