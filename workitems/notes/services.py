"""Write a note, answer, edit and withdraw one, settle a conversation, and close a question."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from workitems.models import Mention, Note, Plan
from workitems.notes.readers import Asked, Readers
from workitems.plan.services.refusals import Refused, locked

NOBODY = Asked()


@transaction.atomic
def write(
    *,
    plan: Plan,
    kind: str,
    subject: Any,
    text: str,
    readers: str,
    agency: Agency | None,
    asked: Asked = NOBODY,
    by: User,
    at: datetime,
) -> Note:
    """Begin a conversation on a subject of the plan (`kind` is one of `SUBJECTS`), and ask whom it names.

    Raise `Refused` if the writer, or anyone asked, could not read it, and of a return, unless its agency is a reader.
    """
    _refuse_after_the_end(plan, at, kind)
    note = Note(
        plan=plan, text=text, readers=readers, agency=agency, written_by=by, written_at=at, **{kind: subject}
    )  # fmt: skip
    if kind == "of_return" and (agency is None or agency.pk != subject.agency_id):
        raise Refused(
            _("Only {agency} and the coordinators read a note on this return.").format(
                agency=subject.agency.short_name
            ),
            "readers",
        )
    return _save_new(note, asked, by, at)


@transaction.atomic
def answer(
    *,
    first: Note,
    text: str,
    asked: Asked = NOBODY,
    by_email: bool = False,
    by: User,
    at: datetime,
) -> Note:
    """Answer in a conversation, for its readers. What was asked of the writer's agencies is then answered, and a settled
    conversation is open again."""
    first = locked(first, related=("plan__coordinating_agency", "agency", "of_return"))
    _refuse_after_the_end(first.plan, at, first.kind)
    if first.settled_at is not None:
        first.settled_by, first.settled_at, first.settled_words = None, None, ""
        history.save_version(first, "settled_by", "settled_at", "settled_words", by=by, at=at)
    note = Note(
        plan=first.plan, first=first, text=text, by_email=by_email, written_by=by, written_at=at
    )
    return _save_new(note, asked, by, at)


def _save_new(note: Note, asked: Asked, by: User, at: datetime) -> Note:
    readers = Readers(note.plan, localdate(at))
    if not readers.reads(by.pk, note.begins):
        raise Refused(
            _("You could not read this conversation yourself. Choose other readers."), "readers"
        )
    note.written_for = readers.agency_of(by, note.begins)
    _refuse_strangers(readers, asked, note.begins)
    history.save(note, by=by, at=at)
    if note.first is not None:
        _answered(note, readers)
    _ask(note, asked, by, at)
    return note


def _refuse_after_the_end(plan: Plan, at: datetime, kind: str) -> None:
    """Of an ended plan, only conversations on returns go on, because these may still be open."""
    if kind != "of_return" and plan.has_ended(localdate(at)):
        raise Refused(_("This plan has ended, so its conversations can be read but not continued."))


def _refuse_strangers(readers: Readers, asked: Asked, begins: Note) -> None:
    if who := readers.shut_out(asked, begins):
        raise Refused(
            _("{who} cannot read this conversation. Leave the name out.").format(who=who), "ask"
        )


def _ask(note: Note, asked: Asked, by: User, at: datetime) -> bool:
    """Ask each name that the note has not asked yet. Return whether there was one."""
    known = {(row.person_id, row.agency_id) for row in note.mentions.all()}
    rows = [Mention(note=note, person=each, asked_at=at) for each in asked.people]
    rows += [Mention(note=note, agency=each, asked_at=at) for each in asked.agencies]
    rows += [Mention(note=note, asked_at=at)] if asked.coordinators else []
    new = [row for row in rows if (row.person_id, row.agency_id) not in known]
    for row in new:
        history.save(row, by=by, at=at)
    return bool(new)


def _answered(note: Note, readers: Readers) -> None:
    """Close what others asked of the writer's agencies in the conversation, also of a colleague, or of the coordinators
    if the writer is one."""
    own = readers.agencies_of(note.written_by_id)
    rows = Mention.objects.open().filter(Q(note=note.first) | Q(note__first=note.first))
    rows = rows.exclude(note__written_by=note.written_by).select_for_update(of=("self",))
    for row in rows.order_by("pk"):
        if row.person_id is not None:
            is_theirs = not own.isdisjoint(readers.agencies_of(row.person_id))
        elif row.agency_id is not None:
            is_theirs = row.agency_id in own
        else:
            is_theirs = readers.coordinates(note.written_by_id)
        if is_theirs:
            _close(row, by=note.written_by, at=note.written_at, answer=note)


def _close(row: Mention, *, by: User, at: datetime, answer: Note | None = None) -> Mention:
    row.closed_by, row.closed_at, row.answer = by, at, answer
    return history.save(row, by=by, at=at, fields=("closed_by", "closed_at", "answer"))


@transaction.atomic
def edit(
    *, note: Note, version: int, text: str, asked: Asked = NOBODY, by: User, at: datetime
) -> Note:
    """Change the text of an own note; history keeps the old one. A name that is added is asked once.

    Raise `Refused` if it is withdrawn.
    """
    note = locked(
        note, version=version, related=("plan__coordinating_agency", "first__agency", "agency")
    )
    _refuse_withdrawn(note)
    _refuse_after_the_end(note.plan, at, note.kind)
    _refuse_strangers(Readers(note.plan, localdate(at)), asked, note.begins)
    asks_more = _ask(note, asked, by, at)
    if text != note.text:
        note.text, note.edited_at = text, at
        history.save_version(note, "text", "edited_at", by=by, at=at)
    elif asks_more:
        history.save_version(note, by=by, at=at)
    return note


@transaction.atomic
def withdraw(*, note: Note, version: int, by: User, at: datetime) -> Note:
    """Withdraw an own note. Its readers see that it was; history keeps the words. What it asked is closed."""
    note = locked(note, version=version, related=("plan",))
    _refuse_withdrawn(note)
    _refuse_after_the_end(note.plan, at, note.kind)
    note.withdrawn_by, note.withdrawn_at = by, at
    history.save_version(note, "withdrawn_by", "withdrawn_at", by=by, at=at)
    for row in note.mentions.open().select_for_update(of=("self",)).order_by("pk"):
        _close(row, by=by, at=at)
    return note


def _refuse_withdrawn(note: Note) -> None:
    if note.withdrawn_at is not None:
        raise Refused(_("This note is withdrawn."))


@transaction.atomic
def settle(*, first: Note, version: int, words: str, by: User, at: datetime) -> Note:
    """Settle a conversation, with how. Another answer opens it again. Raise `Refused` if it is settled."""
    first = locked(first, version=version, related=("plan",))
    _refuse_after_the_end(first.plan, at, first.kind)
    if first.settled_at is not None:
        raise Refused(_("This conversation is settled already."))
    first.settled_by, first.settled_at, first.settled_words = by, at, words
    history.save_version(first, "settled_by", "settled_at", "settled_words", by=by, at=at)
    rows = Mention.objects.open().filter(Q(note=first) | Q(note__first=first))
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        _close(row, by=by, at=at)
    return first


@transaction.atomic
def close_question(*, mention: Mention, by: User, at: datetime) -> Mention:
    """Say that no answer is needed, as who asked or who was asked. Raise `Refused` if it is closed."""
    mention = locked(mention)
    if not mention.is_open:
        raise Refused(_("This question is answered or closed already."))
    return _close(mention, by=by, at=at)
