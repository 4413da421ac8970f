"""What the forms of every app share: a day, a reason, a refusal said at its field, and being shown again."""

from datetime import date
from typing import Any, Protocol

from django import forms

REASON_LENGTH = 2000


class DayField(forms.DateField):
    """A day, picked or typed ("30 July 2010", "30/7/2010", "2010-07-30")."""

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


def shown_again(form: forms.BaseForm, **values: object) -> None:
    """Show a bound form again as typed, but for these fields: against the row as it is now."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data.update({form.add_prefix(name): str(value) for name, value in values.items()})
    form.data = data


class Refusal(Protocol):
    """What a service raises when it says no: a sentence, and the field at fault, if one is."""

    field: str | None


def say_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """A service's refusal at its field, or above the form where the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
