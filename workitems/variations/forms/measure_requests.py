"""The form to request a change of a measure."""

from typing import Any

from django.utils.translation import gettext_lazy

from agencies.typed.fields import REASON_LENGTH
from workitems.measures.forms import SetUpForm
from workitems.measures.services.set_up import to_data
from workitems.plan.forms.stems import StemField
from workitems.variations.forms.variations import RequestForm


class MeasureRequestForm(SetUpForm, RequestForm):
    """Its set-up and targets, with why they change. A measure that has a number keeps its kind."""

    reason = StemField(  # type: ignore[assignment]
        "reason",
        label=gettext_lazy("Why the change is needed"),
        required=True,
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("The working group decides on these words."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]

    def asked(self) -> dict[str, Any]:  # type: ignore[override]
        given = to_data(self.row, self.values(), self.aims())
        kept = ("version", "reason", "agency")
        return {"given": given, **{name: self.cleaned_data[name] for name in kept}}
