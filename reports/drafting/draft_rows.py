"""Reads a draft's rows, current or historical, as a `Draft`, and a part as its row's columns."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery

from agencies.records.composed import composed
from reports.document import Source, Verb
from reports.drafting.draft import Ask, Draft, Origin, Part, Portion, Taken, home_of
from reports.models import Briefing, DraftAsk, DraftParagraph, DraftSection
from workitems.plan.asat import rows_as_at

# Change reasons of generated paragraphs, by which their history is queried.
DRAFTED, REFRESHED = "Drafted", "Updated from the records"
# What `REFRESHED` was before.
REFRESHED_BEFORE = "Refreshed"
# Tables of a draft, in the order of `state_of`.
TABLES: tuple[Any, ...] = (DraftParagraph, DraftAsk, DraftSection)


@dataclass(frozen=True)
class Stored:
    """A draft with its rows by key, including withdrawn ones."""

    draft: Draft
    sections: dict[str, Any]
    paragraphs: dict[str, DraftParagraph]
    asks: dict[str, DraftAsk]

    @property
    def patterns(self) -> list[tuple[str, str, str]]:
        """The sections as `paper.composed_from` takes them: key, content, standing text."""
        return [(row.key, row.content, row.standing_text) for row in self.sections.values()]


def read_draft(briefing: Briefing) -> Stored:
    """Read the current draft. Three queries."""
    paragraphs, asks, sections = (
        {row.key: row for row in _rows_of(model, briefing=briefing.pk)} for model in TABLES
    )
    for row in (*paragraphs.values(), *asks.values(), *sections.values()):
        # What an assignment does once it has checked what is known here, which takes ten times longer.
        row._meta.get_field("briefing").set_cached_value(row, briefing)
    draft = _draft(sections.values(), paragraphs.values(), asks.values())
    return Stored(draft, sections, paragraphs, asks)


@composed
def _rows_of(model: Any, briefing: Any) -> Any:
    return model.objects.filter(briefing=briefing).order_by("position", "pk")


def state_of(briefing: Briefing) -> str:
    """Return the state of the draft: the ids of the last history rows of its three tables.

    Whatever changes a draft locks the briefing, so later changes have higher ids. Read the state
    before the draft: a change in between is then found again by `keys_since`. One query.
    """
    (found,) = _newest(briefing=briefing.pk)
    return "-".join(str(each or 0) for each in found)


@composed
def _newest(briefing: Any) -> Any:
    newest = (
        Subquery(
            model.history.filter(briefing_id=OuterRef("pk"))
            .order_by()
            .values("briefing_id")
            .annotate(newest=Max("history_id"))
            .values("newest")
        )
        for model in TABLES
    )
    return Briefing.objects.filter(pk=briefing).values_list(*newest)


def keys_since(briefing: Briefing, state: str, now: str) -> set[str] | None:
    """Return the keys of the paragraphs and recommendations that have changed between two states.

    Paragraphs that only have another place are left out. Return None if the sections have changed, or if the first is not a state of a draft. Two
    queries at most.
    """
    if not re.fullmatch(r"(\d{1,18}-){2}\d{1,18}", state):
        return None
    then, newest = ([int(each) for each in one.split("-")] for one in (state, now))
    if then[-1] != newest[-1]:
        return None
    found: set[str] = set()
    for model, since, last in zip(TABLES, then, newest, strict=True):
        if since != last:
            found |= {key for (key,) in _keys_written(model, briefing=briefing.pk, since=since)}
    return found


@composed
def _keys_written(model: Any, briefing: Any, since: Any) -> Any:
    """The keys of the rows that were written after a history row."""
    rows = model.history.filter(briefing_id=briefing, history_id__gt=since)
    if model is DraftParagraph:
        # A paragraph that only moved has the version that it had before.
        before = model.history.filter(id=OuterRef("id"), version=OuterRef("version"))
        rows = rows.exclude(Exists(before.filter(history_id__lte=since)))
    return rows.values_list("key")


def read_draft_as_at(briefing: Briefing, until: datetime) -> Draft:
    """Read the draft as stored just before an instant, from history. Three queries."""
    sections, paragraphs, asks = (
        rows_as_at(model, until, of={"briefing_id": briefing.pk}).order_by("position", "id")
        for model in (DraftSection, DraftParagraph, DraftAsk)
    )
    return _draft(sections, paragraphs, asks)


def read_draft_at(briefing: Briefing, state: str) -> Draft:
    """Read the draft as it was at a state of it (`state_of`), from history. Three queries."""
    paragraphs, asks, sections = (
        model.history.filter(
            history_id__in=model.history.filter(briefing_id=briefing.pk, history_id__lte=last)
            .order_by()
            .values("id")
            .annotate(last=Max("history_id"))
            .values("last")
        ).order_by("position", "id")
        for model, last in zip(TABLES, map(int, state.split("-")), strict=True)
    )
    return _draft(sections, paragraphs, asks)


def _draft(sections: Iterable[Any], paragraphs: Iterable[Any], asks: Iterable[Any]) -> Draft:
    """Build a draft from ordered rows or history rows. Both have the row's id as `id`."""
    of_section: dict[int, list[Part]] = defaultdict(list)
    for row in paragraphs:
        if not row.is_withdrawn:
            of_section[row.section_id].append(part_of(row))
    return Draft(
        portions=tuple(
            Portion(row.key, row.heading, home_of(row.content, row.key), tuple(of_section[row.id]))
            for row in sections
        ),
        asks=tuple(
            Ask(
                key=row.key,
                verb=Verb(row.verb),
                text=row.text,
                options=options_of(row.options),
                is_hidden=row.is_hidden,
            )
            for row in asks
            if not row.is_withdrawn
        ),
    )


def part_of(row: DraftParagraph) -> Part:
    return Part(
        key=row.key,
        text=row.text,
        origin=Origin(row.origin),
        taken=tuple(_taken(taken) for taken in row.taken),
        sources=tuple(Source(**source) for source in row.sources),
        is_hidden=row.is_hidden,
    )


def _taken(data: dict[str, Any]) -> Taken:
    return Taken(data["key"], data["text"], tuple(map(tuple, data.get("lines", ()))))


def columns_of(part: Part) -> dict[str, Any]:
    """Return a part as its row's columns."""
    return {
        "text": part.text,
        "origin": part.origin.value,
        "taken": [
            {"key": taken.key, "text": taken.text}
            | ({"lines": [list(line) for line in taken.lines]} if taken.lines else {})
            for taken in part.taken
        ],
        "sources": [
            {"model": s.model, "pk": s.pk, "history_id": s.history_id, "label": s.label}
            for s in part.sources
        ],
        "is_hidden": part.is_hidden,
        "is_withdrawn": False,
    }


def options_of(text: str) -> tuple[str, ...]:
    """Parse printed options as typed, such as "agreed / not agreed"."""
    return tuple(option.strip() for option in text.split("/") if option.strip())
