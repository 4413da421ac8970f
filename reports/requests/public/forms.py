"""Forms of the public pages, and of publishing them."""

import hashlib
import re
from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import DayField, Form, LinesField, ReasonField, TextField, VersionedForm
from agencies.translation import day_words
from reports.models import PublicProgress
from reports.requests.models import PublicPage
from reports.requests.models.request import NOTE_LENGTH
from reports.requests.pages.register.warnings import LeavesWarnings
from workitems.attachments import MAX_MEGABYTES
from workitems.models import Plan

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


class PublicPageForm(VersionedForm):
    """Whether a plan's released papers have a public page, and whether search engines list it."""

    BEGINS_WITH = ("is_open", "is_indexed")

    is_open = forms.BooleanField(
        label=gettext_lazy("Anyone can read the released papers of this plan"), required=False
    )
    is_indexed = forms.BooleanField(
        label=gettext_lazy("Search engines may list the page"),
        required=False,
        help_text=gettext_lazy(
            "If not ticked, they are asked to leave it out. Anyone who has its address can read it."
        ),
    )
    reason = ReasonField(
        label=gettext_lazy("Why"),
        required=False,
        rows=2,
        help_text=gettext_lazy(
            "Needed to close the page. Kept in its history; the public does not see it."
        ),
    )

    def start(self, row: PublicPage) -> dict[str, Any]:
        return {"is_open": row.is_open, "is_indexed": row.is_indexed}


class PublishForm(LeavesWarnings):
    note = LinesField(
        label=gettext_lazy("Note"),
        rows=3,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Everyone can read it, beside the papers."),
    )


class UnpublishForm(Form):
    reason = LinesField(
        label=gettext_lazy("Why it is withdrawn"),
        rows=3,
        required=True,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Everyone can read it. It stays in the place of the papers."),
        error_messages={"required": gettext_lazy("Say why it is withdrawn.")},
    )


class ProactiveForm(Form):
    """What an agency releases of its own accord."""

    agency = forms.ChoiceField(label=gettext_lazy("Agency"))
    plan = forms.ChoiceField(label=gettext_lazy("Plan on whose page it is published"))
    reference = TextField(
        label=gettext_lazy("Reference in the agency’s register"),
        max_length=100,
        help_text=gettext_lazy("As in the register, such as PR 2026-14"),
        error_messages={"required": gettext_lazy("Enter the reference in the agency’s register.")},
    )
    text = LinesField(
        label=gettext_lazy("What is released"),
        rows=4,
        required=True,
        help_text=gettext_lazy(
            "For your colleagues, such as: the annual reports since 2009, as the Minister agreed."
        ),
        error_messages={"required": gettext_lazy("Say what is released.")},
    )


class ProgressForm(Form):
    """The parts of a plan's public page of progress, and the day as at which it is made."""

    on = DayField(label=gettext_lazy("As at"))
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What the public can read"),
        choices=PublicProgress.Part.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            gettext_lazy(
                "Achievements are agencies’ own words, as accepted: read them for names of people before you publish. "
                "The timeline has forecasts."
            )
        ),
        error_messages={
            "required": gettext_lazy("Choose at least one part."),
            "invalid_choice": gettext_lazy("Choose from the list."),
        },
    )

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.today = plan, today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(_("That day is in the future."))
        if day < self.plan.released_on:
            raise forms.ValidationError(
                _("The plan was released on {day}. Choose that day or a later one.").format(
                    day=day_words(self.plan.released_on)
                )
            )
        return day


class TakeDownForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why the page is taken down"),
        rows=3,
        help_text=gettext_lazy(
            "For your colleagues. The public reads only that it was taken down, and when."
        ),
        error_messages={"required": gettext_lazy("Say why the page is taken down.")},
    )
