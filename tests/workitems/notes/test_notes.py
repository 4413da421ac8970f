"""Test writing, answering, editing, withdrawing and settling notes, what they ask, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    MentionFactory,
    MilestoneFactory,
    NoteFactory,
    PlanFactory,
    ReturnFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW
from workitems.models import Mention, Note
from workitems.notes import services
from workitems.notes.readers import Asked
from workitems.plan.services.refusals import Conflict, Refused

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def begin(
    item, by, *, readers="all", agency=None, asked=services.NOBODY, text="When does it open?"
):
    return services.write(
        plan=item.plan, kind="item", subject=item, text=text, readers=readers, agency=agency, asked=asked, by=by, at=NOW
    )  # fmt: skip


def answer(first, by, text="On Monday.", asked=services.NOBODY):
    return services.answer(first=first, text=text, asked=asked, by=by, at=LATER)


def open_questions():
    return [str(row) for row in Mention.objects.open().order_by("pk")]


def test_a_note_has_its_writers_agency_and_an_answer_the_readers_of_its_conversation(
    item, contributor, colleague, police
):
    first = begin(item, contributor)
    assert (first.written_for, first.written_at, first.readers_words) == (
        police,
        NOW,
        "All members",
    )
    reply = answer(first, colleague)
    assert (reply.first, reply.readers, reply.readers_words) == (first, "", "All members")
    assert [row.history_actor for row in Note.history.order_by("history_id")] == [
        "Police contributor (Police)", "Customs contributor (Customs)",
    ]  # fmt: skip


def test_who_cannot_read_a_conversation_is_not_asked_in_it(
    item, contributor, customs, police, colleague
):
    for asked, who in (
        (Asked(agencies=(customs,)), "Customs"),
        (Asked(people=(colleague,)), "Customs contributor, contributor at Customs,"),
        (Asked(coordinators=True), "A coordinator"),
    ):
        with pytest.raises(Refused) as refused:
            begin(item, contributor, readers="agency", agency=police, asked=asked)
        assert str(refused.value) == f"{who} cannot read this conversation. Leave the name out."
        assert refused.value.field == "ask"
    assert Note.objects.count() == 0


def test_an_observer_of_another_agency_is_named_with_role(item, contributor, customs, police):
    observer = SeatFactory(user__name="Kim", agency=customs, role=Seat.Role.OBSERVER).user
    first = begin(item, contributor, readers="with", agency=police)
    with pytest.raises(Refused, match="Kim, observer at Customs, cannot read this conversation."):
        answer(first, contributor, asked=Asked(people=(observer,)))


def test_nobody_writes_where_they_could_not_read(item, colleague, police):
    with pytest.raises(Refused, match="You could not read this conversation yourself."):
        begin(item, colleague, readers="agency", agency=police)


def test_an_answer_of_the_agency_answers_what_it_was_asked(
    item, contributor, colleague, customs, coordinator
):
    first = begin(
        item, contributor, asked=Asked(agencies=(customs,), coordinators=True, people=(colleague,))
    )
    assert open_questions() == ["Customs contributor", "Customs", "the coordinators"]
    reply = answer(first, SeatFactory(agency=customs, role=Seat.Role.APPROVER).user)
    assert open_questions() == ["the coordinators"]
    assert set(Mention.objects.exclude(closed_at=None).values_list("answer", flat=True)) == {
        reply.pk
    }
    answer(first, coordinator)
    assert open_questions() == []


def test_who_asks_their_own_agency_does_not_answer_it_by_writing_again(
    item, contributor, approver, police
):
    first = begin(item, contributor, asked=Asked(agencies=(police,)))
    answer(first, contributor, "It is urgent.")
    assert open_questions() == ["Police"]
    answer(first, approver)
    assert open_questions() == []


def test_a_name_that_an_edit_adds_is_asked_once(item, contributor, customs):
    note = begin(item, contributor, asked=Asked(coordinators=True))
    for text in ("When, and where?", "When, where and how?"):
        note = services.edit(
            note=note, version=note.version, text=text, asked=Asked(agencies=(customs,), coordinators=True),
            by=contributor, at=LATER,
        )  # fmt: skip
    assert open_questions() == ["the coordinators", "Customs"]
    assert (note.text, note.edited_at, note.version) == ("When, where and how?", LATER, 3)
    assert [row.text for row in note.history.order_by("history_id")] == [
        "When does it open?", "When, and where?", "When, where and how?",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        services.edit(note=note, version=1, text="Never mind.", by=contributor, at=LATER)


def test_a_name_alone_is_an_edit_that_does_not_change_the_words(item, contributor, customs):
    note = begin(item, contributor)
    asked = Asked(agencies=(customs,))
    for version in (2, 2):
        note = services.edit(
            note=note, version=note.version, text=note.text, asked=asked, by=contributor, at=LATER
        )
        assert (note.version, note.edited_at) == (version, None)


def test_a_withdrawn_note_asks_nothing_keeps_its_words_and_is_not_edited(
    item, contributor, customs
):
    note = begin(item, contributor, asked=Asked(agencies=(customs,)))
    note = services.withdraw(note=note, version=note.version, by=contributor, at=LATER)
    assert (note.text, note.withdrawn_by, open_questions()) == (
        "When does it open?",
        contributor,
        [],
    )
    for act in (
        lambda: services.edit(
            note=note, version=note.version, text="No.", by=contributor, at=LATER
        ),
        lambda: services.withdraw(note=note, version=note.version, by=contributor, at=LATER),
    ):
        with pytest.raises(Refused, match="This note is withdrawn."):
            act()


def test_a_settled_conversation_has_no_open_question_and_an_answer_opens_it_again(
    item, contributor, colleague, customs
):
    first = begin(item, contributor, asked=Asked(agencies=(customs,)))
    first = services.settle(
        first=first, version=first.version, words="On Monday.", by=colleague, at=LATER
    )
    assert (first.is_settled, first.settled_by, open_questions()) == (True, colleague, [])
    with pytest.raises(Refused, match="settled already"):
        services.settle(first=first, version=first.version, words="So.", by=colleague, at=LATER)
    answer(first, contributor, "Which Monday?")
    first.refresh_from_db()
    assert (first.is_settled, first.settled_words) == (False, "")


def test_a_question_is_closed_once(item, contributor, customs):
    begin(item, contributor, asked=Asked(agencies=(customs,)))
    row = Mention.objects.get()
    assert services.close_question(mention=row, by=contributor, at=LATER).answer is None
    with pytest.raises(Refused, match="answered or closed already"):
        services.close_question(mention=row, by=contributor, at=LATER)


def test_an_ended_plan_is_read_only_but_for_notes_on_its_returns(contributor, labour, police):
    ended = PlanFactory(
        coordinating_agency=labour, members=[police], ends_on=(NOW - timedelta(days=1)).date()
    )
    item = WorkItemFactory(plan=ended)
    first = NoteFactory(item=item)
    of_return = ReturnFactory(round__plan=ended, agency=police)
    for act in (
        lambda: begin(item, contributor),
        lambda: answer(first, contributor),
        lambda: services.settle(first=first, version=1, words="So.", by=contributor, at=LATER),
    ):
        with pytest.raises(Refused, match="This plan has ended"):
            act()
    kept = services.write(
        plan=item.plan, kind="of_return", subject=of_return, text="Add figures.", readers="with", agency=police,
        by=contributor, at=LATER,
    )  # fmt: skip
    assert kept.place == f"the return of Police for {of_return.round}"


def test_a_note_on_a_return_is_read_by_its_agency_and_the_coordinators_alone(
    item, contributor, customs, police
):
    of_return = ReturnFactory(round__plan=item.plan, agency=police)
    with pytest.raises(
        Refused, match="Only Police and the coordinators read a note on this return."
    ):
        services.write(
            plan=item.plan, kind="of_return", subject=of_return, text="Why?", readers="with", agency=customs,
            by=contributor, at=NOW,
        )  # fmt: skip


REFUSED_BY_THE_DATABASE = {
    "an answer in a conversation of another plan": lambda: NoteFactory(
        first=NoteFactory(), plan=PlanFactory()
    ),
    "an answer to an answer": lambda: NoteFactory(first=NoteFactory(first=NoteFactory())),
    "a note on an item of another plan": lambda: NoteFactory(plan=PlanFactory()),
    "a note on a milestone of another plan": lambda: NoteFactory(
        plan=PlanFactory(), item=None, milestone=MilestoneFactory()
    ),
    "a note of a private conversation that asks another agency": lambda: MentionFactory(
        note=NoteFactory(readers="agency", agency=AgencyFactory()), agency=AgencyFactory()
    ),
    "a note of a private conversation that asks the coordinators": lambda: MentionFactory(
        note=NoteFactory(readers="agency", agency=AgencyFactory())
    ),
    "a note that asks an agency of which only the coordinators read": lambda: asks_coordinating(),
    "a note deleted": lambda: NoteFactory().delete(),
    "other readers": lambda: change(
        NoteFactory(readers="agency", agency=AgencyFactory()), readers="with"
    ),
    "another agency of readers": lambda: change(
        NoteFactory(readers="agency", agency=AgencyFactory()), agency=AgencyFactory()
    ),
    "another subject": lambda: change_item(NoteFactory()),
    "another writer": lambda: change(NoteFactory(), written_by=UserFactory()),
    "other words of a withdrawn note": lambda: change(withdrawn(), text="Nothing."),
    "a withdrawn note that comes back": lambda: change(
        withdrawn(), withdrawn_by=None, withdrawn_at=None
    ),
    "a closed question that opens": lambda: change(
        MentionFactory(closed_by=UserFactory(), closed_at=NOW), closed_by=None, closed_at=None
    ),
    "another person asked": lambda: change(MentionFactory(), person=UserFactory()),
}


def asks_coordinating():
    note = NoteFactory(readers="with", agency=AgencyFactory())
    MentionFactory(note=note, agency=note.plan.coordinating_agency)


def withdrawn():
    return NoteFactory(withdrawn_by=UserFactory(), withdrawn_at=NOW)


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def change_item(note):
    change(note, item=WorkItemFactory(plan=note.plan))


@pytest.mark.parametrize("what", REFUSED_BY_THE_DATABASE)
def test_the_database_refuses(what):
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED_BY_THE_DATABASE[what]()
        if connection.vendor == "postgresql":
            connection.check_constraints()


def test_a_successor_reads_and_answers_for_the_agency_that_ended(police):
    note = NoteFactory(readers="agency", agency=police)
    police.successor, police.valid_to = AgencyFactory(), NOW.date()
    police.save()
    change(note, agency=police.successor)
    assert Note.objects.get().agency == police.successor
