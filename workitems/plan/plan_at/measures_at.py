"""The measures of a plan as at a moment, each with its sentence. Computed, never stored.

A correction, a target or a set-up counts from the day on which it was accepted or made, so a past day reads as it did.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from agencies.models import Agency
from workitems.models import Measure, MeasureValue, Target
from workitems.models.item import Stage
from workitems.plan.asat import rows_at
from workitems.plan.plan_at.rows import ItemAt
from workitems.terms.known_dates import KnownDate
from workitems.terms.measure_sentence import (
    Aim,
    Given,
    Measured,
    Reading,
    State,
    current,
    in_force,
    reading,
)

if TYPE_CHECKING:
    from workitems.plan.plan_at.whole_plan import PlanAt

TARGET_COLUMNS = ("measure_id", "id", "number", "due", "due_known_to", "months", "replaces_id")
VALUE_COLUMNS = (
    "measure_id", "id", "day", "number", "of", "starts_on", "not_comparable", "because",
    "expected", "expected_known_to", "corrects_id", "correction_reason", "agency__short_name",
    "of_return_id",
)  # fmt: skip


@dataclass(frozen=True)
class MeasureAt:
    """A measure at a moment. `row` has its columns as they were then; it may be a history row.

    `values` are those that count, with the corrected ones, by day; `targets` with those that were replaced.
    """

    row: Any
    item: ItemAt | None
    agencies: Mapping[
        int, Agency
    ]  # not the plan, which has its measures: they would wait for the garbage collector
    measured: Measured
    targets: tuple[Aim, ...]
    values: tuple[Given, ...]
    on: date

    @property
    def pk(self) -> int:
        pk: int = self.row.id
        return pk

    @cached_property
    def responsible(self) -> Agency:
        pk = self.row.responsible_agency_id
        return self.agencies[pk if pk is not None or self.item is None else self.item.lead]

    @property
    def is_outcome(self) -> bool:
        return self.item is None

    @property
    def is_set_up(self) -> bool:
        return self.measured.kind != Measure.Kind.WORDS

    @property
    def name(self) -> str:
        """As the paper tells it, or the words of the plan."""
        return str(self.row.as_told or self.row.description)

    @cached_property
    def reading(self) -> Reading:
        return reading(self.measured, self.targets, self.values, self.on)

    @property
    def sentence(self) -> str:
        return self.reading.sentence

    @property
    def state(self) -> State:
        return self.reading.state

    @property
    def is_good(self) -> bool:
        """Whether a target is reached, or the number is better than before the plan."""
        is_reached = self.state in (State.REACHED, State.REACHED_LATE)
        return is_reached or (self.reading.is_better and not self.state.needs_attention)

    @property
    def in_force(self) -> list[Given]:
        return in_force(self.values, self.on)

    @property
    def current_targets(self) -> list[Aim]:
        return current(self.targets)


@dataclass(frozen=True)
class Drawn:
    """What a measure says on a day, and what its chart draws."""

    measured: Measured
    targets: list[Aim]
    values: list[Given]
    on: date

    @cached_property
    def reading(self) -> Reading:
        return reading(self.measured, self.targets, self.values, self.on)


class Measures(Collection[MeasureAt]):
    """The measures of a plan or a part of it: outcomes first, then in the items' order."""

    def __init__(self, rows: Iterable[MeasureAt]) -> None:
        self.rows = list(rows)

    def __contains__(self, row: object) -> bool:
        return row in self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[MeasureAt]:
        return iter(self.rows)

    @property
    def set_up(self) -> list[MeasureAt]:
        return [row for row in self.rows if row.is_set_up]

    @property
    def outcomes(self) -> list[MeasureAt]:
        return [row for row in self.rows if row.is_outcome]

    def of_item(self, pk: int) -> list[MeasureAt]:
        return [row for row in self.rows if row.item and row.item.pk == pk]

    @cached_property
    def counts(self) -> Counter[State]:
        return Counter(row.state for row in self.rows)

    @property
    def needing_attention(self) -> list[MeasureAt]:
        """Those whose target was missed, or that are worse than before the plan."""
        return [row for row in self.rows if row.state.needs_attention]


def measures_of(at: "PlanAt", item: int | None = None) -> Measures:
    """Return the measures of the plan, of the part of it that `at` is, or of one item of it; not of withdrawn items.

    At most three queries and that of the agencies, one if there is none. Outcomes are left out for one item.
    """
    items = {row.pk: row for row in at.items if row.stage != Stage.WITHDRAWN}
    order = {pk: place for place, pk in enumerate(items)}
    # As a query, not as their ids: there may be hundreds.
    which = Measure.objects.of(at.plan.pk) if item is None else Measure.objects.filter(item=item)
    of_which = which.order_by().values("pk")
    found = rows_at(Measure, at.moment, of={"pk__in": of_which}).order_by("number")
    rows = [row for row in found if row.item_id is None or row.item_id in items]
    rows.sort(key=lambda row: -1 if row.item_id is None else order[row.item_id])
    is_any_set_up = any(row.kind != Measure.Kind.WORDS for row in rows)
    targets, values = _recorded(
        of_which if is_any_set_up else (), at.moment.on, all_numbers=at.all_numbers
    )
    agencies = at.agencies if rows else {}
    return Measures(
        MeasureAt(
            row,
            items.get(row.item_id),
            agencies,
            measured(row, at.plan.released_on),
            tuple(targets[row.id]),
            tuple(values[row.id]),
            at.moment.on,
        )
        for row in rows
    )


def measured(row: Any, began: date) -> Measured:
    """Return the set-up of a measure, or of a history row of it, as the sentence takes it."""
    return Measured(
        kind=row.kind,
        as_told=row.as_told or row.description,
        unit=row.unit,
        better=row.better,
        baseline=row.baseline,
        baseline_on=row.baseline_on,
        began=began,
    )


def given(row: MeasureValue) -> Given:
    """Return a value as the sentence takes it, also one that does not count yet. Load its agency first."""
    return Given(
        row.pk or 0, row.day, row.number, row.of, row.starts_on, row.not_comparable, row.because,
        row.expected_by, row.corrects_id, row.correction_reason, row.agency.short_name,
        row.of_return_id is not None,
    )  # fmt: skip


def readings_of(
    measures: Collection[Measure], began: date, on: date
) -> dict[int, tuple[Measured, list[Aim], list[Given]]]:
    """Return, by measure, what its sentence is made of on a day. Two queries; none without measures."""
    targets, values = _recorded([row.pk for row in measures], on)
    return {row.pk: (measured(row, began), targets[row.pk], values[row.pk]) for row in measures}


def _told(rows: Any, measures: "Collection[int] | QuerySet[Any]", on: date) -> Any:
    """Return the accepted values that a measure's sentence needs, so that a page reads few of many: the last two numbers,
    the first since a target fell due and the first that reaches it, corrections, and where there is no number or it was counted
    differently."""
    corrected = Exists(MeasureValue.objects.accepted(on).filter(corrects=OuterRef("pk")))
    numbers = MeasureValue.objects.accepted(on).filter(
        ~corrected, number__isnull=False, corrects=None
    )
    newest = numbers.filter(measure=OuterRef("pk")).order_by("-day").values("pk")
    # A share of nothing is not judged.
    counted = newest.filter(Q(of=None) | ~Q(of=0))
    due = Target.objects.filter(measure__in=measures, set_on__lte=on, due__lte=on)
    since = (
        numbers.filter(measure=OuterRef("measure"), day__gte=OuterRef("due"))
        .order_by("day")
        .values("pk")
    )
    # In both directions, because the measure may say today that less is better, and not have said so by that day.
    reaching = [since.filter(**{f"number__{than}": OuterRef("number")}) for than in ("gte", "lte")]
    # A share is judged exactly, and a period if it is as long as the target's: the database does not do so.
    # The kind stands first, so that other numbers are not looked up.
    of_any = Q(measure__kind__in=(Measure.Kind.SHARE, Measure.Kind.PERIOD)) & Q(
        Exists(due.filter(measure=OuterRef("measure"), due__lte=OuterRef("day")))
    )
    of_measures = Measure.objects.filter(pk__in=measures)
    chosen = [
        *(
            of_measures.values_list(Subquery(each))
            for each in (newest[:1], newest[1:2], counted[:1])
        ),
        *(due.values_list(Subquery(each[:1])) for each in (since, *reaching)),
    ]
    told = (
        Q(number=None) | Q(not_comparable=True) | Q(corrects__isnull=False) | Q(corrected) | of_any
    )
    for each in chosen:
        told |= Q(pk__in=each)
    return rows.filter(told)


def _recorded(
    measures: "Collection[int] | QuerySet[Any]", on: date, *, all_numbers: bool = True
) -> tuple[Mapping[int, list[Aim]], Mapping[int, list[Given]]]:
    """Return the targets set and the values accepted by a day, by measure."""
    targets: dict[int, list[Aim]] = defaultdict(list)
    values: dict[int, list[Given]] = defaultdict(list)
    if isinstance(measures, Collection) and not measures:
        return targets, values
    of = {"measure__in": measures}
    aims = Target.objects.filter(**of, set_on__lte=on).order_by("due", "pk")
    for measure, pk, number, due, known_to, *rest in aims.values_list(*TARGET_COLUMNS):
        targets[measure].append(Aim(pk, number, KnownDate(due, known_to), *rest))
    rows = MeasureValue.objects.accepted(on).filter(**of).order_by("day", "pk")
    if not all_numbers:
        rows = _told(rows, measures, on)
    for measure, *row, of_return in rows.values_list(*VALUE_COLUMNS):
        pk, day, number, of, starts_on, differs, because, *rest = row
        expected, known_to, corrects, reason, agency = rest
        expected_by = KnownDate(expected, known_to) if expected else None
        values[measure].append(
            Given(
                pk,
                day,
                number,
                of,
                starts_on,
                differs,
                because,
                expected_by,
                corrects,
                reason,
                agency,
                of_return is not None,
            )
        )
    return targets, values
