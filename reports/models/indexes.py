"""The texts of this app's records that a search finds (see agencies/records/text_index.py)."""

from typing import Any

from django.db import models

from agencies.records.text_index import TextIndex, install
from reports.models import Briefing, DraftAsk, DraftParagraph, IssuedParagraph

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Briefing: ("tracker_number", "title"),
    DraftParagraph: ("text",),
    DraftAsk: ("text",),
    IssuedParagraph: ("text",),
}
INDEXES = {model: TextIndex(model._meta.db_table, names) for model, names in COLUMNS.items()}


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(INDEXES.values(), using)
