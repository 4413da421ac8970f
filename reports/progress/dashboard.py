"""Composes the dashboard from the plan at a moment and, for comparison, at an earlier one.

All figures are counted from the same rows and link to the list behind them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, ngettext

from reports.charts import Strip
from reports.document.wording import capitalised, join_words
from reports.progress.changes import Comparison, read_changes
from reports.progress.changes.change_words import because_of
from reports.progress.dashboard_parts import (
    AskedGroup,
    ChangedGroup,
    Landing,
    asked_of,
    changed_groups,
)
from reports.progress.moves import Moves, moves_of
from reports.progress.plan_counts import (
    ATTENTION_SHOWN,
    DUE_WITHIN_DAYS,
    MARKS_IN_A_CELL,
    CauseCount,
    Due,
    EarlierCounts,
    PlanCounts,
    timeline_of,
)
from reports.progress.tiles import Tiles, tiles_of
from reports.progress.timeline import strip_of
from reports.progress.view import PlanView
from workitems.measures.completion import Completions, completions_of
from workitems.models import Delay, Finding
from workitems.plan.asat import Moment
from workitems.plan.attention import Line, attention
from workitems.plan.plan_at import ItemAt, PillarAt, PlanAt, plan_at
from workitems.plan.plan_at.measures_at import MeasureAt, Measures
from workitems.terms.lateness import Status, days_in_words
from workitems.terms.measure_sentence import State
from workitems.terms.spans import in_words

SHOWN_STATUSES = tuple(Status)
# Shapes of tiles: those of statuses, and of late items that are not overdue yet.
MARKS = (*SHOWN_STATUSES, "expected_late")
NO_MOVES = Moves()
COMING_SHOWN = 4
# The headline names the items that became late, and those that are no longer late, up to so many of each.
NAMED = 3
OUTCOMES_SHOWN = 4
MEASURE_STATES = (
    State.MISSED, State.WORSE, State.UNKNOWN, State.REACHED_LATE, State.REACHED, State.AHEAD, State.GIVEN,
    State.NO_NUMBER_YET, State.NONE,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its label, the list behind it, and its earlier value.

    `note` says what is counted, where the label alone does not. `total` is what it is a part of.
    `is_better` is whether its change is for the better, by where its items went; None if it is neither
    better nor worse.
    """

    label: str
    count: int
    url: str
    was: int | None = None
    kind: str = ""
    note: str = ""
    total: int = 0
    is_better: bool | None = None

    @property
    def change(self) -> int:
        return self.count - self.was if self.was is not None else 0


@dataclass(frozen=True)
class Mark:
    """An item in a cell. `was` is its earlier status, if that differs."""

    item: ItemAt
    was: Status | None


@dataclass(frozen=True)
class Cell:
    """The items of a pillar and a lead agency: single items, or counts by status."""

    figure: Figure
    marks: list[Mark]
    counts: list[Figure]


@dataclass(frozen=True)
class GridRow:
    pillar: PillarAt
    cells: list[Cell]
    total: Figure


@dataclass(frozen=True)
class Grid:
    """Items by pillar and lead agency. Each item is in one cell; totals are sums of cells."""

    agencies: list[Any]
    rows: list[GridRow]
    totals: list[Figure]
    total: Figure


@dataclass(frozen=True)
class Cause:
    """The open delays of one cause, and their days in total."""

    figure: Figure
    days: int

    @property
    def words(self) -> str:
        count = self.figure.count
        return ngettext("{days} in {count:,} delay", "{days} in {count:,} delays", count).format(
            days=days_in_words(self.days), count=count
        )


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Everything that pages, the wall, packs and files show of the plan `at` a moment, narrowed as it is looked at.
    Each part is counted when it is first asked for.

    If two moments are compared, `then` is what is counted of the earlier one, and figures have `was`. `changes` are
    None where they were not read.
    """

    view: PlanView
    at: PlanAt
    now: PlanCounts
    then: EarlierCounts | None = None
    moves: Moves = NO_MOVES
    compared: Comparison | None = None

    @cached_property
    def headline(self) -> str:
        return in_one_sentence(in_all(self.now), len(self.at.variations), self.view.at)

    @cached_property
    def finding(self) -> str:
        """How the plan is going, in a sentence or two, without what costs most."""
        now, then = in_all(self.now), in_all(self.then) if self.then else None
        return finding(self.view, now, then, self.moves)

    @cached_property
    def costliest(self) -> str:
        """The cause that costs most, in a sentence, or ""."""
        late = [item for item in self.at.items if item.status == Status.LATE]
        if not late:
            return ""
        explained = {delay.item for delay in self.at.delays}
        unexplained = sum(item.pk not in explained for item in late)
        return costliest(self.now.causes, is_now=self.view.at.is_now, unexplained=unexplained)

    @cached_property
    def named(self) -> list[ItemAt]:
        """The items that the finding names."""
        if not self.then:
            return []
        return _named(in_all(self.now), in_all(self.then), self.moves)

    @property
    def changes(self) -> int:
        """The number of all changes."""
        return len(self.compared.found) if self.compared else 0

    @cached_property
    def figures(self) -> list[Figure]:
        return list(statuses(self.view, self.now, self.then, self.moves))

    @property
    def attention(self) -> Sequence[Line]:
        return self.now.lines[:ATTENTION_SHOWN]

    @cached_property
    def attention_figure(self) -> Figure:
        return Figure(
            label=gettext("need attention"),
            count=len(self.now.lines),
            url=self.view.link("attention"),
            was=self.then.needing if self.then else None,
        )

    @cached_property
    def grid(self) -> Grid:
        return grid(self.view, self.at, self.now, self.then)

    @cached_property
    def due(self) -> list[Figure]:
        return [
            Figure(
                label=gettext("within {days} days").format(days=days),
                count=self.now.due[days],
                url=self.view.link("milestones", due=days),
            )
            for days in DUE_WITHIN_DAYS
        ]

    @property
    def due_soon(self) -> Sequence[Due]:
        return self.now.due_soon

    @property
    def coming(self) -> list[tuple[Due, str]]:
        """The first milestones that are due and not expected late, with the agency responsible; `landing` has the late
        ones."""
        found = [each for each in self.now.due_soon if not each.milestone.is_late][:COMING_SHOWN]
        agencies = self.at.agencies
        return [(each, agencies[each.milestone.responsible].short_name) for each in found]

    @cached_property
    def timeline(self) -> list[Strip]:
        """Items that are late or due next, each with all its milestones. One query."""
        return [strip_of(item, self.view.item(item.number)) for item in timeline_of(self.at)]

    @cached_property
    def tiles(self) -> Tiles:
        return tiles_of(self.view, self.at, self.now, self.moves)

    @cached_property
    def asked(self) -> list[AskedGroup]:
        """What is asked of the working group, by what it does. Nothing once the plan has ended."""
        return asked_of(self.now.lines)

    @cached_property
    def landing(self) -> Landing:
        """The late items by the dates that are expected now."""
        return Landing(self.now.lines, self.view)

    @cached_property
    def changed_groups(self) -> list[ChangedGroup]:
        return changed_groups(self.compared) if self.compared else []

    @cached_property
    def completions(self) -> Completions:
        """The completed milestones, by how they are shown to be done. Four queries."""
        return completions_of(self.at)

    @property
    def audited(self) -> list[tuple[Finding.Verdict, int]]:
        """How many items audits found to be supported by evidence, and how many not."""
        counts = Counter(row.verdict for row in self.at.findings if row.item_id is not None)
        return [(verdict, counts[verdict]) for verdict in Finding.Verdict if counts[verdict]]

    @property
    def measures(self) -> Measures:
        return self.at.measures

    @property
    def outcomes(self) -> list[MeasureAt]:
        """The measures of the whole plan that are told: those with a number first."""
        set_up = [row for row in self.measures.outcomes if row.is_set_up]
        return sorted(set_up, key=lambda row: row.reading.value is None)[:OUTCOMES_SHOWN]

    @property
    def measured(self) -> list[tuple[State, int]]:
        """How many of the measures that are set up stand how, those that need attention first."""
        counts = self.measures.counts
        return [(state, counts[state]) for state in MEASURE_STATES if counts[state]]

    @cached_property
    def causes(self) -> list[Cause]:
        return [cause(self.view, each) for each in self.now.causes]


def read_dashboard(view: PlanView) -> Dashboard:
    """Return the dashboard for a view of the plan.

    The number of queries is fixed, and higher if two moments are compared. The earlier status of
    items is the later one, but for those that may differ.
    """
    # Texts are compared only, and no measure is drawn.
    whole = plan_at(view.plan, view.at, texts=view.since is not None, all_numbers=False)
    at = whole.narrowed(pillar=view.pillar, lead=view.agency)
    if view.since is None:
        return compose(view, at)
    changes = read_changes(view, whole)
    before = [item for item in at.items if item.pk not in changes.after]
    before += [
        item
        for item in changes.before.values()
        if view.pillar in (None, item.pillar) and view.agency in (None, item.lead)
    ]
    moved = [item for item in at.items if item.pk in changes.after]
    return compose(view, at, EarlierCounts(items=before), moves_of(changes.before, moved), changes)


def build(view: PlanView, at: PlanAt, before: PlanAt | None) -> Dashboard:
    """Return the dashboard, counted from whole plans. It names no changes."""
    at = at.narrowed(pillar=view.pillar, lead=view.agency)
    if before is None:
        return compose(view, at)
    moves = moves_of(before.by_pk, at.items)
    before = before.narrowed(pillar=view.pillar, lead=view.agency)
    then = EarlierCounts(items=before.items, needing=len(attention(before)))
    return compose(view, at, then, moves)


def compose(
    view: PlanView,
    at: PlanAt,
    then: EarlierCounts | None = None,
    moves: Moves = NO_MOVES,
    changes: Comparison | None = None,
) -> Dashboard:
    return Dashboard(view=view, at=at, now=PlanCounts(at), then=then, moves=moves, compared=changes)


def statuses(
    view: PlanView, now: PlanCounts, then: EarlierCounts | None, moves: Moves = NO_MOVES
) -> list[Figure]:
    """Return the number of items by status; they add up to all. What cannot be judged is left out if nothing is.

    A change is coloured by where its items went: fewer in doubt is worse if they became late.
    """
    figures = _stand(view, in_all(now), in_all(then) if then else None)
    return [
        replace(each, is_better=moves.led_to_better(Status(each.kind)) if each.change else None)
        for each in figures
        if each.count or each.was or each.kind != Status.UNJUDGED
    ]


def in_all(counts: PlanCounts | EarlierCounts) -> Counter[Status]:
    """Return the number of items by status."""
    found: Counter[Status] = Counter()
    for of_place in counts.statuses.values():
        found.update(of_place)
    return found


def _stand(
    view: PlanView, now: Counter[Status], then: Counter[Status] | None, **of: Any
) -> list[Figure]:
    total, home = now.total(), view.items(**of)
    start = f"{home}{'&' if '?' in home else '?'}standing="
    return [
        Figure(
            label=status.label,
            count=now[status],
            url=f"{start}{status}",
            was=then[status] if then is not None else None,
            kind=status,
            note="" if of else status.counts,
            total=total,
        )
        for status in SHOWN_STATUSES
        if not of or now[status] or (then and then[status])
    ]


def headline(at: PlanAt) -> str:
    """Return the state of the plan in one sentence.

    For example: 28 work items: 9 complete, 4 late, 15 on time; 3 variations are waiting for a decision.
    """
    count = Counter(item.status for item in at.items)
    return in_one_sentence(count, len(at.variations), at.moment)


def in_one_sentence(count: Counter[Status], pending: int, moment: Moment) -> str:
    """Return how many items have each status, and how many variations wait for a decision."""
    if count.total() == 0:
        return (
            gettext("No work items yet.")
            if moment.is_now
            else gettext("The plan had no work items on that day.")
        )
    parts = [
        f"{count[status]:,} {status.label.lower()}"
        for status in (
            Status.COMPLETE,
            Status.LATE,
            Status.IN_DOUBT,
            Status.ON_TIME,
            Status.UNJUDGED,
        )  # fmt: skip
        if count[status] or status in (Status.COMPLETE, Status.LATE)
    ]
    # What is withdrawn is no part of what is counted.
    gone = count[Status.WITHDRAWN]
    total = count.total() - gone
    items = ngettext(
        "{count:,} work item: {counts}", "{count:,} work items: {counts}", total
    ).format(count=total, counts=", ".join(parts))
    if gone:
        items = ngettext(
            "{items}; {count:,} more is withdrawn", "{items}; {count:,} more are withdrawn", gone
        ).format(items=items, count=gone)
    if not pending:
        return f"{items}."
    return ngettext(
        "{items}; {count:,} variation is waiting for a decision.",
        "{items}; {count:,} variations are waiting for a decision.",
        pending,
    ).format(items=items, count=pending)


def finding(
    view: PlanView,
    now: Counter[Status],
    then: Counter[Status] | None,
    moves: Moves = NO_MOVES,
) -> str:
    """Return how the plan is going: "Seven of 25 work items are late, two more than on 17 October: 1.2 and
    3.1 became late."
    """
    gone, late, complete = now[Status.WITHDRAWN], now[Status.LATE], now[Status.COMPLETE]
    unjudged = now[Status.UNJUDGED]
    if now.total() == 0:
        return in_one_sentence(now, 0, view.at)
    is_now, total = view.at.is_now, now.total() - gone
    if complete == total:
        return _all_over(complete, now.total(), is_now=is_now)
    compared = ""
    if then:
        compared = _compared(view, late, then[Status.LATE])
        if _named(now, then, moves):
            compared += f": {_moved(moves, is_now=is_now)}"
    if view.at.is_end_of_plan:
        return _at_the_end(complete, late, total, is_now=is_now)
    if unjudged + complete == total:
        return _nothing_judged(unjudged, total, is_now=is_now)
    if late == 0:
        sentence = (
            gettext("No work item is late{compared}.")
            if is_now
            else gettext("No work item was late{compared}.")
        ).format(compared=compared)
        if doubt := now[Status.IN_DOUBT]:
            return f"{sentence} {_in_doubt(doubt, is_now=is_now)}"
        return (
            f"{sentence} {_nothing_judged(unjudged, total, is_now=is_now)}"
            if unjudged
            else sentence
        )
    return (
        ngettext("{items} is late{compared}.", "{items} are late{compared}.", late)
        if is_now
        else ngettext("{items} was late{compared}.", "{items} were late{compared}.", late)
    ).format(items=_share(late, total), compared=compared)


def _all_over(complete: int, total: int, *, is_now: bool) -> str:
    """Say how a plan went of which every item is complete or withdrawn."""
    if complete < total:
        return (
            ngettext(
                "{items} is complete and the others withdrawn.",
                "{items} are complete and the others withdrawn.",
                complete,
            )
            if is_now
            else ngettext(
                "{items} was complete and the others withdrawn.",
                "{items} were complete and the others withdrawn.",
                complete,
            )
        ).format(items=_share(complete, total))
    if total == 1:
        return (
            gettext("The only work item is complete.")
            if is_now
            else gettext("The only work item was complete.")
        )
    return (
        gettext("All {count} work items are complete.")
        if is_now
        else gettext("All {count} work items were complete.")
    ).format(count=in_words(total))


def _at_the_end(complete: int, late: int, total: int, *, is_now: bool) -> str:
    """Say how many items were complete when the plan ended, and how many are late since."""
    if not late:
        others = gettext("none was late")
    else:
        others = (
            ngettext(
                "{count} is late, with no completion recorded",
                "{count} are late, with no completion recorded",
                late,
            )
            if is_now
            else ngettext(
                "{count} was late, with no completion recorded",
                "{count} were late, with no completion recorded",
                late,
            )
        ).format(count=in_words(late))
    return (
        ngettext(
            "{items} is complete when the plan ended; {others}.",
            "{items} are complete when the plan ended; {others}.",
            complete,
        )
        if is_now
        else ngettext(
            "{items} was complete when the plan ended; {others}.",
            "{items} were complete when the plan ended; {others}.",
            complete,
        )
    ).format(items=_share(complete, total), others=others)


def _in_doubt(count: int, *, is_now: bool) -> str:
    return (
        ngettext("{count} is in doubt.", "{count} are in doubt.", count)
        if is_now
        else ngettext("{count} was in doubt.", "{count} were in doubt.", count)
    ).format(count=capitalised(in_words(count)))


def _nothing_judged(count: int, total: int, *, is_now: bool) -> str:
    """Say how many items have no date ahead, and no doubt about them."""
    return (
        ngettext(
            "{items} cannot be judged: it has no open milestone.",
            "{items} cannot be judged: they have no open milestone.",
            count,
        )
        if is_now
        else ngettext(
            "{items} could not be judged: it had no open milestone.",
            "{items} could not be judged: they had no open milestone.",
            count,
        )
    ).format(items=_share(count, total))


def costliest(causes: Sequence[CauseCount], *, is_now: bool, unexplained: int = 0) -> str:
    """Return which cause costs most: "Consultation costs most: 457 of 873 days in open delays." With `unexplained`
    late items, whose delay has no cause, it is the most of what is recorded."""
    named = (each for each in causes if each.cause != Delay.Cause.OTHER and each.days > 0)
    if (most := next(named, None)) is None:
        return ""
    if unexplained and len(causes) == 1:
        sentence = (
            gettext("The only cause recorded is {within}: {days:,} days in open delays.")
            if is_now
            else gettext("The only cause recorded was {within}: {days:,} days in open delays.")
        )
    elif not is_now:
        sentence = gettext("{cause} had cost most: {days:,} of {all:,} days in open delays.")
    elif most.cause == Delay.Cause.PRIOR_COMMITMENTS:  # "Prior commitments", which are several
        sentence = gettext("{cause} cost most: {days:,} of {all:,} days in open delays.")
    else:
        sentence = gettext("{cause} costs most: {days:,} of {all:,} days in open delays.")
    total, within = sum(each.days for each in causes), because_of(most.cause)
    says = sentence.format(cause=capitalised(within), within=within, days=most.days, all=total)
    return f"{says} {_unexplained(unexplained, is_now=is_now)}".rstrip()


def _unexplained(count: int, *, is_now: bool) -> str:
    """Return "Three late items have no cause recorded.", or "" of none."""
    if not count:
        return ""
    says = (
        ngettext(
            "{items} late item has no cause recorded.",
            "{items} late items have no cause recorded.",
            count,
        )
        if is_now
        else ngettext(
            "{items} late item had no cause recorded.",
            "{items} late items had no cause recorded.",
            count,
        )
    )
    return says.format(items=capitalised(in_words(count)))


def _share(count: int, total: int) -> str:
    """Return "Seven of 25 work items"."""
    return ngettext("{part} of {total} work item", "{part} of {total} work items", total).format(
        part=capitalised(in_words(count)) if count else gettext("None"), total=in_words(total)
    )


def _compared(view: PlanView, now: int, then: int) -> str:
    """Return ", two more than on 17 October", with the year if it is another."""
    assert view.since is not None
    on, day = view.at.on, view.since.on
    year = f" {day.year}" if day.year != on.year else ""
    when = gettext("on {day}").format(day=f"{day:%-d %B}{year}") if day != on else gettext("before")
    if now == then:
        return (
            gettext(", as {when}").format(when=when)
            if now == 0
            else gettext(", as many as {when}").format(when=when)
        )
    sentence = (
        gettext(", {count} more than {when}")
        if now > then
        else gettext(", {count} fewer than {when}")
    )
    return sentence.format(count=in_words(abs(now - then)), when=when)


def _named(now: Counter[Status], then: Counter[Status], moves: Moves) -> list[ItemAt]:
    """Return the items that the headline names, in its order: those that became late, and those that no longer are.

    None if they are many, and none if they do not explain the difference, as items of a part of the plan may come
    from another part.
    """
    became, ended = moves.became_late, moves.no_longer_late
    explained = len(became) - len(ended) == now[Status.LATE] - then[Status.LATE]
    is_few = max(len(became), len(ended)) <= NAMED
    return [*became, *ended] if explained and is_few else []


def _moved(moves: Moves, *, is_now: bool) -> str:
    """Return "1.2 and 3.1 became late, and 2.4 is no longer late"."""
    became, ended = moves.became_late, moves.no_longer_late
    parts = []
    if became:
        parts.append(
            gettext("{items} became late").format(items=join_words(item.number for item in became))
        )
    if ended:
        words = (
            ngettext("{items} is no longer late", "{items} are no longer late", len(ended))
            if is_now
            else ngettext("{items} was no longer late", "{items} were no longer late", len(ended))
        )
        parts.append(words.format(items=join_words(item.number for item in ended)))
    return gettext(", and ").join(parts)


def grid(view: PlanView, at: PlanAt, now: PlanCounts, then: EarlierCounts | None) -> Grid:
    stood = then.stood if then else {}
    agencies = sorted(
        (at.agencies[pk] for pk in {lead for _, lead in now.statuses}),
        key=lambda agency: agency.short_name.casefold(),
    )
    pillars = [row for row in at.pillars if view.pillar in (None, row.pk)]
    none: Counter[Status] = Counter()
    added, were = _added(now), _added(then) if then else None

    def figure(label: str, **of: int) -> Figure:
        """Return the number of items of a pillar and a lead agency, of one of them, or of all."""
        place = of.get("pillar"), of.get("lead")
        return Figure(
            label=label,
            count=added[place],
            url=view.items(**of),
            was=were[place] if were is not None else None,
        )

    def cell(pillar: Any, agency: Any) -> Cell:
        place = pillar.pk, agency.pk
        was = then.statuses.get(place, none) if then else None
        of = {"pillar": pillar.pk, "lead": agency.pk}
        is_crowded = added[place] > MARKS_IN_A_CELL
        return Cell(
            figure=figure(f"{agency.short_name}, {pillar.title}", **of),
            marks=[Mark(item, _differs(item, stood)) for item in now.single.get(place, ())],
            counts=_stand(view, now.statuses[place], was, **of) if is_crowded else [],
        )

    return Grid(
        agencies=agencies,
        rows=[
            GridRow(
                pillar=pillar,
                cells=[cell(pillar, agency) for agency in agencies],
                total=figure(
                    gettext("All of {pillar}").format(pillar=pillar.title), pillar=pillar.pk
                ),
            )
            for pillar in pillars
        ],
        totals=[
            figure(gettext("All of {agency}").format(agency=agency.short_name), lead=agency.pk)
            for agency in agencies
        ],
        total=figure(gettext("All work items")),
    )


def _added(
    counts: PlanCounts | EarlierCounts,
) -> Counter[tuple[int | None, int | None]]:
    """Return the numbers of items by pillar and lead agency; None stands for all pillars, and for all agencies."""
    found: Counter[tuple[int | None, int | None]] = Counter()
    for (pillar, lead), count in counts.statuses.items():
        items = count.total()
        for place in ((pillar, lead), (pillar, None), (None, lead), (None, None)):
            found[place] += items
    return found


def _differs(item: ItemAt, stood: Mapping[int, Status]) -> Status | None:
    was = stood.get(item.pk)
    return was if was != item.status else None


def cause(view: PlanView, counted: CauseCount) -> Cause:
    return Cause(
        Figure(
            label=str(Delay.Cause(counted.cause).label),
            count=counted.delays,
            url=view.link("delays", cause=counted.cause),
            kind=counted.cause,
        ),
        counted.days,
    )
