"""The base of every form; fields and forms shared by every app: dates, reasons, versions, refusals."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import model_to_dict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.asking import (
    ENTER_A_DATE,
    ENTER_A_DAY_OR_MONTH,
    ENTER_A_PAST_DATE,
    AskingForm,
    Fault,
    example_day,
    example_past_day,
    say_faults,
)
from agencies.typed.characters import fault_of
from agencies.typed.scanner import refuse_malware
from agencies.typed.typed_dates import NotADay, OnlyAMonth, Side, in_words, read_day
from agencies.wording.translation import StrOrPromise

REASON_LENGTH = 2000
TEXT_LENGTH = 5000
# The field with a form's token; see agencies/pages/once.py.
TOKEN_FIELD = "once"


class DayField(forms.DateField):
    """A date as people type it (`agencies.typed.typed_dates.read_day`), from 1990 to 2100."""

    default_error_messages = {"invalid": ENTER_A_DATE, "required": ENTER_A_DATE}
    reads = Side.EITHER  # what the script asks the server to read

    @property
    def example(self) -> str:
        """Return an example for the label."""
        return example_day()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {} if widget.is_hidden else {"data-date": self.reads.value}

    def prepare_value(self, value: Any) -> Any:
        return in_words(value) if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(None if isinstance(value, str) else value)
        try:
            return self.read(value)
        except NotADay as fault:
            says = str(fault) or self.error_messages["invalid"]
            raise forms.ValidationError(says, code="invalid") from None

    def read(self, text: str) -> date:
        return read_day(text, localdate(), self.reads)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not 1990 <= day.year <= 2100:
            raise forms.ValidationError(_("Check the year: it should be between 1990 and 2100."))
        return day


class DayAheadField(DayField):
    """A day by which something is to be done: "Friday" is the next one, "March 2027" the last of that month."""

    default_error_messages = {"invalid": ENTER_A_DAY_OR_MONTH, "required": ENTER_A_DAY_OR_MONTH}
    reads = Side.AHEAD

    @property
    def example(self) -> str:
        return _("{day}, or a month for its last day").format(day=example_day())

    def read(self, text: str) -> date:
        try:
            return super().read(text)
        except OnlyAMonth as month:
            if not month.year:
                raise
            return date(month.year, month.month, monthrange(month.year, month.month)[1])


class PastDayField(DayField):
    """A day on which something was done: "Friday" is the last one, and the example has passed."""

    default_error_messages = {"invalid": ENTER_A_PAST_DATE, "required": ENTER_A_PAST_DATE}
    reads = Side.PAST

    @property
    def example(self) -> str:
        return example_past_day()


def refuse_unprintable(text: str) -> None:
    """Raise `ValidationError` with the place of a character that cannot be seen or printed."""
    if fault := fault_of(text):
        raise forms.ValidationError(fault)


class TextField(forms.CharField):
    """Text that papers can print. Use it in place of Django's `CharField`, which takes anything."""

    default_validators = [refuse_unprintable]


class UploadField(forms.FileField):
    """A file that is kept or read. Use it in place of Django's `FileField`, which lets malware in.

    `megabytes` is the most that it may have; `error_messages` has what else to say of a larger one.
    """

    default_validators = [refuse_malware]
    default_error_messages = {
        "empty": gettext_lazy("The file is empty."),
        "max_length": gettext_lazy("The file’s name is too long."),
        "too_large": gettext_lazy("The file has more than {megabytes} MB."),
    }

    def __init__(self, *, megabytes: int | None = None, accept: str = "", **kwargs: Any) -> None:
        if accept:
            kwargs["widget"] = forms.FileInput(attrs={"accept": accept})
        super().__init__(**kwargs)
        self.megabytes = megabytes

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and self.megabytes and (file.size or 0) > self.megabytes * 1024 * 1024:
            words = str(self.error_messages["too_large"]).format(megabytes=self.megabytes)
            raise forms.ValidationError(words, code="too_large")
        return file


class Form(AskingForm, forms.Form):
    """The base of every form of the product. Fields named in `FOLDED`, which few need, are below the summary `FOLDS`."""

    FOLDED: Sequence[str] = ()
    FOLDS: StrOrPromise = ""

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FOLDED if name in self.fields]

    @property
    def has_folded(self) -> bool:
        """Whether something is entered or wrong in a folded field, so that it is shown."""
        return any(field.value() or field.errors for field in self.folded)

    def arguments(self) -> dict[str, Any]:
        """Return what the form passes to its service: what was entered, by the names of fields."""
        return self.cleaned_data


class LinesField(TextField):
    """Text of several lines, in as many rows; it may be left empty unless it is required."""

    def __init__(self, *, rows: int = 3, required: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LENGTH)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(required=required, **kwargs)

    def to_python(self, value: Any) -> str:
        # Browsers post "\r\n"; normalise it, so that unchanged text compares equal and each
        # line's end counts as one character.
        return str(super().to_python(value)).replace("\r\n", "\n")


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows of a list. Refuse ids out of the column's range too, which Django looks for."""

    def clean(self, value: Any) -> Any:
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if any(str(each) not in known for each in value or ()):
            raise forms.ValidationError(_("Choose from the list."))
        return super().clean(value)


class ReasonField(LinesField):
    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", REASON_LENGTH)
        super().__init__(required=required, **kwargs)


def hide_te_reo(fields: dict[str, forms.Field], *names: str) -> None:
    """Hide these fields where agencies have no names in te reo Māori. Their values are kept."""
    if not settings.TE_REO:
        for name in names:
            fields[name].widget = forms.HiddenInput()


def overwrite_data(form: forms.BaseForm, **values: object) -> None:
    """Overwrite these fields of a bound form's data and keep the rest as typed.

    Used to show a form again with the current version of its row after a conflict.
    """
    data = form.data.copy()  # type: ignore[attr-defined]
    data.update({form.add_prefix(name): str(value) for name, value in values.items()})
    form.data = data


class Refusal(Exception):
    """A refused write. The message is for the user; `field` names the form field at fault, if any.

    `others` are further faults of the same write, as (message, field).
    """

    # The row as it is now, if another user saved it first.
    current: Any = None

    def __init__(self, message: StrOrPromise, field: str | None = None, *others: Fault) -> None:
        super().__init__(message)
        self.field = field
        self.others = others

    @classmethod
    def raise_any(cls, faults: Iterable[Fault]) -> None:
        """Raise one refusal with all the faults, as (message, field); nothing without faults."""
        found = list(faults)
        if found:
            (message, field), *others = found
            raise cls(message, field, *others)


def say_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Add a service's refusal to the form."""
    say_faults(form, [(str(refusal), refusal.field), *refusal.others])


class VersionedForm(Form):
    """A form about a row. It carries the version of the row that the page was made from."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    # The fields that begin with what the row has.
    BEGINS_WITH: tuple[str, ...] = ()
    # After a conflict: the row as another user saved it.
    conflict: Any = None

    def __init__(self, *args: Any, row: Any, on: date | None = None, **kwargs: Any) -> None:
        """`on` is today, for a form that asks about days."""
        kwargs["initial"] = {"version": row.version, **self.start(row)}
        self.row, self.on = row, on
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
