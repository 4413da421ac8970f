"""The form for the noun phrase by which papers name an item or a milestone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.fields import TextField, VersionedForm, overwrite_data
from workitems.as_told import fault_of_phrase
from workitems.models.item import AS_TOLD_LENGTH


def refuse_no_phrase(text: str) -> None:
    """Raise `ValidationError` unless the text stands within a sentence."""
    if fault := fault_of_phrase(text):
        raise forms.ValidationError(fault)


class AsToldForm(VersionedForm):
    """It carries the phrase that its page was made from, instead of the row's version."""

    BEGINS_WITH = ("as_told",)

    version = None  # type: ignore[assignment]
    was = TextField(required=False, max_length=AS_TOLD_LENGTH, widget=forms.HiddenInput)
    as_told = TextField(
        label=gettext_lazy("Wording in sentences"),
        required=False,
        max_length=AS_TOLD_LENGTH,
        validators=[refuse_no_phrase],
        help_text=gettext_lazy(
            "How briefings name it within a sentence, such as “formal training for frontline "
            "staff”. Begin with a small letter, unless the first word is a name, and leave out the full "
            "stop. If you leave it blank, briefings quote the title."
        ),
    )

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.initial["was"] = row.as_told

    def take_version(self, version: int) -> None:
        overwrite_data(self, was=self.conflict.as_told)
