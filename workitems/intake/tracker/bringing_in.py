"""Bring a tracker in as a new plan: the ordinary import, its notes and its mapping, all or nothing."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from agencies.models import User
from workitems.intake.services import trackers
from workitems.intake.services.trackers import KeptText
from workitems.intake.tracker.guess import Mapping
from workitems.intake.tracker.understood import Understood
from workitems.intake.workbook.importing import Outcome, import_book
from workitems.intake.workbook.read import Book


def fingerprint_of(book: Book, understood: Understood) -> str:
    """Return the digest of all that a preview shows, to check that a person confirms what they saw."""
    rows = [
        (row.sheet.name, row.number, row.values, row.written_on)
        for rows in book.rows.values()
        for row in rows
    ]
    notes = [(note.place, note.heading, note.text) for note in understood.notes]
    return hashlib.sha256(repr((rows, notes)).encode()).hexdigest()


@transaction.atomic
def bring_in(
    *,
    book: Book,
    understood: Understood,
    mappings: Collection[Mapping],
    name: str,
    at: datetime,
    by: User,
    new_for: Collection[int],
) -> Outcome:
    """Import the book as a plan that is not adopted. Raise `WorkbookRefused` as any import does."""
    outcome = import_book(book, name=name, at=at, by=by, new_for=new_for)
    trackers.keep_notes(
        plan=outcome.plan,
        file_name=name,
        texts=[
            KeptText(note.item.number if note.item else "", *note.place, note.heading, note.text)
            for note in understood.notes
        ]
        # A plan of a tracker has a note of it: so its rounds are known as what the tracker said.
        or [KeptText("", gettext("File"), "–", "", name)],
    )
    doubts = [*understood.doubts, *understood.words]
    answers = {doubt.name: doubt.remembered for doubt in doubts if doubt.is_of_word}
    for mapping in mappings:
        trackers.remember_mapping(
            agency=outcome.plan.coordinating_agency,
            shape=mapping.shape,
            fields=[str(field) for field in mapping.in_order],
            answers=answers,
            on=localdate(at),
        )
    return outcome
