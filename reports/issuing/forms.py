"""Forms of a briefing's steps, and of its authorisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.people.forms import SignatureForm


class SignForm(SignatureForm):
    """Carries the SHA-256 of the PDF on the page."""

    pdf_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    has_read = forms.BooleanField(
        label=gettext_lazy("I have read this PDF and authorise it as it is"),
        error_messages={
            "required": gettext_lazy("Tick this when you have read the PDF. It is what you sign.")
        },
    )
    field_order = ("has_read", "password")

    def arguments(self) -> dict[str, Any]:
        return {"pdf_sha256": self.cleaned_data["pdf_sha256"]}
