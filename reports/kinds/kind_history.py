"""The history of a kind of briefing as sentences: who changed what, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from reports.models import AnnexChoice, BriefingKind, Content, KindSection
from workitems.terms.word_diff import Strand, short_diff

# Reasons recorded by the service itself. They are not shown, because the sentence includes them.
CAME_ALONG = "Came with the kind of briefing"
MOVED_UP, MOVED_DOWN, MADE_WAY = "Moved up", "Moved down", "Made way"
BROUGHT_BACK = "Brought back"
OWN_REASONS = {MOVED_UP, MOVED_DOWN, MADE_WAY, BROUGHT_BACK, CAME_ALONG}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A sentence of the history.

    `what` follows the person's name; `strands` is a diff of the text.
    """

    at: datetime
    who: str
    what: str
    why: str
    strands: tuple[Strand, ...] = ()


def history_of(kind: BriefingKind) -> list[Entry]:
    """Return the history of a kind and its sections, newest first. Two queries."""
    found: list[tuple[datetime, int, Entry]] = []
    for model, sentences in ((BriefingKind, _of_kind), (KindSection, _of_section)):
        history: Any = model.history.model
        wanted = {"id": kind.pk} if model is BriefingKind else {"kind_id": kind.pk}
        before: dict[int, Any] = {}
        for row in history.objects.filter(**wanted).order_by("history_id"):
            for what, strands in sentences(before.get(row.id), row):
                why = row.history_change_reason or ""
                why = "" if why in OWN_REASONS else why
                who = row.history_actor or settings.PRODUCT_NAME
                found.append(
                    (
                        row.history_date,
                        len(found),
                        Entry(at=row.history_date, who=who, what=what, why=why, strands=strands),
                    )
                )
            before[row.id] = row
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2], reverse=True)]


Sentence = tuple[str, tuple[Strand, ...]]


def _of_kind(was: Any, row: Any) -> Iterator[Sentence]:
    if was is None:
        yield gettext("made “{kind}” a kind of briefing of this plan.").format(kind=row.name), ()
        return
    if was.name != row.name:
        yield (
            gettext("renamed it from “{before}” to “{after}”.").format(
                before=was.name, after=row.name
            ),
            (),
        )
    if was.title != row.title:
        yield (
            gettext("changed its briefings’ title from “{before}” to “{after}”.").format(
                before=was.title, after=row.title
            ),
            (),
        )
    if was.annexes != row.annexes:
        labels = "; ".join(
            str(AnnexChoice(name).label) for name in row.annexes if name in AnnexChoice.values
        )
        yield (
            gettext("changed the annexes to: {annexes}.").format(annexes=labels or gettext("none")),
            (),
        )
    if was.most_words != row.most_words:
        yield (
            gettext("changed the most words from {before:,} to {after:,}.").format(
                before=was.most_words, after=row.most_words
            ),
            (),
        )
    if was.asks != row.asks:
        strands = tuple(short_diff(_asks(was), _asks(row)))
        yield gettext("changed what it asks of the Minister:"), strands


def _asks(row: Any) -> str:
    return "; ".join(f"{ask['verb']} {ask['text']}" for ask in row.asks)


def _of_section(was: Any, row: Any) -> Iterator[Sentence]:
    if was is None:
        if row.history_change_reason != CAME_ALONG:
            yield gettext("added the section “{heading}”.").format(heading=row.heading), ()
        return
    if was.withdrawn_on != row.withdrawn_on:
        sentence = (
            gettext("withdrew the section “{heading}”.")
            if row.withdrawn_on
            else gettext("brought back the section “{heading}”.")
        )
        yield sentence.format(heading=row.heading), ()
    if was.heading != row.heading:
        yield (
            gettext("renamed the section “{before}” to “{after}”.").format(
                before=was.heading, after=row.heading
            ),
            (),
        )
    if was.content != row.content:
        labels = [Content(each.content).label for each in (was, row)]
        yield (
            gettext(
                "changed what is written into “{heading}” from “{before}” to “{after}”."
            ).format(heading=row.heading, before=labels[0], after=labels[1]),
            (),
        )
    if was.standing_text != row.standing_text:
        strands = tuple(short_diff(was.standing_text, row.standing_text))
        sentence = gettext("changed the standing text of “{heading}”:")
        yield sentence.format(heading=row.heading), strands
    if was.position != row.position and row.history_change_reason in (MOVED_UP, MOVED_DOWN):
        sentence = (
            gettext("moved the section “{heading}” up.")
            if row.history_change_reason == MOVED_UP
            else gettext("moved the section “{heading}” down.")
        )
        yield sentence.format(heading=row.heading), ()
