"""Where in a plan's records a character is that papers cannot print, left by an older form or import."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q

from agencies.models import Agency
from reports.document import DocumentError
from reports.models import Briefing, DraftAsk, DraftParagraph, DraftSection
from workitems.models import (
    Decision,
    Delay,
    Matter,
    Measure,
    Meeting,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Risk,
    Update,
    Variation,
    WorkItem,
)
from workitems.services.refusals import Refused

PLACES_TOLD = 3

Label = Callable[[Any], str]


class Place(NamedTuple):
    """Where a character is, as "item 1.1, title, character 8", and the page of the record, if any."""

    words: str
    url: str


def _milestone(row: Milestone) -> str:
    return f"milestone {row.number} of item {row.item.number}"


def _meeting(row: Meeting) -> str:
    return f"the meeting of {row.held_on:%-d %B %Y}"


# The records that papers quote, with the lookup to their plan, and how a record is called.
RECORDS: dict[type[models.Model], tuple[str, Label]] = {
    Plan: ("pk", lambda row: "the plan"),
    Agency: ("memberships__plan", lambda row: f"the agency {row.short_name}"),
    Pillar: ("plan", lambda row: f"pillar {row.number}"),
    WorkItem: ("plan", lambda row: f"item {row.number}"),
    Measure: ("item__plan", lambda row: f"a measure of item {row.item.number}"),
    Milestone: ("item__plan", _milestone),
    Delay: ("milestone__item__plan", lambda row: f"a delay of {_milestone(row.milestone)}"),
    Mitigation: (
        "delay__milestone__item__plan",
        lambda row: f"a mitigation of {_milestone(row.delay.milestone)}",
    ),
    Variation: ("plan", lambda row: f"request {row.reference}"),
    Risk: ("plan", lambda row: f"risk {row.reference}"),
    Meeting: ("plan", _meeting),
    Matter: ("meeting__plan", lambda row: f"a matter of {_meeting(row.meeting)}"),
    Decision: ("meeting__plan", lambda row: f"decision {row.number} of {_meeting(row.meeting)}"),
    Update: ("of_return__round__plan", lambda row: f"an update on item {row.item.number}"),
    Briefing: ("plan", lambda row: f"the cover of briefing {row.name}"),
    DraftSection: ("briefing__plan", lambda row: f"the draft of {row.briefing.name}"),
    DraftParagraph: ("briefing__plan", lambda row: f"the draft of {row.briefing.name}"),
    DraftAsk: ("briefing__plan", lambda row: f"the draft of {row.briefing.name}"),
}


# Records without a page of their own, with the attribute that leads to the record that has one.
SHOWN_WITH = {
    Pillar: "plan",
    Measure: "item",
    Milestone: "item",
    Delay: "milestone.item",
    Mitigation: "delay.milestone.item",
    Matter: "meeting",
    Update: "of_return",
    DraftSection: "briefing",
    DraftParagraph: "briefing",
    DraftAsk: "briefing",
}


def page_of(row: models.Model) -> str:
    """Return the address of the page that shows the record, or "" for an agency."""
    way = SHOWN_WITH.get(type(row))
    shown: Any = attrgetter(way)(row) if way else row
    return "" if isinstance(row, Agency) else str(shown.get_absolute_url())


def places_of(plan: Plan, character: str) -> list[Place]:
    """Return the first few places where the character is.

    Returns that are not accepted are left out: papers do not quote them, and others may not read them.
    """
    found: list[Place] = []
    for model, (way, label) in RECORDS.items():
        fields = [
            f for f in model._meta.fields if isinstance(f, models.CharField | models.TextField)
        ]
        has_it = Q()
        for field in fields:
            has_it |= Q(**{f"{field.name}__contains": character})
        rows: Any = model._base_manager.filter(**{way: plan.pk})
        if model is Update:
            rows = rows.filter(of_return__state=Return.State.ACCEPTED)
        for row in rows.filter(has_it).order_by("pk")[:PLACES_TOLD]:
            for field in fields:
                place = (getattr(row, field.attname) or "").find(character) + 1
                if place and not field.name.startswith("search"):
                    words = f"{label(row)}, {field.verbose_name}, character {place:,}"
                    found.append(Place(words, page_of(row)))
        if len(found) >= PLACES_TOLD:
            break
    return found[:PLACES_TOLD]


def with_places(plan: Plan, said: str, character: str) -> str:
    """Return the refusal, and where its character is to be mended."""
    return _with(said, places_of(plan, character) if character else [])


def _with(said: str, places: list[Place]) -> str:
    words = "; ".join(place.words for place in places)
    return f"{said} Fix it here: {words}." if places else said


class Unprintable(Refused):
    """A paper that cannot be printed. `said` is why, and `places` where its character is."""

    def __init__(self, plan: Plan, said: str, character: str) -> None:
        self.said = said
        self.places = places_of(plan, character) if character else []
        super().__init__(_with(said, self.places))


@contextmanager
def telling_places(plan: Plan) -> Iterator[None]:
    """Tell with an error about a character where in the plan's records it is."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(with_places(plan, str(error), error.character)) from error
