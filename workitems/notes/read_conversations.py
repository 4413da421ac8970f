"""When a person read a conversation: its page marks what is new to them, and no email tells them what they have read.

Only they are shown it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from agencies.models import User
from workitems.following.visits import VISIT
from workitems.models import Note, Plan, ReadConversation
from workitems.notes.conversations import Conversation, Talk, talk_on
from workitems.plan.asat import Moment
from workitems.plan.views.lookups import signed_in


def open_talk(
    request: HttpRequest,
    plan: Plan,
    kind: str,
    subject: Any,
    moment: Moment,
    *,
    at: datetime,
    is_empty: bool = False,
) -> Talk:
    """Return the conversations on a subject for a page (`talk_on`), with what is new to its reader marked. A query more
    than `talk_on` if there are any."""
    talk = talk_on(signed_in(request), plan, kind, subject, moment, is_empty=is_empty)
    if moment.is_now:
        mark_new(signed_in(request), talk.conversations, at)
    return talk


def mark_new(person: User, shown: Collection[Conversation], at: datetime) -> list[ReadConversation]:
    """Mark the notes that others wrote since the person's visit before this one; nothing is new on the first visit.

    Return, for `keep_read`, that all are read now; nothing of those that they have read whole. One query.
    """
    if not shown:
        return []
    firsts = [each.first.pk for each in shown]
    rows = ReadConversation.objects.filter(person=person, first__in=firsts)
    known = {row.first_id: row for row in rows}
    changed = []
    for each in shown:
        notes = [note.note for note in each.notes]
        row = known.get(each.first.pk)
        since = _since(row, at)
        for note in notes:
            note.is_new = bool(
                since and note.written_at > since and note.written_by_id != person.pk
            )
        if row is None or any(note.written_at > row.read_at for note in notes):
            goes_on = row is not None and at - row.began_at < VISIT
            changed.append(
                ReadConversation(
                    person=person,
                    first=each.first,
                    before_at=since,
                    began_at=row.began_at if row is not None and goes_on else at,
                    read_at=at,
                )
            )
    return changed


def keep_read(rows: Collection[ReadConversation]) -> None:
    """Note what a person has read. A query, if there is something to note."""
    if rows:
        ReadConversation.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["person", "first"],
            update_fields=["before_at", "began_at", "read_at"],
        )


def _since(row: ReadConversation | None, at: datetime) -> datetime | None:
    """Return when the person read it last before this visit; in the first visit, when they first did."""
    if row is None:
        return None
    if at - row.began_at < VISIT:
        return row.before_at or row.read_at
    return row.read_at


def have_read(notes: Collection[Note]) -> dict[int, dict[int, datetime]]:
    """Return when people last read the conversations of these notes: by the first note, by person. One query."""
    found: dict[int, dict[int, datetime]] = {note.begins.pk: {} for note in notes}
    for row in ReadConversation.objects.filter(first__in=list(found)):
        found[row.first_id][row.person_id] = row.read_at
    return found
