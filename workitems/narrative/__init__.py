"""The history of an item, a return, a risk or a plan as sentences: who did what, when and why.

`kinds` says which history tables are read and what of them is told; `sentences` tells one change;
`reading` asks the database; `blocks` groups what one person did on one day for one reason.
"""

from workitems.narrative.blocks import Block, Change, Entry, Field, blocks_of
from workitems.narrative.reading import (
    Page,
    Reader,
    Wanted,
    history_page,
    item_history,
    reader_of,
    risk_history,
)
from workitems.narrative.record_kinds import Scope, fields_of

__all__ = [
    "Block",
    "Change",
    "Entry",
    "Field",
    "Page",
    "Reader",
    "Scope",
    "Wanted",
    "blocks_of",
    "fields_of",
    "history_page",
    "item_history",
    "reader_of",
    "risk_history",
]
