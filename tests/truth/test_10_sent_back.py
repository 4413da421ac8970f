"""A return that was sent back reads as unfinished: what to change, the note beside it, a reply."""

from datetime import datetime, timedelta

import pytest
import time_machine

from tests.factories import MilestoneFactory, ReturnNoteFactory, UpdateFactory
from tests.workitems.record import NOW, TODAY, newest, refused, unchanged
from workitems.models import Return, ReturnNote
from workitems.plan.services import Conflict
from workitems.returns.return_page import return_page
from workitems.returns.services import handover, milestone_answers, rounds
from workitems.returns.services.handover import mended_words, mendings_of
from workitems.returns.services.rounds import Unmended

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

SENT_AT = NOW - timedelta(hours=1)
BEFORE = NOW - timedelta(hours=2)


@pytest.fixture
def sent_back(of_return, item, second, contributor, coordinator):
    """Two of the items have a note, and so has the return as a whole."""
    with time_machine.travel(BEFORE, tick=False):
        for each in (item, second):
            UpdateFactory(of_return=of_return, item=each, written_by=contributor, written_at=BEFORE)
    of_return.state, of_return.submitted_at = "submitted", BEFORE
    of_return.save()
    return rounds.send_back(
        of_return=of_return,
        note="Shorter, please.",
        on_items={item: "How many towns?", second: "Who was trained?"},
        by=coordinator,
        at=SENT_AT,
    )


def answer(of_return, item, by, **values):
    values = {"stage": "under_way", "achieved": "In Suva and Apia.", "version": 1} | values
    return rounds.write_update(of_return=of_return, item=item, by=by, at=NOW, **values)


def note_on(of_return, item):
    return of_return.notes.get(item=item)


def mended(of_return):
    return [each.is_mended for each in mendings_of(of_return)]


def submit(of_return, by, **more):
    return rounds.submit(of_return=of_return, by=by, on=TODAY, at=NOW, **more)


def section_of(page, item):
    start = page.index(f'id="item-{item.number}"')
    return page[start : page.index("</section>", start)]


# --- what is left ---------------------------------------------------------------------------------


def test_each_note_is_left_until_its_item_is_answered_anew_or_it_has_a_reply(
    sent_back, item, second, contributor
):
    assert [each.note.body for each in mendings_of(sent_back)] == [
        "How many towns?",
        "Who was trained?",
        "Shorter, please.",
    ]
    assert mended(sent_back) == [False, False, False]
    assert mended_words(mendings_of(sent_back)) == "0 of 2 items changed or answered"
    answer(sent_back, item, contributor)
    assert mended(sent_back) == [True, False, True]
    handover.reply_to_note(
        note=note_on(sent_back, second), version=1, reply="All of them.", by=contributor, at=NOW
    )
    assert mended(sent_back) == [True, True, True]
    assert mended_words(mendings_of(sent_back)) == "2 of 2 items changed or answered"


@pytest.mark.both_databases
def test_only_the_notes_of_the_latest_sending_back_count(sent_back, item):
    latest = ReturnNoteFactory(of_return=sent_back, item=item, at=NOW, body="And the cost?")
    assert [each.note for each in mendings_of(sent_back)] == [latest]
    assert [note.body for note in ReturnNote.objects.filter(item=item).order_by("at")] == [
        "How many towns?",
        "And the cost?",
    ]


def test_the_page_says_what_to_change_and_shows_each_note_beside_its_item(
    sent_back, item, second, contributor, client_of
):
    page = client_of(contributor).get(sent_back.get_absolute_url()).text
    assert "Sent back: not finished" in page
    assert "0 of 2 items changed or answered" in page
    for each, words in ((item, "How many towns?"), (second, "Who was trained?")):
        assert words in section_of(page, each)
        assert f'href="#note-{note_on(sent_back, each).pk}"' in page
    assert "Shorter, please." in page


def test_the_rounds_page_says_how_much_is_left(sent_back, coordinator, client_of):
    page = client_of(coordinator).get(sent_back.round.get_absolute_url())
    assert "0 of 2 items changed or answered" in page.text


# --- replies --------------------------------------------------------------------------------------


def test_a_reply_is_saved_with_the_page_and_read_after_submission(
    sent_back, item, second, contributor, approver, coordinator, client_of
):
    note = note_on(sent_back, item)
    client_of(contributor).post(
        sent_back.get_absolute_url(),
        {"act": "save", f"n{note.pk}-version": 1, f"n{note.pk}-reply": "It was one town."},
    )
    note.refresh_from_db()
    assert (note.reply, note.replied_by, note.version) == ("It was one town.", contributor, 2)
    assert newest(note) == ("~", "Police contributor (Police)", "")
    submit(sent_back, approver, with_unmended=True)
    page = client_of(coordinator).get(sent_back.get_absolute_url()).text
    assert "It was one town." in section_of(page, item)


def test_the_script_saves_a_reply_alone(sent_back, item, contributor, client_of):
    note = note_on(sent_back, item)
    answered = client_of(contributor).post(
        f"{sent_back.get_absolute_url()}notes/{note.pk}/",
        {f"n{note.pk}-version": 1, f"n{note.pk}-reply": "It was one town."},
    )
    assert answered.json() == {
        "version": 2,
        "answer": {f"n{note.pk}-reply": "It was one town."},
        "saved_at": "9:30 a.m.",
        "mended": "1 of 2 items changed or answered",
        "errors": [],
        "theirs": None,
    }


def test_the_second_to_reply_sees_both_replies(sent_back, item, contributor, approver, client_of):
    note = note_on(sent_back, item)
    handover.reply_to_note(note=note, version=1, reply="One town.", by=approver, at=NOW)
    data = {f"n{note.pk}-version": 1, f"n{note.pk}-reply": "Two towns."}
    script = client_of(contributor).post(f"{sent_back.get_absolute_url()}notes/{note.pk}/", data)
    assert (script.status_code, script.json()["version"]) == (409, 2)
    assert "One town." in script.json()["theirs"]
    page = client_of(contributor).post(sent_back.get_absolute_url(), {"act": "save", **data})
    assert page.status_code == 422
    assert "One town." in page.text
    assert "Two towns.</textarea>" in page.text
    note.refresh_from_db()
    assert note.reply == "One town."


def test_a_reply_is_refused_once_the_return_is_submitted(sent_back, item, approver):
    note = note_on(sent_back, item)
    submit(sent_back, approver, with_unmended=True)
    with unchanged(note), refused("This return is submitted; it is locked."):
        handover.reply_to_note(note=note, version=1, reply="One.", by=approver, at=NOW)


@pytest.mark.both_databases
def test_the_same_reply_twice_writes_nothing(sent_back, item, contributor):
    note = note_on(sent_back, item)
    first = handover.reply_to_note(note=note, version=1, reply="One.", by=contributor, at=NOW)
    with unchanged(first):
        handover.reply_to_note(note=note, version=1, reply="One.", by=contributor, at=NOW)
    with pytest.raises(Conflict):
        handover.reply_to_note(note=note, version=1, reply="Two.", by=contributor, at=NOW)


# --- submitting again -----------------------------------------------------------------------------


def test_submitting_what_is_not_changed_asks_once_more(
    sent_back, item, contributor, approver, client_of
):
    answer(sent_back, item, contributor)
    client, address = client_of(approver), sent_back.get_absolute_url()
    versions = {f"i{each.item_id}-version": each.version for each in sent_back.updates.all()}
    asked = client.post(address, {"act": "submit", **versions})
    assert asked.status_code == 422
    assert (
        "You have not changed item 1.4 or replied to the note since the return was sent back."
        in asked.text
    )
    sent_back.refresh_from_db()
    assert sent_back.state == "sent_back"
    client.post(address, {"act": "submit-unmended", **versions})
    sent_back.refresh_from_db()
    assert sent_back.state == "submitted"


def test_the_service_names_the_notes_that_are_left(sent_back, item, second, contributor, approver):
    with unchanged(sent_back), pytest.raises(Unmended) as left:
        submit(sent_back, approver)
    assert str(left.value).startswith("You have not changed items 1.2, 1.4 or replied")
    assert [note.item for note in left.value.notes] == [item, second, None]


def test_a_return_with_nothing_left_is_submitted_at_once(
    sent_back, item, second, contributor, approver
):
    answer(sent_back, item, contributor)
    answer(sent_back, second, contributor)
    assert submit(sent_back, approver).state == "submitted"


def test_the_coordinator_sees_what_changed_since_it_was_sent_back(
    sent_back, item, second, contributor, approver, coordinator, client_of
):
    answer(sent_back, item, contributor, achieved="The brochure was written in Suva.")
    submit(sent_back, approver, with_unmended=True)
    page = client_of(coordinator).get(sent_back.get_absolute_url()).text
    assert "Changed since it was sent back" in section_of(page, item)
    assert "Not changed since it was sent back." in section_of(page, second)
    changed = return_page(sent_back, TODAY, is_for_reading=True).sections[0].since_sent_back
    assert [change.label for change in changed] == ["Confidence", "Achieved"]
    added = [strand.text for strand in changed[1].strands if strand.is_added]
    assert added == [" in Suva"] or added == ["in Suva"]


def test_an_answer_on_a_milestone_alone_follows_the_note_and_the_coordinator_sees_it(
    sent_back, item, contributor, approver, coordinator, client_of
):
    milestone = MilestoneFactory(item=item, number=2, description="Brochure printed")
    milestone_answers.answer(
        of_return=sent_back, milestone=milestone, version=1, outcome="done", day=TODAY,
        reason="It went to all towns.", by=contributor, on=TODAY, at=NOW,
    )  # fmt: skip
    assert mended_words(mendings_of(sent_back)) == "1 of 2 items changed or answered"
    submit(sent_back, approver, with_unmended=True)
    section = section_of(client_of(coordinator).get(sent_back.get_absolute_url()).text, item)
    assert "Changed since it was sent back" in section
    assert " ".join(section.split()).count(
        "<strong>Brochure printed</strong>: done on 1 June 2010 </p> <p>It went to all towns.</p>"
    ) == 1  # fmt: skip


# --- sending back ---------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_coordinator_notes_each_item_and_the_whole_in_one_form(
    of_return, item, second, coordinator, client_of
):
    of_return.state, of_return.submitted_at = "submitted", BEFORE
    of_return.save()
    address = of_return.get_absolute_url()
    page = client_of(coordinator).get(address).text
    assert f'name="i{item.pk}-note"' in section_of(page, item)
    refused_page = client_of(coordinator).post(f"{address}send-back/", {"note": " "})
    assert refused_page.status_code == 422
    data = {"note": "Shorter.", f"i{second.pk}-note": "Who?"}
    client_of(coordinator).post(f"{address}send-back/", data)
    notes = of_return.notes.order_by("pk")
    assert [(note.item, note.body) for note in notes] == [(None, "Shorter."), (second, "Who?")]
    assert len({note.at for note in notes}) == 1
    of_return.refresh_from_db()
    assert of_return.history.latest("history_date", "history_id").history_change_reason == (
        "Shorter.\nItem 1.4: Who?"
    )


@pytest.mark.both_databases
def test_too_long_a_note_is_kept_on_the_page(of_return, item, coordinator, client_of):
    of_return.state, of_return.submitted_at = "submitted", datetime(2010, 5, 31, tzinfo=NOW.tzinfo)
    of_return.save()
    page = client_of(coordinator).post(
        f"{of_return.get_absolute_url()}send-back/", {f"i{item.pk}-note": "x" * 5001}
    )
    assert page.status_code == 422
    assert "x" * 5001 in section_of(page.text, item)
    assert of_return.notes.count() == 0


def test_others_read_what_was_submitted_until_it_is_submitted_again(
    sent_back, item, contributor, approver, coordinator, client_of
):
    answer(sent_back, item, contributor, achieved="Not yet for the coordinator.")
    note = note_on(sent_back, item)
    handover.reply_to_note(
        note=note, version=note.version, reply="Two towns.", by=contributor, at=NOW
    )
    reader = client_of(coordinator)
    typed = ["Not yet for the coordinator.", "Two towns."]
    page = reader.get(sent_back.get_absolute_url()).text
    assert [words in page for words in typed] == [False, False]
    assert "The brochure was written." in page
    submit(Return.objects.get(pk=sent_back.pk), approver, with_unmended=True)
    page = reader.get(sent_back.get_absolute_url()).text
    assert [words in page for words in typed] == [True, True]
