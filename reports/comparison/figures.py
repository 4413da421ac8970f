"""The plan's figures at the time of two papers, side by side.

A paper is composed from the records as at its date. Its figures are therefore counted from the same
records, as on the dashboard; an issued paper need not print them all.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.document import Document, ProgressPicture, Stage, WorkItemTable
from workitems.models import Delay
from workitems.models.item import Confidence
from workitems.plan.plan_at import PlanAt
from workitems.terms.lateness import Status, days_in_words


@dataclass(frozen=True)
class Figure:
    """A count at both times. `difference` describes the change."""

    label: str
    was: int
    now: int
    in_days: bool = False

    @property
    def said_was(self) -> str:
        return days_in_words(self.was) if self.in_days else f"{self.was:,}"

    @property
    def said_now(self) -> str:
        return days_in_words(self.now) if self.in_days else f"{self.now:,}"

    @property
    def difference(self) -> str:
        """ "3 more", "12 days fewer" or "the same"."""
        change = self.now - self.was
        if not change:
            return _("the same")
        count = days_in_words(abs(change)) if self.in_days else f"{abs(change):,}"
        return (_("{count} more") if change > 0 else _("{count} fewer")).format(count=count)


@dataclass(frozen=True)
class Group:
    """Figures under one heading, with their sum if that is meaningful."""

    heading: str
    figures: tuple[Figure, ...]
    total: Figure | None = None


def side_by_side(was: PlanAt, now: PlanAt) -> list[Group]:
    """Return items by status, live items by agency confidence, and days of open delays by cause."""
    stood_was, stood_now = ([item.status for item in plan.items] for plan in (was, now))
    said_was, said_now = (
        [item.confidence for item in plan.items if item.is_live] for plan in (was, now)
    )
    days_was, days_now = _days(was), _days(now)
    causes = sorted(
        days_was.keys() | days_now.keys(),
        key=lambda cause: (-days_now[cause], -days_was[cause], cause),
    )
    return [
        Group(
            _("Work items"),
            _counts([(each, each.label) for each in Status], stood_was, stood_now),
            Figure(_("All work items"), len(stood_was), len(stood_now)),
        ),
        Group(
            _("Confidence of agencies, of items that go on"),
            _counts([(each, str(each.label)) for each in Confidence], said_was, said_now),
        ),
        Group(
            _("Days of delay, of delays that were open"),
            tuple(
                Figure(
                    str(Delay.Cause(cause).label), days_was[cause], days_now[cause], in_days=True
                )
                for cause in causes
            ),
            Figure(_("All causes"), days_was.total(), days_now.total(), in_days=True),
        ),
    ]


def _counts(
    kinds: Iterable[tuple[str, str]], was: Iterable[str], now: Iterable[str]
) -> tuple[Figure, ...]:
    before, after = Counter(was), Counter(now)
    return tuple(Figure(label, before[kind], after[kind]) for kind, label in kinds)


def _days(plan: PlanAt) -> Counter[str]:
    found: Counter[str] = Counter()
    for delay in plan.delays:
        found[delay.cause] += delay.days
    return found


def counted_otherwise(paper: Document, plan: PlanAt) -> str:
    """Describe what the paper's own annex counts, if the records count differently; else return "".

    Records may be entered late, with their true dates. An issued paper stays as it was.
    """
    printed = _counted_in(paper)
    if printed is None:
        return ""
    complete = sum(item.status == Status.COMPLETE for item in plan.items)
    if printed == (len(plan.items), complete):
        return ""
    items = ngettext("{count:,} work item", "{count:,} work items", printed[0])
    return ngettext(
        "its annex counts {items}, of which {complete:,} is complete",
        "its annex counts {items}, of which {complete:,} are complete",
        printed[1],
    ).format(items=items.format(count=printed[0]), complete=printed[1])


def _counted_in(paper: Document) -> tuple[int, int] | None:
    """Return the number of work items and of complete ones, from an annex that lists all items."""
    for annex in paper.annexes:
        if isinstance(annex, WorkItemTable):
            stages = [row.stage for pillar in annex.pillars for row in pillar.rows]
            return len(stages), stages.count(Stage.COMPLETE)
        if isinstance(annex, ProgressPicture):
            return (
                sum(pillar.total for pillar in annex.pillars),
                sum(pillar.count(Stage.COMPLETE) for pillar in annex.pillars),
            )
    return None
