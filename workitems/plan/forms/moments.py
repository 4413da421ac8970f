"""Form field for a moment in the past: a day that is typed, or an instant in a link."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, Form
from workitems.models import Plan
from workitems.plan.asat import Moment


class MomentField(DayField):
    """A day up to today ("30 July 2010"), or an instant as `Moment.key` formats it, in local
    time or with its offset ("2026-11-27T09:30:00+13:00").

    Cleans to a `Moment`: the end of that day, the plan's present, or just before the instant.
    Empty input gives None. A future day or other text is an error. Before cleaning, set `on` to
    today's New Zealand date and `present` to what the plan's pages show without a day.
    """

    on: date
    present: Moment

    def prepare_value(self, value: Any) -> Any:
        """Show an ISO date from a link as a localised date."""
        try:
            return super().prepare_value(date.fromisoformat(value))
        except (TypeError, ValueError):
            return super().prepare_value(value)

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        if "T" in text:
            try:
                instant = datetime.fromisoformat(text)
                if timezone.is_naive(instant):
                    instant = timezone.make_aware(instant)
                day: Any = super().clean(timezone.localdate(instant))
            except (ValueError, OverflowError) as error:
                raise forms.ValidationError(self.error_messages["invalid"]) from error
            if day > self.on:
                raise forms.ValidationError(_("Choose a day up to today."))
            return Moment.at(instant)
        day = super().clean(value)
        if day is None:
            return None
        if day > self.on:
            raise forms.ValidationError(_("Choose a day up to today."))
        # Of a plan that has ended, today is a day like others after its end.
        return self.present if day == self.present.on else Moment.end_of(day)


class AsAtForm(Form):
    """A GET form with one field. If it is invalid, the page shows the error and the present.

    The present is today, or the end of a plan that has ended.
    """

    at = MomentField(label=gettext_lazy("As at"), required=False)

    def __init__(self, data: Any, *, plan: Plan, on: date) -> None:
        super().__init__(data)
        self.present = Moment.present(plan, on)
        field: Any = self.fields["at"]
        field.on, field.present = on, self.present

    @property
    def moment(self) -> Moment:
        """The chosen moment, or the present if the field is empty or invalid."""
        self.is_valid()
        return self.cleaned_data.get("at") or self.present
