"""Test the pages of a meeting's papers: preview, draft, freezing, and the stored file."""

import hashlib
import re

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection

from agencies.records import guards, history
from reports.meetings.pack import compose_pack
from reports.meetings.parts import to_plain
from reports.models import MeetingPaper
from reports.models.guards import GUARDS
from tests.factories import AttendanceFactory, MatterFactory, MeetingPaperFactory, UserFactory
from tests.reports.meeting_papers import at
from tests.reports.paper_reading import pages
from workitems.plan.asat import Moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client, made):
    client.force_login(made.coordinator)
    with time_machine.travel(at(8), tick=False):
        yield client


@pytest.fixture
def member(client, made):
    client.force_login(made.observer)
    with time_machine.travel(at(8), tick=False):
        yield client


def address(made, part):
    return f"/plans/the-plan/meetings/{made.meeting.pk}/{part}"


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def freeze(client, made, kind="pack", after="0"):
    return client.post(address(made, f"{kind}/freeze/"), {"after": after})


def close(made):
    made.meeting.closed_at, made.meeting.closed_by = at(11), made.coordinator
    history.save(made.meeting, by=None, at=at(11))


# --- before it is frozen ----------------------------------------------------------------------


def test_members_read_the_draft_and_only_the_coordinator_can_freeze_it(client, made, coordinator):
    page = coordinator.get(address(made, "pack/"))
    assert "A draft from the plan as it is now." in page.text
    assert "Print a brochure" in page.text
    assert "Freeze the pack" in page.text
    client.force_login(made.observer)
    page = client.get(address(made, "pack/"))
    assert "Print a brochure" in page.text
    assert "Freeze the pack" not in page.text
    assert MeetingPaper.objects.count() == 0


def test_the_draft_after_the_meeting_shows_the_end_of_its_day(client, made):
    with time_machine.travel(at(20), tick=False):
        client.force_login(made.observer)
        page = client.get(address(made, "pack/")).text
    assert "A draft from the plan as it was at the end of that day." in page
    assert "<td>10 June 2010</td>" in page


def test_a_draft_is_labelled_on_every_page_and_not_stored(member, made):
    response = member.get(address(made, "pack/draft.pdf"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="pack 2010-06-10 draft.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert all("Draft" in page for page in pages(response.content))
    assert MeetingPaper.objects.count() == 0


def test_the_meetings_page_links_to_its_papers_once_they_can_be(member, made):
    pack, minutes = (f'href="{address(made, paper)}"' for paper in ("pack/", "minutes/"))
    page = member.get(address(made, "")).text
    assert (pack in page, minutes in page) == (True, False)
    type(made.meeting).objects.filter(pk=made.meeting.pk).update(held_on=at(1).date())
    page = member.get(address(made, "")).text
    assert (pack in page, minutes in page) == (True, True)


def test_a_future_meeting_has_no_minutes_yet(member, made):
    page = member.get(address(made, "minutes/"))
    assert (page.status_code, "That meeting has not been held yet." in page.text) == (200, True)
    draft = member.get(address(made, "minutes/draft.pdf"))
    assert (draft.status_code, "That meeting has not been held yet." in draft.text) == (422, True)


def test_freezing_the_minutes_is_offered_once_the_record_is_closed(coordinator, made):
    with time_machine.travel(at(12), tick=False):
        assert "They can be frozen once the record is closed." in (
            coordinator.get(address(made, "minutes/")).text
        )
        assert messages_of(freeze(coordinator, made, "minutes")) == [
            "Close the record before you freeze its minutes."
        ]
        close(made)
        page = coordinator.get(address(made, "minutes/")).text
        assert "A draft from the closed record." in page
        assert "Freeze the minutes" in page
        assert messages_of(freeze(coordinator, made, "minutes")) == [
            "Version 1 is frozen. It can no longer be changed."
        ]


def test_unprintable_text_is_reported_and_nothing_is_stored(coordinator, made):
    made.brochure.title = "Print 🦆 brochures"
    history.save(made.brochure, by=None)
    with time_machine.travel(at(9)):
        draft = coordinator.get(address(made, "pack/draft.pdf"))
        assert (draft.status_code, "The character “🦆”" in draft.text) == (422, True)
        response = freeze(coordinator, made)
    assert (response.status_code, "The character “🦆”" in response.text) == (422, True)
    assert MeetingPaper.objects.count() == 0


# --- afterwards -------------------------------------------------------------------------------


def test_a_frozen_pack_is_shown_unchanged_after_later_changes(coordinator, made):
    response = freeze(coordinator, made)
    assert response.url == address(made, "pack/")
    with time_machine.travel(at(9)):
        made.brochure.title = "Print a leaflet"
        history.save(made.brochure, by=None)
        coordinator.force_login(made.coordinator)
        page = coordinator.get(address(made, "pack/")).text
    assert "Pack, version 1, frozen on 8 June 2010 at 12:00 by Ann." in page
    assert "Print a brochure" in page
    assert "Print a leaflet" not in page
    assert 'href="/plans/the-plan/dashboard/?at=2010-06-08T12%3A00%3A00"' in page


def test_the_dashboard_opens_at_the_frozen_moment_and_compares_with_it(coordinator, made):
    freeze(coordinator, made)
    AttendanceFactory(meeting=made.meeting)
    with time_machine.travel(at(20)):
        coordinator.force_login(made.coordinator)
        page = coordinator.get("/plans/the-plan/dashboard/?at=2010-06-08T12%3A00%3A00").text
        assert "as at 8 June 2010 at 12:00" in page
        page = coordinator.get("/plans/the-plan/dashboard/").text
    chosen = re.search(r'<a href="([^"]*)"\s+aria-current="true">Meeting of 10 June 2010</a>', page)
    assert chosen[1] == "/plans/the-plan/dashboard/?since=2010-06-08T12%3A00%3A00"


def test_the_stored_file_is_served_and_revalidated_by_browsers(member, made):
    pdf = b"%PDF-1.7 as it was frozen"
    MeetingPaperFactory(meeting=made.meeting, pdf=pdf)
    response = member.get(address(made, "pack/version-1.pdf"))
    assert (response.content, response["Content-Type"]) == (pdf, "application/pdf")
    assert response["Content-Disposition"] == 'attachment; filename="pack 2010-06-10 version 1.pdf"'
    assert response["Cache-Control"] == "private, no-cache"
    tag = f'"{hashlib.sha256(pdf).hexdigest()}"'
    assert response["ETag"] == tag
    again = member.get(address(made, "pack/version-1.pdf"), headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    member.force_login(UserFactory())
    gone = member.get(address(made, "pack/version-1.pdf"), headers={"if-none-match": tag})
    assert gone.status_code == 404


@pytest.mark.parametrize("part", ["pack/version-2.pdf", "minutes/version-1.pdf"])
def test_an_unknown_version_is_not_found(member, made, part):
    MeetingPaperFactory(meeting=made.meeting)
    assert member.get(address(made, part)).status_code == 404


def test_a_file_that_was_tampered_with_is_not_served(member, made):
    MeetingPaperFactory(meeting=made.meeting)
    with connection.cursor() as cursor:  # without the guards, as a damaged disk would
        drop_guards(cursor)
        cursor.execute("UPDATE reports_meetingpaper SET sha256 = %s", ["0" * 64])
    guards.install(GUARDS, "default")
    response = member.get(address(made, "pack/version-1.pdf"))
    assert response.status_code == 500
    assert "The stored file is not the one that was frozen" in response.text


def drop_guards(cursor):
    if connection.vendor == "sqlite":
        cursor.execute("DROP TRIGGER meetingpaper_frozen_update_0")
    else:
        cursor.execute("DROP TRIGGER meetingpaper_frozen_update ON reports_meetingpaper")


def test_a_new_version_is_offered_beside_the_frozen_one(coordinator, made):
    freeze(coordinator, made)
    page = coordinator.get(address(made, "pack/")).text
    assert '<button class="button button-secondary" name="after" value="1">Freeze version 2' in page


def test_a_pack_in_an_unknown_format_still_offers_its_file(member, made):
    MeetingPaperFactory(meeting=made.meeting, content={"type": "Pack", "of": "another time"})
    page = member.get(address(made, "pack/")).text
    assert "Download its file." in page
    assert f'href="{address(made, "pack/version-1.pdf")}"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_versions_and_matters(
    member, made, count, django_assert_num_queries
):
    content = to_plain(compose_pack(made.meeting, Moment.at(at(2))))
    for number in range(1, count + 1):
        MeetingPaperFactory(meeting=made.meeting, number=number, content=content)
        MatterFactory(meeting=made.meeting, position=7 + number)
    with django_assert_num_queries(12):
        page = member.get(address(made, "pack/"))
    assert page.text.count("/pack/version-") == count + 1
