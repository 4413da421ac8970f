"""History rows of imported rows, dated on the days on which the changes happened.

The history of a new row begins at the plan's release with nothing done. Each change is dated on
its day: for an item the accepted updates of its lead agency, for a milestone its first delay and
its completion, for a delay its end. Values without a day are dated at the import, or at the end of
a plan that ended before it. So a page "as at" a day in imported years shows the plan as it was.

What a spreadsheet says that is no workbook (`known_on`) is known from its own day on, or from the day of the row's
last update: until then an item is not reported, and its milestones are expected when they were first due.

An existing row keeps its history. A change with a day after the row's last change is dated on that
day, and otherwise at the import.
"""

import copy
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Model

from workitems.intake.workbook.proposal import Draft
from workitems.intake.workbook.record import AcceptedUpdates, morning
from workitems.models import (
    Delay,
    MeasureValue,
    Member,
    Milestone,
    Mitigation,
    Plan,
    Return,
    Risk,
    Round,
    Update,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.plan.asat import end_of

# By model: the fields that contain a day, and the fields that change on that day.
STEPS: dict[type[Model], dict[str, tuple[str, ...]]] = {
    Milestone: {"completed_on": ("completed_on",), "withdrawn_on": ("withdrawn_on",)},
    Delay: {"ended_on": ("ended_on",)},
    Mitigation: {"done_on": ("done_on",)},
    Risk: {"escalated_on": ("escalated_on", "escalated_to"), "closed_on": ("closed_on",)},
    Round: {"closed_at": ("closed_at",)},
    Return: {"accepted_on": ("accepted_on", "submitted_at", "state")},
}

Values = dict[str, Any]
Step = tuple[datetime, Values]


def _moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else morning(day)


class Past:
    """Build the history of saved drafts. `slips` has, by item and milestone number, the day on
    which the first new delay of a milestone was found."""

    def __init__(
        self,
        *,
        plan: Plan,
        at: datetime,
        accepted: AcceptedUpdates,
        slips: dict[tuple[str, int], date],
        known_on: dict[str, date],
        decided_on: dict[tuple[str, int], date],
        answered: Collection[str],
    ) -> None:
        self.released = morning(plan.released_on)
        # An agency joins a plan that is there already on the day of the import.
        self.joined = self.released if plan.pk is None else at
        self.undated = at
        if plan.ends_on is not None:
            self.undated = min(at, end_of(plan.ends_on) - timedelta(seconds=1))
        self.at, self.accepted, self.slips = at, accepted, slips
        self.known_on, self.decided_on, self.answered = known_on, decided_on, answered
        # By item and milestone number: when its agreed date is shown as moved, if nobody says when it was.
        self.moves: dict[tuple[str, int], datetime] = {}

    def states(self, drafts: list[Draft]) -> Iterator[tuple[Model, datetime]]:
        """Yield (row as it was, when), oldest first per row. All drafts must be of one model."""
        last = self._last_changes([draft for draft in drafts if not draft.is_new])
        for draft in drafts:
            began, steps = self._changes(draft)
            if draft.is_new:
                start = min(max(self.released, self._start(draft.row)), self.at)
                yield from self._states_of_new(draft.row, start, began, steps)
            else:
                yield from self._states_of_existing(draft, last[draft.row.pk], steps)

    def is_of_last_update(self, row: Model, when: datetime) -> bool:
        """Whether a state of an item or milestone is dated on the last update of its row, having no day of its own."""
        if isinstance(row, Milestone):
            decided = self.decided_on.get((row.item.number, row.number))
            own = {day for day in (row.completed_on, decided) if day}
            number = row.item.number
        elif isinstance(row, WorkItem):
            own = {day for day in (row.completed_on,) if day}
            number = row.number
        else:
            return False
        known = self.known_on.get(number)
        return known is not None and known not in own and when == morning(known)

    def has_answered_stage(self, row: Model) -> bool:
        """Whether a state of an item has the stage that whoever imported it said, and not the spreadsheet."""
        return (
            isinstance(row, WorkItem)
            and row.number in self.answered
            and row.stage != Stage.NOT_STARTED
        )

    def is_of_unknown_move(self, row: Model, when: datetime) -> bool:
        """Whether a state of a milestone has a new agreed date, of which the spreadsheet does not say since when."""
        return isinstance(row, Milestone) and when == self.moves.get((row.item.number, row.number))

    def _moved_by(self, row: Milestone) -> date:
        """Return the day by which a milestone's agreed date had moved, if nobody says when it did: the last day on
        which it was first due, its completion, or the day from which on the spreadsheet is known."""
        days = (self.known_on[row.item.number], row.original.last_day, row.completed_on)
        return min(day for day in days if day)

    def _last_changes(self, drafts: list[Draft]) -> dict[int, datetime]:
        if not drafts:
            return {}
        rows = drafts[0].row.history.model.objects
        ids = [draft.row.pk for draft in drafts]
        found: dict[int, datetime] = {}
        for start in range(0, len(ids), 5_000):
            found |= dict(
                rows.filter(id__in=ids[start : start + 5_000])
                .values_list("id")
                .annotate(Max("history_date"))
            )
        return found

    def _start(self, row: Any) -> datetime:
        """Return when the row began, or the plan's release if it has no own date."""
        if isinstance(row, Delay):
            return morning(row.found_on)
        if isinstance(row, Mitigation):
            return morning(row.delay.found_on)
        if isinstance(row, Round):
            return row.opened_at
        if isinstance(row, MeasureValue):
            return row.written_at
        if isinstance(row, Return):
            return row.round.opened_at
        if isinstance(row, Update):
            return max(row.written_at, row.of_return.round.opened_at)
        return self.joined if isinstance(row, Member) else self.released

    def _changes(self, draft: Draft) -> tuple[Values, list[Step]]:
        """Return the row's first values, and its later changes with their moments."""
        row = draft.row
        if isinstance(row, WorkItem):
            return self._changes_of_item(draft)
        began: Values = {}
        steps: list[Step] = []
        for day_field, fields in STEPS.get(type(row), {}).items():
            began |= {name: row._meta.get_field(name).get_default() for name in fields}
            day = getattr(row, day_field)
            if day is not None and (draft.is_new or day_field in draft.was):
                steps.append((_moment(day), {name: getattr(row, name) for name in fields}))
        if isinstance(row, Milestone) and (known := self.known_on.get(row.item.number)):
            began |= {"agreed": row.original, "forecast": row.original}
            key = row.item.number, row.number
            decided = self.decided_on.get(key) or self._moved_by(row)
            if row.agreed != row.original and key not in self.decided_on:
                self.moves[key] = max(morning(decided), self.released + timedelta(seconds=1))
            forecast = row.agreed if decided < known else row.forecast
            # First, as who agreed to a new date did so before the milestone was done.
            steps.insert(0, (morning(decided), {"agreed": row.agreed, "forecast": forecast}))
            if row.forecast != row.agreed or decided < known:
                steps.append((morning(known), {"forecast": row.forecast}))
        elif isinstance(row, Milestone):
            slipped = self.slips.get((row.item.number, row.number))
            if slipped and (draft.is_new or "forecast" in draft.was):
                began["forecast"] = row.agreed
                steps.append((morning(slipped), {"forecast": row.forecast}))
        return began, steps

    def _changes_of_item(self, draft: Draft) -> tuple[Values, list[Step]]:
        item = draft.row
        updates = sorted(self.accepted.new.get(item.number, []), key=lambda pair: pair[0])
        began = {
            "stage": Stage.NOT_STARTED,
            "confidence": "" if updates else item.confidence,
            "completed_on": None,
            "heard_on": None,
        }
        if not updates and item.stage in (Stage.UNDER_WAY, Stage.ONGOING):
            # No update says when it started, so it counts as under way from the beginning.
            began["stage"] = item.stage
        done = _day_of_completion(item, updates) if item.completed_on else None
        steps: list[Step] = []
        for day, update in updates:
            is_done = done is not None and day >= done
            complete = is_done or update.stage == Stage.COMPLETE
            steps.append(
                (
                    morning(day),
                    {
                        "stage": Stage.COMPLETE if complete else update.stage,
                        "confidence": update.confidence,
                        "completed_on": self._completed_on(item, day) if complete else None,
                        "heard_on": day,
                    },
                )
            )
        if done is not None and (draft.is_new or "completed_on" in draft.was):
            steps.append(
                (morning(done), {"stage": Stage.COMPLETE, "completed_on": item.completed_on})
            )
        return began, steps

    def _completed_on(self, item: Any, day: date) -> date | None:
        """Return since when the item was complete by an update of a day; None if nobody knows."""
        is_undated = item.stage == Stage.COMPLETE and item.completed_on is None
        return None if is_undated else item.completed_on or day

    def _states_of_new(
        self, row: Model, start: datetime, began: Values, steps: list[Step]
    ) -> Iterator[tuple[Model, datetime]]:
        if start >= self.at:
            yield row, self.at
            return
        yield _state(row, began), start
        yield from self._states_after(row, start, began, steps, undated=self.undated)

    def _states_of_existing(
        self, draft: Draft, last: datetime, steps: list[Step]
    ) -> Iterator[tuple[Model, datetime]]:
        later = [(when, values) for when, values in steps if when > last]
        yield from self._states_after(draft.row, last, dict(draft.was), later, undated=self.at)

    def _states_after(
        self,
        row: Model,
        last: datetime,
        values: Values,
        steps: list[Step],
        *,
        undated: datetime,
    ) -> Iterator[tuple[Model, datetime]]:
        """Yield the state after each change, then the present row if it differs from the last.

        Changes without a day are dated `undated`, or after the last change that has one.

        Two states of a row never have the same moment, because their order would be undefined.
        """
        for when, changed in sorted(steps, key=lambda step: step[0]):
            if all(values.get(name, getattr(row, name)) == v for name, v in changed.items()):
                continue
            when = max(when, last + timedelta(seconds=1))
            if when >= self.at:
                break
            values |= changed
            last = when
            yield _state(row, values), when
        if any(getattr(row, name) != value for name, value in values.items()):
            yield row, min(self.at, max(undated, last + timedelta(seconds=1)))


def _day_of_completion(item: Any, updates: list[tuple[date, Update]]) -> date | None:
    """Return the day from which a complete item counts as complete.

    This is its completion day. If updates after it still have another stage, it is the day of the
    first "complete" update after those, or None, so that the stage does not go back and forth.
    """
    done: date = item.completed_on
    others = [day for day, update in updates if update.stage != Stage.COMPLETE]
    if not others or others[-1] < done:
        return done
    days = [day for day, update in updates if update.stage == Stage.COMPLETE and day > others[-1]]
    return min(days, default=None)


def _state(row: Model, values: Values) -> Model:
    state = copy.copy(row)
    for name, value in values.items():
        setattr(state, name, value)
    return state
