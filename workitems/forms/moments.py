"""Form field for a moment in the past: a day that is typed, or an instant in a link."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from agencies.fields import DayField
from workitems.asat import Moment


class MomentField(DayField):
    """A day up to today ("30 July 2010"), or an instant as `Moment.key` formats it.

    Cleans to a `Moment`: the end of that day, today's current records, or just before the
    instant. Empty input gives None. A future day or other text is an error. Set `on` to today's
    New Zealand date before cleaning.
    """

    on: date

    def prepare_value(self, value: Any) -> Any:
        """Show an ISO date from a link as a localised date."""
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return value

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        if "T" in text:
            try:
                instant = timezone.make_aware(datetime.fromisoformat(text))
                day: Any = super().clean(timezone.localdate(instant))
            except (ValueError, OverflowError) as error:
                raise forms.ValidationError(self.error_messages["invalid"]) from error
            if day > self.on:
                raise forms.ValidationError("Choose a day up to today.")
            return Moment.at(instant)
        day = super().clean(value)
        if day is None:
            return None
        if day > self.on:
            raise forms.ValidationError("Choose a day up to today.")
        return Moment.today(day) if day == self.on else Moment.end_of(day)


class AsAtForm(forms.Form):
    """A GET form with one field. If it is invalid, the page shows the error and today's data."""

    at = MomentField(label="As at", required=False)

    def __init__(self, data: Any, *, on: date) -> None:
        super().__init__(data)
        self.today = on
        field: Any = self.fields["at"]
        field.on = on

    @property
    def moment(self) -> Moment:
        """The chosen moment, or today if the field is empty or invalid."""
        self.is_valid()
        return self.cleaned_data.get("at") or Moment.today(self.today)
