"""What the dashboard tells beside its figures and tiles: what is asked, what changed, when late items land. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.charts import Strip
from reports.document.dates import month_of
from reports.progress.changes import Comparison
from reports.progress.changes.change import Kind
from reports.progress.view import PlanView
from workitems.models import Delay
from workitems.models.item import number_key
from workitems.plan.attention import Ask, Further, Line, Verb
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.lateness import length_in_words
from workitems.terms.spans import in_words

# Of each verb; the page of all that needs attention has the others.
ASKED_SHOWN = 6
# Item numbers beside a kind of change; the page of changes has the others.
NUMBERS_SHOWN = 8
LANDING_SHOWN = 12
# Kinds of change that the dashboard counts. What an agency says anew of a text is on the page of changes.
COUNTED = (
    Kind.LATE,
    Kind.SLIPPED,
    Kind.OVERDUE,
    Kind.CANNOT_BE_MET,
    Kind.RECOVERED,
    Kind.COMPLETED,
    Kind.DONE,
    Kind.MEASURED,
    Kind.AGREED,
    Kind.NEW,
    Kind.REOPENED,
    Kind.WITHDRAWN,
    Kind.PLAN,
)


@dataclass(frozen=True)
class AskedGroup:
    """What is asked of the group under one verb."""

    verb: Verb
    asks: Sequence["Asked"]
    count: int

    @property
    def others(self) -> int:
        return self.count - len(self.asks)


@dataclass(frozen=True)
class Asked:
    """One thing that is asked of the group: the first of a line, or a further one."""

    line: Line
    further: Further | None = None

    @property
    def ask(self) -> Ask:
        return self.further.ask if self.further else self.line.asked


def asked_of(lines: Sequence[Line]) -> list[AskedGroup]:
    """Return what is asked by verb, in the order of the meeting: decide, discuss, hear, chase; then what is decided
    by email."""
    found: dict[Verb, list[Asked]] = defaultdict(list)
    for line in lines:
        if line.verb:
            found[line.verb].append(Asked(line))
        for further in line.further_asks:
            found[further.verb].append(Asked(line, further))
    return [
        AskedGroup(verb, found[verb][:ASKED_SHOWN], len(found[verb]))
        for verb in Verb
        if found[verb]
    ]


@dataclass(frozen=True)
class ChangedGroup:
    """The changes of one kind: their number, and the items that they are of, in the plan's order."""

    kind: Kind
    count: int
    items: Sequence[ItemAt]
    others: int

    @property
    def is_worse(self) -> bool:
        return self.kind == Kind.LATE


def changed_groups(compared: Comparison) -> list[ChangedGroup]:
    groups = []
    for kind in COUNTED:
        if not (changes := compared.of(kind)):
            continue
        items = {each.item.pk: each.item for each in changes if not each.is_of_plan}
        shown = list(items.values())[:NUMBERS_SHOWN]
        groups.append(ChangedGroup(kind, len(changes), shown, len(items) - len(shown)))
    return groups


@dataclass(frozen=True)
class LateStrip:
    """A late item: the milestone that makes it late, its date expected now, how long after the date first promised,
    and the cause."""

    line: Line
    milestone: MilestoneAt

    @property
    def has_date(self) -> bool:
        return self.line.expected_on is not None

    @property
    def lead(self) -> str:
        """The short name of the item's lead agency."""
        assert self.line.item is not None
        return self.line.at.agencies[self.line.item.lead].short_name

    @property
    def after(self) -> str:
        """How long after the date first promised: "11 weeks"."""
        late = self.milestone
        if not self.has_date or late.forecast_due <= late.original_due:
            return ""
        return length_in_words(late.original, late.forecast, is_least=self.line.waits)

    @property
    def cause(self) -> str:
        """The causes of its open delays, in their order: "consultation, then procurement"."""
        told = [cause for cause in self.line.main_causes if cause != Delay.Cause.OTHER]
        labels = [Delay.Cause(cause).within for cause in told]
        return _(", then ").join(labels)

    @property
    def words(self) -> str:
        """When it is expected: "14 Jan 2027"."""
        return self.milestone.forecast.short if self.has_date else _("No new date")


@dataclass(frozen=True)
class Landing:
    """The late items of `lines` by the dates that are expected now; those without a date come last."""

    lines: Sequence[Line]
    view: PlanView

    @cached_property
    def all(self) -> list[LateStrip]:
        found = [
            LateStrip(line, line.late_milestone)
            for line in self.lines
            if line.is_late and line.late_milestone
        ]
        return sorted(
            found,
            key=lambda each: (
                not each.has_date,
                each.milestone.forecast_due,
                number_key(each.line.item.number if each.line.item else ""),
            ),
        )

    @property
    def shown(self) -> list[LateStrip]:
        return self.all[:LANDING_SHOWN]

    @property
    def others(self) -> int:
        return len(self.all) - len(self.shown)

    @property
    def strips(self) -> list[Strip]:
        return [
            Strip(
                number=item.number,
                title=item.title,
                url=self.view.item(item.number),
                words=each.words,
                is_late=True,
                milestones=[each.milestone],
                after=each.after,
                cause=each.cause,
            )
            for each in self.shown
            if (item := each.line.item)
        ]

    @cached_property
    def finding(self) -> str:
        """When they land: "Three are expected in January 2027, the last in July 2027; one has no new date." """
        dated = [each.milestone.forecast_due for each in self.all if each.has_date]
        undated = len(self.all) - len(dated)
        if not dated:
            return ngettext(
                "The late item has no new date", "The late items have no new dates", undated
            )
        first, last = dated[0], dated[-1]
        early = [day for day in dated if (day.year, day.month) == (first.year, first.month)]
        says = ngettext(
            "{number} is expected in {month}", "{number} are expected in {month}", len(early)
        ).format(number=in_words(len(early)).capitalize(), month=month_of(first))
        if len(early) < len(dated):
            says = _("{says}, the last in {month}").format(says=says, month=month_of(last))
        if undated:
            rest = ngettext(
                "{number} has no new date", "{number} have no new date", undated
            ).format(number=in_words(undated))
            says = f"{says}; {rest}"
        return says
