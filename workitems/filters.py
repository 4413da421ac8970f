"""Filters and sorting of the work item list.

Each exists twice: as a query for today, so that a list of thousands of items is fast, and in Python
for items at any moment. A property test checks that both give the same result.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import Case, F, OrderBy, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.characters import searchable
from agencies.composed import Given
from agencies.models import Agency
from workitems.asat import rows_at
from workitems.models import Delay, Member, Plan, Risk, Support, Variation, WorkItem
from workitems.models.item import SEARCHED, Confidence, Stage, WorkItemQuerySet, number_key
from workitems.plan_at import ItemAt, PlanAt
from workitems.standing import STALE_AFTER_DAYS, STANDING_LABELS, Late

MACRONS = dict(zip("ĀĒĪŌŪāēīōū", "AEIOUaeiou", strict=True))
PLAIN = str.maketrans(MACRONS)


def plain(column: str) -> Lower:
    """Return the column without case and macrons, because neither database sorts Ā beside A."""
    text: Any = F(column)
    for accented, letter in MACRONS.items():
        text = Replace(text, Value(accented), Value(letter))
    return Lower(text)


# Sort order of the values.
STAGES: Sequence[str] = list(Stage)
CONFIDENCES: Sequence[str] = ["off_track", "at_risk", "on_track", ""]


def ranked(column: str, values: Sequence[str]) -> Case:
    return Case(*(When(**{column: value}, then=Value(rank)) for rank, value in enumerate(values)))


# Values of ?sort= and their columns.
SORTS: dict[str, Any] = {
    "number": F("number_key"),
    "title": plain("title"),
    "lead": plain("lead_agency__short_name"),
    "stage": ranked("stage", STAGES),
    "confidence": ranked("confidence", CONFIDENCES),
    "due": F("next_agreed"),
}


class WorkItemFilter(django_filters.FilterSet):
    """Filter the items of a plan. `on` is the day for lateness; `pillars` and `agencies` are the
    choices, as (id, name)."""

    q = django_filters.CharFilter(
        label=gettext_lazy("Number or words"), method="by_words", max_length=200
    )
    pillar = django_filters.TypedChoiceFilter(label=gettext_lazy("Pillar"), coerce=int)
    # Lead or supporting agency; `lead` is only the lead.
    agency = django_filters.TypedChoiceFilter(
        label=gettext_lazy("Agency"), coerce=int, method="by_agency"
    )
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        choices=[(each.value, label) for each, label in STANDING_LABELS.items()],
        empty_label=gettext_lazy("Any status"),
        method="by_standing",
    )
    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Stage"), choices=Stage.choices, empty_label=gettext_lazy("Any stage")
    )
    confidence = django_filters.ChoiceFilter(
        label=gettext_lazy("Confidence"),
        choices=Confidence.choices,
        empty_label=gettext_lazy("Any confidence"),
    )
    late = django_filters.ChoiceFilter(
        label=gettext_lazy("Dates"),
        choices=[
            ("overdue", gettext_lazy("Overdue")),
            ("late", gettext_lazy("Overdue or expected late")),
        ],
        empty_label=gettext_lazy("Any dates"),
        method="by_lateness",
    )
    lead = django_filters.TypedChoiceFilter(
        label=gettext_lazy("Lead agency"), coerce=int, field_name="lead_agency"
    )
    attention = django_filters.ChoiceFilter(
        label=gettext_lazy("Attention"),
        choices=[("yes", gettext_lazy("Needs attention"))],
        empty_label=gettext_lazy("All items"),
        method="by_attention",
    )

    def __init__(
        self,
        *args: Any,
        pillars: Iterable[tuple[int, str]],
        agencies: Iterable[tuple[int, str]],
        on: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.filters["pillar"].extra["choices"] = [("", _("All pillars")), *pillars]
        for name in ("agency", "lead"):
            self.filters[name].extra["choices"] = [("", _("All agencies")), *agencies]

    def today(self, sort: str) -> QuerySet[WorkItem]:
        """Return today's items that pass the filters, sorted by the database."""
        found: WorkItemQuerySet = self.qs
        if sort.endswith("due"):
            found = found.with_next_agreed()
        return found.order_by(*order_of(sort))

    def among(self, at: PlanAt, sort: str) -> list[ItemAt]:
        """Return the items at a moment that pass the filters, sorted, else in the Plan's order."""
        self.form.is_valid()
        return in_order(narrowed(at, self.form.cleaned_data), sort, at)

    def by_words(self, rows: WorkItemQuerySet, name: str, value: str) -> QuerySet[WorkItem]:
        return rows.matching(value)

    def by_agency(self, rows: WorkItemQuerySet, name: str, value: int) -> QuerySet[WorkItem]:
        return rows.of_agency({value})

    def by_standing(self, rows: WorkItemQuerySet, name: str, value: str) -> QuerySet[WorkItem]:
        return rows.standing(value, self.on)

    def by_lateness(self, rows: WorkItemQuerySet, name: str, value: str) -> QuerySet[WorkItem]:
        narrow: Callable[[date], WorkItemQuerySet] = (
            rows.overdue if value == "overdue" else rows.slipping
        )
        return narrow(self.on)

    def by_attention(self, rows: WorkItemQuerySet, name: str, value: str) -> QuerySet[WorkItem]:
        return needing_attention(rows, self.on)


def needing_attention(rows: WorkItemQuerySet, on: date) -> WorkItemQuerySet:
    """Filter items that need attention today. A test checks that `standing.attention` agrees."""
    is_off_track = Q(confidence=Confidence.OFF_TRACK)
    views_differ = ~Q(confidence="") & ~Q(reviewer_confidence__in=["", F("confidence")])
    is_stale = Q(heard_on__lt=on - timedelta(days=STALE_AFTER_DAYS)) & (
        Q(starts_on=None) | Q(starts_on__lte=on)
    )
    late = WorkItem.objects.slipping(on).values("pk")
    moved = (
        Delay.objects.open(on)
        .values("milestone__item", "milestone")
        .annotate(moves=Sum("times_moved"))
    )
    slipped_again = moved.filter(moves__gt=1).values("milestone__item")
    escalated = Risk.objects.open(on).escalated().values("item")
    return rows.live().filter(
        is_off_track
        | views_differ
        | is_stale
        | Q(pk__in=late)
        | Q(pk__in=slipped_again)
        | Q(pk__in=escalated)
        | Q(pk__in=Variation.objects.pending().filter(item__isnull=False).values("item"))
    )


def agencies_of(plan: Plan | Given) -> "QuerySet[Agency]":
    """Return the agencies to offer in filters of the plan's items, by name: members and leads."""
    of: Any = plan
    return Agency.objects.filter(
        Q(pk__in=Member.objects.filter(plan=of).values("agency"))
        | Q(pk__in=WorkItem.objects.filter(plan=of).values("lead_agency"))
    ).in_order()


# By filter: whether an item at a moment matches the value.
TESTS: dict[str, Callable[[ItemAt, Any], bool]] = {
    "pillar": lambda item, pillar: item.pillar == pillar,
    "lead": lambda item, agency: item.lead == agency,
    "standing": lambda item, standing: item.standing == standing,
    "stage": lambda item, stage: item.stage == stage,
    "confidence": lambda item, confidence: item.confidence == confidence,
    "late": lambda item, late: item.is_late and (late == "late" or item.late.state == Late.OVERDUE),
}


def narrowed(at: PlanAt, wanted: dict[str, Any]) -> list[ItemAt]:
    """Return the items that pass the filters. `wanted` is the form's cleaned data.

    Filtering by an agency's part makes a query.
    """
    items = list(at.items)
    for name, is_wanted in TESTS.items():
        if value := wanted.get(name):
            items = [item for item in items if is_wanted(item, value)]
    if wanted.get("attention"):
        items = [item for item in items if at.reasons[item.pk]]
    if agency := wanted.get("agency"):
        supports = rows_at(Support, at.moment, of={"item__plan_id": at.plan.pk}, agency_id=agency)
        supported = set(supports.values_list("item_id", flat=True))
        items = [item for item in items if item.lead == agency or item.pk in supported]
    if words := searchable(wanted.get("q") or "").split()[:10]:
        items = [item for item in items if _contains_words(item, words)]
    return items


def _contains_words(item: ItemAt, words: list[str]) -> bool:
    """Return whether every word is in the item's number or wording."""
    text = searchable(*(getattr(item, name) for name in SEARCHED))
    return all(word in text for word in words)


def in_order(items: list[ItemAt], sort: str, at: PlanAt) -> list[ItemAt]:
    """Sort the items as `order_of` does in the database."""
    keys: dict[str, Callable[[ItemAt], Any]] = {
        "number": lambda item: number_key(item.number),
        "title": lambda item: item.title.translate(PLAIN).lower(),
        "lead": lambda item: at.agencies[item.lead].short_name.translate(PLAIN).lower(),
        "stage": lambda item: STAGES.index(item.stage),
        "confidence": lambda item: CONFIDENCES.index(item.confidence),
        "due": lambda item: item.due and item.due.last_day,
    }
    key, is_reversed = keys[sort.removeprefix("-")], sort.startswith("-")
    dated = [item for item in items if item.due or not sort.endswith("due")]
    undated = [item for item in items if not item.due] if sort.endswith("due") else []
    return sorted(dated, key=key, reverse=is_reversed) + undated


def sort_of(asked: str) -> str:
    """Return the requested sort, or by number if it is unknown."""
    return asked if asked.removeprefix("-") in SORTS else "number"


def order_of(sort: str) -> list[OrderBy | str]:
    """Return the sort as an `order_by` of the database."""
    # Items without a date come last in both directions; the databases differ by default.
    last = True if sort.endswith("due") else None
    column = SORTS[sort.removeprefix("-")]
    first = column.desc(nulls_last=last) if sort.startswith("-") else column.asc(nulls_last=last)
    return [first, "number_key", "pk"]
