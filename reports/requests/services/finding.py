"""Find words in the returns, drafts and conversations that a request may be about. Reads only."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from agencies.records.text_index import Words
from reports.models import Briefing, DraftParagraph
from reports.models.indexes import INDEXES
from reports.requests.models.in_scope import NotFrozen
from workitems.models import Note, Update
from workitems.models.indexes import INDEXES as RECORDS

# The number of a work item, as it is typed: "1.1".
NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})+[a-z]?", re.ASCII)
ITEMS_OF_NOTES = ("item", "milestone__item", "first__item", "first__milestone__item")


def having(found: Iterable[NotFrozen], typed: str) -> set[str]:
    """Return the keys of those that have all these words, by the index that a search reads: of a return in one answer,
    of a draft in its title or one paragraph, of a conversation in one note; or in the title as it is listed. The number
    of a work item finds what is about it instead. Up to four queries."""
    rows = list(found)
    of: dict[str, list[int]] = {"return": [], "draft": [], "conversation": []}
    for each in rows:
        of[each.kind].append(each.paper.pk)
    updates = Update.objects.filter(of_return__in=of["return"])
    notes = Note.objects.filter(
        Q(pk__in=of["conversation"]) | Q(first__in=of["conversation"]), withdrawn_at=None
    )
    if number := NUMBER.fullmatch(typed.strip()):
        about = Q.create(
            [(f"{way}__number", number.group()) for way in ITEMS_OF_NOTES], connector=Q.OR
        )
        return {
            *_returns(updates.filter(item__number=number.group())),
            *_notes(notes.filter(about)),
        }
    words = Words.of(typed)
    if not words:
        return set()
    drafts = Briefing.objects.filter(INDEXES[Briefing].matching(words), pk__in=of["draft"])
    texts = DraftParagraph.objects.filter(
        INDEXES[DraftParagraph].matching(words), briefing__in=of["draft"], is_withdrawn=False
    )
    return {
        *_returns(updates.filter(RECORDS[Update].matching(words))),
        *_notes(notes.filter(RECORDS[Note].matching(words))),
        *(f"draft-{pk}" for pk in drafts.values_list("pk", flat=True)),
        *(f"draft-{pk}" for pk in texts.values_list("briefing", flat=True)),
        *(each.key for each in rows if set(words) <= set(Words.of(each.title))),
    }


def _returns(updates: Any) -> Iterable[str]:
    return (f"return-{pk}" for pk in updates.values_list("of_return", flat=True))


def _notes(notes: Any) -> Iterable[str]:
    return (f"conversation-{first or pk}" for pk, first in notes.values_list("pk", "first"))
