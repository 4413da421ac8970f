"""Form fields and helpers shared by every app: dates, reasons and service refusals."""

from datetime import date
from typing import Any, Protocol

from django import forms

REASON_LENGTH = 2000


class DayField(forms.DateField):
    """A date, picked or typed ("30 July 2010", "30/7/2010", "2010-07-30"), from 1990 to 2100."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = "Give a day such as 30 July 2010 or 30/7/2010."
        kwargs.setdefault("error_messages", {"invalid": sentence, "required": sentence})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not 1990 <= day.year <= 2100:
            raise forms.ValidationError("Check the year: it should be between 1990 and 2100.")
        return day


class ReasonField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", REASON_LENGTH)
        kwargs.setdefault("error_messages", {"required": "Say it in a few words."})
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)


def overwrite_data(form: forms.BaseForm, **values: object) -> None:
    """Overwrite these fields of a bound form's data and keep the rest as typed.

    Used to show a form again with the current version of its row after a conflict.
    """
    data = form.data.copy()  # type: ignore[attr-defined]
    data.update({form.add_prefix(name): str(value) for name, value in values.items()})
    form.data = data


class Refusal(Protocol):
    """An exception that a service raises to refuse: a sentence, and the form field at fault if any."""

    field: str | None


def say_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Add a service's refusal to its field, or to the whole form if the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
