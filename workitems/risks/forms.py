"""Forms to raise, re-rate, escalate, de-escalate, close and reopen a risk; the list's filters."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import Form, LinesField, ReasonField, VersionedForm
from workitems.models import Plan, Risk, WorkItem
from workitems.models.risk import RiskQuerySet
from workitems.plan.forms.stems import StemField, names_of, remark_on_acronyms, speak_of

# The description is the heading of the risk's page, so it is short. Imported ones may be longer.
DESCRIPTION_LENGTH = 300
RESPONSE = gettext_lazy("What is done about it")
RATING = forms.RadioSelect(attrs={"class": "inline"})


class RaiseRiskForm(Form):
    """Raise a risk. `items` and `agencies` are the choices of the user.

    The owner agency is not shown if there is only one. Unless the user coordinates the plan, the
    owner must lead or support the item.
    """

    # Empty, it threatens the plan as a whole, which is an answer too.
    SOMETIMES = ("item",)

    description = LinesField(
        label=gettext_lazy("The risk"),
        rows=2,
        required=True,
        error_messages={"required": gettext_lazy("Describe the risk in one sentence.")},
        max_length=DESCRIPTION_LENGTH,
        help_text=gettext_lazy("One sentence: what could happen, and what it would lead to."),
    )
    item = forms.ModelChoiceField(
        label=gettext_lazy("What it threatens"),
        required=False,
        queryset=WorkItem.objects.none(),
        empty_label=gettext_lazy("The plan as a whole"),
    )
    likelihood = forms.ChoiceField(
        label=gettext_lazy("Likelihood"), choices=Risk.Level.choices, widget=RATING
    )
    impact = forms.ChoiceField(
        label=gettext_lazy("Impact"), choices=Risk.Level.choices, widget=RATING
    )
    owner_agency = forms.ModelChoiceField(
        label=gettext_lazy("Owned by"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
        error_messages={"required": gettext_lazy("Choose the agency that owns the risk.")},
    )
    response = StemField(
        "response",
        owner="owner_agency",
        label=RESPONSE,
        rows=4,
        help_text=gettext_lazy("The agency that owns it can also write this later."),
    )

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        items: QuerySet[WorkItem],
        agencies: QuerySet[Agency],
        coordinates: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.coordinates = coordinates
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        offered = list(agencies)
        self.offered = [agency.pk for agency in offered]
        self.only_agency = offered[0] if len(offered) == 1 else None
        speak_of(self, str(self.only_agency or ""), names_of(offered), plan)
        remark_on_acronyms(self, plan, "description")
        if self.only_agency is not None:
            del self.fields["owner_agency"]
        else:
            self.fields["owner_agency"].queryset = agencies  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.only_agency is not None:
            cleaned["owner_agency"] = self.only_agency
        item, owner = cleaned.get("item"), cleaned.get("owner_agency")
        if item is not None and owner is not None and not self.coordinates:
            support = {each.agency_id for each in item.supports.all()}
            if owner.pk not in {item.lead_agency_id, *support}:
                self.add_error(
                    None if self.only_agency else "owner_agency",
                    _("{owner} neither leads nor supports item {number}.").format(
                        owner=owner, number=item.number
                    ),
                )
        return cleaned


class ChangeRiskForm(VersionedForm):
    SOMETIMES = ("reason",)
    BEGINS_WITH = ("likelihood", "impact", "response")

    likelihood = forms.ChoiceField(
        label=gettext_lazy("Likelihood"), choices=Risk.Level.choices, widget=RATING
    )
    impact = forms.ChoiceField(
        label=gettext_lazy("Impact"), choices=Risk.Level.choices, widget=RATING
    )
    response = StemField("response", label=RESPONSE, rows=4)
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy(
            "Needed if you change the rating. If you change nothing else, it is kept as a note."
        ),
    )

    def __init__(self, *args: Any, row: Risk, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        speak_of(self, str(row.owner_agency), names_of([row.owner_agency]), row.plan)


class MoveRiskForm(Form):
    """Escalate or de-escalate a risk to one of `steps`. The choice is hidden if there is only one."""

    OWNER = "owner"

    to = forms.ChoiceField(
        label=gettext_lazy("To whom"),
        widget=RATING,
        error_messages={"required": gettext_lazy("Choose who the risk goes to.")},
    )
    reason = ReasonField(label=gettext_lazy("Reason"))

    def __init__(self, *args: Any, risk: Risk, steps: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {self.OWNER: risk.owner_agency.name, **dict(Risk.EscalatedTo.choices)}
        offered = {step or self.OWNER for step in steps}
        # Accept a choice from an outdated page, so that the service explains the refusal.
        offered.add(str(self.data.get(self.add_prefix("to"))))
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (step, label) for step, label in labels.items() if step in offered
        ]
        if len(steps) == 1:
            self.fields["to"].widget = forms.HiddenInput()
            self.initial["to"] = steps[0] or self.OWNER

    def clean_to(self) -> str:
        return str(self.cleaned_data["to"]).replace(self.OWNER, "")


class CloseRiskForm(Form):
    reason = ReasonField(label=gettext_lazy("Why the risk is over"))


class ReopenRiskForm(Form):
    reason = ReasonField(label=gettext_lazy("Why the risk is reopened"))


class RiskFilter(Form):
    """Filter the risks of a plan. A GET form: an invalid field shows its error, and the valid ones are used."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Any state")),
            ("open", gettext_lazy("Open")),
            ("escalated", gettext_lazy("Escalated")),
            ("closed", gettext_lazy("Closed")),
        ],
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Owned by"),
        required=False,
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("All agencies"),
    )
    item = forms.ModelChoiceField(
        label=gettext_lazy("Threatens"),
        required=False,
        queryset=WorkItem.objects.none(),
        to_field_name="number",
        empty_label=gettext_lazy("Anything"),
    )

    def __init__(self, data: Any, *, plan: Plan) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["agency"].queryset = plan.agencies
        threatened = plan.risks.exclude(item=None).values("item")
        fields["item"].queryset = plan.items.filter(pk__in=threatened).in_order()

    def narrowed(self, rows: RiskQuerySet, on: date) -> RiskQuerySet:
        """Return those of the risks that were asked for. They are open or closed as at the day `on`."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("agency"):
            rows = rows.filter(owner_agency=chosen["agency"])
        if chosen.get("item"):
            rows = rows.filter(item=chosen["item"])
        match chosen.get("state"):
            case "closed":
                return rows.closed(on)
            case "open":
                return rows.open(on)
            case "escalated":
                return rows.open(on).escalated()
        return rows
