"""A page that draws no measure reads few of its numbers, and each sentence is the same as of all."""

import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.factories import (
    MeasureFactory,
    MeasureValueFactory,
    TargetFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.workitems.measures.test_sentence import BEGAN, random_measure
from workitems.models import MeasureValue, Target
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.terms.measure_sentence import State

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MEASURES = 150


def stored(chance: random.Random, item: Any, number: int) -> None:
    """Write a random measure with its targets and accepted values."""
    measured, aims, values = random_measure(chance)
    row = MeasureFactory(
        item=item, number=number, kind=measured.kind, as_told="the measure", unit=measured.unit,
        better=measured.better, baseline=measured.baseline, baseline_on=measured.baseline_on,
    )  # fmt: skip
    by_pk: dict[int | None, Target] = {}
    for aim in aims:
        by_pk[aim.pk] = target = TargetFactory.build(
            measure=row, number=aim.number, months=aim.months, set_on=BEGAN,
            replaces=by_pk.get(aim.replaces),
        )  # fmt: skip
        target.by = aim.by
        target.save()
    given: dict[int | None, MeasureValue] = {}
    days = set()
    for each in values:
        if each.number is not None and each.corrects is None and each.day in days:
            continue
        if each.corrects is not None and each.corrects not in given:
            continue
        if each.corrects is not None:  # of an earlier day
            earlier = timedelta(days=chance.choice([0, 40]))
            starts = each.starts_on and each.starts_on - earlier
            each = each._replace(day=each.day - earlier, starts_on=starts)
        days.add(each.day)
        value = given[each.pk] = MeasureValue(
            measure=row, agency=row.responsible, day=each.day, number=each.number, of=each.of,
            starts_on=each.starts_on, because=each.because, not_comparable=each.not_comparable,
            corrects=given.get(each.corrects), correction_reason=each.correction_reason,
            given_on=each.day, written_by=UserFactory(), written_at=f"{each.day}T00:00Z",
            accepted_on=each.day + timedelta(days=chance.choice([0, 0, 30])),
        )  # fmt: skip
        value.expected_by = each.expected_by
        value.save()


def test_few_numbers_make_the_same_sentences_as_all():
    chance = random.Random(1)
    with time_machine.travel(BEGAN - timedelta(days=1)):
        item = WorkItemFactory()
        for number in range(MEASURES):
            stored(chance, item, number + 1)
    read = {True: 0, False: 0}
    for days in (0, 200, 365, 400, 700, 1000):
        moment = Moment.end_of(BEGAN + timedelta(days=days))
        found = {
            every: [
                (row.reading, row.sentence, len(row.values))
                for row in plan_at(item.plan, moment, all_numbers=every).measures
            ]
            for every in (True, False)
        }
        assert len(found[False]) == MEASURES
        assert [row[:2] for row in found[False]] == [row[:2] for row in found[True]]
        for every, rows in found.items():
            read[every] += sum(count for *_, count in rows)
    assert read[False] < read[True]


def test_which_way_was_better_on_a_past_day_decides_which_numbers_are_read():
    with time_machine.travel(BEGAN - timedelta(days=1)):
        of = {"kind": "level", "as_told": "the number of days", "better": "lower"}
        row = MeasureFactory(item__plan__adopted_on=None, **of)
        due = BEGAN + timedelta(days=100)
        TargetFactory(measure=row, number=10, due=due, set_on=BEGAN)
        for days, number in ((100, 20), (130, 8), (190, 9), (195, 9)):
            day = BEGAN + timedelta(days=days)
            MeasureValueFactory(measure=row, day=day, given_on=day, accepted_on=day, number=number)
    with time_machine.travel(BEGAN + timedelta(days=300)):
        row.better = "higher"
        row.save()
    moment = Moment.end_of(BEGAN + timedelta(days=200))
    few, every = (
        next(iter(plan_at(row.plan, moment, all_numbers=every).measures)) for every in (False, True)
    )
    assert (few.state, few.sentence) == (State.REACHED_LATE, every.sentence)
