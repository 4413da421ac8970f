"""Forms to publish what was released, and to open a plan's public page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, LinesField, ReasonField, TextField, VersionedForm
from reports.requests.models import PublicPage
from reports.requests.models.request import NOTE_LENGTH
from reports.requests.pages.register.warnings import LeavesWarnings


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
    SOMETIMES = ("with_letters",)

    note = LinesField(
        label=gettext_lazy("Note"),
        rows=3,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "Everyone can read it, beside the papers. It begins with the request, without who asked: change it, or leave it out."
        ),
    )
    with_letters = forms.BooleanField(
        label=gettext_lazy("Publish our reply too, as it is above"), required=False, initial=True
    )

    def __init__(self, *args: Any, has_letters: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_letters:
            del self.fields["with_letters"]


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
