"""Kinds of change between two moments, and a change as a sentence."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workitems.models.item import number_key
from workitems.plan.plan_at import ItemAt
from workitems.terms.word_diff import Strand, short_diff


class Kind(StrEnum):
    """Kinds in the order they are shown. docs/changes.md defines each."""

    LATE = "late"
    COMPLETED = "completed"
    SLIPPED = "slipped"
    OVERDUE = "overdue"
    CANNOT_BE_MET = "cannot-be-met"
    RECOVERED = "recovered"
    NEW = "new"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    AGREED = "agreed"
    PLAN = "plan"
    REWORDED = "reworded"
    CONFIDENCE = "confidence"
    MEASURED = "measured"
    STAGE = "stage"
    MOVED = "moved"
    SUPPORT = "support"
    TEXTS = "texts"
    RESTATED = "restated"
    DONE = "done"
    NEW_MILESTONE = "new-milestone"
    MILESTONE_WITHDRAWN = "milestone-withdrawn"
    DELAY_FOUND = "delay-found"
    DELAY_ENDED = "delay-ended"

    @property
    def label(self) -> str:
        return str(LABELS[self][0])

    @property
    def noun(self) -> str:
        """The noun for any number but one: "agreed dates moved"."""
        return str(LABELS[self][1])

    def counted(self, count: int) -> str:
        """Return "3 completed", "1 agreed date moved" or "1,200 agreed dates moved"."""
        return LABELS[self][2](count).format(count=count)


# Heading, noun for any number but one, and how so many are counted.
LABELS = {
    Kind.LATE: (
        gettext_lazy("Became late"),
        gettext_lazy("became late"),
        lambda count: ngettext("{count:,} became late", "{count:,} became late", count),
    ),
    Kind.COMPLETED: (
        gettext_lazy("Completed"),
        gettext_lazy("completed"),
        lambda count: ngettext("{count:,} completed", "{count:,} completed", count),
    ),
    Kind.SLIPPED: (
        gettext_lazy("Slipped"),
        gettext_lazy("slipped"),
        lambda count: ngettext("{count:,} date slipped", "{count:,} dates slipped", count),
    ),
    Kind.OVERDUE: (
        gettext_lazy("Fell overdue"),
        gettext_lazy("fell overdue"),
        lambda count: ngettext("{count:,} fell overdue", "{count:,} fell overdue", count),
    ),
    Kind.CANNOT_BE_MET: (
        gettext_lazy("Can no longer be met"),
        gettext_lazy("agreed dates that can no longer be met"),
        lambda count: ngettext(
            "{count:,} agreed date can no longer be met",
            "{count:,} agreed dates can no longer be met",
            count,
        ),
    ),
    Kind.RECOVERED: (
        gettext_lazy("Recovered"),
        gettext_lazy("recovered"),
        lambda count: ngettext("{count:,} recovered", "{count:,} recovered", count),
    ),
    Kind.NEW: (
        gettext_lazy("New"),
        gettext_lazy("new"),
        lambda count: ngettext("{count:,} new", "{count:,} new", count),
    ),
    Kind.WITHDRAWN: (
        gettext_lazy("Withdrawn"),
        gettext_lazy("withdrawn"),
        lambda count: ngettext("{count:,} withdrawn", "{count:,} withdrawn", count),
    ),
    Kind.REOPENED: (
        gettext_lazy("Reopened"),
        gettext_lazy("reopened"),
        lambda count: ngettext("{count:,} reopened", "{count:,} reopened", count),
    ),
    Kind.AGREED: (
        gettext_lazy("Agreed dates moved"),
        gettext_lazy("agreed dates moved"),
        lambda count: ngettext(
            "{count:,} agreed date moved", "{count:,} agreed dates moved", count
        ),
    ),
    Kind.PLAN: (
        gettext_lazy("The plan itself"),
        gettext_lazy("changes of the plan itself"),
        lambda count: ngettext(
            "{count:,} change of the plan itself", "{count:,} changes of the plan itself", count
        ),
    ),
    Kind.REWORDED: (
        gettext_lazy("Reworded"),
        gettext_lazy("reworded"),
        lambda count: ngettext("{count:,} reworded", "{count:,} reworded", count),
    ),
    Kind.CONFIDENCE: (
        gettext_lazy("Confidence moved"),
        gettext_lazy("confidences moved"),
        lambda count: ngettext("{count:,} confidence moved", "{count:,} confidences moved", count),
    ),
    Kind.MEASURED: (
        gettext_lazy("Numbers given"),
        gettext_lazy("numbers given"),
        lambda count: ngettext("{count:,} number given", "{count:,} numbers given", count),
    ),
    Kind.STAGE: (
        gettext_lazy("Stage moved"),
        gettext_lazy("stages moved"),
        lambda count: ngettext("{count:,} stage moved", "{count:,} stages moved", count),
    ),
    Kind.MOVED: (
        gettext_lazy("Moved elsewhere"),
        gettext_lazy("moved elsewhere"),
        lambda count: ngettext("{count:,} moved elsewhere", "{count:,} moved elsewhere", count),
    ),
    Kind.SUPPORT: (
        gettext_lazy("Supporting agencies"),
        gettext_lazy("changes of supporting agencies"),
        lambda count: ngettext(
            "{count:,} change of supporting agencies",
            "{count:,} changes of supporting agencies",
            count,
        ),
    ),
    Kind.TEXTS: (
        gettext_lazy("Texts changed"),
        gettext_lazy("texts changed"),
        lambda count: ngettext("{count:,} text changed", "{count:,} texts changed", count),
    ),
    Kind.RESTATED: (
        gettext_lazy("Forecasts restated"),
        gettext_lazy("forecasts restated"),
        lambda count: ngettext(
            "{count:,} forecast restated", "{count:,} forecasts restated", count
        ),
    ),
    Kind.DONE: (
        gettext_lazy("Milestones done"),
        gettext_lazy("milestones done"),
        lambda count: ngettext("{count:,} milestone done", "{count:,} milestones done", count),
    ),
    Kind.NEW_MILESTONE: (
        gettext_lazy("New milestones"),
        gettext_lazy("new milestones"),
        lambda count: ngettext("{count:,} new milestone", "{count:,} new milestones", count),
    ),
    Kind.MILESTONE_WITHDRAWN: (
        gettext_lazy("Milestones cancelled"),
        gettext_lazy("milestones cancelled"),
        lambda count: ngettext(
            "{count:,} milestone cancelled", "{count:,} milestones cancelled", count
        ),
    ),
    Kind.DELAY_FOUND: (
        gettext_lazy("Delays recorded"),
        gettext_lazy("delays recorded"),
        lambda count: ngettext("{count:,} delay recorded", "{count:,} delays recorded", count),
    ),
    Kind.DELAY_ENDED: (
        gettext_lazy("Delays ended"),
        gettext_lazy("delays ended"),
        lambda count: ngettext("{count:,} delay ended", "{count:,} delays ended", count),
    ),
}
ORDER = {kind: place for place, kind in enumerate(Kind)}
# Kinds counted separately in the summary. The others are "other changes".
FOREMOST = tuple(Kind)[: tuple(Kind).index(Kind.REWORDED) + 1]


class Reworded(NamedTuple):
    """A text before and after."""

    label: str
    before: str
    after: str

    @property
    def strands(self) -> list[Strand]:
        return short_diff(self.before, self.after)


class HandedOver(NamedTuple):
    """What of an agency that ended went to another one: the numbers of the items that it led, and of how many it supported."""

    led: Sequence[str]
    supported: int


class Description(NamedTuple):
    """A change in words.

    `words` is a sentence that does not name the item. `cause` is a delay's cause. `why` is what a
    person wrote: a delay's explanation or a variation's reason. `was` and `now` are for tables.
    """

    words: str
    was: str = ""
    now: str = ""
    cause: str = ""
    why: str = ""
    wordings: Sequence[Reworded] = ()


@dataclass(frozen=True)
class Change:
    """A change of an item, which is as at the later moment, or of the plan itself, which has the number "".
    `describe` returns the change in words.

    `days` is by how much a milestone is later (or, below zero, earlier) than it was expected.
    """

    kind: Kind
    item: ItemAt
    describe: Callable[[], Description] = field(repr=False)
    days: int = 0

    @cached_property
    def description(self) -> Description:
        return self.describe()

    @property
    def words(self) -> str:
        return self.description.words

    @property
    def was(self) -> str:
        return self.description.was

    @property
    def now(self) -> str:
        return self.description.now

    @property
    def cause(self) -> str:
        return self.description.cause

    @property
    def why(self) -> str:
        return self.description.why

    @property
    def wordings(self) -> Sequence[Reworded]:
        return self.description.wordings

    @property
    def sentence(self) -> str:
        """ "1.2 Print a brochure: completed on 3 May 2010." """
        if self.is_of_plan:
            return f"{self.words} {self.why}".rstrip()
        start = f"{self.item.number} {self.item.title}: {self.words[:1].lower()}{self.words[1:]}"
        return f"{start} {self.why}".rstrip()

    @property
    def is_of_plan(self) -> bool:
        return not self.item.pk


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Sort changes by kind and then in the plan's order."""
    return sorted(changes, key=lambda change: (ORDER[change.kind], number_key(change.item.number)))


@dataclass(frozen=True)
class Comparison:
    """All changes as they were found, item by item, and agencies' short names by id.

    `before` and `after` are all items that may differ, as at both moments. The status of every other
    item is the same at both.
    """

    found: list[Change]
    agencies: dict[int, str]
    before: Mapping[int, ItemAt] = field(repr=False)
    after: Mapping[int, ItemAt] = field(repr=False)

    @cached_property
    def _by_kind(self) -> Mapping[Kind, Sequence[Change]]:
        found: dict[Kind, list[Change]] = defaultdict(list)
        for change in self.found:
            found[change.kind].append(change)
        return found

    @cached_property
    def counts(self) -> dict[Kind, int]:
        """The number of changes of each kind that occurred."""
        return {kind: len(self._by_kind[kind]) for kind in Kind if kind in self._by_kind}

    @cached_property
    def changes(self) -> list[Change]:
        """The changes by kind, then in the plan's order."""
        return in_order(self.found)

    def of(self, kind: Kind) -> list[Change]:
        """Return the changes of a kind, in the plan's order."""
        return in_order(self._by_kind.get(kind, ()))

    @property
    def summary(self) -> str:
        """ "3 completed, 2 dates slipped, 9 other changes" or "nothing changed"."""
        return counts_in_words(self.counts.items())


def counts_in_words(counts: Iterable[tuple[Kind, int]]) -> str:
    known = dict(counts)
    parts = [kind.counted(known[kind]) for kind in FOREMOST if known.get(kind)]
    others = sum(count for kind, count in known.items() if kind not in FOREMOST)
    if others:
        words = (
            ngettext("{count:,} other change", "{count:,} other changes", others)
            if parts
            else ngettext("{count:,} change", "{count:,} changes", others)
        )
        parts.append(words.format(count=others))
    return ", ".join(parts) or _("nothing changed")
