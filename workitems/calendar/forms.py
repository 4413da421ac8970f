"""Forms to create and revoke calendar feeds."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, ReasonField, TextField
from workitems.models import Plan


class MakeFeedForm(Form):
    """Create a feed. `plan` is shown only if the agency is a member of several plans."""

    plan = forms.ModelChoiceField(
        label=gettext_lazy("Plan"),
        queryset=Plan.objects.none(),
        empty_label=gettext_lazy("All plans, also later ones"),
        required=False,
        widget=forms.RadioSelect,
    )
    label = TextField(
        label=gettext_lazy("Where it will be read"),
        max_length=100,
        help_text=gettext_lazy("So that you know it again later: “Outlook of the policy team”."),
    )

    def __init__(self, *args: Any, plans: "QuerySet[Plan]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = list(plans)
        if len(self.plans) == 1:
            del self.fields["plan"]
        else:
            self.fields["plan"].queryset = plans  # type: ignore[attr-defined]

    @property
    def chosen_plan(self) -> Plan | None:
        """The plan; None for all plans."""
        if len(self.plans) == 1:
            return self.plans[0]
        plan: Plan | None = self.cleaned_data.get("plan")
        return plan


class RevokeFeedForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why"),
        required=False,
        help_text=gettext_lazy("Kept in the plan’s history."),
    )
