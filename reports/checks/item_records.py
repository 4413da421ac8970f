"""What else the records say of a plan's items, and of the plan, besides what a paper is composed from.

An edited paragraph may say what an earlier round reported, a measure, or what was asked of the working group and decided.
Read only if a paragraph seems to disagree with its records.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.timezone import localdate

from reports.document.dates import long_date
from workitems.models import (
    Decision,
    Evidence,
    Measure,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Risk,
    Round,
    Update,
    Variation,
)
from workitems.plan.plan_at.measures_at import readings_of
from workitems.terms.known_dates import KnownDate
from workitems.terms.measure_sentence import figure, number_in_words, target_in_words


class ItemRecords:
    """The texts, numbers and dates of the records of a plan, by item. Ten queries when the first is asked for, whatever the
    number of items, and two for those of the plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def of_item(self, pk: int) -> Sequence[str]:
        return self._by_item.get(pk, ())

    @cached_property
    def of_plan(self) -> Sequence[str]:
        """The dates of the plan, its pillars, and its rounds."""
        plan = self._plan
        days = [plan.released_on, plan.adopted_on, plan.ends_on]
        texts = [long_date(day) for day in days if day]
        for pillar in Pillar.objects.filter(plan=plan):
            texts += [pillar.title, pillar.description]
        for row in Round.objects.filter(plan=plan):
            texts += [row.name, *map(long_date, (row.period_start, row.period_end, row.due_on))]
        return [*texts, *self._by_item.get(None, ())]

    @cached_property
    def of_returns(self) -> Sequence[str]:
        """How many returns each round has, how many of them are accepted and are not, and whose they are. One query."""
        rows = Return.objects.filter(round__plan=self._plan).exclude(state=Return.State.MOVED)
        states: dict[int, list[bool]] = defaultdict(list)
        names = set()
        for of_round, state, short_name, name in rows.values_list(
            "round", "state", "agency__short_name", "agency__name"
        ):
            states[of_round].append(state == Return.State.ACCEPTED)
            names |= {short_name, name}
        counts = {
            count for of in states.values() for count in (len(of), sum(of), len(of) - sum(of))
        }
        return [*map(str, counts), *names]

    @cached_property
    def _by_item(self) -> Mapping[int | None, Sequence[str]]:
        """The texts by item; those of the plan's outcomes under None."""
        found: dict[int | None, list[str]] = defaultdict(list)
        rows = (_updates, _evidence, _measures, _mitigations, _variations, _risks, _decisions)
        for read in rows:
            for pk, *values in read(self._plan):
                found[pk] += _in_words(values)
        return found


def _in_words(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, KnownDate):
            yield from (str(value), long_date(value.last_day))
        elif isinstance(value, date):
            yield long_date(value)
        elif value:
            yield value


def _updates(plan: Plan) -> Any:
    rows = Update.objects.filter(item__plan=plan, of_return__state=Return.State.ACCEPTED)
    # Their rounds are among the records of the plan.
    return rows.values_list(
        "item", "achieved", "planned_next", "challenges", "of_return__agency__short_name"
    )


def _evidence(plan: Plan) -> Any:
    rows = Evidence.objects.not_withdrawn()
    of_updates = rows.filter(
        update__item__plan=plan, update__of_return__state=Return.State.ACCEPTED
    )
    of_milestones = rows.filter(milestone__item__plan=plan)
    yield from of_updates.values_list("update__item", "note", "file_name")
    yield from of_milestones.values_list("milestone__item", "note", "file_name")


def _measures(plan: Plan) -> Iterator[tuple[Any, ...]]:
    """Yield what measures say: words, and each target and accepted number, as sentences print them."""
    rows = list(Measure.objects.of(plan))
    recorded = readings_of(rows, plan.released_on, date.max)
    for row in rows:
        measured, targets, values = recorded[row.pk]
        numbers = [value for value in values if value.number is not None]
        yield (
            row.item_id,
            *(row.description, row.as_told, row.source, row.baseline_on),
            figure(row.baseline) if row.baseline is not None else "",
            *(target_in_words(measured, each) for each in targets),
            *(number_in_words(measured, each) for each in numbers),
            *(
                day
                for each in values
                for day in (each.starts_on, each.day, each.expected_by)
                if day
            ),
        )


def _mitigations(plan: Plan) -> Any:
    rows = Mitigation.objects.filter(delay__milestone__item__plan=plan)
    return rows.values_list(
        "delay__milestone__item", "description", "owner_agency__short_name", "due_on", "done_on"
    )


def _variations(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for row in Variation.objects.filter(item__plan=plan).select_related(
        "requesting_agency", "agency_before", "agency_after"
    ):
        agencies = (row.requesting_agency, row.agency_before, row.agency_after)
        yield (
            row.item_id,
            *(row.reason, row.recommendation, row.text_before, row.text_after),
            *(each.short_name for each in agencies if each),
            KnownDate(row.due_before, row.before_known_to) if row.due_before else None,
            KnownDate(row.due_after, row.after_known_to) if row.due_after else None,
            *(localdate(at) for at in (row.requested_at, row.decided_at) if at),
        )


def _risks(plan: Plan) -> Any:
    rows = Risk.objects.filter(item__plan=plan)
    return rows.values_list(
        "item",
        *("description", "response", "owner_agency__short_name", "escalated_on", "closed_on"),
    )


def _decisions(plan: Plan) -> Any:
    rows = Decision.objects.filter(item__plan=plan)
    return rows.values_list(
        "item",
        *("text", "owner_agency__short_name", "due_on", "done_on", "meeting__held_on"),
    )
