"""Test serving a draft's files: at once, after the progress page, or refused with the reason."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Seat
from reports.issuing.services import renderings
from reports.models import Rendering, RenderWorker
from reports.models.rendering import HEARTBEAT_TIMEOUT
from tests.content_policy import lacks_policy, policy
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    RenderingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

State = Rendering.State
NOW = datetime(2010, 7, 30, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_july_2010():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def briefing(plan, item):
    AppointmentFactory(portfolio=plan.portfolio)
    return BriefingFactory(plan=plan, tracker_number="10/96252")


@pytest.fixture
def coordinator(plan, client):
    user = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def long_papers(monkeypatch):
    """Make every paper count as long."""
    monkeypatch.setattr(renderings, "SHORT", 0)


def address(name, briefing, *rest, then=""):
    found = reverse(f"briefings:{name}", args=[briefing.plan.slug, briefing.pk, *rest])
    return f"{found}?then={then}" if then else found


def text(response):
    return " ".join(response.content.decode().split())


def start_worker():
    RenderWorker.objects.create(started_at=NOW, beat_at=NOW)


def test_an_unchanged_draft_is_not_sent_again(client, briefing, coordinator):
    first = client.get(address("pdf", briefing))
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(address("pdf", briefing), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    briefing.title = "Another title"
    briefing.save()
    changed = client.get(address("pdf", briefing), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_second_request_takes_few_queries(
    client, briefing, coordinator, django_assert_num_queries
):
    client.get(address("pdf", briefing))
    # session, user, seats, plans, briefing, the newest change, the file
    with django_assert_num_queries(7):
        client.get(address("pdf", briefing))


# --- beside the draft -----------------------------------------------------------------------


def test_the_pdf_can_be_framed_only_by_our_pages_and_runs_nothing(client, briefing, coordinator):
    response = client.get(address("preview", briefing))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert response.content == client.get(address("pdf", briefing)).content
    again = client.get(address("preview", briefing), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_only_the_draft_page_may_contain_a_frame(client, briefing, coordinator, plan):
    slug = [plan.slug, briefing.pk]
    begun = client.get(reverse("workshop:draft", args=slug))
    assert "frame-src 'self'" in begun["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in begun["Content-Security-Policy"]
    other = client.get(reverse("briefings:detail", args=slug))
    assert "frame-src" not in other["Content-Security-Policy"]


def test_the_draft_page_says_why_there_is_no_pdf_yet(
    client, briefing, coordinator, long_papers, plan
):
    response = client.get(address("preview", briefing))
    assert (response.status_code, "The PDF is being made" in response.text) == (202, True)
    assert 'http-equiv="refresh"' in response.text
    assert lacks_policy(response) == set()
    assert "frame-ancestors 'self'" in policy(response)
    plan.portfolio = "Minister of Nothing"
    plan.save()
    refused = client.get(address("preview", briefing))
    assert (refused.status_code, 'http-equiv="refresh"' in refused.text) == (422, False)
    assert lacks_policy(refused) == set()
    assert "frame-ancestors 'self'" in policy(refused)
    assert "Nobody is recorded as Minister of Nothing on 30 July 2010." in text(refused)


def test_a_long_paper_responds_at_once_with_its_progress_page(
    client, briefing, coordinator, long_papers
):
    response = client.get(address("pdf", briefing))
    row = Rendering.objects.get()
    assert (response.status_code, response["Location"]) == (
        303,
        address("file-progress", briefing, row.pk),
    )
    assert row.state == State.WAITING
    assert client.get(address("pdf", briefing))["Location"] == response["Location"]


def test_a_waiting_paper_says_so_and_refreshes_without_javascript(
    client, briefing, coordinator, long_papers
):
    start_worker()
    page = text(client.get(address("pdf", briefing), follow=True))
    assert '<p class="making-words" id="making-words">Waiting for its turn</p>' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert '<div data-part="nobody" hidden>' in page


def test_the_page_of_a_long_paper_says_that_no_worker_is_running(
    client, briefing, coordinator, long_papers
):
    page = text(client.get(address("pdf", briefing), follow=True))
    assert '<div data-part="nobody">' in page
    assert "The worker that makes them is not running." in page


def test_a_worker_without_a_recent_heartbeat_counts_as_stopped(
    client, briefing, coordinator, long_papers
):
    start_worker()
    row = RenderingFactory(briefing=briefing, waiting=True)

    def nobody():
        return client.get(address("file-state", briefing, row.pk)).json()["nobody"]

    assert not nobody()
    with time_machine.travel(NOW + HEARTBEAT_TIMEOUT, tick=False):
        assert nobody()


@pytest.mark.parametrize(
    ("columns", "words", "percent"),
    [
        ({"stage": ""}, "Reading the paper", 0),
        ({"stage": "layout", "page": 30}, "Laying out page 30", None),
        ({"stage": "layout", "page": 30, "pages_of": 60}, "Laying out page 30 of about 60", 30),
        # Longer than the last one: the rest cannot be estimated.
        ({"stage": "layout", "page": 61, "pages_of": 60}, "Laying out page 61", None),
        ({"stage": "writing", "page": 31, "pages_of": 62}, "Writing page 31 of 62", 78),
        ({"stage": "checking", "page": 62, "pages_of": 62}, "Checking the file", 98),
    ],
)
def test_progress_is_given_in_words_and_percent(
    client, briefing, coordinator, columns, words, percent
):
    row = RenderingFactory(briefing=briefing, running=True, **columns)
    assert client.get(address("file-state", briefing, row.pk)).json() == {
        "state": "running",
        "words": words,
        "percent": percent,
        "reason": "",
        "nobody": False,
    }
    page = text(client.get(address("file-progress", briefing, row.pk)))
    value = "" if percent is None else f' value="{percent}"'
    assert f'aria-labelledby="making-words" max="100"{value}></progress>' in page


def test_a_finished_file_can_be_downloaded_although_the_draft_has_changed(
    client, briefing, coordinator
):
    row = RenderingFactory(briefing=briefing)
    page = text(client.get(address("file-progress", briefing, row.pk)))
    assert f'href="{address("file", briefing, row.pk)}">Download the PDF</a>' in page
    assert "as the draft stood at 12.00 p.m. on 30 July 2010" in page
    assert client.get(address("file", briefing, row.pk)).content == row.data


def test_a_file_that_is_not_ready_redirects_to_its_progress(client, briefing, coordinator):
    row = RenderingFactory(briefing=briefing, waiting=True)
    response = client.get(address("file", briefing, row.pk))
    assert (response.status_code, response["Location"]) == (
        303,
        address("file-progress", briefing, row.pk),
    )


def test_a_file_of_another_briefing_is_not_found(client, briefing, coordinator, plan):
    row = RenderingFactory(briefing=BriefingFactory(plan=plan))
    for name in ("file", "file-progress", "file-state"):
        assert client.get(address(name, briefing, row.pk)).status_code == 404
    assert client.post(address("file-again", briefing, row.pk)).status_code == 404


def test_a_failed_rendering_shows_the_reason_and_can_be_retried(client, briefing, coordinator):
    row = RenderingFactory(briefing=briefing, refused=True, attempts=2, reason="It died twice.")
    page = text(client.get(address("file-progress", briefing, row.pk)))
    assert "<p data-reason>It died twice.</p>" in page
    response = client.post(address("file-again", briefing, row.pk))
    row.refresh_from_db()
    assert (response.status_code, row.state, row.attempts) == (303, State.WAITING, 0)


def test_the_progress_page_links_a_signer_back_to_the_signature(client, briefing, coordinator):
    row = RenderingFactory(briefing=briefing)
    page = text(client.get(address("file-progress", briefing, row.pk, then="sign")))
    assert f'href="{address("authorise", briefing)}">Read and authorise</a>' in page


def test_the_progress_page_ignores_addresses_of_other_sites(client, briefing, coordinator):
    row = RenderingFactory(briefing=briefing)
    page = text(client.get(address("file-progress", briefing, row.pk, then="//example.org")))
    assert "example.org" not in page
