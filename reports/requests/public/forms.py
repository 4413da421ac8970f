"""The form that checks whether a file is one that was released."""

import hashlib
import re
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, TextField
from workitems.plan.attachments import MAX_MEGABYTES

DIGEST = re.compile(r"[0-9a-f]{64}")
NO_DIGEST = gettext_lazy("A SHA-256 has 64 digits and letters from a to f. Copy all of it.")


class VerifyForm(Form):
    """A digest, or the file to make it of. The file is read and not kept."""

    # One of the two is needed.
    SOMETIMES = ("typed", "file")

    typed = TextField(
        label=gettext_lazy("SHA-256 of the file"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("64 digits and letters, as the page of released papers shows it."),
        error_messages={"max_length": NO_DIGEST},
    )
    # Not scanned for malware, since nothing is kept or opened.
    file = forms.FileField(
        label=gettext_lazy("Or the file itself"),
        required=False,
        help_text=format_lazy(
            gettext_lazy("A PDF of at most {most} MB. We compare it and do not keep it."),
            most=MAX_MEGABYTES,
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        error_messages={
            "empty": gettext_lazy("The file is empty."),
            "max_length": gettext_lazy("The name of the file is too long."),
        },
    )
    digest = ""

    def clean_typed(self) -> str:
        typed = "".join(str(self.cleaned_data["typed"]).split()).lower()
        if typed and not DIGEST.fullmatch(typed):
            raise forms.ValidationError(NO_DIGEST)
        return typed

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > MAX_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                _("The file is larger than {most} MB. Paste its SHA-256 instead.").format(
                    most=MAX_MEGABYTES
                )
            )
        if file is not None and b"%PDF-" not in file.read(1024):
            raise forms.ValidationError(
                _("This is not a PDF. Released files are PDFs. Choose one.")
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        file = cleaned.get("file")
        if file is None and not cleaned.get("typed"):
            raise forms.ValidationError(_("Paste a SHA-256, or choose a file."))
        found = hashlib.sha256()
        for chunk in file.chunks() if file else ():  # from its beginning
            found.update(chunk)
        made = found.hexdigest() if file else ""
        if file and cleaned.get("typed") and made != cleaned["typed"]:
            raise forms.ValidationError(
                _(
                    "The file has another SHA-256 than the one that you pasted. Enter only one of the two."
                )
            )
        self.digest = made or cleaned["typed"]
        return cleaned
