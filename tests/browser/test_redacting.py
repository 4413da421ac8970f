"""Test withholding words of the briefing of 2010: by mouse, by keyboard alone, and without a script."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.document import Contact, from_json, to_json
from reports.requests.models import Redaction
from reports.requests.redaction.redact import leaves
from tests.browser.keyboard import tab_to
from tests.factories import (
    BriefingFactory,
    IssuedPaperFactory,
    PlanFactory,
    SeatFactory,
)
from tests.reports.requests.factories import InformationRequestFactory, ScheduleLineFactory
from tests.reports.sample import document as sample_document

pytestmark = pytest.mark.django_db(transaction=True)

# As in the real paper, with a role in place of the name: a contact's name and direct number, and a
# manager's mobile number, whose direct number went out.
NAME, NUMBER, MOBILE = "Senior analyst", "04 915 0101", "021 555 0102"
WITHHELD = [
    ("cover.authorising_manager.mobile", 0, len(MOBILE)),
    ("cover.contacts.0.direct_dial", 0, len(NUMBER)),
    ("cover.contacts.0.name", 0, len(NAME)),
]
WHY = "They were threatened after the last release."


@pytest.fixture
def reviewer(agency):
    return SeatFactory(agency=agency, role="oia_reviewer", user__name="OIA reviewer").user


@pytest.fixture
def line(agency):
    plan = PlanFactory(coordinating_agency=agency)
    document = sample_document()
    cover = replace(
        document.cover,
        contacts=(Contact(NAME, role="Border policy", direct_dial=NUMBER),),
        authorising_manager=Contact(
            "Group manager", role="Border", direct_dial="04 915 0100", mobile=MOBILE
        ),
    )
    issued = IssuedPaperFactory(
        briefing=BriefingFactory(plan=plan, state="with_minister"),
        document=to_json(replace(document, cover=cover)),
    )
    request = InformationRequestFactory(
        agency=agency, plan=plan, reference="13/02025", state="preparing"
    )
    return ScheduleLineFactory(request=request, issued=issued, number=1)


@pytest.fixture
def address(line, live_server):
    return live_server.url + reverse("requests:request-redact", args=[line.request_id, 1])


@pytest.fixture
def accessible(page, accessibility_faults):
    def accessible():
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert accessibility_faults(page) == []

    return accessible


def proposed():
    return sorted(Redaction.objects.values_list("place", "start", "end"))


def on_privacy(page, *, why=""):
    page.get_by_label("s 9(2)(a)").check()
    page.get_by_role("textbox", name="Public interest").fill("Nothing speaks for release.")
    page.get_by_role("textbox", name="Reason").fill(why)
    page.get_by_role("button", name="Propose to withhold").click()


def at_rest(page):
    """Wait until nothing moves the paper any more: neither styles and fonts that come, nor scrolling."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => true)")


def drag_over(page, words, *, into=None):
    """Press the mouse before the words and let it go after them, or in the middle of other words."""
    at_rest(page)
    piece = page.locator("#paper .leaf", has_text=words).first
    # At the window's edge, a browser scrolls under a mouse that drags.
    piece.evaluate("piece => piece.scrollIntoView({ block: 'center' })")
    piece.hover()  # waits until the page has stopped scrolling
    box = piece.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    if into is None:
        page.mouse.move(box["x"] + box["width"] - 0.5, middle)
    else:
        page.locator("#paper .leaf", has_text=into).first.hover()
    page.mouse.up()


def test_a_selection_that_slips_into_another_text_ends_with_the_one_it_began_in(
    page, adviser, sign_in, address
):
    sign_in(adviser)
    page.goto(address)
    drag_over(page, NAME, into=NUMBER)
    expect(page.locator(".redact-words")).to_have_text(f"“{NAME}”")
    expect(page.locator(".redact-note")).to_be_visible()


def test_words_are_selected_with_the_mouse_and_another_person_agrees(
    page, adviser, reviewer, sign_in, address, accessible, line, live_server
):
    sign_in(adviser)
    page.goto(address)
    for words, why in ((NAME, ""), (NUMBER, ""), (MOBILE, "")):
        drag_over(page, words)
        expect(page.locator(".redact-words")).to_have_text(f"“{words}”")
        expect(page.locator(".redact-note")).to_be_hidden()
        page.get_by_role("link", name="Withhold these words").click()
        expect(page.get_by_label("Words to withhold")).to_have_value(words)
        on_privacy(page, why=why)
        if words == NAME:
            expect(page.get_by_role("alert")).to_contain_text("The Ombudsman does not accept")
            expect(page.get_by_role("textbox", name="Public interest")).to_have_value(
                "Nothing speaks for release."
            )
            page.get_by_role("textbox", name="Reason").fill(WHY)
            page.get_by_role("button", name="Propose to withhold").click()
        expect(page.locator("#paper mark.withheld", has_text=words).first).to_contain_text(
            "s 9(2)(a), proposed"
        )
    assert proposed() == WITHHELD
    warnings = page.locator(".callout-attention")
    expect(warnings).to_contain_text("is withheld and")
    accessible()
    page.locator("#withheld").get_by_role("link", name=f"“{NUMBER}”").click()
    expect(page).to_have_url(re.compile("#withheld-"))

    sign_in(reviewer)
    page.goto(live_server.url + reverse("requests:request-review", args=[line.request_id]))
    accessible()
    page.get_by_role("link", name=f"Read in context or decline “{NAME}”").click()
    expect(page.get_by_text(WHY)).to_be_visible()
    accessible()
    page.get_by_role("button", name="Agree", exact=True).click()
    page.get_by_role("button", name="Agree all 2 on s 9(2)(a)").click()
    expect(page.get_by_text("Every redaction is answered.")).to_be_visible()
    assert set(Redaction.objects.values_list("state", flat=True)) == {"agreed"}
    page.get_by_role("link", name="Read the paper with its redactions").click()
    expect(page.locator("#paper mark.withheld-agreed").first).to_contain_text("agreed")
    page.get_by_role("link", name="Preview the redacted copy").click()
    passed = page.get_by_text("withheld phrases is in this file")
    expect(passed).to_be_visible(timeout=30_000)  # it is printed first
    accessible()


def test_words_are_selected_by_keyboard_alone(page, adviser, sign_in, address):
    sign_in(adviser)
    page.goto(address)
    for words in (NAME, NUMBER, MOBILE):
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.matches('#paper')"):
            page.keyboard.press("Tab")
        for _ in range(60):
            page.keyboard.press("ArrowDown")
            text = page.evaluate("getSelection().focusNode.data")
            if text == words:
                break
        for _word in words.split()[1:]:
            page.keyboard.press("Shift+ArrowRight")
        expect(page.locator(".redact-words")).to_have_text(f"“{words}”")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Words to withhold")).to_have_value(words)
        tab_to(page, "s 9(2)(a) privacy of people")
        page.keyboard.press("Space")
        tab_to(page, "Reason")
        page.keyboard.type(WHY)
        tab_to(page, "Public interest")
        page.keyboard.type("Nothing speaks for release.")
        tab_to(page, "Propose to withhold")
        page.keyboard.press("Enter")
        expect(page.locator("#paper mark.withheld", has_text=words).first).to_be_visible()
    assert proposed() == WITHHELD


@pytest.fixture
def browser_context_args(browser_context_args, request):
    has_script = "without_a_script" not in request.node.name
    return {**browser_context_args, "java_script_enabled": has_script}


def test_words_are_withheld_without_a_script(page, adviser, sign_in, address):
    sign_in(adviser)
    page.set_viewport_size({"width": 375, "height": 900})
    page.goto(address)
    for where, words in (
        ("Cover, first contact, name", NAME),
        ("Cover, first contact, direct dial", NUMBER),
        ("Cover, authorising manager, mobile", MOBILE),
    ):
        page.locator("#texts").get_by_role("link", name=where).click()
        if words == NUMBER:
            page.get_by_label(f"The whole of: {where}").check()
        else:
            page.get_by_label("Words to withhold").fill(words)
        on_privacy(page, why=WHY)
        expect(page.locator("#withheld")).to_contain_text(f"“{words}”")
    assert proposed() == WITHHELD


def test_what_is_said_after_a_proposal_splits_no_sentence(page, adviser, line, sign_in, address):
    """The words are in the middle of a paragraph, to which the page goes."""
    document = from_json(bytes(line.issued.document))
    place, text = next(
        (leaf.place, leaf.text)
        for leaf in leaves(document)
        if not leaf.place.startswith("cover") and len(leaf.text) > 60
    )
    sign_in(adviser)
    start = text.index(" ") + 1
    page.goto(f"{address}?at={place}&start={start}&end={text.index(' ', start)}")
    on_privacy(page)
    said = page.locator(".message", has_text="1 place is proposed to be withheld.")
    expect(said).to_be_visible()
    assert page.locator(":is(p, td, h1, h2, h3, mark, .leaf) .message").count() == 0
    expect(page.locator("#paper mark.withheld")).to_have_count(1)
