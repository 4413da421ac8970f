"""Updating a draft from the records: what would change is shown first, and confirmed one by one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from reports.clearance.services import changed_answers
from reports.compose import Share
from reports.document.wording import capitalised, join_words, number
from reports.drafting import draft as acts
from reports.drafting import draft_rows
from reports.drafting.draft import Composed, Draft, printed
from reports.models import Briefing
from reports.workshop.services import drafts
from workitems.plan.services.refusals import Refused
from workitems.terms.word_diff import Strand, short_diff


class RecordsMoved(Refused):
    """What would change is no longer what the user read."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The records or the draft have changed since this page was shown. Nothing was updated. "
                "Read the changes again; new ones are marked."
            )
        )


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A paragraph that an update would change.

    `was` is empty if it would be added, `now` if it would be removed. `agencies` are the short
    names of those that would be asked again for their clearance.
    """

    key: str
    place: str
    heading: str
    was: str
    now: str
    agencies: tuple[str, ...]

    @property
    def kind(self) -> str:
        return _("Changed") if self.was and self.now else _("Removed") if self.was else _("New")

    @property
    def strands(self) -> list[Strand]:
        return short_diff(self.was.replace("**", ""), self.now.replace("**", ""))

    @cached_property
    def digest(self) -> str:
        """Digest of all that the user reads of it, to check later that this was read."""
        read = (self.key, self.was, self.now, *self.agencies)
        return f"{self.key}.{sha256(repr(read).encode()).hexdigest()[:16]}"


def proposed(briefing: Briefing, composed: Iterable[Composed]) -> tuple[Proposed, ...]:
    """Return what an update would change, in the paper's order.

    `composed` is what the records say now. The number of queries is fixed.
    """
    draft, now = draft_rows.read_draft(briefing).draft, list(composed)
    outdated = acts.outdated(draft, now)
    if not outdated:
        return ()
    after = acts.refresh(draft, now)
    asked: dict[str, list[str]] = {key: [] for key in outdated}
    for row, changes in changed_answers(briefing, after):
        for change in changes:
            if change.key in asked:
                asked[change.key].append(row.agency.short_name)
    return tuple(
        Proposed(
            key=key,
            place=draft.place_of(key) if outdated[key][0] else _("A new paragraph"),
            heading=(draft if outdated[key][0] else after).portion_of(key).heading,
            was=printed(draft, outdated[key][0]),
            now=printed(after, outdated[key][1]),
            agencies=tuple(asked[key]),
        )
        for key in _in_order(draft, after)
        if key in outdated
    )


def _in_order(draft: Draft, after: Draft) -> list[str]:
    """Return the keys of both drafts: a removed paragraph comes after the one that it followed."""
    keys = [part.key for part in after.parts()]
    known = set(keys)
    before = [part.key for part in draft.parts()]
    for previous, key in pairwise(["", *before]):
        if key not in known:
            keys.insert(keys.index(previous) + 1 if previous else 0, key)
            known.add(key)
    return keys


@transaction.atomic
def update_from_records(
    *,
    briefing: Briefing,
    composed: Sequence[Composed],
    share: Share | None = None,
    shown: Collection[str],
    take: Collection[str],
    by: User,
) -> tuple[Proposed, ...]:
    """Update the paragraphs whose digests are in `take`, and return them.

    `composed` was composed with this `share` of the words. `shown` are the digests (`Proposed.digest`) of all changes that the user read. Raise
    `RecordsMoved` if they are no longer those that an update would make, and `Refused` if none is
    taken or the text is locked.
    """
    drafts.open_briefing(briefing)
    changes = proposed(briefing, composed)
    if {each.digest for each in changes} != set(shown):
        raise RecordsMoved
    taken = tuple(each for each in changes if each.digest in take)
    if not taken:
        raise Refused(_("Tick at least one change, or go back to the draft."), "take")
    without = {each.key for each in changes} - {each.key for each in taken}
    drafts.refresh(briefing=briefing, composed=composed, share=share, without=without, by=by)
    return taken


def in_words(taken: Sequence[Proposed]) -> str:
    """Return sentences on what was updated and which agencies are asked again."""
    sentence = ngettext(
        "{count} paragraph was updated from the records.",
        "{count} paragraphs were updated from the records.",
        len(taken),
    ).format(count=capitalised(number(len(taken))))
    again = sorted({name for each in taken for name in each.agencies}, key=str.casefold)
    if again:
        asked = ngettext(
            "{agencies} is asked again for clearance.",
            "{agencies} are asked again for clearance.",
            len(again),
        ).format(agencies=join_words(again))
        return f"{sentence} {asked}"
    return sentence
