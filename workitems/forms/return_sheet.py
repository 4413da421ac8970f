"""The form that takes a return's workbook in: whose words to keep where both changed."""

from collections.abc import Iterable
from typing import Any

from django import forms

from workitems.forms.workbook import ConfirmForm

RETURN, SHEET = "return", "sheet"


class TakeForm(ConfirmForm):
    """Confirm a comparison, with one choice for each conflict, by name."""

    def __init__(self, *args: Any, conflicts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in conflicts:
            self.fields[name] = forms.ChoiceField(
                label=f"Which words to keep: {label}",
                choices=[(RETURN, "Keep what the return says now"), (SHEET, "Take the workbook’s")],
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                error_messages={"required": f"Choose which words to keep: {label}."},
            )

    @property
    def chosen(self) -> dict[str, str]:
        """The choices of a valid form, by name."""
        return {name: said for name, said in self.cleaned_data.items() if name != "fingerprint"}
