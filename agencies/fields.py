"""Form fields that every app uses: a day, a reason."""

from datetime import date
from typing import Any

from django import forms

REASON_LENGTH = 2000


class DayField(forms.DateField):
    """A day, picked or typed ("30 July 2010", "30/7/2010", "2010-07-30")."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages", {"invalid": "Give a day such as 30 July 2010 or 30/7/2010."}
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not 1990 <= day.year <= 2100:
            raise forms.ValidationError("Check the year: it should be between 1990 and 2100.")
        return day


class ReasonField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", REASON_LENGTH)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)
