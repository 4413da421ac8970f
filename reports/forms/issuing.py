"""Forms of a briefing's steps, and of its authorisation."""

from django import forms
from django.utils.translation import gettext_lazy

from agencies.fields import Form, ReasonField
from agencies.forms import SignatureForm
from agencies.translation import StrOrPromise


class StepForm(Form):
    """One reason, with a label for the step."""

    reason = ReasonField(max_length=1000)

    def __init__(self, *args: object, label: StrOrPromise, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].label = label


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
