"""The texts of this app's records that a search finds (see agencies/records/text_index.py)."""

from typing import Any

from django.db import models

from agencies.records.text_index import TextIndex, install
from workitems.models import (
    Decision,
    Delay,
    Finding,
    HeldEntry,
    Matter,
    Measure,
    Meeting,
    Milestone,
    Mitigation,
    Note,
    Risk,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import SEARCHED

# The columns are in the order in which a result prints them.
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    WorkItem: SEARCHED,
    Milestone: ("description", "done_means"),
    Measure: ("description", "as_told", "source"),
    Finding: ("note", "reply"),
    Update: ("achieved", "planned_next", "challenges"),
    Delay: ("explanation", "effect", "meanwhile", "needs", "money_from", "if_declined"),
    Mitigation: ("description",),
    Risk: ("description", "response"),
    Variation: ("reason", "recommendation", "text_before", "text_after"),
    Decision: ("text", "about", "done_note"),
    Meeting: ("place", "notes"),
    Matter: ("title", "why", "note"),
    Note: ("text", "settled_words"),
    HeldEntry: ("text", "reason"),
}
INDEXES = {model: TextIndex(model._meta.db_table, names) for model, names in COLUMNS.items()}


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(INDEXES.values(), using)
