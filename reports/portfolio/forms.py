"""The day of all plans, and the agency whose due dates are shown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import DayField, Form


class DayForm(Form):
    """A GET form. Without a valid day, the page shows `on`, today."""

    at = DayField(label=gettext_lazy("As at"), required=False)

    def __init__(self, data: Any, *, on: date) -> None:
        super().__init__(data or {}, auto_id="look_%s")
        self.on = on

    def clean_at(self) -> date | None:
        day: date | None = self.cleaned_data["at"]
        if day is not None and day > self.on:
            raise forms.ValidationError(_("Choose a day up to today."))
        return day

    @property
    def day(self) -> date:
        return (self.is_valid() and self.cleaned_data["at"]) or self.on


class AgencyForm(Form):
    """A GET form of a reader's agencies. Without a valid choice, all are shown."""

    agency = forms.TypedChoiceField(
        label=gettext_lazy("Agency"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, agencies: Sequence[Agency]) -> None:
        super().__init__(data or {}, auto_id="look_%s")
        self.agencies = agencies
        self.fields["agency"].choices = [  # type: ignore[attr-defined]
            ("", _("All my agencies")),
            *((agency.pk, agency.short_name) for agency in agencies),
        ]

    @property
    def chosen(self) -> list[Agency]:
        pk = self.cleaned_data.get("agency") if self.is_valid() else None
        return [agency for agency in self.agencies if pk in (None, agency.pk)]
