"""Undoing and redoing acts on a draft, one's own, the last first.

Undoing changes the draft as any act does, with history, and is an act itself (`DraftAct`). What
others have done since stays; where they have changed the same paragraph, nothing is undone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from agencies.models import User
from reports.drafting import draft_rows
from reports.drafting.draft import printed
from reports.drafting.reversing import Clash, Overtaken, moved, reverse
from reports.drafting.undo_steps import place_of
from reports.models import Briefing, DraftAct
from reports.workshop.services import drafts
from reports.workshop.services.drafts import open_briefing
from workitems.plan.services.refusals import Refused

Kind, Step = DraftAct.Kind, DraftAct.Step


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A part that was changed since: where, by whom and when, its text now and before the act."""

    place: str
    key: str
    who: str
    at: datetime | None
    now: str
    then: str


class ChangedSince(Refused):
    """Somebody changed the same part after the act. `differences` are to be shown."""

    def __init__(self, differences: list[Difference], what: str) -> None:
        first = differences[0]
        count = len(differences) - 1
        others = (
            ngettext(
                ", and {count} more was changed", ", and {count} more were changed", count
            ).format(count=count)
            if count
            else ""
        )
        super().__init__(
            _(
                "{person} changed {place}{others} after you, so nothing was {done}. Compare the two texts "
                "below, and edit the draft if needed."
            ).format(person=first.who, place=first.place, others=others, done=what)
        )
        self.differences = differences


@transaction.atomic
def undo(*, briefing: Briefing, act: int, by: User) -> DraftAct:
    """Undo a person's last act on the draft. `act` is the one that their page named.

    Raise `ChangedSince` if a part of it was changed since, and `Refused` if it is not their last
    act or the text is locked.
    """
    briefing = open_briefing(briefing)
    return _reverse(briefing, act, DraftAct.objects.to_undo(by, briefing), by, Step.UNDONE)


@transaction.atomic
def redo(*, briefing: Briefing, act: int, by: User) -> DraftAct:
    """Redo what a person undid last. `act` is their undoing of it. Raise as `undo` does."""
    briefing = open_briefing(briefing)
    return _reverse(briefing, act, DraftAct.objects.to_redo(by, briefing), by, Step.REDONE)


def _reverse(briefing: Briefing, act: int, last: DraftAct | None, by: User, step: str) -> DraftAct:
    what = Step(step).label.lower()
    if last is None or last.pk != act:
        mine = DraftAct.objects.filter(briefing=briefing, by=by, pk=act).first()
        if mine is not None and hasattr(mine, "reversed_by"):
            raise Refused(_("That was already {done}.").format(done=what))
        raise Refused(
            _(
                "That was not your last change here, so nothing was {done}. The buttons show your last "
                "change."
            ).format(done=what)
        )
    before, after = (draft_rows.read_draft_at(briefing, each) for each in (last.before, last.after))
    now = draft_rows.read_draft(briefing)
    others = _moved_since(briefing, last, by)
    with override("en"):  # the record is in English, whoever reads it
        reason = f"{Step(step).label}: {last.words}"
    try:
        drafts.apply(
            briefing,
            now,
            lambda draft: reverse(before, after, draft, last.key, set(others)),
            by=by,
            reason=reason,
            kind=last.kind,
            about=last.key,
            reverses=last,
        )
    except Overtaken as overtaken:
        differences = [_difference(now, last, each, others) for each in overtaken.clashes]
        raise ChangedSince(differences, what) from overtaken
    return DraftAct.objects.get(reverses=last)


def _moved_since(briefing: Briefing, act: DraftAct, by: User) -> dict[str, DraftAct]:
    """Return the acts by which others have moved something since, by its key."""
    acts = (
        DraftAct.objects.filter(
            briefing=briefing, pk__gt=act.pk, kind__in=[Kind.MOVE, Kind.STORY], reversed_by=None
        )
        .exclude(by=by)
        .exclude(step=Step.UNDONE)
        .select_related("by")
    )
    return {key: each for each in acts.order_by("pk") for key in _keys_moved(briefing, each)}


def _keys_moved(briefing: Briefing, act: DraftAct) -> set[str]:
    if act.kind == Kind.MOVE:
        return {act.key}
    before, after = (draft_rows.read_draft_at(briefing, each) for each in (act.before, act.after))
    return {act.key, *moved(before, after, act.key)}


def _difference(
    now: draft_rows.Stored, act: DraftAct, clash: Clash, moved: dict[str, DraftAct]
) -> Difference:
    """Find who made the part as it is now."""
    key = clash.key
    row: Any = now.paragraphs.get(key) or now.asks.get(key) or now.sections.get(key)
    who, at = _("A user"), None
    if key in moved:
        who, at = moved[key].by.name, moved[key].at
    elif row is not None:
        if key in now.sections:
            made = row.history.order_by("history_id").last()
        else:
            # The first row of this version; later ones have another place only.
            made = row.history.filter(version=row.version).order_by("history_id").first()
        if made is not None:
            who, at = made.history_actor or who, made.history_date
    texts = [printed(now.draft, text).replace("**", "") for text in (clash.now, clash.then)]
    return Difference(
        place=place_of(now, key), key=key, who=who, at=at, now=texts[0], then=texts[1]
    )
