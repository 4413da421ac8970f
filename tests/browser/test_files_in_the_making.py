"""Test the progress page of a long paper, with assistive technology and without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from reports.models import Rendering, RenderWorker
from tests.cast import scene
from tests.factories import RenderingFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def standing():
    return scene()


@pytest.fixture
def row(standing):
    now = timezone.now()
    RenderWorker.objects.create(started_at=now, beat_at=now + timedelta(minutes=5))
    return RenderingFactory(
        briefing=standing.briefing,
        running=True,
        stage="layout",
        page=30,
        pages_of=60,
        asked_at=now,
    )


@pytest.fixture
def address(live_server, standing, row):
    arguments = [standing.plan.slug, standing.briefing.pk, row.pk]
    return live_server.url + reverse("briefings:file-progress", args=arguments)


def set_columns(row, **columns):
    Rendering.objects.filter(pk=row.pk).update(**columns)


REASON = "Making this file needs more memory than it may have."
STATES = {
    "waiting": {"state": "waiting", "beat_at": None},
    "running": {},
    "of unknown length": {"pages_of": 0},
    "given up": {
        "state": "refused",
        "attempts": 2,
        "reason": REASON,
        "finished_at": timezone.now(),
    },
    "done": {"state": "done", "data": b"%PDF", "sha256": "0" * 64, "finished_at": timezone.now()},
}


def test_every_state_of_a_file_is_accessible_on_wide_and_narrow_screens(
    page, sign_in, standing, row, address, assert_accessible
):
    sign_in(standing["coordinator"])
    asked = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for state in STATES.values():
        set_columns(row, **asked | state)
        page.goto(address)
        assert_accessible()
    RenderWorker.objects.all().delete()
    set_columns(row, **asked | STATES["waiting"])
    page.goto(address)
    assert page.get_by_text("The worker that makes them is not running.").is_visible()
    assert_accessible()


def test_the_page_shows_the_progress_and_then_offers_the_file(
    page, sign_in, standing, row, address
):
    sign_in(standing["coordinator"])
    page.goto(address)
    bar = page.get_by_role("progressbar", name="Laying out page 30 of about 60")
    assert bar.evaluate("bar => bar.value") == 30
    set_columns(row, stage="writing", page=31, pages_of=62)
    page.get_by_text("Writing page 31 of 62", exact=True).first.wait_for()
    page.get_by_role("status").filter(has_text="Writing page 31 of 62").wait_for(state="attached")
    with page.expect_download() as caught:
        set_columns(row, **STATES["done"])
    assert caught.value.suggested_filename == "briefing-10-96252.pdf"
    expect(page.get_by_role("heading", level=1)).to_have_text("The PDF is ready")
    expect(page).to_have_title("The PDF is ready: 10/96252 – Plan Register")
    # Whoever did nothing else meanwhile stands on what is next.
    expect(page.locator(":focus")).to_have_text("Download the PDF")


def test_a_refusal_appears_on_the_page_that_waits_for_the_file(
    page, sign_in, standing, row, address
):
    sign_in(standing["coordinator"])
    page.goto(address)
    set_columns(row, **STATES["given up"])
    page.get_by_text(REASON, exact=True).wait_for()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Waiting for its turn", exact=True).first.wait_for()


def test_the_page_refreshes_itself_without_javascript(
    browser, live_server, sign_in, standing, row, address, context
):
    sign_in(standing["coordinator"])
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(address)
    page.get_by_role("link", name="Reload it now").wait_for()
    set_columns(row, **STATES["done"])
    page.get_by_role("link", name="Download the PDF").wait_for(timeout=15000)
    plain.close()
