"""What a variation adds, with the names of its pillar and agencies, for pages and papers. Reads only."""

from typing import NamedTuple

from agencies.models import Agency
from workitems.models import Pillar, WorkItem
from workitems.terms.additions import Addition, NewItem, NewMilestone
from workitems.terms.item_texts import ITEM_TEXTS, not_official


class MilestonePart(NamedTuple):
    adds: NewMilestone
    responsible: str


class AdditionParts(NamedTuple):
    """The parts of an addition. `item` is None if a milestone is added to an existing item. `texts`
    are the item's texts that are not official, each with its label."""

    item: NewItem | None
    pillar: str
    lead: str
    supports: list[tuple[str, str]]
    kind: str
    timeframe: str
    texts: list[tuple[str, str]]
    milestones: list[MilestonePart]


def addition_parts(adds: Addition | None) -> AdditionParts | None:
    """Return the parts, or None if nothing is added. Query for the agencies, and for the pillar of a new item."""
    if adds is None:
        return None
    agencies = Agency.objects.in_bulk(list(adds.agencies))
    milestones = [
        MilestonePart(each, agencies[each.responsible_agency].short_name)
        for each in adds.milestones
    ]
    if not isinstance(adds, NewItem):
        return AdditionParts(None, "", "", [], "", "", [], milestones)
    return AdditionParts(
        item=adds,
        pillar=str(Pillar.objects.get(pk=adds.pillar)),
        lead=agencies[adds.lead_agency].short_name,
        supports=[(agencies[pk].short_name, role) for pk, role in adds.supports],
        kind=str(WorkItem.Kind(adds.kind).label),
        timeframe=str(WorkItem.Timeframe(adds.timeframe).label),
        texts=[
            (str(ITEM_TEXTS[name].label), text)
            for name in not_official(ITEM_TEXTS)
            if (text := getattr(adds, name))
        ],
        milestones=milestones,
    )
