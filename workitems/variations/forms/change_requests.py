"""Forms to request a change of what was adopted. `given` is what `change_requests.drafted` takes."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import WRITING_ROLES, Agency, Seat
from agencies.typed.fields import DayField, LinesField, TextField
from agencies.wording.translation import StrOrPromise, list_in_words
from workitems.models import Milestone, Variation
from workitems.plan.forms.stems import remark_on_acronyms
from workitems.variations.forms.variations import RequestForm, plan_of
from workitems.variations.services.change_requests import LENGTHS, ROLE_LENGTH, milestones_of_lead

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


def _without_people(agencies: QuerySet[Agency], on: date) -> str:
    """Return that nobody of some agencies can write here on a day, "" if there are none. One query."""
    seated = Seat.objects.on(on).filter(role__in=WRITING_ROLES).values("agency")
    names = [str(agency) for agency in agencies.exclude(pk__in=seated)]
    if not names:
        return ""
    return ngettext(
        "{agencies} has no users yet, so nobody there could report on the item. Invite them first.",
        "{agencies} have no users yet, so nobody there could report on the item. Invite them first.",
        len(names),
    ).format(agencies=list_in_words(names))


class ChangeForm(RequestForm):
    """Base of the forms. `members` are the agencies of the plan's working group, `on` is today."""

    field_order = (
        "version",
        "to",
        "with_milestones",
        "what",
        "role",
        "text",
        "ends_on",
        "reason",
        "agency",
    )
    # A wording of a milestone, of the form that asks for one.
    wording = ""

    def __init__(self, *args: Any, members: QuerySet[Agency], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = on
        if "to" in self.fields:
            self.offered_now = self.offered(members)
            self.fields["to"].queryset = self.offered_now  # type: ignore[attr-defined]

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

    with_milestones = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].help_text = _without_people(self.offered_now, self.today)
        own = milestones_of_lead(self.row)
        if not own:
            del self.fields["with_milestones"]
            return
        field = self.fields["with_milestones"]
        field.label = ngettext(
            "Also ask to give it the open milestone of {agency}: {names}",
            "Also ask to give it the open milestones of {agency}: {names}",
            len(own),
        ).format(agency=self.row.lead_agency, names=list_in_words([f"“{each}”" for each in own]))
        field.help_text = _("Otherwise {agency} stays responsible after the lead moves.").format(
            agency=self.row.lead_agency
        )

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        return members.exclude(pk=self.row.lead_agency_id)

    def given(self) -> dict[str, Any]:
        asked = {"with_milestones": True} if self.cleaned_data.get("with_milestones") else {}
        return {**super().given(), **asked}


class ResponsibleForm(ChangeForm):
    to = agency_field(
        gettext_lazy("New responsible agency"),
        gettext_lazy("Choose the agency that is to be responsible."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].help_text = _without_people(self.offered_now, self.today)

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
            "It must have no part in an open item. Ask for other agencies for its items first. It leaves on the day of "
            "the decision."
        ),
    )

    def offered(self, members: QuerySet[Agency]) -> QuerySet[Agency]:
        return members.exclude(pk=self.row.coordinating_agency_id)


class EndForm(ChangeForm):
    ends_on = DayField(label=gettext_lazy("New last day of the plan"))

    def given(self) -> dict[str, Any]:
        return {"ends_on": self.cleaned_data["ends_on"].isoformat()}
