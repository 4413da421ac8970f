"""Where in a plan's records a character is that papers cannot print, left by an older form or import."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.wording.translation import day_words
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
from workitems.plan.services.refusals import Refused

MOST_PLACES = 3

Label = Callable[[Any], str]


class Place(NamedTuple):
    """Where a character is, as "item 1.1, title, character 8", and the page of the record, if any."""

    words: str
    url: str


def _milestone(row: Milestone) -> str:
    return _("milestone {number} of item {item}").format(number=row.number, item=row.item.number)


def _meeting(row: Meeting) -> str:
    return _("the meeting of {day}").format(day=day_words(row.held_on))


def _draft(row: Any) -> str:
    return _("the draft of {briefing}").format(briefing=row.briefing.name)


# The records that papers quote, with the lookup to their plan, and how a record is called.
RECORDS: dict[type[models.Model], tuple[str, Label]] = {
    Plan: ("pk", lambda row: _("the plan")),
    Agency: (
        "memberships__plan",
        lambda row: _("the agency {agency}").format(agency=row.short_name),
    ),
    Pillar: ("plan", lambda row: _("pillar {number}").format(number=row.number)),
    WorkItem: ("plan", lambda row: _("item {number}").format(number=row.number)),
    Measure: (
        "item__plan",
        lambda row: _("a measure of item {number}").format(number=row.item.number),
    ),
    Milestone: ("item__plan", _milestone),
    Delay: (
        "milestone__item__plan",
        lambda row: _("a delay of {milestone}").format(milestone=_milestone(row.milestone)),
    ),
    Mitigation: (
        "delay__milestone__item__plan",
        lambda row: _("a mitigation of {milestone}").format(
            milestone=_milestone(row.delay.milestone)
        ),
    ),
    Variation: ("plan", lambda row: _("request {reference}").format(reference=row.reference)),
    Risk: ("plan", lambda row: _("risk {reference}").format(reference=row.reference)),
    Meeting: ("plan", _meeting),
    Matter: (
        "meeting__plan",
        lambda row: _("a matter of {meeting}").format(meeting=_meeting(row.meeting)),
    ),
    Decision: (
        "meeting__plan",
        lambda row: _("decision {number} of {meeting}").format(
            number=row.number, meeting=_meeting(row.meeting)
        ),
    ),
    Update: (
        "of_return__round__plan",
        lambda row: _("an update on item {number}").format(number=row.item.number),
    ),
    Briefing: (
        "plan",
        lambda row: _("the cover of briefing {briefing}").format(briefing=row.name),
    ),
    DraftSection: ("briefing__plan", _draft),
    DraftParagraph: ("briefing__plan", _draft),
    DraftAsk: ("briefing__plan", _draft),
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
        for row in rows.filter(has_it).order_by("pk")[:MOST_PLACES]:
            for field in fields:
                place = (getattr(row, field.attname) or "").find(character) + 1
                if place and not field.name.startswith("search"):
                    words = _("{record}, {field}, character {place:,}").format(
                        record=label(row), field=field.verbose_name, place=place
                    )
                    found.append(Place(words, page_of(row)))
        if len(found) >= MOST_PLACES:
            break
    return found[:MOST_PLACES]


def with_places(plan: Plan, reason: str, character: str) -> str:
    """Return the refusal, and where its character is to be mended."""
    return _with(reason, places_of(plan, character) if character else [])


def _with(reason: str, places: list[Place]) -> str:
    words = "; ".join(place.words for place in places)
    if not places:
        return reason
    return _("{refusal} Fix it here: {places}.").format(refusal=reason, places=words)


class Unprintable(Refused):
    """A paper that cannot be printed. `reason` is why, and `places` where its character is."""

    def __init__(self, plan: Plan, reason: str, character: str) -> None:
        self.reason = reason
        self.places = places_of(plan, character) if character else []
        super().__init__(_with(reason, self.places))


@contextmanager
def errors_with_places(plan: Plan) -> Iterator[None]:
    """Add to an error about a character the places in the plan's records that have it."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(with_places(plan, str(error), error.character)) from error
