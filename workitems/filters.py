"""The work item list's filters: pillar, agency, stage, confidence, lateness and words."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import django_filters
from django.db.models import Case, F, OrderBy, QuerySet, Value, When
from django.db.models.functions import Lower, Replace

from agencies.models import Agency
from workitems.models import Plan, WorkItem
from workitems.models.item import Confidence, Stage, WorkItemQuerySet

MACRONS = dict(zip("ĀĒĪŌŪāēīōū", "AEIOUaeiou", strict=True))


def plain(column: str) -> Lower:
    """The column without case and macrons: no database of ours puts Ā beside A by itself."""
    text: Any = F(column)
    for accented, letter in MACRONS.items():
        text = Replace(text, Value(accented), Value(letter))
    return Lower(text)


def ranked(column: str, values: Sequence[str]) -> Case:
    return Case(*(When(**{column: value}, then=Value(rank)) for rank, value in enumerate(values)))


# What ?sort= may say, and the order that each stands for.
SORTS: dict[str, Any] = {
    "number": F("number_key"),
    "title": plain("title"),
    "lead": plain("lead_agency__short_name"),
    "stage": ranked("stage", list(Stage)),
    "confidence": ranked("confidence", ["off_track", "at_risk", "on_track", ""]),
    "due": F("next_agreed"),
}


class WorkItemFilter(django_filters.FilterSet):
    """Narrows the items of one plan. `on` is the day that lateness is asked for."""

    q = django_filters.CharFilter(label="Number or words", method="by_words", max_length=200)
    pillar = django_filters.ModelChoiceFilter(label="Pillar", empty_label="All pillars")
    agency = django_filters.ModelChoiceFilter(
        label="Agency", empty_label="All agencies", method="by_agency"
    )
    stage = django_filters.ChoiceFilter(
        label="Stage", choices=Stage.choices, empty_label="Any stage"
    )
    confidence = django_filters.ChoiceFilter(
        label="Confidence", choices=Confidence.choices, empty_label="Any confidence"
    )
    late = django_filters.ChoiceFilter(
        label="Dates",
        choices=[("overdue", "Overdue"), ("late", "Overdue or expected late")],
        empty_label="Any dates",
        method="by_lateness",
    )

    class Meta:
        model = WorkItem
        fields = ["q", "pillar", "agency", "stage", "confidence", "late"]

    def __init__(self, *args: Any, plan: Plan, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.filters["pillar"].queryset = plan.pillars.order_by("number")
        self.filters["agency"].queryset = Agency.objects.filter(memberships__plan=plan).in_order()

    def by_words(self, rows: WorkItemQuerySet, name: str, value: str) -> QuerySet[WorkItem]:
        return rows.matching(value)

    def by_agency(self, rows: WorkItemQuerySet, name: str, value: Agency) -> QuerySet[WorkItem]:
        return rows.of_agency({value.pk})

    def by_lateness(self, rows: WorkItemQuerySet, name: str, value: str) -> QuerySet[WorkItem]:
        narrow: Callable[[date], WorkItemQuerySet] = (
            rows.overdue if value == "overdue" else rows.slipping
        )
        return narrow(self.on)


def sort_of(asked: str) -> tuple[str, list[OrderBy | str]]:
    """The sort that was asked for, if it is one of ours, and the order that it stands for."""
    name = asked.removeprefix("-")
    if name not in SORTS:
        name = asked = "number"
    # Items without a date come last both ways; the databases differ on that.
    last = True if name == "due" else None
    column = SORTS[name]
    first = column.desc(nulls_last=last) if asked.startswith("-") else column.asc(nulls_last=last)
    return asked, [first, "number_key", "pk"]
