"""What a form says at a field that is empty or too long, built from the field's label."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.utils import pretty_name
from django.utils.deconstruct import deconstructible
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.wording.translation import StrOrPromise, day_words

QUESTIONS = ("how", "what", "when", "where", "which", "who", "whose", "why")
NEEDS_NO_ARTICLE = ("a", "an", "its", "my", "our", "the", "these", "this", "your")
# What is wrong, and the form field at fault, if any.
Fault = tuple[StrOrPromise, str | None]
DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]


def near_today() -> date:
    """Return a day near today, to show how a date is typed."""
    return localdate() + timedelta(days=6)


def example_day() -> str:
    return day_words(near_today())


def example_past_day() -> str:
    return day_words(localdate() - timedelta(days=6))


def _enter_a_date() -> str:
    return _("Enter a date, such as {day}.").format(day=example_day())


def _enter_a_past_date() -> str:
    return _("Enter a date, such as {day}.").format(day=example_past_day())


def _enter_a_day_or_month() -> str:
    return _("Enter a day or a month, such as {day} or {month}.").format(
        day=example_day(), month=date_format(near_today(), "F Y")
    )


ENTER_A_DATE = lazy(_enter_a_date, str)()
ENTER_A_PAST_DATE = lazy(_enter_a_past_date, str)()
ENTER_A_DAY_OR_MONTH = lazy(_enter_a_day_or_month, str)()


def _within_a_sentence(label: str) -> str:
    """Return the label without its capital, unless that belongs to a name or an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def ask_for(field: forms.Field, name: str = "") -> str:
    """Return what to do about a field that is required and empty: "Enter the name."."""
    label = str(field.label or pretty_name(name)).rstrip("?:")
    if not label or field.widget.is_hidden:
        return _("Part of this page is missing. Load the page again.")
    is_choice = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField, forms.FileField))
    if isinstance(field, forms.BooleanField):
        return _("Tick “{label}” to continue.").format(label=label)
    first = label.split(" ", 1)[0].lower()
    if first in QUESTIONS:
        says = _("Choose {label}.") if is_choice else _("Say {label}.")
    elif first in NEEDS_NO_ARTICLE:
        says = _("Choose {label}.") if is_choice else _("Enter {label}.")
    else:
        says = _("Choose the {label}.") if is_choice else _("Enter the {label}.")
    return says.format(label=_within_a_sentence(label))


def too_long(label: str, over: int, limit: int) -> str:
    """Return the error of a text: "Challenges is 1,800 characters too long. ..."."""
    name = f"“{label}”" if " " in label else label
    return ngettext(
        "{label} is {count:,} character too long. The limit is {limit:,} characters.",
        "{label} is {count:,} characters too long. The limit is {limit:,} characters.",
        over,
    ).format(label=name, count=over, limit=limit)


@deconstructible
class LengthLimit(MaxLengthValidator):
    """Refuse a text over the limit and say by how much. A line's end counts as one character."""

    def __init__(self, limit: int, label: str) -> None:
        super().__init__(limit)
        self.label = label

    def __call__(self, value: Any) -> None:
        over = len(str(value).replace("\r\n", "\n").strip()) - self.limit_value
        if over > 0:
            raise ValidationError(too_long(self.label, over, self.limit_value), code="too_long")


def word_errors(field: forms.Field, name: str) -> None:
    """Replace Django's default error messages of a field. Messages that the form sets stay."""
    messages = field.error_messages
    if messages.get("required") is DJANGOS_REQUIRED:
        messages["required"] = ask_for(field, name)
    is_choice = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
    djangos = type(field).default_error_messages.get("invalid_choice")
    if is_choice and messages.get("invalid_choice") is djangos:
        messages["invalid_choice"] = _("That is no longer in the list. Choose from the list.")
    if isinstance(field, forms.EmailField):
        messages.setdefault("invalid", _("Enter an email address, such as name@example.org."))
    if isinstance(field, forms.IntegerField):
        messages.setdefault("min_value", _("Enter %(limit_value)s or more."))
        messages.setdefault("max_value", _("Enter %(limit_value)s or less."))
    field.validators = [
        LengthLimit(each.limit_value, str(field.label or pretty_name(name))) if type(each) is MaxLengthValidator else each
        for each in field.validators
    ]  # fmt: skip


def say_faults(form: forms.BaseForm, faults: Iterable[Fault]) -> None:
    """Add each fault to its field, or to the whole form if the form has no such field.

    A field that has an error already gets no second one.
    """
    for message, field in faults:
        if field not in form.fields:
            form.add_error(None, message)
        elif field not in form.errors:
            form.add_error(field, message)


class AskingForm:
    """Mix into a form: its fields say what to enter, choose or shorten, in our words.

    `SOMETIMES` are the fields that another answer makes necessary. They are not required by
    themselves, and are not marked as optional.
    """

    SOMETIMES: tuple[str, ...] = ()
    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            word_errors(field, name)
        super().full_clean()  # type: ignore[misc]
        form: Any = self
        if form.is_bound and form.errors:
            # The service will not be asked this time, so add what it would refuse.
            say_faults(form, list(self.further_faults(form.cleaned_data)))

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        """Yield what the service would refuse of the valid fields, so that all errors come at once."""
        return ()
