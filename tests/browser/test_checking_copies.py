"""Test the check of a redacted copy in a browser: a box over text is refused with its page and words, a true copy is
kept with its missing words on the page, and pages are printed to pictures."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from reports.requests.models import LineCopy
from reports.requests.services import schedule
from tests.reports.requests.factories import InformationRequestFactory
from tests.reports.requests.test_checked_means_checked import BLACKED, BOX, HELD, WORDS
from tests.reports.requests.test_made_elsewhere import NAME, made

pytestmark = pytest.mark.django_db(transaction=True)

BOXED = made(f"{WORDS.format(NAME)} {BOX}")
REDACTED = made(WORDS.format("[s 9\\(2\\)\\(a\\)]"))


@pytest.fixture
def line(agency, adviser):
    request = InformationRequestFactory(agency=agency, reference="13/02025", state="preparing")
    file = ContentFile(HELD, name="letter.pdf")
    found = schedule.add_file(request=request, file=file, title="A letter", by=adviser)
    return schedule.decide_line(
        line=found,
        decision="part",
        grounds=["6(c)"],
        version=found.version,
        by=adviser,
        at=timezone.now(),
    )


@pytest.fixture
def upload(page, line, live_server, sign_in, adviser):
    sign_in(adviser)

    def upload(data):
        address = reverse("requests:request-line-copy", args=[line.request_id, line.number])
        page.goto(live_server.url + address)
        page.get_by_label("PDF").set_input_files(
            {"name": "copy.pdf", "mimeType": "application/pdf", "buffer": data}
        )
        page.get_by_role("button", name="Check this PDF").click()

    return upload


@pytest.fixture
def accessible(page, accessibility_faults):
    def accessible():
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert accessibility_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    return accessible


def test_a_box_over_text_is_refused_with_its_page_and_words_and_printed_to_pictures(
    page, upload, accessible
):
    upload(BOXED)
    expect(page.get_by_role("heading", name="The file did not pass the check")).to_be_visible()
    reasons = page.locator(".findings li")
    expect(reasons.filter(has_text="Every word of the paper is still in this copy")).to_have_count(
        1
    )
    expect(
        reasons.filter(
            has_text=f"Page 1: text under a box or a picture can still be copied: “{NAME}"
        )
    ).to_have_count(1)
    accessible()
    page.get_by_role("button", name="Print the pages to pictures").click()
    expect(page.get_by_role("heading", name="The file passed the check")).to_be_visible()
    expect(page.get_by_role("cell", name=NAME)).to_be_visible()
    accessible()
    page.get_by_role("button", name="Keep this copy for release").click()
    expect(page.get_by_text("Look at every page first, then say so here.").first).to_be_visible()
    page.get_by_label("I have looked at every page of this file").check()
    page.get_by_role("button", name="Keep this copy for release").click()
    expect(page.get_by_text("The copy is checked and kept.").first).to_be_visible()
    assert NAME.encode() not in bytes(LineCopy.objects.get().pdf)


def test_a_true_copy_passes_with_its_missing_words(page, upload, accessible):
    upload(REDACTED)
    expect(page.get_by_role("heading", name="The file passed the check")).to_be_visible()
    expect(page.get_by_text("2 of 11 words of the paper are missing in this file.")).to_be_visible()
    page.get_by_label("I have looked at every page of this file").check()
    page.get_by_role("button", name="Keep this copy for release").click()
    expect(page.get_by_text("The copy is checked and kept.").first).to_be_visible()
    assert bytes(LineCopy.objects.get().pdf) == REDACTED


def test_pages_without_words_are_ticked_one_by_one(page, upload, accessible):
    upload(BLACKED)
    expect(page.get_by_role("heading", name="The file passed the check")).to_be_visible()
    expect(page.get_by_text("Only the pictures of the pages were compared")).to_be_visible()
    accessible()
    page.get_by_role("button", name="Keep this copy for release").click()
    expect(page.get_by_text("Look at page 1, and tick it.").first).to_be_visible()
    accessible()
    page.get_by_label("Page 1: looks different from the paper").check()
    page.get_by_role("button", name="Keep this copy for release").click()
    expect(page.get_by_text("The copy is checked and kept.").first).to_be_visible()
