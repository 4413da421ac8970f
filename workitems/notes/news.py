"""Emails about notes: to whom a note asks, and to those who follow what it is about. Two sources of `notices.news`.

A person who is asked by name is emailed at once; everyone else in the day's mail. It stops when they have answered or read it,
when the note is withdrawn, and a week after it was written. Only readers of a conversation are told of it.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Seat, User
from workitems.desk.to_dos import not_ended
from workitems.following.followers import followers
from workitems.models import AnswerKey, EmailChoice, Mention, Note, Notice, Plan
from workitems.notes.read_conversations import have_read
from workitems.notes.readers import Readers
from workitems.notices.news import Answerable, OtherNews
from workitems.plan.asat import end_of
from workitems.plan.views.lookups import ADDED_TO_PLANS
from workitems.rules import WRITERS

Reason, Role = Notice.Reason, Seat.Role

SENT_WITHIN_DAYS = 7
WORDS_QUOTED = 60


def asked_news(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield the news of open questions to whom they ask; with `only`, of one note to the people that it names."""
    rows = Mention.objects.open().filter(_recent(on, "note__"), not_ended(on, "note__plan"))
    rows = rows.filter(note__withdrawn_at=None).select_related("note", "agency", "person")
    if only is not None:
        rows = rows.filter(note=only, person__isnull=False)
    found = list(rows.order_by("pk"))
    notes = _with_subjects({row.note_id for row in found})
    readers, read = _readers(notes.values(), on), have_read(notes.values())
    for row in found:
        note = notes[row.note_id]
        of = readers[note.plan_id]
        for seat in _asked_seats(row, of):
            person = seat.user_id
            if person == note.written_by_id or _is_read(note, person, read):
                continue
            if of.reads(person, note.begins):
                yield _line(note, seat, Reason.ASKED_IN_NOTE, _says(note, is_question=True), on)


def written_news(on: date) -> Iterator[OtherNews]:
    """Yield the notes of the last week to those who follow what they are about or wrote or were asked in the conversation,
    unless they have written there since, were asked by the note itself, or want only what they have to do."""
    rows = Note.objects.filter(_recent(on), not_ended(on, "plan"), withdrawn_at=None)
    notes = _with_subjects(set(rows.values_list("pk", flat=True)))
    if not notes:
        return
    readers, read = _readers(notes.values(), on), have_read(notes.values())
    items = {item.pk: item for note in notes.values() if (item := note.of_item) is not None}
    of_items = followers(items.values(), on)
    taking_part = _taking_part({note.begins.pk for note in notes.values()})
    wanting = EmailChoice.objects.filter(wants=EmailChoice.Wants.DUTIES)
    only_duties = set(wanting.values_list("person", flat=True))
    for note in notes.values():
        of, item, part = readers[note.plan_id], note.of_item, taking_part[note.begins.pk]
        why = {each.user.pk: each.why for each in of_items[item.pk]} if item else {}
        for person in part.people:
            why.setdefault(person, _("You take part in this conversation."))
        for person, because in why.items():
            seats = of.seats.get(person)
            if not seats or person in part.written_after(note) or person in part.asked_by(note, of):
                continue
            if person in only_duties or _is_read(note, person, read):
                continue
            if of.reads(person, note.begins):
                yield _line(note, seats[0], Reason.NOTE, f"{_says(note)} {because}", on)


def _is_read(note: Note, person: int, read: Mapping[int, Mapping[int, datetime]]) -> bool:
    at = read[note.begins.pk].get(person)
    return at is not None and at >= note.written_at


class _Part:
    """Who wrote and who was asked in a conversation."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.mentions: list[Mention] = []

    @property
    def people(self) -> list[int]:
        wrote = [note.written_by_id for note in self.notes]
        return list(
            dict.fromkeys([*wrote, *(row.person_id for row in self.mentions if row.person_id)])
        )

    def written_after(self, note: Note) -> set[int]:
        """Return who wrote the note or a later one."""
        return {each.written_by_id for each in self.notes if each.written_at >= note.written_at}

    def asked_by(self, note: Note, readers: Readers) -> set[int]:
        """Return whom the note asks: they have another line about it."""
        rows = [row for row in self.mentions if row.note_id == note.pk]
        return {seat.user_id for row in rows for seat in _asked_seats(row, readers)}


def _taking_part(firsts: Collection[int]) -> dict[int, _Part]:
    found = {pk: _Part() for pk in firsts}
    for note in Note.objects.filter(Q(pk__in=firsts) | Q(first__in=firsts)):
        found[note.first_id or note.pk].notes.append(note)
    rows = Mention.objects.filter(Q(note__in=firsts) | Q(note__first__in=firsts)).select_related(
        "note"
    )
    for row in rows:
        found[row.note.first_id or row.note_id].mentions.append(row)
    return found


def _recent(on: date, note: str = "") -> Q:
    return Q(**{f"{note}written_at__gte": end_of(on - timedelta(days=SENT_WITHIN_DAYS))})


def _with_subjects(ids: Collection[int]) -> dict[int, Note]:
    """Return the notes with what they are about, oldest first, and their plans, of which each knows whether it has a
    sensitive paper. Two queries."""
    if not ids:
        return {}
    rows = Note.objects.filter(pk__in=ids).on_subjects().select_related("written_for")
    found = {note.pk: note for note in rows.order_by("written_at", "pk")}
    plans = Plan.objects.filter(pk__in={note.plan_id for note in found.values()})
    of = {
        plan.pk: plan
        for plan in plans.select_related("coordinating_agency").annotate(**ADDED_TO_PLANS)
    }
    for note in found.values():
        note.plan = of[note.plan_id]
        if note.first is not None:
            note.first.plan = note.plan
        if (item := note.of_item) is not None:
            item.plan = note.plan
    return found


def _readers(notes: Collection[Note], on: date) -> dict[int, Readers]:
    return {
        plan.pk: Readers(plan, on) for plan in {note.plan_id: note.plan for note in notes}.values()
    }


def _asked_seats(row: Mention, readers: Readers) -> Iterator[Seat]:
    """Yield a seat of each person who is asked: the person's, the agency's writers' or the coordinators'."""
    if row.person_id is not None:
        yield from readers.seats.get(row.person_id, ())[:1]
        return
    for seats in readers.seats.values():
        if row.agency_id is None:
            own = [
                each
                for each in seats
                if each.role == Role.COORDINATOR and each.agency_id == readers.coordinating
            ]
        else:
            own = [
                each
                for each in seats
                if each.agency_id == row.agency_id and each.role in WRITING_ROLES
            ]
        yield from own[:1]


def _says(note: Note, *, is_question: bool = False) -> str:
    """Return who wrote and, unless the plan has a sensitive paper or its coordinator turned it off, what."""
    names = {"agency": note.written_for.short_name, "place": note.place}
    if getattr(note.plan, "is_sensitive", False) or not note.plan.quotes_notes:
        says = (
            _("{agency} asks you something in a note on {place}.")
            if is_question
            else _("{agency} wrote a note on {place}.")
        )
        return says.format(**names)
    names["text"] = Truncator(" ".join(note.text.split())).words(WORDS_QUOTED)
    says = (
        _("{agency} asks you in a note on {place}: “{text}”")
        if is_question
        else _("{agency} wrote a note on {place}: “{text}”")
    )
    return says.format(**names)


def _line(note: Note, seat: Seat, reason: Notice.Reason, sentence: str, on: date) -> OtherNews:
    user: User = seat.user
    assert seat.agency is not None
    item = note.of_item
    return OtherNews(
        recipient=user, role=Role(seat.role), agency=seat.agency, seat_agency=seat.agency, plan=note.plan.title,
        reason=reason, occasion="written", about=f"note {note.pk}", due_on=on,
        title=_("Item {number} {title}").format(number=item.number, title=item.title) if item else _("Note on {place}").format(place=note.place),
        sentence=sentence,
        state=_("has a question to you") if reason == Reason.ASKED_IN_NOTE else _("has a new note"),
        path=note.get_absolute_url(), link=_("Open the conversation"),
        answerable=_answerable(note) if seat.role in WRITERS else None,
    )  # fmt: skip


def _answerable(note: Note) -> Answerable:
    says = _(
        "Who can read your answer: {who}. Notes can be asked for under the {act}. Files are not taken."
    ).format(who=note.readers_words, act=settings.INFORMATION_ACT)
    return Answerable(AnswerKey.Act.NOTE, note.begins.pk, note.plan_id, says)
