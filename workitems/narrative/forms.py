"""Filter form of the history pages: subject, agency and period."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import DayField, Form
from workitems.models import Plan
from workitems.narrative import Field, Wanted


class HistoryForm(Form):
    """Filter a history. `fields` are the subjects to offer. An invalid value filters nothing."""

    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency concerned"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=gettext_lazy("All agencies"),
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)

    def __init__(self, *args: Any, plan: Plan, fields: list[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about, agency = self.fields["about"], self.fields["agency"]
        about.choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            *((field.value, field.label) for field in fields),
        ]
        agency.queryset = Agency.objects.filter(  # type: ignore[attr-defined]
            memberships__plan=plan
        ).in_order()

    def wanted(self) -> Wanted:
        """Return the filter. Call after `is_valid`."""
        cleaned = self.cleaned_data
        agency = cleaned.get("agency")
        return Wanted(
            field=Field(cleaned["about"]) if cleaned.get("about") else None,
            agency=agency.pk if agency else None,
            since=cleaned.get("since"),
            until=cleaned.get("until"),
        )
