"""Test that what was done is said aloud once, where the person is, and that the focus keeps its place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from agencies.models import Seat
from reports.clearance import services as clearance
from tests.browser.heard import heard, listen
from tests.browser.returns import owed
from tests.browser.workshop import draft_of_today, seated
from tests.cast import scene as make_scene
from tests.factories import MatterFactory, MeetingFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def meeting(scene):
    """Today's meeting with three matters."""
    meeting = MeetingFactory(plan=scene.plan, held_on=localdate())
    for place, name in enumerate(("Welcome", "Brochure", "What comes next"), start=1):
        MatterFactory(meeting=meeting, position=place, title=name)
    return meeting


@pytest.fixture
def agenda(page, live_server, scene, meeting, sign_in):
    """The page of the meeting before its day."""
    meeting.held_on += timedelta(days=7)
    meeting.save()
    sign_in(scene["coordinator"])
    page.goto(live_server.url + meeting.get_absolute_url())
    listen(page)
    return page


def focused(page):
    return page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ').trim()")


def titles(page):
    return page.locator("ol.agenda .agenda-title a").all_inner_texts()


# --- where an act leads ---------------------------------------------------------------------------


def test_a_moved_matter_keeps_the_focus_on_its_button(agenda):
    agenda.locator("summary", has_text="Change Welcome").click()
    agenda.get_by_role("button", name="Down : Welcome").focus()
    agenda.keyboard.press("Enter")
    moved = agenda.locator(".agenda-row > .message")
    expect(moved).to_have_text("“Welcome” has moved.")
    expect(moved).to_be_in_viewport()
    assert focused(agenda) == "Down : Welcome"
    assert heard(agenda) == ["“Welcome” has moved."]
    agenda.keyboard.press("Enter")
    # At the end of the agenda there is only the other button.
    expect(agenda.get_by_role("button", name="Up : Welcome")).to_be_focused()
    assert titles(agenda) == ["Brochure", "What comes next", "Welcome"]
    assert heard(agenda) == ["“Welcome” has moved."]


def test_a_moved_matter_keeps_the_focus_without_javascript(browser, agenda):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(agenda.context.cookies())
    plain = context.new_page()
    plain.goto(agenda.url)
    plain.locator("summary", has_text="Change Welcome").click()
    plain.get_by_role("button", name="Down : Welcome").click()
    expect(plain.get_by_role("button", name="Down : Welcome")).to_be_focused()
    context.close()


def test_what_was_done_to_an_agenda_is_said_there(agenda):
    agenda.set_viewport_size({"width": 375, "height": 400})
    agenda.locator("summary", has_text="Change Brochure").click()
    agenda.get_by_role("button", name="Remove : Brochure").click()
    done = agenda.locator("#agenda + .message")
    expect(done).to_be_focused()
    expect(done).to_be_in_viewport()
    assert focused(agenda) == "“Brochure” is off the agenda. It can be put back below."
    assert heard(agenda) == []  # the focus reads it


def test_a_comment_is_confirmed_beside_the_comments(page, live_server, sign_in):
    draft = draft_of_today(2)
    police = draft.items[0].lead_agency
    clearance.ask(
        briefing=draft.briefing,
        agencies=[police],
        due_on=localdate() + timedelta(days=7),
        by=draft.coordinators[0],
        on=localdate(),
        at=now(),
    )
    sign_in(seated("Police approver", Seat.Role.APPROVER, police))
    address = reverse("briefings:clear", args=[draft.plan.slug, draft.briefing.pk, police.pk])
    page.goto(live_server.url + address)
    form = page.locator("#comments form")
    form.get_by_role("textbox").fill("Which figures?")
    form.get_by_role("button").click()
    done = page.locator("#comments .message")
    expect(done).to_have_text("The coordinator can read your comment.")
    expect(done).to_be_focused()


def test_a_message_without_a_place_is_said_at_the_top_and_aloud(page, live_server, scene, sign_in):
    sign_in(scene["coordinator"])
    page.goto(live_server.url + reverse("meetings:call", args=[scene.plan.slug]))
    listen(page)
    page.get_by_label("On what day").fill(f"{localdate():%-d %B %Y}")
    page.get_by_role("button", name="Call the meeting").click()
    expect(page.locator(".message")).to_be_visible()
    assert heard(page) == [page.locator(".message").inner_text()]


def test_the_list_of_mistakes_keeps_the_focus_where_the_address_has_a_place(
    page, live_server, scene, meeting, sign_in
):
    meeting.closed_at = now()
    meeting.closed_by = scene["coordinator"]
    meeting.save()
    sign_in(scene["coordinator"])
    page.goto(live_server.url + meeting.get_absolute_url())
    page.get_by_text("Reopen the record").first.click()
    page.get_by_role("button", name="Reopen the record").click()
    expect(page).to_have_url(
        f"{live_server.url}{reverse('meetings:reopen', args=[scene.plan.slug, meeting.pk])}#reopen"
    )
    page.wait_for_timeout(300)
    summary = page.locator("#reopen + .error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()


# --- words that change by themselves ----------------------------------------------------------------


@pytest.fixture
def answering(page, live_server, sign_in):
    """The return of Police in its contributor's browser, with its third item, which has a late milestone, open."""
    scene = owed()
    sign_in(scene.contributor)
    page.goto(f"{live_server.url}{scene.of_return.get_absolute_url()}?open=1.3#item-1.3")
    listen(page)
    return page.locator('[id="item-1.3"]')


def test_saving_twice_in_the_same_words_is_said_twice(answering):
    save = answering.locator("[data-save-section]")
    answering.locator("textarea").first.fill("All was printed.")
    save.click()
    said = heard(answering.page)
    save.click()
    said = heard(answering.page)
    # The preview of the sentence is heard as well, once.
    says = [words.split(" at ")[0] for words in said if not words.startswith("It will read")]
    assert says == ["Saved", "Saved"]


def test_boxes_that_have_text_are_said_to_have_it(answering):
    for box in answering.locator("textarea:visible").all():
        box.fill("All was printed.")
    expect(answering.locator("[data-state]")).to_contain_text("Saved at")
    before = len(heard(answering.page))
    answering.locator("[data-copy-last]").click()
    expect(answering.locator("[data-state]")).to_contain_text("already have text")
    assert heard(answering.page, since=before) == [
        "The boxes already have text. Clear a box to copy into it."
    ]


# --- following a meeting ----------------------------------------------------------------------------


@pytest.fixture
def follower(page, live_server, scene, meeting, sign_in):
    """A member's device that follows the meeting at its first matter."""
    show(meeting, 1)
    sign_in(scene["contributor"])
    page.goto(live_server.url + reverse("meetings:follow", args=[scene.plan.slug, meeting.pk]))
    listen(page)
    return page


def show(meeting, position):
    meeting.slide = str(meeting.matters.get(position=position).pk)
    meeting.save()


def test_a_meeting_that_moves_on_takes_no_focus(follower, meeting):
    link = follower.get_by_role("link", name="Stop following")
    link.focus()
    show(meeting, 2)
    expect(follower.get_by_role("link", name="The meeting has moved on. Show it")).to_be_visible()
    expect(link).to_be_focused()
    expect(follower.locator("h1")).to_have_text("Welcome")
    follower.wait_for_timeout(4000)  # the next question
    assert heard(follower) == ["The meeting has moved on."]
    follower.keyboard.press("Enter")
    expect(follower.locator("h1")).to_have_text("Welcome")
    expect(follower.get_by_role("link", name="Stop following")).to_have_count(0)


def test_a_meeting_that_moves_on_is_followed_where_nobody_is_in_the_page(follower, meeting):
    show(meeting, 2)
    expect(follower.locator("h1")).to_have_text("Brochure")
    assert follower.evaluate("document.activeElement === document.body")
    assert heard(follower) == ["Brochure"]


def test_a_selection_holds_the_slide(follower, meeting):
    follower.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    show(meeting, 2)
    expect(follower.get_by_role("link", name="The meeting has moved on. Show it")).to_be_visible()
    expect(follower.locator("h1")).to_have_text("Welcome")
