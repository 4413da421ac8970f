"""The history of an item, a return, a risk or a plan as sentences: who did what, when and why.

`record_kinds` lists the history tables and the columns to report. `reading` queries them.
`sentences` writes the changes; `blocks` groups entries of one person, day and reason.
"""

from workitems.narrative.blocks import Block, Change, Entry, Field, blocks_of
from workitems.narrative.reading import (
    Page,
    Reader,
    Wanted,
    history_page,
    reader_of,
    risk_history,
)
from workitems.narrative.record_kinds import Scope, fields_of
