"""The form that gives an item to a unit or a person of an agency."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from agencies.models import Unit, User
from agencies.typed.fields import DayAheadField, VersionedForm
from workitems.intake.services.trackers import named_beside
from workitems.models import Assignment
from workitems.plan.services.assignments import takers


class AssignmentForm(VersionedForm):
    """`row` is the agency's assignment of the item, or a new one of version 0."""

    BEGINS_WITH = ("unit", "user", "by_on")

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("No unit"),
    )
    user = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("No person"),
    )
    by_on = DayAheadField(label=gettext_lazy("By when"), required=False)

    def __init__(self, *args: Any, row: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        units = Unit.objects.on(self.on).filter(agency=row.agency_id)  # type: ignore[arg-type]
        self.fields["unit"].queryset = units.order_by("name")  # type: ignore[attr-defined]
        people = takers(row.agency, self.on)  # type: ignore[arg-type]
        self.fields["user"].queryset = people.order_by("name")  # type: ignore[attr-defined]
        if row.pk is None and row.item.lead_agency_id == row.agency_id:
            self._propose(named_beside(row.item, people))

    def _propose(self, person: User | None) -> None:
        """Propose whom the spreadsheet of the plan names beside the item."""
        if person is not None:
            self.initial["user"] = person
            self.fields["user"].help_text = gettext(
                "The plan’s spreadsheet names {person} for this item. Nothing is given until you save."
            ).format(person=person.name)
