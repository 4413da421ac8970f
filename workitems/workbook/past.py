"""The history of imported rows, with the days on which things were true.

A new row begins when its plan was released, with nothing done yet, and takes each step on its
day: an item what its lead agency's accepted updates said, a milestone its slip and completion, a
delay its end. What the workbook has no day for is true from the import on. So "as at" a day in
imported years shows the plan as it stood.

A row that was known already keeps the past it has: a step joins it where its day is later than
the row's last change, and is otherwise part of the import.
"""

import copy
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Model

from workitems.models import Delay, Milestone, Mitigation, Return, Risk, Round, Update, WorkItem
from workitems.models.item import Stage
from workitems.workbook.proposal import Draft
from workitems.workbook.record import Heard, morning

# By model, the fields that hold a day, and which fields change on it.
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
    """Makes the states of drafts that are saved. `slips` has the first day of each delayed
    milestone's new delays, by its item's number and its own."""

    def __init__(
        self, *, released_on: date, at: datetime, heard: Heard, slips: dict[tuple[str, int], date]
    ) -> None:
        self.released = morning(released_on)
        self.at, self.heard, self.slips = at, heard, slips

    def states(self, drafts: list[Draft]) -> Iterator[tuple[Model, datetime]]:
        """Rows as they were and when, oldest first for each. The drafts are of one model."""
        last = self._last_changes([draft for draft in drafts if not draft.is_new])
        for draft in drafts:
            began, steps = self._life(draft)
            if draft.is_new:
                start = min(max(self.released, self._start(draft.row)), self.at)
                yield from self._from_the_start(draft.row, start, began, steps)
            else:
                yield from self._from_now_on(draft, last[draft.row.pk], steps)

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
        """When a row came to be, if that is later than the release."""
        if isinstance(row, Delay):
            return morning(row.found_on)
        if isinstance(row, Mitigation):
            return morning(row.delay.found_on)
        if isinstance(row, Round):
            return row.opened_at
        if isinstance(row, Return):
            return row.round.opened_at
        if isinstance(row, Update):
            return row.written_at
        return self.released

    def _life(self, draft: Draft) -> tuple[Values, list[Step]]:
        """How a row began, and the steps it took since."""
        row = draft.row
        if isinstance(row, WorkItem):
            return self._life_of_item(draft)
        began: Values = {}
        steps: list[Step] = []
        for day_field, fields in STEPS.get(type(row), {}).items():
            began |= {name: row._meta.get_field(name).get_default() for name in fields}
            day = getattr(row, day_field)
            if day is not None and (draft.is_new or day_field in draft.was):
                steps.append((_moment(day), {name: getattr(row, name) for name in fields}))
        if isinstance(row, Milestone):
            slipped = self.slips.get((row.item.number, row.number))
            if slipped and (draft.is_new or "forecast_due" in draft.was):
                began["forecast_due"] = row.agreed_due
                steps.append((morning(slipped), {"forecast_due": row.forecast_due}))
        return began, steps

    def _life_of_item(self, draft: Draft) -> tuple[Values, list[Step]]:
        item = draft.row
        told = sorted(self.heard.new.get(item.number, []), key=lambda pair: pair[0])
        began = {
            "stage": Stage.NOT_STARTED,
            "confidence": "" if told else item.confidence,
            "completed_on": None,
            "heard_on": None,
        }
        if not told and item.stage in (Stage.UNDER_WAY, Stage.ONGOING):
            # Nobody said when it started, so it counts as under way all along.
            began["stage"] = item.stage
        done = _day_of_completion(item, told) if item.stage == Stage.COMPLETE else None
        steps: list[Step] = []
        for day, update in told:
            is_done = done is not None and day >= done
            complete = is_done or update.stage == Stage.COMPLETE
            steps.append(
                (
                    morning(day),
                    {
                        "stage": Stage.COMPLETE if complete else update.stage,
                        "confidence": update.confidence,
                        "completed_on": (item.completed_on or day) if complete else None,
                        "heard_on": day,
                    },
                )
            )
        if done is not None and (draft.is_new or "completed_on" in draft.was):
            steps.append(
                (morning(done), {"stage": Stage.COMPLETE, "completed_on": item.completed_on})
            )
        return began, steps

    def _from_the_start(
        self, row: Model, start: datetime, began: Values, steps: list[Step]
    ) -> Iterator[tuple[Model, datetime]]:
        if start >= self.at:
            yield row, self.at
            return
        yield _state(row, began), start
        yield from self._onward(row, start, began, steps)

    def _from_now_on(
        self, draft: Draft, last: datetime, steps: list[Step]
    ) -> Iterator[tuple[Model, datetime]]:
        later = [(when, values) for when, values in steps if when > last]
        yield from self._onward(draft.row, last, dict(draft.was), later)

    def _onward(
        self, row: Model, last: datetime, values: Values, steps: list[Step]
    ) -> Iterator[tuple[Model, datetime]]:
        """The states after the steps, then the row as it is now if that says more.

        Two states of a row never share a moment: history could not tell which is the later.
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
            yield row, self.at


def _day_of_completion(item: Any, told: list[tuple[date, Update]]) -> date | None:
    """From when a complete item counts as complete, so that it never goes back and forth.

    The day of its completion; but where its agency still said otherwise afterwards, the day on
    which it first said so for good, or none when it never did.
    """
    done: date = item.completed_on
    others = [day for day, update in told if update.stage != Stage.COMPLETE]
    if not others or others[-1] < done:
        return done
    said = [day for day, update in told if update.stage == Stage.COMPLETE and day > others[-1]]
    return min(said, default=None)


def _state(row: Model, values: Values) -> Model:
    state = copy.copy(row)
    for name, value in values.items():
        setattr(state, name, value)
    return state
