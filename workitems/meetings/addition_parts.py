"""What a variation adds, with the names of its pillar and agencies, for pages and papers. Reads only."""

from collections.abc import Mapping
from typing import NamedTuple

from agencies.models import Agency
from workitems.measures.services.set_up import SET_UP, shown
from workitems.models import Measure, Pillar, WorkItem
from workitems.terms.additions import Addition, NewItem, NewMeasure, NewMilestone
from workitems.terms.item_texts import ITEM_TEXTS, not_official

# Its words, targets and baseline are told first.
SAID_OF_A_MEASURE = [name for name in SET_UP if name not in ("baseline", "baseline_on")]


class MilestonePart(NamedTuple):
    adds: NewMilestone
    responsible: str


class MeasurePart(NamedTuple):
    adds: NewMeasure
    # What else is said of how it is counted, each with its label.
    set_up: list[tuple[str, str]]


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
    measures: list[MeasurePart]
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
        return AdditionParts(None, "", "", [], "", "", [], [], milestones)
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
        measures=[MeasurePart(each, _set_up(each, agencies)) for each in adds.measures],
        milestones=milestones,
    )


def _set_up(measure: NewMeasure, agencies: Mapping[int, Agency]) -> list[tuple[str, str]]:
    values = {name: getattr(measure, name) for name in SAID_OF_A_MEASURE}
    if measure.responsible_agency is not None:
        values["responsible_agency"] = agencies[measure.responsible_agency]
    return [] if measure.kind == Measure.Kind.WORDS else shown(values)
