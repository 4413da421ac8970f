"""Forms to add and withdraw evidence, and to record or remove the reviewer's "no evidence"."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import (
    Form,
    LinesField,
    ReasonField,
    UploadField,
    VersionedForm,
    refuse_unprintable,
)
from agencies.wording.translation import StrOrPromise
from workitems.plan.attachments import ALLOWED, KINDS, MAX_MEGABYTES, clean_name, fault


class AttachmentField(UploadField):
    """An optional file of an allowed type and size (see attachments.py)."""

    def __init__(
        self,
        *,
        label: StrOrPromise,
        endings: Iterable[str] = KINDS,
        allowed: StrOrPromise = ALLOWED,
        hint: StrOrPromise = "",
    ) -> None:
        self.endings, self.allowed = tuple(endings), allowed
        says = format_lazy(
            gettext_lazy("{file_types}; at most {megabytes} MB."),
            file_types=allowed,
            megabytes=MAX_MEGABYTES,
        )
        super().__init__(
            label=label,
            required=False,
            max_length=255,
            help_text=format_lazy("{} {}", says, hint) if hint else says,
            widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in endings)}),
            error_messages={
                "empty": gettext_lazy("The file is empty."),
                "max_length": gettext_lazy("The name of the file is too long."),
            },
        )

    def clean(self, data: Any, initial: Any = None) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = super().clean(data, initial)
        if file is not None:
            name, size = clean_name(file.name or ""), file.size or 0
            message = fault(name, size, file.file, self.endings, self.allowed)
            if message:
                raise forms.ValidationError(message)
        return file


class EvidenceForm(Form):
    SOMETIMES = ("file", "link", "note")

    file = AttachmentField(label=gettext_lazy("File"))
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[refuse_unprintable],
        help_text=gettext_lazy("A page that the working group can open."),
        # Not type="url", because browsers would require the scheme.
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={
            "invalid": gettext_lazy("Enter a full address, such as https://www.example.org/report.")
        },
    )
    note = LinesField(
        label=gettext_lazy("Note about the evidence"),
        help_text=gettext_lazy("What the file or link shows; or, alone, where the paper is kept."),
    )

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and not link.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("A link begins with https:// or http://."))
        return link

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(n) for n in ("file", "link", "note")):
            raise forms.ValidationError(_("Add a file, a link or a note."))
        return cleaned


class WithdrawEvidenceForm(Form):
    reason = ReasonField(label=gettext_lazy("Why it is withdrawn"))


class NoEvidenceForm(VersionedForm):
    reason = ReasonField(
        label=gettext_lazy("What is missing"),
        help_text=gettext_lazy("Shown beside the milestone, to everyone in the working group."),
    )


class EvidenceFoundForm(VersionedForm):
    reason = ReasonField(label=gettext_lazy("Evidence that is there now"))
