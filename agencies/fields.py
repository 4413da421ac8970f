"""Form fields and forms shared by every app: dates, reasons, versions and service refusals."""

from datetime import date
from typing import Any

from django import forms
from django.forms.models import model_to_dict

from agencies.characters import fault_of

REASON_LENGTH = 2000
TEXT_LENGTH = 5000
# The field with a form's token; see agencies/views/once.py.
TOKEN_FIELD = "once"


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


def refuse_unprintable(text: str) -> None:
    """Raise `ValidationError` with the place of a character that cannot be seen or printed."""
    if fault := fault_of(text):
        raise forms.ValidationError(fault)


class TextField(forms.CharField):
    """Text that papers can print. Use it in place of Django's `CharField`, which takes anything."""

    default_validators = [refuse_unprintable]


class ReasonField(TextField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", REASON_LENGTH)
        kwargs.setdefault("error_messages", {"required": "Say it in a few words."})
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)


class LinesField(TextField):
    """Text of several lines, in as many rows; it may be left empty unless it is required."""

    def __init__(self, *, rows: int = 3, required: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LENGTH)
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(required=required, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        # Browsers post "\r\n"; normalise it, so that unchanged text compares equal.
        return str(super().to_python(value)).replace("\r\n", "\n")


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows of a list. Refuse ids out of the column's range too, which Django looks for."""

    def clean(self, value: Any) -> Any:
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if any(str(each) not in known for each in value or ()):
            raise forms.ValidationError("Choose from the list.")
        return super().clean(value)


def overwrite_data(form: forms.BaseForm, **values: object) -> None:
    """Overwrite these fields of a bound form's data and keep the rest as typed.

    Used to show a form again with the current version of its row after a conflict.
    """
    data = form.data.copy()  # type: ignore[attr-defined]
    data.update({form.add_prefix(name): str(value) for name, value in values.items()})
    form.data = data


class Refusal(Exception):
    """A refused write. The message is for the user; `field` names the form field at fault, if any."""

    # The row as it is now, if another user saved it first.
    current: Any = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def say_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Add a service's refusal to its field, or to the whole form if the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


class VersionedForm(forms.Form):
    """A form about a row. It carries the version of the row that the page was made from."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    # The fields that begin with what the row has.
    BEGINS_WITH: tuple[str, ...] = ()
    # After a conflict: the row as another user saved it.
    conflict: Any = None

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": row.version, **self.start(row)}
        super().__init__(*args, **kwargs)

    def start(self, row: Any) -> dict[str, Any]:
        """Return the initial values of the fields."""
        return model_to_dict(row, self.BEGINS_WITH)

    def take_version(self, version: int) -> None:
        """Keep what was typed, but take the current version of the row."""
        overwrite_data(self, version=version)

    def refuse(self, refusal: Refusal) -> Any:
        """Add a service's refusal as an error, at its field if the form has it.

        After a conflict, take the current row's version and return that row, else None.
        """
        say_refusal(self, refusal)
        if refusal.current is not None:
            self.conflict = refusal.current
            self.take_version(self.conflict.version)
        return self.conflict

    def typed(self) -> list[tuple[str, str]]:
        """Return (label, text) of each visible field that was changed and is not empty."""
        return [
            (str(field.label), str(field.value()))
            for field in self.visible_fields()
            if field.value() not in (None, "") and field.name in self.changed_data
        ]
