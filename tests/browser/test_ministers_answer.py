"""Test the paper as the Minister's office reads and answers it, and what follows from a comment."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from reports.models import AnswerDraft, FollowUp, Response
from tests.cast import scene as make_scene
from tests.factories import BriefingFactory, IssuedPaperFactory

pytestmark = pytest.mark.django_db(transaction=True)
SCAN = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 signed"}
RECORD = "Record the Minister’s answer"


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def address(scene, live_server):
    """Return the address of the page on which the office reads and answers a paper."""
    briefing = BriefingFactory(plan=scene.plan, tracker_number="27/1", state="with_minister")
    IssuedPaperFactory(briefing=briefing)
    return live_server.url + reverse("briefings:answer", args=[scene.plan.slug, briefing.pk])


def in_days(days):
    return f"{localdate() + timedelta(days=days):%-d %B %Y}"


def mark(page):
    page.get_by_role("group", name="Answer to recommendation 1").get_by_label("Noted").check()
    second = page.get_by_role("group", name="Answer to recommendation 2")
    second.get_by_label("Not agreed").check()
    page.get_by_label("Comment on recommendation 2").fill("Ask two more banks first.")
    page.get_by_label("Comment on the paper").fill("A clear paper.")
    page.get_by_role("group", name="Quality of advice").get_by_label("5, very good").check()


def test_the_paper_is_answered_where_it_asks_and_a_comment_becomes_an_action(
    page, scene, sign_in, address, live_server, assert_accessible
):
    sign_in(scene["minister's office"])
    page.goto(live_server.url)
    page.get_by_role("link", name="Record the Minister’s answer to 27/1").click()
    for heading in ("Purpose", "Recommendation"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    for summary in page.locator("details.reading-more > summary").all():
        summary.click()
    assert_accessible()
    mark(page)
    summary = page.locator(".reading-summary")
    expect(summary).to_contain_text("1. note the contents of this paper: Noted")
    expect(summary).to_contain_text("30 June 2011: Not agreed")
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_role("alert").first).to_contain_text("Signed by the Minister on")
    expect(page.get_by_label("Comment on recommendation 2")).to_have_value(
        "Ask two more banks first."
    )
    expect(summary).to_contain_text("30 June 2011: Not agreed")
    assert_accessible()
    page.get_by_label("Signed by the Minister on").fill(in_days(0))
    page.get_by_label("Scan of the signed paper").set_input_files(SCAN)
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_role("status")).to_contain_text("The answer is recorded.")
    expect(page.locator("main")).to_contain_text("from the signed paper by Private secretary")
    with page.expect_download() as download:
        page.get_by_role("link", name="Scan of the signed paper: signed.pdf").click()
    assert download.value.path().read_bytes() == SCAN["buffer"]
    assert_accessible()

    # The coordinator makes an action of the comment in one step, with the Minister's words.
    answered = page.url
    sign_in(scene["coordinator"])
    page.goto(answered)
    page.get_by_role("link", name="Add an action because of recommendation 2").click()
    expect(page.get_by_label("What is to be done")).to_have_value("Ask two more banks first.")
    page.get_by_label("Agency that does it").select_option(label="Police")
    page.get_by_label("To be done by").fill(in_days(30))
    assert_accessible()
    page.get_by_role("button", name="Add the action").click()

    # Its agency finds it, does it, and the office reads what was done beside the comment.
    sign_in(scene["contributor"])
    page.goto(live_server.url)
    page.get_by_role("link", name="Ask two more banks first.").click()
    page.get_by_label("What was done").fill("Both have agreed.")
    page.get_by_role("button", name="Mark as done").click()
    sign_in(scene["minister's office"])
    page.goto(answered)
    row = page.get_by_role("row", name="Ask two more banks first.")
    expect(row).to_contain_text("to be confirmed")
    expect(row).to_contain_text("Both have agreed.")
    assert_accessible()
    assert FollowUp.objects.get(text="Ask two more banks first.").key == "r-02"


def test_what_was_typed_stays_when_the_session_has_ended(page, scene, sign_in, address):
    sign_in(scene["minister's office"])
    page.goto(address)
    mark(page)
    page.get_by_label("Signed by the Minister on").fill(in_days(0))
    page.context.clear_cookies()
    page.get_by_role("button", name=RECORD).click()
    expect(page.locator("[data-trouble]")).to_contain_text("The answer is not recorded yet")
    expect(page.get_by_label("Comment on the paper")).to_have_value("A clear paper.")
    assert not Response.objects.filter(comment="A clear paper.", advice=5).exists()
    sign_in(scene["minister's office"])  # in another tab
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_role("status")).to_contain_text("The answer is recorded.")
    assert Response.objects.filter(comment="A clear paper.", advice=5).count() == 1


def test_the_paper_is_read_and_answered_without_javascript(
    browser, browser_context_args, context, scene, sign_in, address
):
    sign_in(scene["minister's office"])
    plain = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(address)
    mark(page)
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_label("Comment on the paper")).to_have_value("A clear paper.")
    expect(page.locator(".reading-summary")).to_contain_text("30 June 2011: Not agreed")
    page.get_by_label("Signed by the Minister on").fill(in_days(0))
    page.get_by_label("Scan of the signed paper").set_input_files(SCAN)
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_role("status")).to_contain_text("The answer is recorded.")
    plain.close()


def test_what_is_typed_is_kept_while_it_is_typed_and_found_on_another_device(
    page, scene, sign_in, address, assert_accessible
):
    sign_in(scene["minister's office"])
    page.goto(address)
    mark(page)
    state = page.locator("[data-state]")
    expect(state).to_contain_text("Kept for you at")
    assert_accessible()
    page.reload()
    expect(page.get_by_text("Your answer is not recorded yet")).to_be_visible()
    expect(page.get_by_label("Comment on recommendation 2")).to_have_value(
        "Ask two more banks first."
    )
    expect(page.locator(".reading-summary")).to_contain_text("30 June 2011: Not agreed")
    expect(page.get_by_label("5, very good").first).to_be_checked()
    assert_accessible()

    # Other words in a second window are compared, not lost.
    other = page.context.new_page()
    other.goto(address)
    page.get_by_label("Comment on the paper").fill("A clear paper, at last.")
    expect(state).to_contain_text("Kept for you at")
    other.get_by_label("Comment on the paper").fill("Too long.")
    callout = other.locator("[data-theirs]")
    expect(callout).to_contain_text("A clear paper, at last.")
    other.get_by_role("button", name="Keep what is on this page").click()
    expect(callout).to_be_empty()
    expect(other.locator("[data-state]")).to_contain_text("Kept for you at")
    other.close()
    page.reload()
    expect(page.get_by_label("Comment on the paper")).to_have_value("Too long.")
    page.get_by_label("Signed by the Minister on").fill(in_days(0))
    expect(state).to_contain_text("Kept for you at")
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_role("status")).to_contain_text("The answer is recorded.")
    assert Response.objects.filter(comment="Too long.", advice=5).count() == 1
    assert not AnswerDraft.objects.exists()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_what_is_typed_is_kept_for_later_without_javascript(page, scene, sign_in, address):
    sign_in(scene["minister's office"])
    page.goto(address)
    mark(page)
    page.get_by_role("button", name="Keep for later").click()
    expect(page.get_by_role("status")).to_contain_text("The answer is not recorded yet.")
    page.goto(address)
    expect(page.get_by_label("Comment on the paper")).to_have_value("A clear paper.")
    page.get_by_role("button", name="Clear what I typed").click()
    expect(page.get_by_label("Comment on the paper")).to_have_value("")
    assert not AnswerDraft.objects.exists()
