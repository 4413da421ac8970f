"""What a person can undo and redo on a draft, in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.drafting.draft import printed
from reports.drafting.draft_rows import Stored
from reports.models import Briefing, DraftAct

FIRST_WORDS = 5


@dataclass(frozen=True)
class Steps:
    """The acts that a person's buttons name, each with its words: "move paragraph 9"."""

    undo: DraftAct | None
    redo: DraftAct | None
    undo_words: str
    redo_words: str


def steps_of(briefing: Briefing, rows: Stored, user: Any) -> Steps:
    """Return what the user can undo and redo. Two queries."""
    undo = DraftAct.objects.to_undo(user, briefing)
    redo = DraftAct.objects.to_redo(user, briefing)
    return Steps(undo, redo, words_of(rows, undo), words_of(rows, redo))


def words_of(rows: Stored, act: DraftAct | None) -> str:
    """Return what was done and where, such as "move paragraph 9"."""
    return act.get_kind_display().format(place_of(rows, act.key)) if act else ""


def place_of(rows: Stored, key: str) -> str:
    """Return where something is now: its number or, where it has none, its first words."""
    draft = rows.draft
    if key in draft.numbers:
        return _("paragraph {number}").format(number=draft.numbers[key])
    if number := draft.ask_number(key):
        return _("recommendation {number}").format(number=number)
    if key in rows.sections:
        return f"“{rows.sections[key].heading}”"
    row = rows.paragraphs.get(key) or rows.asks.get(key)
    words = printed(draft, row.text).replace("**", "").split() if row else []
    return f"“{' '.join(words[:FIRST_WORDS])}{' …' if len(words) > FIRST_WORDS else ''}”"
