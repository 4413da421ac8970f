"""Test what pages show of notes, to whom, and what is done there."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    MatterFactory,
    MeetingFactory,
    MentionFactory,
    MilestoneFactory,
    NoteFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    SeatFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW
from workitems.models import Note, ReadConversation
from workitems.notes import services
from workitems.notes.conversations import talk_on
from workitems.plan.asat import Moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def on(kind, row, plan):
    return reverse("notes:on", args=[plan.slug, kind, row.pk])


def page(client, user, address):
    client.force_login(user)
    return client.get(address).text


@pytest.fixture
def secret(item, police, contributor):
    return NoteFactory(
        item=item, readers="agency", agency=police, written_by=contributor, text="Only for us.", written_at=NOW
    )  # fmt: skip


def test_a_note_is_written_asks_and_is_answered(
    client, plan, item, contributor, customs, colleague
):
    client.force_login(contributor)
    form = client.get(on("item", item, plan)).text
    assert "Notes can be asked for under the Official Information Act 1982." in form
    sent = {"text": "When does it open?", "readers": "all", "ask_other": f"agency-{customs.pk}"}
    shown = client.post(on("item", item, plan), sent, follow=True)
    assert "The note is written. Who can read it: All members." in shown.text
    assert "Asks Customs" in shown.text
    desk = page(client, colleague, reverse("home"))
    assert "Answer Police’s question on 1.2" in desk
    note = Note.objects.get()
    client.post(note.get_absolute_url(), {"text": "On Monday."})
    assert "Answer Police’s question on 1.2" not in page(client, colleague, reverse("home"))
    assert "On Monday." in page(client, contributor, item.get_absolute_url())


def test_a_name_that_cannot_read_it_is_refused_and_nothing_typed_is_lost(
    client, plan, item, contributor, police, customs
):
    observer = SeatFactory(user__name="Kim", agency=customs, role=Seat.Role.OBSERVER).user
    client.force_login(contributor)
    sent = {"text": "When?", "readers": f"agency-{police.pk}", "ask_other": f"person-{observer.pk}"}
    refused = client.post(on("item", item, plan), sent)
    assert refused.status_code == 422
    assert (
        "Kim, observer at Customs, cannot read this conversation. Leave the name out."
        in refused.text
    )
    assert ("When?" in refused.text, Note.objects.count()) == (True, 0)


def test_everyone_may_choose_among_their_own_agencies_and_coordinators_among_all(
    client, plan, item, contributor, coordinator, police, customs
):
    def offered(user):
        client.force_login(user)
        form = client.get(on("item", item, plan)).context["form"]
        return [label for _value, label in form.fields["readers"].choices]

    assert offered(contributor) == ["All members", "Police and the coordinators", "Only Police"]
    assert offered(coordinator) == [
        "All members", "Only DoL", "Customs and the coordinators", "Police and the coordinators",
    ]  # fmt: skip


def test_a_note_of_another_agency_is_nowhere(
    client, item, plan, secret, colleague, coordinator, contributor
):
    for user in (colleague, coordinator):
        assert "Only for us." not in page(client, user, item.get_absolute_url())
        assert client.get(secret.get_absolute_url()).status_code == 404
        assert client.post(secret.get_absolute_url(), {"text": "Yes?"}).status_code == 404
    assert "Only for us." in page(client, contributor, item.get_absolute_url())


def test_an_edited_note_says_so_and_a_withdrawn_one_shows_no_words(
    client, item, plan, contributor, colleague
):
    note = NoteFactory(
        item=item, written_by=contributor, written_for=item.lead_agency, text="Some tyme."
    )
    client.force_login(contributor)
    edit = reverse("notes:edit", args=[plan.slug, note.pk])
    client.post(edit, {"version": 1, "text": "Some time."})
    shown = page(client, colleague, item.get_absolute_url())
    assert ("Some time." in shown, "Some tyme." in shown, "edited " in shown) == (True, False, True)
    client.force_login(contributor)
    client.post(reverse("notes:withdraw", args=[plan.slug, note.pk]), {"version": 2})
    shown = page(client, colleague, item.get_absolute_url())
    assert "Some time." not in shown
    assert "Police contributor, Police, withdrew a note on" in shown


def test_of_two_edits_the_second_shows_what_is_saved(client, item, plan, contributor):
    note = NoteFactory(item=item, written_by=contributor, text="One.")
    edit = reverse("notes:edit", args=[plan.slug, note.pk])
    client.force_login(contributor)
    client.post(edit, {"version": 1, "text": "Two."})
    late = client.post(edit, {"version": 1, "text": "Three."})
    assert late.status_code == 422
    assert ("Two." in late.text, "Three." in late.text) == (True, True)


def test_a_settled_conversation_is_folded_with_how(client, item, plan, contributor, coordinator):
    first = NoteFactory(item=item, written_by=contributor)
    client.force_login(coordinator)
    client.post(
        reverse("notes:settle", args=[plan.slug, first.pk]), {"version": 1, "words": "Agreed."}
    )
    shown = page(client, contributor, item.get_absolute_url())
    assert ("One settled conversation" in shown, "Agreed." in shown) == (True, True)


def test_no_answer_needed_is_said_on_the_desk(client, item, plan, contributor, coordinator):
    row = MentionFactory(note=NoteFactory(item=item, written_by=contributor))
    close = reverse("notes:close-question", args=[plan.slug, row.pk])
    assert close in page(client, coordinator, reverse("home"))
    assert client.post(close, {"from": "desk"}).url == reverse("home")
    assert "No answer needed, says Coordinator" in page(
        client, contributor, item.get_absolute_url()
    )


def test_each_page_has_the_conversations_on_its_subject(client, plan, item, contributor, police):
    milestone = MilestoneFactory(item=item, responsible_agency=police)
    variation, risk = VariationFactory(milestone=milestone), RiskFactory(plan=plan, item=item)
    of_return = ReturnFactory(round__plan=plan, agency=police)
    for kind, row in (("milestone", milestone), ("variation", variation), ("risk", risk)):
        NoteFactory(plan=plan, item=None, text=f"On a {kind}.", **{kind: row})
        assert f"On a {kind}." in page(client, contributor, row.get_absolute_url())
    NoteFactory(
        plan=plan,
        item=None,
        of_return=of_return,
        readers="with",
        agency=police,
        text="On a return.",
    )
    assert "On a return." in page(client, contributor, of_return.get_absolute_url())
    of_item = page(client, contributor, item.get_absolute_url())
    assert ("On a milestone." in of_item, "On a risk." in of_item) == (True, False)


def test_a_note_on_a_return_comes_to_the_coordinator_when_it_is_submitted(
    client, plan, police, coordinator
):
    of_return = ReturnFactory(round__plan=plan, agency=police)
    note = NoteFactory(plan=plan, item=None, of_return=of_return, readers="with", agency=police)
    client.force_login(coordinator)
    assert client.get(note.get_absolute_url()).status_code == 404
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    assert client.get(note.get_absolute_url()).status_code == 200


def test_an_ended_plan_shows_its_conversations_and_no_form(client, police, labour, contributor):
    ended = PlanFactory(
        coordinating_agency=labour, members=[police], ends_on=(NOW - timedelta(days=3)).date()
    )
    with time_machine.travel(NOW - timedelta(days=9)):
        item = WorkItemFactory(plan=ended)
        first = NoteFactory(item=item)
    for address in (item.get_absolute_url(), on("item", item, ended), first.get_absolute_url()):
        text = page(client, contributor, address)
        assert ("When does it open?" in text, "<textarea" in text) == (True, False), address


def test_a_meeting_counts_the_notes_on_a_matter_that_its_reader_reads(
    client, plan, item, police, contributor, colleague
):
    matter = MatterFactory(meeting=MeetingFactory(plan=plan), item=item)
    for readers, agency in (("all", None), ("agency", police)):
        NoteFactory(plan=plan, item=None, matter=matter, readers=readers, agency=agency)
    meeting = matter.meeting.get_absolute_url()
    assert "2 notes" in page(client, contributor, meeting)
    assert "One note" in page(client, colleague, meeting)
    slide = reverse("meetings:present", args=[plan.slug, matter.meeting.pk]) + "?matter=1"
    assert "One note" in page(client, contributor, slide)


def test_a_past_day_shows_what_was_written_then_as_it_was(client, item, plan, contributor):
    note = services.write(
        plan=plan, kind="item", subject=item, text="First words.", readers="all", agency=None, by=contributor,
        at=NOW - timedelta(days=9),
    )  # fmt: skip
    note = services.edit(
        note=note, version=1, text="Other words.", by=contributor, at=NOW - timedelta(days=5)
    )
    services.withdraw(note=note, version=2, by=contributor, at=NOW - timedelta(days=2))

    def then(days):
        moment = Moment.end_of((NOW - timedelta(days=days)).date())
        talk = talk_on(contributor, plan, "item", item, moment)
        return [
            (shown.note.text, shown.note.withdrawn_at is not None)
            for each in talk.conversations
            for shown in each.notes
        ]

    assert then(12) == []
    assert then(7) == [("First words.", False)]
    assert then(4) == [("Other words.", False)]
    assert then(1) == [("Other words.", True)]


@pytest.mark.parametrize("count", [1, 3])
def test_conversations_take_three_queries_more_however_many(client, item, contributor, count):
    client.force_login(contributor)
    address = item.get_absolute_url()
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    for _ in range(count):
        MentionFactory(note=NoteFactory(first=NoteFactory(item=item)))
    client.get(address)  # notes that they are read
    with CaptureQueriesContext(connection) as after:
        client.get(address)
    assert len(after) - len(before) == 3


def test_the_history_of_an_item_has_the_notes_on_its_milestones(client, item, plan, contributor):
    milestone = MilestoneFactory(item=item, description="Two houses are open")
    about = {
        "plan": plan,
        "kind": "milestone",
        "subject": milestone,
        "readers": "all",
        "agency": None,
    }
    first = services.write(text="Which one?", by=contributor, at=NOW, **about)
    services.answer(first=first, text="The second.", by=contributor, at=NOW)
    client.force_login(contributor)
    blocks = client.get(f"{item.get_absolute_url()}history/").context["blocks"]
    assert [each.what for block in blocks for each in block.entries][:2] == [
        "began a conversation on “Two houses are open”.",
        "wrote in a conversation on “Two houses are open”.",
    ]


def test_what_others_wrote_since_the_last_visit_is_marked_until_the_next(
    client, item, contributor, approver
):
    def new_at(hours):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            client.cookies.clear()  # an earlier session has ended
            client.force_login(contributor)
            talk = client.get(note.get_absolute_url()).context["talk"]
        (each,) = talk.conversations
        return [shown.note.text for shown in each.notes if shown.note.is_new]

    def say(text, hours, by):
        NoteFactory(first=note, text=text, written_by=by, written_at=NOW + timedelta(hours=hours))

    note = NoteFactory(item=item, written_by=approver, written_at=NOW - timedelta(hours=1))
    assert new_at(0) == []
    say("Soon.", 1, approver)
    say("When?", 1, contributor)
    assert new_at(2) == ["Soon."]
    assert new_at(3) == ["Soon."]
    assert new_at(30) == []
    say("In May.", 31, approver)
    assert new_at(50) == ["In May."]
    assert ReadConversation.objects.get().person == contributor
