"""The form that imports a return's workbook: which text to keep where both changed."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from workitems.intake.forms.workbook import ConfirmForm

RETURN, SHEET, BOTH = "return", "sheet", "both"


class Choice(NamedTuple):
    """What there is to choose of one difference. Text that both sides changed can be kept twice."""

    name: str
    label: str
    is_conflict: bool
    may_keep_both: bool


class TakeForm(ConfirmForm):
    """Confirm a comparison: a choice for each conflict, and what else is left out."""

    def __init__(self, *args: Any, choices: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in choices:
            self.fields[each.name] = self._conflict(each) if each.is_conflict else self._other(each)

    def _conflict(self, choice: Choice) -> forms.Field:
        both = [(BOTH, _("Keep both, the workbook’s below"))] if choice.may_keep_both else []
        return forms.ChoiceField(
            label=_("Which text to keep: {what}").format(what=choice.label),
            choices=[
                (RETURN, _("Keep the return’s text")),
                (SHEET, _("Take the workbook’s text")),
                *both,
            ],
            widget=forms.RadioSelect(attrs={"class": "inline"}),
            error_messages={
                "required": _("Choose which text to keep: {what}.").format(what=choice.label)
            },
        )

    def _other(self, choice: Choice) -> forms.Field:
        label = format_html(
            '{}<span class="visually-hidden">: {}</span>', _("Leave this out"), choice.label
        )
        return forms.BooleanField(label=label, required=False)

    @property
    def chosen(self) -> dict[str, str]:
        """Whose words are kept, by the name of the choice, of a valid form."""
        chosen = {name: each for name, each in self.cleaned_data.items() if name != "fingerprint"}
        return {
            name: each if isinstance(each, str) else RETURN if each else SHEET
            for name, each in chosen.items()
        }
