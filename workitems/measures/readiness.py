"""Which items of a plan an auditor could not judge: no target, no date, or nothing that says when a milestone is done.

Looked at before a plan is adopted, and until it is mended. Computed, never stored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.wording.translation import list_in_words
from workitems.models import Measure, Milestone, Plan, Target
from workitems.models.item import Stage, needs_date

# Of one reason; a list of all 400 items helps nobody.
MOST_NAMED = 10


class Needs(NamedTuple):
    """What an item has that an auditor needs."""

    number: str
    targets: int
    # Measures with a target whose value before the plan is neither given nor said to be unknown, and why.
    without_baseline: int
    is_dated: bool
    # Milestones without "done means".
    untested: int


class Readiness(NamedTuple):
    """Of so many items, which could not be judged, and why: (reason of one, reason of several, their numbers)."""

    items: int
    unready: Sequence[str]
    reasons: Sequence[tuple[str, Sequence[str]]]

    def __bool__(self) -> bool:
        """Whether the whole plan can be judged."""
        return not self.unready

    @property
    def counted(self) -> str:
        """ "An auditor could not yet judge 2 of 31 items by their targets and dates"."""
        return ngettext(
            "An auditor could not yet judge {count} of {items} item by its targets and dates",
            "An auditor could not yet judge {count} of {items} items by their targets and dates",
            self.items,
        ).format(count=len(self.unready), items=self.items)

    @property
    def named(self) -> str:
        """ "2.4 has no target; 1.7 has no date"."""
        return "; ".join(f"{_named(numbers)} {what}" for what, numbers in self.reasons)


def readiness(items: Iterable[Needs]) -> Readiness:
    """Return which of the items an auditor could not judge."""
    rows = list(items)
    kinds: tuple[tuple[Callable[[Needs], bool], Callable[[int], str]], ...] = (
        (lambda row: not row.targets, lambda n: ngettext("has no target", "have no target", n)),
        (
            lambda row: bool(row.without_baseline),
            lambda n: ngettext(
                "does not say how it was before the plan",
                "do not say how it was before the plan",
                n,
            ),
        ),
        (lambda row: not row.is_dated, lambda n: ngettext("has no date", "have no date", n)),
        (
            lambda row: bool(row.untested),
            lambda n: ngettext(
                "does not say when a milestone is done", "do not say when a milestone is done", n
            ),
        ),
    )
    found = [([row.number for row in rows if lacks(row)], words) for lacks, words in kinds]
    named = {number for numbers, _words in found for number in numbers}
    return Readiness(
        len(rows),
        [row.number for row in rows if row.number in named],
        [(words(len(numbers)), numbers) for numbers, words in found if numbers],
    )


def readiness_of(plan: Plan) -> Readiness:
    """Return which of the plan's items an auditor could not judge as they are today. Three queries."""
    steps = Milestone.objects.filter(item__plan=plan, withdrawn_on=None).order_by()
    without_test = Count("pk", filter=Q(done_means=""))
    untested = dict(steps.values_list("item").annotate(without_test=without_test))
    targets = Target.objects.filter(measure=OuterRef("pk"))
    aimed = Measure.objects.filter(Exists(targets), item__plan=plan).exclude(
        kind=Measure.Kind.WORDS
    )
    with_baseline: dict[int, list[bool]] = defaultdict(list)
    for item, baseline, is_unknown in aimed.values_list("item", "baseline", "baseline_unknown"):
        with_baseline[item].append(baseline is not None or bool(is_unknown))
    rows = plan.items.exclude(stage=Stage.WITHDRAWN).in_order()
    return readiness(
        Needs(
            number,
            len(with_baseline[pk]),
            with_baseline[pk].count(False),
            pk in untested or not needs_date(stage, timeframe),
            untested.get(pk, 0),
        )
        for pk, number, stage, timeframe in rows.values_list("pk", "number", "stage", "timeframe")
    )


def _named(numbers: Sequence[str]) -> str:
    """Return "2.4", "2.4 and 3.1" or the first ten, "and 3 more"."""
    if len(numbers) <= MOST_NAMED:
        return list_in_words(numbers)
    first, more = ", ".join(numbers[:MOST_NAMED]), len(numbers) - MOST_NAMED
    return _("{numbers} and {count} more").format(numbers=first, count=more)
