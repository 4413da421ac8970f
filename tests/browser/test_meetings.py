"""Test running a meeting on the meeting screen by keyboard, and without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.models import User
from tests.browser.keyboard import tab_to
from tests.cast import scene as make_scene
from tests.factories import (
    AttendanceFactory,
    CalendarFeedFactory,
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    VariationFactory,
    WorkItemFactory,
)
from workitems.calendar.due_calendar import Owing, entries_of
from workitems.models import Decision, Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def meeting(scene):
    """Today's meeting with three matters: an item, a recommended variation, and a title alone."""
    meeting = MeetingFactory(plan=scene.plan, held_on=localdate())
    scene.variation.state = "recommended"
    scene.variation.due_after = localdate() + timedelta(days=90)
    scene.variation.save()
    MatterFactory(meeting=meeting, position=1, title="1.1 Print a brochure", item=scene.item)
    MatterFactory(meeting=meeting, position=2, title="A later date", variation=scene.variation)
    MatterFactory(meeting=meeting, position=3, title="What comes next")
    for name in ("labour", "customs"):
        AttendanceFactory(meeting=meeting, agency=scene.agencies[name])
    return meeting


@pytest.fixture
def meeting_screen(page, live_server, scene, meeting, sign_in):
    """The meeting screen at its first matter."""
    sign_in(scene["coordinator"])
    address = reverse("meetings:present", args=[scene.plan.slug, meeting.pk])
    page.goto(live_server.url + address)
    return page


@pytest.fixture
def question(scene, meeting):
    """What both slides on the variation ask, that of its item and its own."""
    return f"1.1 {scene.variation.asks}?"


def title(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_keys_move_between_matters_and_leave_the_screen(
    meeting_screen, meeting, live_server, question
):
    title(meeting_screen, question)
    for key, words, position in (
        ("ArrowRight", question, 2),
        ("ArrowRight", "What comes next", 3),
        ("ArrowRight", "Decisions and actions", None),
        ("ArrowRight", "Decisions and actions", None),
        ("Home", "One of two work items is late.", None),
        ("End", "Decisions and actions", None),
        ("ArrowLeft", "What comes next", 3),
        ("ArrowLeft", question, 2),
        ("ArrowLeft", question, 1),
    ):
        meeting_screen.keyboard.press(key)
        title(meeting_screen, words)
        if position:
            expect(meeting_screen.get_by_text(f"{position} of 3")).to_be_visible()
    meeting_screen.keyboard.press("ArrowRight")
    expect(meeting_screen.get_by_text("2 of 3")).to_be_visible()
    meeting_screen.go_back()
    expect(meeting_screen.get_by_text("1 of 3")).to_be_visible()
    meeting_screen.keyboard.press("Escape")
    expect(meeting_screen).to_have_url(live_server.url + meeting.get_absolute_url())


def test_a_clicker_shows_the_rest_of_a_long_matter_before_the_next(meeting_screen, question):
    title(meeting_screen, question)
    meeting_screen.set_viewport_size({"width": 1280, "height": 500})
    meeting_screen.keyboard.press("PageDown")
    expect(meeting_screen.locator("h1")).not_to_be_in_viewport(ratio=1)
    expect(meeting_screen.get_by_text("1 of 3")).to_be_visible()
    meeting_screen.set_viewport_size({"width": 1920, "height": 2160})
    meeting_screen.keyboard.press("PageDown")
    expect(meeting_screen.get_by_text("2 of 3")).to_be_visible()
    meeting_screen.keyboard.press("PageUp")
    expect(meeting_screen.get_by_text("1 of 3")).to_be_visible()


def use_letters(page):
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Use letters on this device").check()


def test_letters_do_nothing_until_somebody_chooses_them_on_the_device(meeting_screen):
    for key in ("c", "d", "f"):
        meeting_screen.keyboard.press(key)
    expect(meeting_screen.locator("[data-consider]")).to_have_count(1)
    assert meeting_screen.evaluate("document.fullscreenElement === null")
    use_letters(meeting_screen)
    meeting_screen.reload()
    meeting_screen.keyboard.press("c")
    expect(meeting_screen.get_by_role("status")).to_have_text("Marked as considered.")


def test_full_screen_mode_is_kept_between_matters(meeting_screen):
    use_letters(meeting_screen)
    meeting_screen.keyboard.press("f")
    expect(meeting_screen.locator(":fullscreen")).to_have_count(1)
    meeting_screen.keyboard.press("ArrowRight")
    expect(meeting_screen.get_by_text("2 of 3")).to_be_visible()
    assert meeting_screen.evaluate("document.fullscreenElement !== null")
    meeting_screen.keyboard.press("F")
    expect(meeting_screen.locator(":fullscreen")).to_have_count(0)


def test_escape_closes_the_menu_of_keys_before_it_leaves(meeting_screen, live_server, meeting):
    meeting_screen.get_by_text("Keys", exact=True).click()
    meeting_screen.keyboard.press("Escape")
    expect(meeting_screen.get_by_label("Use letters on this device")).to_be_hidden()
    meeting_screen.keyboard.press("Escape")
    expect(meeting_screen).to_have_url(live_server.url + meeting.get_absolute_url())


def test_shortcuts_are_off_while_the_user_types(meeting_screen, question):
    meeting_screen.get_by_text("Record something else", exact=True).click()
    meeting_screen.get_by_text("Record a decision", exact=True).click()
    words = meeting_screen.get_by_label("What was decided")
    words.focus()
    for key in ("ArrowLeft", "ArrowRight", "Home", "End", "f", "Escape"):
        meeting_screen.keyboard.press(key)
    title(meeting_screen, question)
    expect(words).to_have_value("f")
    assert meeting_screen.evaluate("document.fullscreenElement === null")


def test_a_meeting_can_be_run_by_keyboard_on_the_meeting_screen(
    meeting_screen, scene, meeting, question, assert_accessible
):
    tab_to(meeting_screen, "Record something else")
    meeting_screen.keyboard.press("Enter")
    tab_to(meeting_screen, "Mark as considered")
    meeting_screen.keyboard.press("Enter")
    expect(meeting_screen.get_by_role("status")).to_have_text("Marked as considered.")
    title(meeting_screen, question)

    for words in ("Record something else", "Record a decision"):
        tab_to(meeting_screen, words)
        meeting_screen.keyboard.press("Enter")
    tab_to(meeting_screen, "What was decided")
    meeting_screen.keyboard.type("Police asks three printers.")
    tab_to(meeting_screen, "Agency that acts on it")
    meeting_screen.keyboard.type("Police")
    tab_to(meeting_screen, "Record the decision")
    meeting_screen.keyboard.press("Enter")
    expect(meeting_screen.locator(".error-summary")).to_contain_text(
        "Enter the date by which the agency is to do it."
    )
    assert_accessible()
    due = localdate() + timedelta(days=14)
    tab_to(meeting_screen, "To be done by")
    meeting_screen.keyboard.type(f"{due:%-d %B %Y}")
    tab_to(meeting_screen, "Record the decision")
    meeting_screen.keyboard.press("Enter")
    expect(meeting_screen.get_by_role("status")).to_have_text("Decision 1 is recorded.")
    expect(meeting_screen.locator(".present-record")).to_contain_text("Police asks three printers.")

    meeting_screen.keyboard.press("ArrowRight")
    expect(meeting_screen.get_by_text("2 of 3")).to_be_visible()
    title(meeting_screen, question)
    assert_accessible()
    tab_to(meeting_screen, "Approved")
    meeting_screen.keyboard.press("Space")
    tab_to(meeting_screen, "The decision in words")
    meeting_screen.keyboard.type("Agreed.")
    tab_to(meeting_screen, "Record the decision")
    meeting_screen.keyboard.press("Enter")
    expect(meeting_screen.get_by_role("status")).to_have_text(
        "V1 is approved and has taken effect."
    )
    title(meeting_screen, question.rstrip("?"))
    expect(meeting_screen.locator(".before-after")).to_contain_text(
        f"{scene.variation.due_after:%-d %B %Y}"
    )

    tab_to(meeting_screen, "Attendance")
    meeting_screen.keyboard.press("Enter")
    title(meeting_screen, "Attendance")
    tab_to(meeting_screen, "New Zealand Police")
    meeting_screen.keyboard.press("Space")
    tab_to(meeting_screen, "Save attendance")
    meeting_screen.keyboard.press("Enter")
    title(meeting_screen, question.rstrip("?"))
    expect(meeting_screen.get_by_text("3 recorded")).to_be_visible()

    scene.milestone.refresh_from_db()
    assert scene.milestone.agreed_due == scene.variation.due_after
    assert list(
        Decision.objects.filter(meeting=meeting).order_by("number").values_list("text", "due_on")
    ) == [("Police asks three printers.", due), ("Agreed.", None)]


def offered(page):
    return page.locator("[data-kept-form]")


def test_words_of_a_refused_decision_are_offered_on_their_own_variation_and_on_no_other(
    meeting_screen, scene, meeting
):
    item = WorkItemFactory(plan=scene.plan, pillar=scene.item.pillar, number="1.7")
    other = VariationFactory(milestone=MilestoneFactory(item=item), state="recommended", number=9)
    MatterFactory(meeting=meeting, position=4, title="V9", variation=other)
    meeting.attendances.all().delete()
    address = meeting_screen.url
    meeting_screen.goto(f"{address}?matter=2")
    meeting_screen.get_by_label("Declined").check()
    meeting_screen.get_by_label("The decision in words").fill("Not again.")
    meeting_screen.get_by_role("button", name="Record the decision").first.click()
    expect(meeting_screen.locator(".error-summary")).to_contain_text("No agencies are recorded")
    meeting_screen.goto(f"{address}?matter=4")
    title(meeting_screen, f"1.7 {other.asks}?")
    expect(offered(meeting_screen)).to_have_count(0)
    expect(meeting_screen.get_by_label("The decision in words")).to_have_value("")
    meeting_screen.goto(f"{address}?matter=2")
    expect(offered(meeting_screen)).to_contain_text("Not again.")


def test_words_typed_on_a_slide_are_offered_on_it_when_the_screen_comes_back(
    meeting_screen,
):
    meeting_screen.keyboard.press("ArrowRight")
    expect(meeting_screen.get_by_text("2 of 3")).to_be_visible()
    meeting_screen.get_by_label("The decision in words").fill("Not again.")
    meeting_screen.locator("h1").focus()
    meeting_screen.keyboard.press("ArrowRight")
    title(meeting_screen, "What comes next")
    expect(offered(meeting_screen)).to_have_count(0)
    meeting_screen.keyboard.press("ArrowLeft")
    expect(offered(meeting_screen)).to_contain_text("Not again.")
    offered(meeting_screen).get_by_role("button", name="Put it back").click()
    expect(meeting_screen.get_by_label("The decision in words")).to_have_value("Not again.")
    meeting_screen.get_by_label("Declined").check()
    meeting_screen.get_by_role("button", name="Record the decision").click()
    expect(meeting_screen.get_by_role("status")).to_have_text("V1 is declined.")
    meeting_screen.wait_for_function("localStorage.length === 0")


def test_keys_mark_a_matter_as_considered_and_go_to_the_decision(meeting_screen):
    use_letters(meeting_screen)
    meeting_screen.keyboard.press("d")
    expect(meeting_screen.get_by_label("Approved")).to_be_focused()
    meeting_screen.locator("h1").focus()
    meeting_screen.keyboard.press("c")
    expect(meeting_screen.get_by_role("status")).to_have_text("Marked as considered.")
    for position in (2, 3):
        meeting_screen.keyboard.press("ArrowRight")
        expect(meeting_screen.get_by_text(f"{position} of 3")).to_be_visible()
    meeting_screen.keyboard.press("d")
    expect(meeting_screen.get_by_label("What was decided")).to_be_focused()


def test_a_meeting_on_three_devices(
    browser, page, live_server, scene, meeting, question, sign_in, accessibility_faults, mailoutbox
):
    """The wall moves by PageDown, the secretary records on a laptop, a member follows on a phone."""

    def device(who, width, height):
        sign_in(scene[who])
        context = browser.new_context(viewport={"width": width, "height": height})
        context.add_cookies(page.context.cookies())
        page.context.clear_cookies()
        made = context.new_page()
        made.goto(live_server.url + meeting.get_absolute_url())
        return made

    wall = device("coordinator", 1920, 1080)
    secretary = device("coordinator", 1280, 900)
    phone = device("other contributor", 375, 812)

    phone.get_by_role("link", name="Follow the meeting").click()
    expect(phone.get_by_text("The meeting has not begun.")).to_be_visible()
    secretary.get_by_role("link", name="Follow and record").click()
    wall.get_by_role("button", name="Present and show to members").click()
    expect(wall.get_by_text("Shown to members")).to_be_visible()
    for each in (wall, secretary, phone):
        title(each, "One of two work items is late.")
    for words in ("Agenda", question):
        wall.keyboard.press("PageDown")
        title(wall, words)
        assert wall.evaluate("document.documentElement.scrollHeight") == 1080
        title(secretary, words)
        title(phone, words)
    for each in (secretary, phone):
        assert accessibility_faults(each) == []
    assert phone.get_by_role("button").count() == 0

    # The secretary writes while the wall moves on; what is typed stays.
    secretary.get_by_text("Record something else", exact=True).click()
    secretary.get_by_text("Record a decision", exact=True).click()
    secretary.get_by_label("What was decided").fill("Police asks three printers.")
    due = localdate() + timedelta(days=14)
    secretary.get_by_label("To be done by").fill(f"{due:%-d %B %Y}")
    wall.keyboard.press("PageDown")
    for each in (wall, phone):
        expect(each.get_by_text("2 of 3")).to_be_visible()
    expect(secretary.get_by_role("link", name="The meeting has moved on.")).to_be_visible()
    expect(secretary.get_by_role("status")).to_have_text("The meeting has moved on.")
    expect(secretary.get_by_label("What was decided")).to_have_value("Police asks three printers.")
    form = secretary.locator("form", has_text="What was decided")
    form.get_by_role("button", name="Record the decision").click()
    expect(secretary.get_by_role("status")).to_have_text("Decision 1 is recorded.")
    expect(secretary.get_by_text("2 of 3")).to_be_visible()

    # The member reads on by themselves, and comes back.
    phone.get_by_role("link", name="Previous").click()
    expect(phone.get_by_text("1 of 3")).to_be_visible()
    expect(phone.locator(".present-record")).to_contain_text("Police asks three printers.")
    phone.get_by_role("link", name="2. A later date").click()
    expect(phone.get_by_text("2 of 3")).to_be_visible()

    secretary.get_by_label("Approved").check()
    secretary.get_by_role("button", name="Record the decision").click()
    expect(secretary.get_by_role("status")).to_have_text("V1 is approved and has taken effect.")
    expect(phone.locator(".present-record")).to_contain_text(f"Approved: {scene.variation}.")
    wall.keyboard.press("End")
    title(phone, "Decisions and actions")
    expect(phone.locator("table")).to_contain_text("Police asks three printers.")
    assert accessibility_faults(phone) == []

    mailoutbox.clear()
    secretary.goto(live_server.url + meeting.get_absolute_url())
    secretary.get_by_role("button", name="Close the record").click()
    expect(secretary.get_by_role("status")).to_contain_text("The record of the meeting is closed.")
    minded = {mail.to[0]: mail.body for mail in mailoutbox}
    assert (
        f"For Police to do: Police asks three printers, by {due:%-d %B %Y}."
        in minded[scene["contributor"].email]
    )
    assert "None is for Customs to act on." in minded[scene["other contributor"].email]
    secretary.goto(live_server.url + reverse("papers:minutes", args=[scene.plan.slug, meeting.pk]))
    minutes = secretary.locator("article.paper")
    expect(minutes).to_contain_text("Police asks three printers.")
    expect(minutes).to_contain_text(f"Approved: {scene.variation}.")
    expect(minutes).to_contain_text("Not reached")
    feed = CalendarFeedFactory(plan=scene.plan, agency=scene.agencies["police"])
    assert "Police asks three printers." in [
        each.title for each in entries_of(Owing.of_feed(feed), localdate())
    ]
    for each in (wall, secretary, phone):
        each.context.close()


def test_following_works_without_javascript(
    browser, live_server, scene, meeting, question, sign_in, page
):
    def plain(who):
        sign_in(scene[who])
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(page.context.cookies())
        page.context.clear_cookies()
        made = context.new_page()
        made.goto(live_server.url + meeting.get_absolute_url())
        return made

    wall, member = plain("coordinator"), plain("observer")
    wall.get_by_role("button", name="Present and show to members").click()
    wall.get_by_role("button", name="Next", exact=True).click()
    title(wall, "Agenda")
    member.get_by_role("link", name="Follow the meeting").click()
    title(member, "Agenda")
    wall.get_by_role("button", name="Next", exact=True).click()
    title(wall, question)
    member.get_by_role("link", name="Show what the meeting is at now").click()
    title(member, question)
    wall.context.close()
    member.context.close()


def test_a_lost_response_is_reported_and_the_form_is_not_sent_twice(meeting_screen, meeting):
    sent = []
    meeting_screen.route(
        "**/consider/", lambda route: (sent.append(route.request.url), route.abort())
    )
    meeting_screen.get_by_text("Record something else", exact=True).click()
    meeting_screen.get_by_role("button", name="Mark as considered").click()
    expect(meeting_screen.get_by_role("alert")).to_have_text(
        "No answer came. Load the page again to see whether this was recorded."
    )
    assert len(sent) == 1


def test_the_meeting_screen_works_without_javascript(
    browser, live_server, scene, meeting, question, sign_in, page
):
    sign_in(scene["coordinator"])
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(live_server.url + reverse("meetings:present", args=[scene.plan.slug, meeting.pk]))
    plain.get_by_role("link", name="Next").click()
    title(plain, question)
    plain.get_by_label("Declined").check()
    plain.get_by_role("button", name="Record the decision").click()
    expect(plain.get_by_role("status")).to_have_text("V1 is declined.")
    title(plain, question.rstrip("?"))
    context.close()


def test_an_agenda_can_be_drafted_and_ordered_by_keyboard(
    page, live_server, scene, sign_in, accessibility_faults
):
    coming = MeetingFactory(plan=scene.plan, held_on=localdate() + timedelta(days=7))
    sign_in(scene["coordinator"])
    page.goto(live_server.url + coming.get_absolute_url())
    tab_to(page, "Put all 3 on the agenda")
    page.keyboard.press("Enter")
    done = page.locator("#agenda + .message")
    expect(done).to_have_text("3 matters are added to the agenda.")
    expect(done).to_be_focused()
    tab_to(page, "Add a matter of your own")
    page.keyboard.press("Enter")
    title(page, "Add a matter")
    tab_to(page, "What is to be discussed")
    page.keyboard.type("Welcome")
    tab_to(page, "Put it on the agenda")
    page.keyboard.press("Enter")
    expect(done).to_have_text("The matter is on the agenda.")
    expect(done).to_be_focused()
    tab_to(page, "Change Welcome")
    page.keyboard.press("Enter")
    tab_to(page, "Up : Welcome")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("“Welcome” has moved.")
    titles = page.locator("ol.agenda .agenda-title a")
    expect(titles).to_have_text(
        [
            "Decision of 10 June 2010: The brochure goes to print.",
            "1.1 Print a brochure",
            "Welcome",
            "Return of Police for January to June 2010",
        ]
    )
    assert accessibility_faults(page) == []


def test_the_handle_moves_a_matter_by_keys_and_by_dragging(
    page, live_server, scene, meeting, sign_in, accessibility_faults
):
    sign_in(scene["coordinator"])
    page.goto(live_server.url + meeting.get_absolute_url())
    titles = page.locator("ol.agenda .agenda-title a")
    handle = page.get_by_role("button", name="Move What comes next with the arrow keys")
    handle.focus()
    page.keyboard.press("ArrowUp")
    expect(titles).to_have_text(["1.1 Print a brochure", "What comes next", "A later date"])
    expect(handle).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("“What comes next” has moved.")
    page.keyboard.press("ArrowUp")
    expect(titles).to_have_text(["What comes next", "1.1 Print a brochure", "A later date"])
    page.keyboard.press("ArrowUp")  # it is the first already
    expect(handle).to_be_focused()

    handle.hover()
    page.mouse.down()
    box = page.locator("[data-matter]").last.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 2, steps=5)
    page.mouse.up()
    expect(handle).to_be_focused()  # the answer has come; the row itself moved with the pointer
    moved = ["1.1 Print a brochure", "A later date", "What comes next"]
    expect(titles).to_have_text(moved)
    page.reload()
    expect(titles).to_have_text(moved)
    assert accessibility_faults(page) == []


def test_every_form_of_meetings_is_accessible_with_errors(
    page, live_server, scene, meeting, sign_in, assert_accessible
):
    sign_in(scene["coordinator"])
    slug = [scene.plan.slug]
    decision = scene.meeting.decisions.get()
    for address, button in (
        (reverse("meetings:call", args=slug), "Call the meeting"),
        (reverse("meetings:record", args=[*slug, meeting.pk]), "Record the decision"),
        (reverse("meetings:add-matter", args=[*slug, meeting.pk]), "Put it on the agenda"),
        (reverse("meetings:decision", args=[*slug, decision.pk]), "Mark as done"),
    ):
        page.goto(live_server.url + address)
        for field in page.locator("main input[type=text]").all():
            field.fill("")
        page.get_by_role("button", name=button).click()
        expect(page.locator(".error-summary")).to_be_visible()
        assert_accessible()


def test_the_rows_of_an_agenda_have_a_handle_and_one_menu_each(
    page, live_server, load_demo, sign_in
):
    load_demo("load_demo_plan")
    sign_in(User.objects.get(email="coordinator@example.org"))
    page.goto(live_server.url + Meeting.objects.order_by("-held_on").first().get_absolute_url())
    rows = page.locator("[data-matter]")
    controls = rows.evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('a, button, summary')].filter("
        "each => each.checkVisibility() && (each.matches('summary') || !each.closest('details:not([open])'))).length)"
    )
    assert controls == [3] * rows.count()  # the handle, its slide and the menu
    # What is asked further of a matter stands below what is asked first.
    assert rows.locator(".agenda-asks + .agenda-asks").count() == 1
    lefts = page.locator(".agenda-asks").evaluate_all("all => all.map(each => each.offsetLeft)")
    assert len(set(lefts)) == 1
