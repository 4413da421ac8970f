"""Rule 45: an approver sends a return back to their own writers with a note; ticks stay on what did not change."""

from datetime import timedelta

import pytest
from django.core import mail

from agencies.models import Seat
from tests.factories import SeatFactory
from tests.workitems.record import NOW, TODAY, refused
from tests.workitems.returns.posting import save, typed
from workitems.models import ReadingTicks, ReturnNote
from workitems.returns.services import handover, rounds
from workitems.returns.services.handover import mendings_of
from workitems.returns.services.rounds import Unmended

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

NOTE = "Say in which towns."
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def opened(on_the_day, of_return):
    of_return.round.opened_at = NOW - timedelta(days=14)
    of_return.round.save()


def write(of_return, item, by, at=NOW, **said):
    values = {"stage": "under_way", "achieved": "In Suva.", **said}
    return rounds.write_update(of_return=of_return, item=item, by=by, at=at, **values)


@pytest.fixture
def ready(of_return, item, second, contributor):
    for each in (item, second):
        write(of_return, each, contributor)
    return handover.mark_ready(of_return=of_return, by=contributor, on=TODAY, at=NOW)


@pytest.fixture
def sent_back(ready, approver):
    return handover.return_to_writers(of_return=ready, note=NOTE, by=approver, at=NOW)


def posted(page, *accepted, act="tick", **more):
    """What the reading page posts with these items accepted."""
    reading = page.context["reading"]
    data = {
        f"i{each.section.item.pk}-version": each.section.update.version for each in reading.items
    }
    return {"act": act, "accept": [item.pk for item in accepted], **data, **more}


@pytest.mark.both_databases
def test_the_note_removes_ready_and_is_kept_as_the_coordinators_are(sent_back, approver):
    note = ReturnNote.objects.get()
    assert (note.body, note.by, note.is_own, note.item) == (NOTE, approver, True, None)
    assert (sent_back.state, sent_back.ready_at) == ("due", None)


def test_the_writers_see_it_reply_and_have_it_mailed(
    client_of, ready, approver, contributor, django_capture_on_commit_callbacks
):
    read = f"{ready.get_absolute_url()}read/"
    with django_capture_on_commit_callbacks(execute=True):
        page = client_of(approver).post(
            read, {"act": "to-writers", "writers-note": NOTE}, follow=True
        )
    assert "Sent back to the writers of Police." in page.text
    (letter,) = mail.outbox
    assert (letter.to, NOTE in letter.body) == ([contributor.email], True)
    page = client_of(contributor).get(ready.get_absolute_url())
    for said in (NOTE, "Only people of Police read this note and your reply."):
        assert said in page.text


def test_an_approver_finds_it_on_the_returns_page_too(client_of, ready, approver):
    page = client_of(approver).get(ready.get_absolute_url())
    assert "Not ready: send it back to the writers" in page.text
    data = {"act": "to-writers", "writers-note": ""}
    page = client_of(approver).post(ready.get_absolute_url(), data)
    assert (page.status_code, ReturnNote.objects.count()) == (422, 0)
    assert "Write what the writers should change." in page.text


def test_only_an_approver_of_the_agency_sends_it_back(client_of, ready, contributor, approver):
    data = {"act": "to-writers", "writers-note": NOTE}
    assert client_of(contributor).post(ready.get_absolute_url(), data).status_code == 403
    rounds.submit(of_return=ready, by=approver, on=TODAY, at=NOW)
    with refused("This return is submitted; it is locked."):
        handover.return_to_writers(of_return=ready, note=NOTE, by=approver, at=NOW)


@pytest.mark.both_databases
def test_nobody_outside_the_agency_reads_it(
    client_of, sent_back, approver, coordinator, item, contributor
):
    write(sent_back, item, contributor, LATER, achieved="In Suva and Apia.", version=1)
    rounds.submit(of_return=sent_back, by=approver, on=TODAY, at=LATER)
    for place in ("", "history/"):
        assert NOTE not in client_of(coordinator).get(f"{sent_back.get_absolute_url()}{place}").text
        assert NOTE in client_of(approver).get(f"{sent_back.get_absolute_url()}{place}").text


def test_it_is_left_until_something_is_written_or_it_has_a_reply(
    sent_back, approver, item, contributor
):
    with pytest.raises(Unmended):
        rounds.submit(of_return=sent_back, by=approver, on=TODAY, at=NOW)
    sent_back.refresh_from_db()
    write(sent_back, item, contributor, LATER, achieved="In Suva and Apia.", version=1)
    assert [each.is_mended for each in mendings_of(sent_back)] == [True]


def said_to_writers(client, of_return):
    """Return whether the desk and the return still say what the approver asks."""
    page = client.get(of_return.get_absolute_url()).text
    return "see the approver’s note" in client.get("/").text, "To change: note" in page


def test_the_note_stays_whatever_is_saved_until_it_has_a_reply(
    client_of, sent_back, item, contributor, approver
):
    writer = client_of(contributor)
    assert said_to_writers(writer, sent_back) == (True, True)
    write(sent_back, item, contributor, LATER, achieved="In Suva and Apia.", version=1)
    assert said_to_writers(writer, sent_back) == (True, True)
    note = ReturnNote.objects.get()
    handover.reply_to_note(
        note=note, version=1, reply="In Suva and Apia.", by=contributor, at=LATER
    )
    assert said_to_writers(writer, sent_back) == (False, False)


def test_the_note_does_not_come_back_when_what_was_submitted_is_recalled(
    client_of, sent_back, item, contributor, approver
):
    write(sent_back, item, contributor, LATER, achieved="In Suva and Apia.", version=1)
    handover.mark_ready(of_return=sent_back, by=contributor, on=TODAY, at=LATER)
    rounds.submit(of_return=sent_back, by=approver, on=TODAY, at=LATER)
    sent_back.refresh_from_db()
    handover.recall(of_return=sent_back, by=approver)
    assert said_to_writers(client_of(contributor), sent_back) == (False, False)


def test_an_open_page_hears_that_a_note_came(client_of, ready, item, contributor, approver):
    writer = client_of(contributor)
    assert writer.get(ready.get_absolute_url()).context["newest_note"] == 0
    handover.return_to_writers(of_return=ready, note=NOTE, by=approver, at=NOW)
    shown = ready.updates.get(item=item)
    _, told = save(writer, ready, item, **typed(item, shown, challenges="Rain."))
    note = ReturnNote.objects.get().pk
    assert told["newest_note"] == note
    assert writer.get(ready.get_absolute_url()).context["newest_note"] == note


def test_whoever_says_it_is_ready_again_has_the_approvers_mailed_again(
    client_of, sent_back, contributor, approver, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = client_of(contributor).post(
            sent_back.get_absolute_url(), {"act": "ready"}, follow=True
        )
    assert "We’ll email the approvers of Police now" in page.text
    assert [letter.to for letter in mail.outbox] == [[approver.email]]


def test_the_coordinators_notes_are_still_to_be_answered(ready, approver, coordinator, item):
    rounds.submit(of_return=ready, by=approver, on=TODAY, at=NOW)
    rounds.send_back(of_return=ready, on_items={item: "How many?"}, by=coordinator, at=NOW)
    ready.refresh_from_db()
    handover.return_to_writers(of_return=ready, note=NOTE, by=approver, at=LATER)
    assert [each.note.body for each in mendings_of(ready)] == ["How many?", NOTE]


def test_ticks_stay_on_what_did_not_change(client_of, ready, approver, contributor, item, second):
    client, read = client_of(approver), f"{ready.get_absolute_url()}read/"
    page = client.get(read)
    note = {"writers-note": NOTE}
    client.post(read, posted(page, item, second, act="to-writers", **note))
    write(ready, second, contributor, LATER, achieved="Staff trained.", version=1)
    assert client.get(read).context["accepted_ids"] == {item.pk}


def test_ticks_are_kept_as_they_are_made_for_their_reader_alone(
    client_of, ready, approver, police, item
):
    client, read = client_of(approver), f"{ready.get_absolute_url()}read/"
    client.post(read, posted(client.get(read), item))
    assert client.get(read).context["accepted_ids"] == {item.pk}
    other = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert client_of(other).get(read).context["accepted_ids"] == set()
    rounds.submit(of_return=ready, by=approver, on=TODAY, at=NOW)
    assert ReadingTicks.objects.count() == 0
