"""Form for accepting a warning with a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from agencies.typed.fields import TextField, overwrite_data
from reports.briefings.forms.step import StepForm
from reports.checks import Check


class OverrideForm(StepForm):
    """`about` is the warning's digest as the user saw it."""

    key = forms.RegexField(r"^[a-z0-9_-]{1,100}$", widget=forms.HiddenInput)
    about = TextField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        label = _("Reason for accepting it")
        super().__init__(*args, label=label, **{**kwargs, "auto_id": f"{key}-%s"})
        self.fields["reason"].error_messages["required"] = _(
            "Say why this warning can be accepted."
        )
        self.fields["reason"].widget.attrs["rows"] = 2

    @classmethod
    def of(cls, check: Check) -> "OverrideForm":
        """Return an empty form or, if an override lapsed, one with its reason."""
        reason = check.lapsed.reason if check.lapsed else ""
        initial = {"key": check.key, "about": check.about, "reason": reason}
        return cls(key=check.key, initial=initial)

    def show_again(self, check: Check) -> None:
        """Show the form again as typed, with the check's current digest."""
        overwrite_data(self, about=check.about)
