"""Filters and sorting of the work item list, at any moment.

The items and what is counted of them come from the plan at the moment. Only the words of a search are
looked for by the database where it can: today, when each item has its words in one column.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.records.composed import composed
from agencies.typed.characters import searchable
from agencies.typed.fields import Form
from workitems.models import Member, Plan, Support, WorkItem
from workitems.models.item import SEARCHED, Confidence, Stage
from workitems.plan.asat import rows_at
from workitems.plan.plan_at import ItemAt, PlanAt
from workitems.terms.lateness import STANDING_LABELS, Late

# Letters with macrons are sorted beside those without.
PLAIN = str.maketrans(dict(zip("ĀĒĪŌŪāēīōū", "AEIOUaeiou", strict=True)))
# Sort order of the values.
STAGES: Sequence[str] = list(Stage)
CONFIDENCES: Sequence[str] = ["off_track", "at_risk", "on_track", ""]
# Filters that look at the milestones of an item.
OF_DATES = ("standing", "late", "attention")
# Values of ?sort=, each also with a minus.
SORTS = ("number", "title", "lead", "stage", "confidence", "due")


class WorkItemFilter(Form):
    """Filter the items of a plan. `pillars` and `agencies` are the choices, as (id, name).

    A GET form. An invalid field shows its error, and the valid ones are used.
    """

    q = forms.CharField(label=gettext_lazy("Number or words"), required=False, max_length=200)
    pillar = forms.TypedChoiceField(
        label=gettext_lazy("Pillar"), required=False, coerce=int, empty_value=None
    )
    # Lead or supporting agency; `lead` is only the lead.
    agency = forms.TypedChoiceField(
        label=gettext_lazy("Agency"), required=False, coerce=int, empty_value=None
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("Any status")),
            *((each.value, label) for each, label in STANDING_LABELS.items()),
        ],
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"),
        required=False,
        choices=[("", gettext_lazy("Any stage")), *Stage.choices],
    )
    confidence = forms.ChoiceField(
        label=gettext_lazy("Confidence"),
        required=False,
        choices=[("", gettext_lazy("Any confidence")), *Confidence.choices],
    )
    late = forms.ChoiceField(
        label=gettext_lazy("Dates"),
        required=False,
        choices=[
            ("", gettext_lazy("Any dates")),
            ("overdue", gettext_lazy("Overdue")),
            ("late", gettext_lazy("Overdue or expected late")),
        ],
    )
    lead = forms.TypedChoiceField(
        label=gettext_lazy("Lead agency"), required=False, coerce=int, empty_value=None
    )
    attention = forms.ChoiceField(
        label=gettext_lazy("Attention"),
        required=False,
        choices=[
            ("", gettext_lazy("All items")),
            ("yes", gettext_lazy("Needs attention")),
        ],
    )

    def __init__(
        self, data: Any, *, pillars: Iterable[tuple[int, str]], agencies: Iterable[tuple[int, str]]
    ) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["pillar"].choices = [("", _("All pillars")), *pillars]
        for name in ("agency", "lead"):
            fields[name].choices = [("", _("All agencies")), *agencies]

    def among(self, at: PlanAt, sort: str) -> list[ItemAt]:
        """Return the items at a moment that pass the filters, sorted, else in the Plan's order."""
        self.is_valid()
        return in_order(narrowed(at, self.cleaned_data), sort, at)


def agencies_of(plan: Plan) -> list[tuple[int, str]]:
    """Return the ids and names of the agencies to offer in filters of the plan's items, by name: members
    and leads."""
    found: list[tuple[int, str]] = _agencies_of(plan=plan.pk)
    return found


@composed
def _agencies_of(plan: Any) -> Any:
    found = Agency.objects.filter(
        Q(pk__in=Member.objects.filter(plan=plan).values("agency"))
        | Q(pk__in=WorkItem.objects.filter(plan=plan).values("lead_agency"))
    )
    return found.in_order().values_list("pk", "short_name")


# By filter: whether an item at a moment matches the value.
TESTS: dict[str, Callable[[ItemAt, Any], bool]] = {
    "pillar": lambda item, pillar: item.pillar == pillar,
    "lead": lambda item, agency: item.lead == agency,
    "standing": lambda item, status: item.status == status,
    "stage": lambda item, stage: item.stage == stage,
    "confidence": lambda item, confidence: item.confidence == confidence,
    "late": lambda item, late: item.is_late and (late == "late" or item.late.state == Late.OVERDUE),
}


def narrowed(at: PlanAt, wanted: dict[str, Any]) -> list[ItemAt]:
    """Return the items that pass the filters. `wanted` is the form's cleaned data.

    Filtering by an agency's part makes a query, and by words today.
    """
    items = _with_words(at, wanted.get("q") or "")
    for name, is_wanted in TESTS.items():
        if value := wanted.get(name):
            items = [item for item in items if is_wanted(item, value)]
    if wanted.get("attention"):
        items = [item for item in items if item.pk in at.ranks]
    if agency := wanted.get("agency"):
        supports = rows_at(
            Support, at.moment, of={"item__plan_id": at.plan.pk}, agency_id=agency, ended_on=None
        )
        supported = set(supports.values_list("item_id", flat=True))
        items = [item for item in items if item.lead == agency or item.pk in supported]
    return items


def _with_words(at: PlanAt, asked: str) -> list[ItemAt]:
    """Return the items with every word in their number or wording; all if there are no words.

    Today the database finds them: reading all texts takes longer than the rest of the page.
    """
    words = searchable(asked).split()[:10]
    if words and at.moment.is_now:
        found = at.plan.items.matching(asked)
        return at.read_items({"pk__in": list(found.values_list("pk", flat=True))})
    return [item for item in at.items if not words or _contains_words(item, words)]


def _contains_words(item: ItemAt, words: list[str]) -> bool:
    """Return whether every word is in the item's number or wording."""
    text = searchable(*(getattr(item, name) for name in SEARCHED))
    return all(word in text for word in words)


def in_order(items: list[ItemAt], sort: str, at: PlanAt) -> list[ItemAt]:
    """Sort items that come in the Plan's order. Those without a date come last in both directions."""
    if sort.endswith("number"):
        return items[::-1] if sort.startswith("-") else items
    keys: dict[str, Callable[[ItemAt], Any]] = {
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


def needs_dates(data: Mapping[str, Any], sort: str) -> bool:
    """Return whether the milestones decide which items a list shows, or in which order."""
    return sort.endswith("due") or any(data.get(name) for name in OF_DATES)


def sort_of(asked: str) -> str:
    """Return the requested sort, or by number if it is unknown."""
    return asked if asked.removeprefix("-") in SORTS else "number"
