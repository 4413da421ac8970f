"""Which paragraphs of a draft are about the same work item, by their sources: they tell its story."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from agencies.records.composed import composed
from reports.document import Source
from reports.drafting.changed_records import SUMMARIES
from reports.drafting.draft import CLOSING, Draft, Part
from reports.drafting.sources import NUMBERS

# Sections that are of no item's story.
NO_STORY = (*SUMMARIES, CLOSING)
# Where a record has the number of its item.
ITEMS = {**NUMBERS, "workitems.risk": "item__number"}

Record = tuple[str, int]


@dataclass(frozen=True)
class Story:
    """The other paragraphs of the paper about a paragraph's item: `beside` it in its section, and `elsewhere`. Both are
    keys, in the paper's order. Empty if the paragraph is about several items or none."""

    item: str = ""
    beside: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        return (*self.beside, *self.elsewhere)


def story_of(draft: Draft, key: str) -> Story:
    """Return the others about the item of a paragraph. One query for each type of record that the draft cites, none
    if the paragraph has no such record or is left out. Raise `DraftError` if it is not in the draft."""
    part, home = draft.part(key), draft.portion_of(key)
    is_of_item = any(source.model in ITEMS for source in part.sources)
    if part.is_hidden or home.content in NO_STORY or not is_of_item:
        return Story()
    candidates = [
        (portion, each)
        for portion in draft.portions
        if portion.content not in NO_STORY
        for each in portion.shown
    ]
    items = _items_of(source for _, each in candidates for source in each.sources)
    own = _items_in(part, items)
    if len(own) != 1:
        return Story()
    others = [
        (portion, each.key)
        for portion, each in candidates
        if each.key != key and _items_in(each, items) == own
    ]
    return Story(
        item=next(iter(own)),
        beside=tuple(each for portion, each in others if portion is home),
        elsewhere=tuple(each for portion, each in others if portion is not home),
    )


def _items_in(part: Part, items: dict[Record, str]) -> set[str]:
    """Return the numbers of the items that a paragraph is about."""
    found = {items.get((source.model, source.pk), "") for source in part.sources}
    return found - {""}


def _items_of(sources: Iterable[Source]) -> dict[Record, str]:
    """Map records to the numbers of their items. One query for each type of record."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for source in sources:
        if source.model in ITEMS:
            wanted[source.model].add(source.pk)
    return {
        (model, pk): number or ""
        for model, pks in sorted(wanted.items())
        for pk, number in _numbers(model, pks=pks)
    }


@composed
def _numbers(model: str, pks: Any) -> Any:
    """The ids of records, and the numbers of their items."""
    found = apps.get_model(model)._default_manager.filter(pk__among=pks)
    return found.values_list("pk", ITEMS[model])
