"""Forms to request a change of what was adopted. `given` is what `change_requests.drafted` takes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import DayField, LinesField, TextField
from agencies.wording.translation import StrOrPromise
from workitems.models import Milestone, Variation
from workitems.plan.forms.stems import remark_on_acronyms
from workitems.variations.forms.variations import RequestForm, plan_of
from workitems.variations.services.change_requests import LENGTHS, ROLE_LENGTH

Wording = Variation.Wording
CHOOSE = gettext_lazy("Choose an agency")


def agency_field(label: StrOrPromise, required: StrOrPromise, **kwargs: Any) -> Any:
    """Return the field of an agency, whose choices the form gives it. `required` says that one is missing."""
    return forms.ModelChoiceField(
        label=label,
        queryset=Agency.objects.none(),
        empty_label=CHOOSE,
        error_messages={"required": required},
        **kwargs,
    )


class ChangeForm(RequestForm):
    """Base of the forms. `members` are the agencies of the plan's working group."""

    field_order = ("version", "to", "what", "role", "text", "ends_on", "reason", "agency")
    # A wording of a milestone, of the form that asks for one.
    wording = ""

    def __init__(self, *args: Any, members: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "to" in self.fields:
            self.fields["to"].queryset = self.offered(members)  # type: ignore[attr-defined]

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        """Return the agencies to choose from."""
        return members

    def given(self) -> dict[str, Any]:
        return {"agency": self.cleaned_data["to"].pk}

    def asked(self) -> dict[str, Any]:
        kept = ("version", "reason", "agency")
        return {"given": self.given(), **{name: self.cleaned_data[name] for name in kept}}


class LeadForm(ChangeForm):
    to = agency_field(
        gettext_lazy("New lead agency"),
        gettext_lazy("Choose the agency that is to lead."),
    )

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        return members.exclude(pk=self.row.lead_agency_id)


class ResponsibleForm(ChangeForm):
    to = agency_field(
        gettext_lazy("New responsible agency"),
        gettext_lazy("Choose the agency that is to be responsible."),
    )

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        return members.exclude(pk=self.row.responsible_agency_id)


class SupporterForm(ChangeForm):
    to = agency_field(
        gettext_lazy("Agency"),
        gettext_lazy("Choose the agency."),
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What is to change"),
        choices=[
            ("support", gettext_lazy("It supports the item")),
            ("end", gettext_lazy("It no longer supports the item")),
        ],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        error_messages={"required": gettext_lazy("Choose what is to change.")},
    )
    role = TextField(
        label=gettext_lazy("What it does"),
        required=False,
        max_length=ROLE_LENGTH,
        help_text=gettext_lazy("For example: trains staff."),
    )

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        return members.exclude(pk=self.row.lead_agency_id)

    def given(self) -> dict[str, Any]:
        ends = self.cleaned_data["what"] == "end"
        return {**super().given(), "role": None if ends else self.cleaned_data["role"]}


class MilestoneWordsForm(ChangeForm):
    text = LinesField(label=gettext_lazy("New wording"), rows=4, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        remark_on_acronyms(self, plan_of(self.row), "text")

    def start(self, row: Milestone) -> dict[str, Any]:
        return {"text": getattr(row, self.wording)}

    def given(self) -> dict[str, Any]:
        return {"wording": self.wording, "text": self.cleaned_data["text"]}


class DescriptionForm(MilestoneWordsForm):
    wording = Wording.DESCRIPTION
    text = LinesField(
        label=gettext_lazy("New words of the milestone"),
        rows=2,
        required=True,
        max_length=LENGTHS[Wording.DESCRIPTION],
    )


class DoneMeansForm(MilestoneWordsForm):
    wording = Wording.DONE_MEANS
    text = LinesField(label=gettext_lazy("New words on when it is done"), rows=4, required=True)


class CancelForm(ChangeForm):
    def given(self) -> dict[str, Any]:
        return {}


class LeavingForm(ChangeForm):
    to = agency_field(
        gettext_lazy("Agency that leaves"),
        gettext_lazy("Choose the agency that leaves."),
        help_text=gettext_lazy(
            "It must have no part in an open item. Ask for other agencies for its items first."
        ),
    )

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        return members.exclude(pk=self.row.coordinating_agency_id)


class EndForm(ChangeForm):
    ends_on = DayField(label=gettext_lazy("New last day of the plan"))

    def given(self) -> dict[str, Any]:
        return {"ends_on": self.cleaned_data["ends_on"].isoformat()}
