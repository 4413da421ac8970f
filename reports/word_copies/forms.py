"""Forms of Word copies: uploading one, and deciding about its suggestions."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from agencies.records.tracking import SIGNATURE_LENGTH
from agencies.typed.fields import Form, TextField, UploadField
from reports.document.markup import MAX_SOURCE

MAX_MEGABYTES = 10


class WordCopyForm(Form):
    file = UploadField(
        label=gettext_lazy("Edited Word file"),
        max_length=255,
        help_text=format_lazy(
            gettext_lazy(
                "The .docx that was downloaded from this draft and edited, with or without tracked changes; "
                "at most {most} MB. Nothing changes until you accept it."
            ),
            most=MAX_MEGABYTES,
        ),
        megabytes=MAX_MEGABYTES,
        accept=".docx",
        error_messages={
            "required": gettext_lazy("Choose the edited Word file."),
            "too_large": gettext_lazy(
                "The file has more than {megabytes} MB. Delete pictures that were added to it."
            ),
        },
    )


class DecideForm(Form):
    """One suggestion, and the version that its page showed."""

    suggestion = forms.IntegerField(min_value=1, max_value=2**62)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class AuthorForm(Form):
    author = TextField(max_length=SIGNATURE_LENGTH)


class TakeForm(Form):
    """The words that a person chose, with the versions of suggestion and paragraph that they read.

    `is_removal`: the paragraph is left out, so there are no words.
    """

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    read = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    text = TextField(
        label=gettext_lazy("Text to put into the draft"),
        strip=False,
        max_length=MAX_SOURCE,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true", "data-marks": "text"}),
        error_messages={"required": gettext_lazy("Write the text, or reject the suggestion.")},
    )

    def __init__(self, *args: Any, is_removal: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_removal:
            del self.fields["text"]
