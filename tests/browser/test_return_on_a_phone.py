"""Test what a stranger met who answered a return on a phone: dates, two versions, and what is said meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.returns import bar, box, end, kept, milestone, owed, section
from workitems.models import MilestoneDraft

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile("^All saved at ")
DRAFT = "Milestone kept as a draft: Brochure printed"


@pytest.fixture
def scene():
    return owed(3)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


def on_a_phone(page):
    page.set_viewport_size({"width": 375, "height": 812})
    return page


@pytest.fixture
def phone(page_of, scene):
    return on_a_phone(page_of(scene.contributor))


@pytest.fixture
def other_phone(page_of, scene):
    return on_a_phone(page_of(scene.approver))


def typed(scene, name):
    return MilestoneDraft.objects.get().typed[name]


@pytest.fixture
def not_yet(phone, scene):
    """The milestone on the phone, answered with "Not yet"."""
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    return step


@pytest.mark.parametrize("first", ["30/6/27", "30/06/2027", "30.6.2027"])
def test_a_date_in_digits_can_be_changed_again(phone, scene, not_yet, first):
    box = not_yet.get_by_label("Now expected")
    box.fill(first)
    kept(phone, scene)
    for text in ("30 June 2027", "1 July 2027", "2/7/2027"):
        box.fill(text)
        expect(not_yet.locator("[data-step-state]")).to_have_text("Not saved yet")
        kept(phone, scene)
        expect(box).to_have_value(text)
        assert typed(scene, "forecast_due") == text


def test_a_page_that_began_with_a_date_in_digits_changes_it(phone, scene, not_yet, address):
    not_yet.get_by_label("Now expected").fill("30/6/27")
    kept(phone, scene)
    phone.goto(address)
    not_yet.get_by_label("Now expected").fill("1 July 2027")
    expect(bar(phone)).to_have_text(DRAFT)
    assert typed(scene, "forecast_due") == "1 July 2027"


def test_two_people_who_type_one_date_in_two_ways_need_not_choose(
    phone, other_phone, scene, not_yet
):
    not_yet.get_by_label("Now expected").fill("30/6/27")
    kept(phone, scene)
    step = milestone(other_phone, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Now expected").fill("30 June 2027")
    kept(other_phone, scene)
    expect(step.get_by_role("alert")).to_have_count(0)


def test_what_was_wrong_with_a_date_goes_when_the_date_is_mended(phone, scene, not_yet):
    box = not_yet.get_by_label("Now expected")
    box.fill("30 February 2027")
    not_yet.get_by_role("button", name="Save milestone").click()
    fault = not_yet.get_by_text("February 2027 has only 28 days")
    expect(fault.first).to_be_visible()
    box.fill("28 February 2027")
    kept(phone, scene)
    expect(fault).to_have_count(0)
    expect(box).not_to_have_attribute("aria-invalid", "true")
    expect(bar(phone)).to_have_text(DRAFT)


def answered(page, scene, day, reason):
    """Save the milestone as not yet done."""
    step = milestone(page, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Now expected").fill(day)
    step.get_by_label("Cause", exact=True).select_option("procurement")
    step.get_by_label("Why it is late").fill(reason)
    step.get_by_label("What is being done about it").fill("ask another printer")
    step.get_by_role("button", name="Save milestone").click()
    expect(step.get_by_role("button", name="Change this answer")).to_be_visible()


def changing(page, scene):
    step = milestone(page, scene)
    step.get_by_role("button", name="Change this answer").click()
    expect(step.get_by_label("Why it is late")).to_be_visible()
    return step


@pytest.fixture
def both(phone, other_phone, scene, address):
    """Both have one answer open; the approver saves another date and reason, the contributor types a reason."""
    answered(phone, scene, "16 July 2027", "The printer is late.")
    other_phone.goto(address)
    mine, theirs = changing(phone, scene), changing(other_phone, scene)
    theirs.get_by_label("Now expected").fill("27 August 2027")
    theirs.get_by_label("Why it is late").fill("The paper is late.")
    theirs.get_by_role("button", name="Save milestone").click()
    expect(theirs.get_by_role("button", name="Change this answer")).to_be_visible()
    mine.get_by_label("Why it is late").fill("The ink is late.")
    return mine, theirs


def test_that_another_person_saved_an_answer_is_said_when_mine_is_kept(both, phone):
    mine, _ = both
    says = re.compile("Police approver saved another answer on it at .*“Save milestone” to compare")
    expect(mine.locator("[data-step-state]")).to_have_text(says)
    expect(bar(phone)).to_have_text(says)


def test_no_field_changes_without_a_word_where_two_versions_are_compared(both):
    mine, _ = both
    mine.get_by_role("button", name="Save milestone").click()
    compared = mine.get_by_role("alert")
    expect(compared).to_contain_text("The paper is late.")
    expect(compared.locator("dl")).to_have_text(
        re.compile(r"Now expected\s+27 August 2027\s+\(before: 16 July 2027\)")
    )
    expect(mine.get_by_label("Now expected")).to_have_value("27 August 2027")


def test_once_the_other_version_is_kept_nothing_red_stays(both, phone):
    mine, _ = both
    mine.get_by_role("button", name="Save milestone").click()
    mine.get_by_role("button", name="Keep the other version").click()
    expect(mine.get_by_role("alert")).to_have_count(0)
    expect(mine.locator(".govuk-error-message")).to_have_count(0)
    expect(bar(phone)).to_have_text(SAVED)


def test_what_another_person_changed_is_said_beside_its_box(phone, other_phone, scene):
    for page, label, words in (
        (other_phone, "Effect", "Fewer copies."),
        (phone, "Why it is late", "The ink is late."),
    ):
        step = milestone(page, scene)
        step.get_by_label("Not yet").check()
        step.get_by_label(label).fill(words)
        kept(page, scene)
    step = milestone(phone, scene)
    expect(step.get_by_label("Effect")).to_have_value("Fewer copies.")
    said = step.get_by_text("Changed elsewhere meanwhile. Before: nothing")
    expect(said).to_be_visible()
    step.get_by_label("Effect").fill("Fewer copies and maps.")
    expect(said).to_have_count(0)


# --- nothing is thrown away without a way back -------------------------------------------------------


def test_after_the_other_version_of_a_milestone_is_kept_mine_is_used_once_asked(both, phone, scene):
    mine, _ = both
    mine.get_by_role("button", name="Save milestone").click()
    mine.get_by_role("button", name="Keep the other version").click()
    expect(mine.get_by_label("Why it is late")).to_have_value("The paper is late.")
    expect(mine.get_by_text("Yours is not used.")).to_be_visible()
    mine.get_by_role("button", name="Use mine instead").click()
    expect(mine.get_by_label("Why it is late")).to_have_value("The ink is late.")
    expect(bar(phone)).to_contain_text("Choose “Save milestone” to compare the two.")
    mine.get_by_role("button", name="Save milestone").click()
    expect(mine.get_by_role("alert")).to_contain_text("The paper is late.")
    assert typed(scene, "reason") == "The ink is late."


def test_after_the_other_version_of_an_item_is_kept_mine_is_used_once_asked(
    phone, other_phone, scene
):
    item = scene.items[0]
    box(other_phone, item).fill("Printed in Suva.")
    expect(bar(other_phone)).to_have_text(SAVED)
    box(phone, item).fill("Printed in Apia.")
    section(phone, item).get_by_role("button", name="Keep the other version").click()
    expect(box(phone, item)).to_have_value("Printed in Suva.")
    section(phone, item).get_by_role("button", name="Use mine instead").click()
    expect(section(phone, item).get_by_role("alert")).to_contain_text("Printed in Suva.")
    assert scene.of_return.updates.get().achieved == "Printed in Suva."
    section(phone, item).get_by_role("button", name="Save mine").click()
    expect(bar(phone)).to_have_text(SAVED)
    assert scene.of_return.updates.get().achieved == "Printed in Apia."


def test_what_is_not_finished_and_discarded_can_be_put_back(phone, scene, not_yet):
    not_yet.get_by_label("Why it is late").fill("The ink is late.")
    kept(phone, scene)
    not_yet.get_by_role("button", name="Discard what is not finished").click()
    expect(not_yet).to_contain_text("What you typed here and had not finished is discarded.")
    assert MilestoneDraft.objects.count() == 0
    not_yet.get_by_role("button", name="Put it back").click()
    expect(not_yet.get_by_label("Why it is late")).to_have_value("The ink is late.")
    kept(phone, scene)
    assert typed(scene, "reason") == "The ink is late."


# --- what is in sight ----------------------------------------------------------------------------------


def test_a_date_that_has_passed_is_said_while_it_is_typed(not_yet):
    not_yet.get_by_label("Now expected").fill("1 May 2010")
    expect(not_yet.get_by_text("A forecast cannot be before today.")).to_be_visible()


def test_the_way_to_what_is_missing_shows_of_which_item_it_is(phone, scene):
    for item in scene.items:
        box(phone, item).fill("Printed in Suva.")
    expect(bar(phone)).to_have_text(SAVED)
    way = phone.locator(".return-bar [data-next]")
    expect(way).to_have_text("Next milestone to answer")
    way.click()
    expect(milestone(phone, scene)).to_be_focused()
    name = phone.get_by_role("heading", name="Promise 3")
    expect(name).to_be_in_viewport()


def test_in_a_low_window_the_way_onward_stays_in_sight(phone):
    phone.set_viewport_size({"width": 812, "height": 375})
    expect(phone.locator(".return-bar [data-next]")).to_be_in_viewport()
    expect(phone.locator(".return-bar [data-progress]")).to_be_in_viewport()
    foot = phone.evaluate("document.querySelector('.return-bar').getBoundingClientRect().bottom")
    assert foot == 375


def test_no_connection_goes_from_the_bar_once_it_is_back(phone):
    phone.context.set_offline(True)
    end(phone).get_by_role("button", name="Ready for approval").click()
    expect(bar(phone)).to_contain_text("Not marked as ready for approval: no connection.")
    phone.context.set_offline(False)
    expect(bar(phone)).to_have_text(
        "Not marked as ready for approval yet. Choose “Ready for approval” again. All saved"
    )


def test_what_is_typed_while_a_milestone_is_being_saved_stays(phone, scene, not_yet):
    box = not_yet.get_by_label("Now expected")
    box.fill("30 February 2027")
    kept(phone, scene)
    held = []
    phone.route("**/items/**", lambda route: route.continue_() if held else held.append(route))
    not_yet.get_by_role("button", name="Save milestone").click()
    phone.wait_for_timeout(300)
    box.fill("28 February 2027")
    held[0].continue_()
    expect(not_yet.locator(".govuk-error-message").first).to_be_visible()
    expect(box).to_have_value("28 February 2027")
    kept(phone, scene)
    assert typed(scene, "forecast_due") == "28 February 2027"
