"""A conversation as a paper for a request: all notes with earlier wordings, withdrawn ones too. Saves nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string

from agencies.models import User
from agencies.wording.translation import in_english
from reports.render.html import ASSETS, MEETING_SHEET, sheets_of
from reports.render.pdf import html_to_pdf
from workitems.models import Mention, Note


@dataclass(frozen=True)
class Wording:
    """A text that a note had, and until when."""

    text: str
    until: datetime


@dataclass(frozen=True)
class Settled:
    """How a conversation was settled, by whom and when; also one that was opened again."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class PrintedNote:
    """A note as it is today, with its earlier wordings, oldest first, and whom it asks."""

    note: Note
    earlier: Sequence[Wording]
    asks: Sequence[Mention]


@in_english
def render_conversation(begins: Note, title: str) -> bytes:
    """Return the conversation that a note begins as a PDF. Takes a second, so not in a transaction.

    Raise `RenderRefused` if it cannot be printed.
    """
    notes, settled = printed_notes(begins)
    context = {
        "title": title,
        "language": settings.LANGUAGE_TAG,
        "marking": settings.MARKINGS[0],
        "plan": begins.plan,
        "begins": begins,
        "notes": notes,
        "settled": settled,
        "stylesheets": [ASSETS + name for name in (*sheets_of(settings.PAPER_SIZE), MEETING_SHEET)],
    }
    html = render_to_string("reports/requests/print/conversation/page.html", context)
    return html_to_pdf(html, title=title, language=settings.LANGUAGE_TAG)


def printed_notes(begins: Note) -> tuple[list[PrintedNote], list[Settled]]:
    """Return the notes of a conversation in order of time, and each time that it was settled. Four queries."""
    rows = Note.objects.filter(Q(pk=begins.pk) | Q(first=begins)).with_people()
    notes = list(rows.order_by("written_at", "pk"))
    asks: dict[int, list[Mention]] = defaultdict(list)
    asked = Mention.objects.filter(note__in=[note.pk for note in notes])
    for mention in asked.select_related("person", "agency", "closed_by").order_by("pk"):
        asks[mention.note_id].append(mention)
    past: dict[int, list[Any]] = defaultdict(list)
    saved = Note.history.filter(id__in=[note.pk for note in notes])
    for row in saved.order_by("history_date", "history_id"):
        past[row.id].append(row)
    printed = [PrintedNote(note, _earlier(past[note.pk]), asks.get(note.pk, [])) for note in notes]
    return printed, _settled(past[begins.pk])


def _earlier(rows: Sequence[Any]) -> list[Wording]:
    pairs = zip(rows, rows[1:], strict=False)
    return [Wording(was.text, now.history_date) for was, now in pairs if was.text != now.text]


def _settled(rows: Sequence[Any]) -> list[Settled]:
    times = {row.settled_at: row for row in rows if row.settled_at is not None}
    names = User.objects.in_bulk({row.settled_by_id for row in times.values()})
    return [
        Settled(row.settled_words, names[row.settled_by_id].name, at) for at, row in times.items()
    ]
