"""Test who is emailed about notes, when, and what the email says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    BriefingFactory,
    EmailChoiceFactory,
    MentionFactory,
    NoteFactory,
    ReturnFactory,
    SeatFactory,
)
from tests.workitems.record import NOW, TODAY
from workitems.models import Notice
from workitems.narrative.blocks import Field
from workitems.narrative.reading import Reader, Wanted, history_page
from workitems.narrative.record_kinds import Scope
from workitems.notes import services
from workitems.notes.news import asked_news, written_news
from workitems.notes.readers import Asked

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]
OFFICIAL = "Police wrote a note on 1.2: “When does it open?” You coordinate the plan."


def told(source, **options):
    return {line.recipient.name: line.sentence for line in source(TODAY, **options)}


@pytest.fixture
def note(item, contributor, police):
    return NoteFactory(item=item, written_by=contributor, written_for=police, written_at=NOW)


def test_followers_are_told_of_a_note_once_with_why(note, approver, coordinator, colleague):
    assert told(written_news) == {
        "Coordinator": OFFICIAL,
        "Police approver": "Police wrote a note on 1.2: “When does it open?” Police leads 1.2.",
    }


def test_only_readers_of_a_conversation_are_told(item, contributor, approver, coordinator, police):
    NoteFactory(
        item=item, written_by=contributor, written_for=police, written_at=NOW, readers="agency", agency=police
    )  # fmt: skip
    assert list(told(written_news)) == ["Police approver"]


def test_who_has_written_since_or_wants_only_duties_is_told_nothing(
    note, approver, coordinator, colleague
):
    NoteFactory(first=note, written_by=approver, written_at=NOW + timedelta(minutes=5))
    EmailChoiceFactory(person=coordinator, wants="duties")
    assert set(told(written_news)) == {"Police contributor"}  # of the answer


def test_who_takes_part_is_told_although_nothing_else_makes_them_follow(note, colleague, customs):
    NoteFactory(
        first=note, written_by=colleague, written_for=customs, written_at=NOW - timedelta(hours=1)
    )
    assert told(written_news)["Customs contributor"] == (
        "Police wrote a note on 1.2: “When does it open?” You wrote or were asked in a note on 1.2."
    )


@pytest.mark.both_databases
def test_a_withdrawn_note_and_one_of_last_week_are_no_news(note, coordinator, item):
    note.withdrawn_by, note.withdrawn_at = note.written_by, NOW
    note.save()
    NoteFactory(item=item, written_at=NOW - timedelta(days=9))
    assert told(written_news) == {}


def test_writers_of_an_agency_and_coordinators_are_told_that_they_are_asked(
    note, colleague, customs, coordinator
):
    MentionFactory(note=note, agency=customs)
    MentionFactory(note=note)
    asks = "Police asks you in a note on 1.2: “When does it open?”"
    assert told(asked_news) == {"Customs contributor": asks, "Coordinator": asks}
    assert told(asked_news, only=note.pk) == {}
    assert told(written_news) == {}


def test_a_person_asked_by_name_is_emailed_at_once_and_not_again(
    item, contributor, colleague, customs, mailoutbox, client, django_capture_on_commit_callbacks
):
    client.force_login(contributor)
    sent = {"text": "When does it open?", "readers": "all", "ask_other": f"person-{colleague.pk}"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/plans/{item.plan.slug}/notes/item/{item.pk}/", sent)
    (mail,) = mailoutbox
    assert mail.to == [colleague.email]
    assert "Police asks you in a note on 1.2: “When does it open?”" in mail.body
    kept = Notice.objects.get()
    assert (kept.recipient, kept.reason, kept.at_once) == (colleague, "note_asked", True)


def test_an_answered_question_is_no_news(item, contributor, colleague, customs):
    first = services.write(
        plan=item.plan, kind="item", subject=item, text="When?", readers="all", agency=None,
        asked=Asked(people=(colleague,)), by=contributor, at=NOW,
    )  # fmt: skip
    assert set(told(asked_news)) == {"Customs contributor"}
    services.answer(first=first, text="Soon.", by=colleague, at=NOW)
    assert told(asked_news) == {}


def test_the_words_stay_behind_the_sign_in_if_the_plan_has_a_sensitive_paper(
    note, coordinator, colleague
):
    MentionFactory(note=note, person=colleague)
    BriefingFactory(plan=note.plan, marking="SENSITIVE")
    assert told(written_news) == {
        "Coordinator": "Police wrote a note on 1.2. You coordinate the plan."
    }
    assert told(asked_news) == {
        "Customs contributor": "Police asks you something in a note on 1.2."
    }


@pytest.mark.both_databases
def test_the_coordinator_may_turn_quoting_off(note, coordinator, colleague, item, client):
    MentionFactory(note=note, person=colleague)
    client.force_login(coordinator)
    address = reverse("plans:about", args=[item.plan.slug])
    assert client.get(address).context["form"]["quotes_notes"].value() is True
    sent = {"version": 1, "portfolio": item.plan.portfolio, "reason": "Mail is read by others."}
    assert client.post(address, sent).status_code == 302
    assert told(written_news) == {
        "Coordinator": "Police wrote a note on 1.2. You coordinate the plan."
    }
    assert told(asked_news) == {
        "Customs contributor": "Police asks you something in a note on 1.2."
    }
    entries = history_page(Scope(plan=item.plan.pk), Reader(), Wanted(field=Field.NOTES)).entries
    assert entries[0].what == "chose that emails do not quote notes."


def test_nothing_of_a_return_is_told_before_it_is_submitted(plan, police, contributor, coordinator):
    of_return = ReturnFactory(round__plan=plan, agency=police)
    NoteFactory(
        plan=plan, item=None, of_return=of_return, readers="with", agency=police, written_by=contributor,
        written_at=NOW,
    )  # fmt: skip
    assert told(written_news) == {}


def test_whose_seat_has_ended_is_told_nothing(note, police):
    former = SeatFactory(
        agency=police, role=Seat.Role.APPROVER, to_on=TODAY - timedelta(days=1)
    ).user
    MentionFactory(note=note, person=former)
    assert (told(asked_news), told(written_news)) == ({}, {})


@pytest.mark.both_databases
def test_who_has_read_it_on_the_page_is_told_nothing_until_another_note(
    note, coordinator, colleague, approver, client
):
    MentionFactory(note=note, person=colleague)
    for person in (coordinator, colleague):
        client.force_login(person)
        assert client.get(note.get_absolute_url()).status_code == 200
    assert list(told(written_news)) == ["Police approver"]
    assert told(asked_news) == {}
    later = NOW + timedelta(minutes=5)
    NoteFactory(first=note, written_by=approver, written_for=note.written_for, written_at=later)
    assert "Coordinator" in told(written_news)
