"""The measures that an agency is asked about in a return, and which numbers are due. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.records.composed import composed
from workitems.measures.services.values import Answer, is_due
from workitems.models import Measure, MeasureValue, Return
from workitems.models.item import Stage
from workitems.plan.asat import rows_as_at
from workitems.plan.plan_at.measures_at import given, readings_of
from workitems.terms.measure_sentence import (
    Aim,
    Given,
    Measured,
    Reading,
    current,
    figure,
    in_force,
    number_in_words,
    reading,
    target_in_words,
    when_in_words,
)


@dataclass(frozen=True, kw_only=True)
class AskedMeasure:
    """A measure in a return. `value` is what this return says of it; `last` the number before it, accepted or waiting.

    `corrected` is what replaced `value` later. `is_due` if a number is older than it is asked, or none was given; `is_wanted`
    if it is due and this return says nothing.
    """

    measure: Measure
    measured: Measured
    targets: list[Aim]
    counted: list[Given]
    value: MeasureValue | None
    last: Given | None
    is_due: bool
    on: date
    corrected: Given | None = None

    @property
    def is_wanted(self) -> bool:
        return self.is_due and self.value is None

    @property
    def as_printed(self) -> Reading:
        """What the sentence will be once this return is accepted."""
        said = [given(self.value)] if self.value else []
        return reading(self.measured, self.targets, [*self.counted, *said], self.on)

    @property
    def as_said(self) -> str:
        """What a return that is handed in says: the sentence as it prints, and to what its number was corrected later."""
        if self.corrected is None:
            return self.as_printed.sentence
        later = _("It was corrected later to {number}.").format(
            number=number_in_words(self.measured, self.corrected)
        )
        return f"{self.as_printed.sentence} {later}"

    @property
    def last_in_words(self) -> str:
        """ "83 in November 2026"."""
        if self.last is None:
            return ""
        return f"{number_in_words(self.measured, self.last)} {when_in_words(self.last)}"

    @property
    def baseline_in_words(self) -> str:
        return figure(self.measured.baseline) if self.measured.baseline is not None else ""

    @property
    def targets_in_words(self) -> list[str]:
        return [target_in_words(self.measured, each) for each in current(self.targets)]

    @property
    def last_answer(self) -> Answer | None:
        """The last number, for "Same as last time"."""
        if self.last is None:
            return None
        return Answer(
            day=self.last.day,
            number=self.last.number,
            of=self.last.of,
            starts_on=self.last.starts_on,
        )


def asked_in_return(of_return: Return) -> Collection[Measure]:
    """Return the measures that are set up and that the return's agency is responsible for, not of withdrawn items."""
    found: Collection[Measure] = _asked_of(plan=of_return.round.plan_id, agency=of_return.agency_id)
    return found


@composed
def _asked_of(plan: Any, agency: Any) -> Any:
    rows = Measure.objects.of(plan).of_agency(agency)
    rows = rows.exclude(kind=Measure.Kind.WORDS).exclude(item__stage=Stage.WITHDRAWN)
    related = ("item__lead_agency", "responsible_agency", "of_plan", "item__plan")
    return rows.select_related(*related).in_order()


def wanted_in(returns: Collection[Return]) -> dict[int, int]:
    """Return how many numbers are due and not answered, by return. At most two queries; load the rounds first."""
    counts = dict.fromkeys((each.pk for each in returns), 0)
    if not returns:
        return counts
    plans = {each.round.plan_id for each in returns}
    rows = Measure.objects.filter(Q(item__plan__in=plans) | Q(of_plan__in=plans))
    rows = rows.exclude(kind=Measure.Kind.WORDS).exclude(item__stage=Stage.WITHDRAWN)
    counted = Q(values__accepted_on__isnull=False) | Q(values__of_return=None)
    numbers = counted & Q(values__number__isnull=False, values__corrections=None)
    giver = Coalesce("responsible_agency", "item__lead_agency")
    plan = Coalesce("item__plan", "of_plan")
    last = rows.annotate(giver=giver, plan_of=plan, last=Max("values__day", filter=numbers))
    measures = list(last.values_list("pk", "giver", "plan_of", "asked", "last"))
    given = MeasureValue.objects.filter(of_return__in=[each.pk for each in returns])
    said = set(given.values_list("of_return", "measure")) if measures else set()
    for each in returns:
        for pk, agency, of_plan, asked, day in measures:
            if (agency, of_plan) == (each.agency_id, each.round.plan_id):
                counts[each.pk] += (each.pk, pk) not in said and is_due(asked, day, each.round)
    return counts


def to_answer_in_words(count: int) -> str:
    """Return "2 measures to answer"."""
    return ngettext("{count:,} measure to answer", "{count:,} measures to answer", count).format(
        count=count
    )


def measures_asked(
    of_return: Return, on: date, *, until: datetime | None = None
) -> list[AskedMeasure]:
    """Return the measures of a return: outcomes first, then by item. Four queries, one if none is set up.

    Of a return that was accepted they are as at that day, since later numbers are not what it said.
    `until`: with what the return said just after that instant, when it was sent back.
    """
    measures = asked_in_return(of_return)
    if not measures:
        return []
    round, on = of_return.round, of_return.accepted_on or on
    recorded = readings_of(measures, round.plan.released_on, on)
    own: dict[int, MeasureValue] = {}
    waiting: dict[int, list[Given]] = defaultdict(list)
    corrected: dict[int | None, Given] = {}
    rows = MeasureValue.objects.filter(measure__among=[row.pk for row in measures])
    mine = Q(of_return=of_return) | Q(of_return=None, accepted_on=None)
    mine |= Q(corrects__of_return=of_return, accepted_on__isnull=False)
    for value in rows.filter(mine).select_related("agency", "written_by"):
        if value.of_return_id == of_return.pk:
            own[value.measure_id] = value
        elif value.accepted_on is not None:
            corrected[value.corrects_id] = given(value)
        else:
            waiting[value.measure_id].append(given(value))
    if until is not None:
        own = {row.measure_id: row.instance for row in _said_until(of_return, until)}
    return [
        _asked(row, of_return, recorded[row.pk], own.get(row.pk), waiting[row.pk], corrected, on)
        for row in measures
    ]


def _said_until(of_return: Return, until: datetime) -> Any:
    rows = rows_as_at(
        MeasureValue, until + timedelta(microseconds=1), of={"of_return": of_return.pk}
    )
    return rows.select_related("agency", "written_by")


def _asked(
    row: Measure,
    of_return: Return,
    recorded: tuple[Measured, list[Aim], list[Given]],
    value: MeasureValue | None,
    waiting: Iterable[Given],
    corrected: Mapping[int | None, Given],
    on: date,
) -> AskedMeasure:
    measured, targets, counted = recorded
    if value is not None:
        value.measure = row
    others = [each for each in counted if value is None or each.pk != value.pk]
    numbers = [each for each in in_force([*others, *waiting], on) if each.number is not None]
    last = numbers[-1] if numbers else None
    return AskedMeasure(
        measure=row,
        measured=measured,
        targets=targets,
        counted=others,
        value=value,
        last=last,
        is_due=is_due(row.asked, last.day if last else None, of_return.round),
        on=on,
        corrected=corrected.get(value.pk) if value else None,
    )
