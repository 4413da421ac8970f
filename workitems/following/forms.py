"""Forms to choose what to follow, and what to be emailed about."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from agencies.models import Agency, by_short_name
from agencies.typed.fields import Form, SeveralField
from workitems.models import EmailChoice, Plan

CHOICES = {"roles": None, "yes": True, "no": False}


class FollowItemForm(Form):
    """`why`: why the person follows the item without a choice, "" if they do not."""

    choice = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Do you follow it?"))

    def __init__(self, *args: Any, why: str, chosen: bool | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without = (
            gettext("As my role says: followed. {why}").format(why=why)
            if why
            else gettext("As my role says: not followed")
        )
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            ("roles", without),
            ("yes", gettext("Always follow it")),
            ("no", gettext("Never follow it")),
        ]
        self.initial["choice"] = next(key for key, value in CHOICES.items() if value is chosen)

    def arguments(self) -> dict[str, Any]:
        return {"choice": CHOICES[self.cleaned_data["choice"]]}


class FollowPlanForm(Form):
    whole = forms.BooleanField(label=gettext_lazy("All items of the plan"), required=False)
    agencies = SeveralField(
        label=gettext_lazy("The items that these agencies lead"),
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = Agency.objects.filter(pk__in=plan.items.values("lead_agency"))
        self.fields["agencies"].queryset = leads.order_by(by_short_name(""))  # type: ignore[attr-defined]


class EmailsForm(Form):
    wants = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=EmailChoice.Wants.choices,
        label=gettext_lazy("What do you want to be emailed about?"),
    )
