"""Form to release the papers of a decided request."""

from typing import Any

from django import forms

from agencies.fields import DayField, Form


class ReleaseForm(Form):
    released_on = DayField(label="Released on")

    def __init__(self, *args: Any, to_upload: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"copy-{line.pk}": line for line in to_upload}
        for name, line in self.names.items():
            self.fields[name] = forms.FileField(
                label=f"Copy of document {line.number} to release",
                help_text="A PDF that was redacted or made elsewhere. The gate examines it.",
            )
