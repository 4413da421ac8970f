"""Compares a plan at two moments, item by item.

Takes and returns plain data. An item's changes are its own and those of its milestones and their
delays. Some kinds exclude each other; see the functions.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from agencies.models import Agency
from reports.progress.changes import change_words
from reports.progress.changes.change import Change, HandedOver, Kind, Reworded
from workitems.models import Variation
from workitems.models.item import Stage, number_key
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, VariationAt
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS, official
from workitems.terms.lateness import while_waiting

# For items completed in between, only milestones that were late or early are reported.
NO_NEWS_OF_COMPLETE = (
    Kind.DONE, Kind.NEW_MILESTONE, Kind.MILESTONE_WITHDRAWN, Kind.REOPENED,
)  # fmt: skip
# The texts of an item that are reported.
NEWS = attrgetter(*(name for name, text in ITEM_TEXTS.items() if text.is_news))


@dataclass(frozen=True, kw_only=True)
class PlanThen:
    """The items of a plan that may differ between two moments, and what belongs to them, by id.

    Items that are the same at both moments may be left out of both. `milestones` are those that may
    differ, by their items.
    """

    on: date
    items: dict[int, ItemAt]
    milestones: Mapping[int, Sequence[MilestoneAt]]
    approved: dict[int, VariationAt]
    pillars: dict[int, str]
    agencies: dict[int, str]
    # The working group, if it may differ, and the agencies that no longer exist.
    members: Sequence[int] = ()
    ended: Mapping[int, Agency] = field(default_factory=dict)
    # The supporting agencies by item, if they may differ.
    supports: Mapping[int, Set[int]] = field(default_factory=dict)
    # Who took over from the agencies that ended, where that is told once of the plan and not of each item.
    took_over: Mapping[int, int] = field(default_factory=dict)
    # Who imported the confidence that an item has, instead of its lead, by item.
    entered: Mapping[int, str] = field(default_factory=dict)
    # Why the date of a delay that was known before has moved again, by delay.
    moved_again: Mapping[int, str] = field(default_factory=dict)


# What of the plan itself changes by a variation.
OF_PLAN = (
    Variation.Kind.END, Variation.Kind.MEMBER, Variation.Kind.WORDING, Variation.Kind.DETAIL,
)  # fmt: skip


def changes_of_plan(before: PlanThen, after: PlanThen, plan: ItemAt) -> Iterator[Change]:
    """Yield what the working group changed of the plan itself, for which `plan` stands."""
    for pk, row in after.approved.items():
        if pk not in before.approved and row.item is None and row.kind in OF_PLAN:
            yield change_words.plan_changed(plan, row)
    decided = {
        row.text_before
        for pk, row in after.approved.items()
        if pk not in before.approved and row.kind == Variation.Kind.MEMBER
    }
    for pk in sorted({*before.members} ^ {*after.members}):
        name = after.agencies[pk]
        if pk in after.members:
            yield change_words.joined(plan, name)
        elif pk in after.ended:
            yield change_words.ended(plan, after.ended[pk], _handed_over(before, after, pk))
        elif name not in decided:
            yield change_words.left(plan, name)


def _handed_over(before: PlanThen, after: PlanThen, agency: int) -> HandedOver:
    """Return what of an agency that ended went to another one: the items that it led and supported."""
    to = after.took_over.get(agency)
    led = [
        now
        for pk, now in after.items.items()
        if to == now.lead and pk in before.items and before.items[pk].lead == agency
    ]
    supported = [
        pk
        for pk, those in before.supports.items()
        if agency in those and agency not in after.supports.get(pk, ())
    ]
    numbers = sorted((each.number for each in led), key=number_key)
    return HandedOver(numbers, len(supported)) if to else HandedOver([], 0)


def differences(before: PlanThen, after: PlanThen) -> Iterator[Change]:
    """Yield the changes, item by item. Items not in `after` are ignored.

    A new item did not exist before. If it is completed or withdrawn, that is reported too, but
    nothing else, as there is no earlier state.
    """
    return _Comparing(before, after).changes()


def changed_texts(was: ItemAt, now: ItemAt, *, is_official: bool) -> list[Reworded]:
    """Return the item's texts that differ and are reported: its official wording, or the others."""
    return [
        Reworded(str(text.label), getattr(was, name), getattr(now, name))
        for name, text in ITEM_TEXTS.items()
        if text.is_news
        and text.is_official == is_official
        and getattr(was, name) != getattr(now, name)
    ]


def _reworded(was: MilestoneAt, now: MilestoneAt) -> list[Reworded]:
    """Return the official words of the milestone that differ."""
    return [
        Reworded(MILESTONE_TEXTS[name].name, getattr(was, name), getattr(now, name))
        for name in official(MILESTONE_TEXTS)
        if getattr(was, name) != getattr(now, name)
    ]


class _DateChange(NamedTuple):
    """How a milestone's date changed, and whether that also reports its delays."""

    change: Change | None = None
    reports_delays: bool = False


class _Comparing:
    def __init__(self, before: PlanThen, after: PlanThen) -> None:
        self.before, self.after = before, after
        was = [row for rows in before.milestones.values() for row in rows]
        self.milestones = {row.pk: row for row in was}
        self.delays = {row.pk: row for milestone in was for row in milestone.delays}
        # By the items and then the kinds of what was approved between the moments; most items have none.
        self.approved: dict[int | None, dict[tuple[Any, ...], list[VariationAt]]] = {}
        for pk, row in after.approved.items():
            if pk not in before.approved:
                of_item = self.approved.setdefault(row.item, defaultdict(list))
                of_item[row.kind, row.milestone].append(row)

    def changes(self) -> Iterator[Change]:
        for pk, now in self.after.items.items():
            was = self.before.items.get(pk)
            milestones = self.after.milestones.get(pk, ())
            yield from self.stage(was, now)
            if now.is_late and not (was and was.is_late):
                # Of an item that was not late, every late milestone is among those that may differ.
                late = [row for row in milestones if row.is_late] if not was or was.is_live else []
                worst = min(
                    late, key=lambda row: (not row.is_overdue, -row.late.days), default=None
                )
                cause = self.cause(worst) if worst else None
                late_by = while_waiting(now.late, worst, [cause]) if worst and cause else now.late
                yield change_words.became_late(was, now._replace(late=late_by), cause)
            if was is None:
                yield change_words.new(
                    now._replace(milestones=tuple(milestones)),
                    self.after.agencies[now.lead],
                    self.after.pillars[now.pillar],
                    self.by(now, Variation.Kind.ITEM),
                )
                continue
            yield from self.identity(was, now)
            if now.stage == Stage.WITHDRAWN or not (was.is_live or now.is_live):
                continue
            for milestone in milestones:
                for change in self.milestone(milestone, was, now):
                    if now.is_live or change.kind not in NO_NEWS_OF_COMPLETE:
                        yield change

    # --- items -------------------------------------------------------------------------------

    def stage(self, was: ItemAt | None, now: ItemAt) -> Iterator[Change]:
        """Yield at most one change: completed, withdrawn, reopened, or another change of stage."""
        old = was.stage if was else None
        if old == now.stage:
            return
        if now.stage == Stage.COMPLETE:
            yield change_words.completed(was, now)
        elif now.stage == Stage.WITHDRAWN:
            yield change_words.withdrawn(was, now, self.by(now, Variation.Kind.WITHDRAWAL))
        elif was is None:
            return
        elif not was.is_live:
            yield change_words.reopened(was, now)
        else:
            yield change_words.stage_moved(was, now)

    def identity(self, was: ItemAt, now: ItemAt) -> Iterator[Change]:
        """Yield changes of texts, confidence, lead, pillar and number, each separately."""
        if NEWS(was) != NEWS(now):
            if official := changed_texts(was, now, is_official=True):
                yield change_words.reworded(now, official, self.by(now, Variation.Kind.WORDING))
            if others := changed_texts(was, now, is_official=False):
                yield change_words.texts_changed(now, others)
        if (was.confidence, was.reviewer_confidence) != (now.confidence, now.reviewer_confidence):
            yield change_words.confidence_moved(was, now, self.after.entered.get(now.pk, ""))
        if was.lead != now.lead:
            by = self.by(now, Variation.Kind.LEAD)
            if by or not self.is_taken_over(was.lead, now.lead):
                yield change_words.lead_moved(was, now, self.after.agencies, by)
        details = self.by(now, Variation.Kind.DETAIL)
        if was.pillar != now.pillar:
            by = [row for row in details if row.wording == Variation.Wording.PILLAR]
            yield change_words.pillar_moved(was, now, self.after.pillars, by)
        for row in details:
            if row.wording != Variation.Wording.PILLAR:
                yield change_words.detail_changed(now, row)
        decided = self.by(now, Variation.Kind.SUPPORTER)
        for row in decided:
            yield change_words.support_changed(now, row)
        yield from self.supports(now, decided)
        if was.number != now.number:
            yield change_words.renumbered(was, now)

    def supports(self, item: ItemAt, decided: Sequence[VariationAt]) -> Iterator[Change]:
        """Yield which agencies support the item or no longer do, by name, without those that the group decided."""
        before, after = (then.supports.get(item.pk, set()) for then in (self.before, self.after))
        if before == after:
            return
        names = self.after.agencies
        told = {name for row in decided for name in (row.text_before, row.text_after)}
        went = {pk for pk in before - after if pk in self.after.took_over}
        after = after - ({self.after.took_over[pk] for pk in went} - before)
        before = before - went
        gone, come = (
            [name for name in sorted(names[pk] for pk in found) if name not in told]
            for found in (before - after, after - before)
        )
        if len(gone) == len(come) == 1:
            yield change_words.support_moved(item, gone[0], come[0])
            return
        for name in gone:
            yield change_words.support_ended(item, name)
        for name in come:
            yield change_words.support_began(item, name)

    def is_taken_over(self, was: int, now: int) -> bool:
        """Whether an agency that ended handed over to the other, which is told once."""
        return self.after.took_over.get(was) == now

    def by(self, item: ItemAt, kind: str, milestone: int | None = None) -> list[VariationAt]:
        """Return variations of a kind approved between the moments."""
        of_item = self.approved.get(item.pk)
        return of_item.get((kind, milestone), []) if of_item else []

    # --- milestones --------------------------------------------------------------------------

    def milestone(self, now: MilestoneAt, item_was: ItemAt, item: ItemAt) -> Iterator[Change]:
        """Yield the change of its date (at most one, but for one that slipped and passed its agreed date), of its
        agreed date, and of its delays."""
        was = self.milestones.get(now.pk)
        if was is None:
            by = self.by(item, Variation.Kind.MILESTONE, now.pk)
            yield change_words.new_milestone(item, now, by)
            return
        date_change = self.date_change(was, now, item_was, item)
        if date_change.change:
            yield date_change.change
            if date_change.change.kind == Kind.SLIPPED and _passed(was, now):
                # The change before has the cause.
                yield change_words.fell_overdue(item, now, None)
        if (was.agreed_due, was.agreed_known_to) != (now.agreed_due, now.agreed_known_to):
            yield change_words.agreed_moved(
                item, was, now, self.by(item, Variation.Kind.DATE, now.pk)
            )
        by = self.by(item, Variation.Kind.WORDING, now.pk)
        if wordings := _reworded(was, now):
            yield change_words.milestone_reworded(item, now, wordings, by)
        by = self.by(item, Variation.Kind.RESPONSIBLE, now.pk)
        is_told = not self.is_taken_over(was.responsible, now.responsible)
        if was.responsible != now.responsible and (by or is_told):
            yield change_words.responsible_moved(item, was, now, self.after.agencies, by)
        if item.is_live and not date_change.reports_delays:
            yield from self.delay(now, item)

    def date_change(
        self, was: MilestoneAt, now: MilestoneAt, item_was: ItemAt, item: ItemAt
    ) -> _DateChange:
        """Return at most one of: withdrawn, reopened, done, slipped, fell overdue, recovered,
        restated.

        Slipped: expected later than before, or done later than expected without having been overdue
        before. Fell overdue: its agreed date passed in between, without a later forecast; one with a later forecast has
        both changes.
        Recovered: expected earlier than before with its agreed date not passed in between; or
        overdue before and done since, on any day; or expected late before and done sooner than
        that. Done: all other milestones completed. Restated: expected by the same last day as before,
        which is known more or less precisely.

        Dates slip and recover only while the item is live. One that is now expected by the later date to which the
        group moved it has not slipped besides. A milestone that is no longer late only
        because its agreed date was moved has not recovered; that move is reported instead.
        """
        if now.is_withdrawn:
            by = self.by(item, Variation.Kind.CANCEL, now.pk)
            is_news = not was.is_withdrawn
            return _DateChange(
                change_words.milestone_withdrawn(item, now, by) if is_news else None, True
            )
        if now.is_done:
            if was.is_done:
                return _DateChange(None, True)
            done = self.done(was, now, item) if item_was.is_live else change_words.done(item, now)
            return _DateChange(done, True)
        if not was.is_open:
            return _DateChange(change_words.milestone_reopened(item, now))
        if not (item_was.is_live and item.is_live):
            return _DateChange()
        if now.forecast_due > was.forecast_due and _follows_agreed(was, now):
            return _DateChange()
        if now.forecast_due > was.forecast_due:
            return _DateChange(change_words.slipped(item, was, now, self.cause(now)), True)
        if _passed(was, now):
            return _DateChange(change_words.fell_overdue(item, now, self.cause(now)), True)
        if now.forecast_due < was.forecast_due:
            return _DateChange(change_words.nearer(item, was, now), not now.late.is_late)
        if now.forecast_known_to != was.forecast_known_to:
            return _DateChange(change_words.restated(item, was, now))
        return _DateChange()

    def done(self, was: MilestoneAt, now: MilestoneAt, item: ItemAt) -> Change:
        assert now.completed_on is not None
        if was.is_overdue:
            return change_words.done_at_last(item, was, now)
        if now.completed_on > max(was.forecast_due, was.on):
            return change_words.done_later(item, was, now, self.cause(now))
        if was.late.is_late and now.completed_on < was.forecast_due:
            return change_words.done_sooner(item, was, now)
        return change_words.done(item, now)

    # --- delays ------------------------------------------------------------------------------

    def delay(self, milestone: MilestoneAt, item: ItemAt) -> Iterator[Change]:
        """Yield delays recorded or ended, unless the change of the date already mentions them."""
        for now in milestone.delays:
            was = self.delays.get(now.pk)
            was_open = was is not None and was.is_open
            if now.is_open and not was_open:
                yield change_words.delay_found(item, milestone, now)
            elif was_open and not now.is_open:
                yield change_words.delay_ended(item, milestone, now)

    def cause(self, milestone: MilestoneAt) -> DelayAt | None:
        """Return the milestone's open delay or, without one, the last found between the moments; of one whose date has moved
        again, with the reason of that move and without the cause of the first."""
        then, again = self.before.on, self.after.moved_again
        found = [row for row in milestone.delays if row.is_open or row.found_on > then]
        row = max(found, key=lambda row: (row.is_open, row.found_on, row.pk), default=None)
        return row._replace(cause="", explanation=again[row.pk]) if row and row.pk in again else row


def _follows_agreed(was: MilestoneAt, now: MilestoneAt) -> bool:
    """Whether it was expected by its agreed date, and is by the later one that was agreed in between."""
    agreed = (was.agreed_due, was.agreed_known_to), (now.agreed_due, now.agreed_known_to)
    expected = (was.forecast_due, was.forecast_known_to), (now.forecast_due, now.forecast_known_to)
    return agreed == expected and now.agreed_due > was.agreed_due


def _passed(was: MilestoneAt, now: MilestoneAt) -> bool:
    """Whether it passed its agreed date in between, and is open."""
    return now.is_overdue and not was.is_overdue
