"""Forms of papers from before the product."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import DayField, Form, ReasonField, TextField, UploadField, VersionedForm
from reports.requests.models import EarlierPaper
from reports.requests.pages.register.agency_choices import offer_agencies
from workitems.models import Plan
from workitems.plan.attachments import MAX_MEGABYTES


def agency_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Agency that holds it"),
        error_messages={"required": gettext_lazy("Choose the agency.")},
    )


class _OfPaper(Form):
    """The title, number, date and kind of a paper, as a schedule lists it. A subclass has its agency."""

    title = TextField(
        label=gettext_lazy("Title"),
        max_length=250,
        error_messages={"required": gettext_lazy("Enter the paper’s title.")},
    )
    number = TextField(
        label=gettext_lazy("Number"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("As printed on it: 09/1"),
    )
    dated = DayField(label=gettext_lazy("Date of the paper"))
    kind = TextField(
        label=gettext_lazy("Kind"),
        max_length=100,
        help_text=gettext_lazy(
            "In your agency’s words, such as Annual report. Use the same words for papers of the same kind."
        ),
        error_messages={
            "required": gettext_lazy("Enter what kind of paper it is, such as Annual report.")
        },
    )
    plan = forms.ChoiceField(
        label=gettext_lazy("Plan"),
        required=False,
        help_text=gettext_lazy(
            "Everyone who reads the plan can then open the paper, beside its briefings."
        ),
    )

    def __init__(
        self, *args: Any, agencies: list[Agency], plans: list[Plan], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.agencies = {str(agency.pk): agency for agency in agencies}
        offer_agencies(self.fields["agency"], agencies, today)
        self.plans = {str(plan.pk): plan for plan in plans}
        field = self.fields["plan"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("No plan")), *((str(plan.pk), plan.title) for plan in plans)]

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values for the service."""
        names = ("title", "number", "dated", "kind")
        found = {name: self.cleaned_data[name] for name in names}
        return {**found, "plan": self.plans.get(self.cleaned_data["plan"])}


class AddEarlierPaperForm(_OfPaper):
    """A PDF and how a schedule lists it."""

    file = UploadField(
        label="PDF",
        max_length=255,
        help_text=format_lazy(
            gettext_lazy("At most {most} MB. It is kept unchanged."), most=MAX_MEGABYTES
        ),
        accept=".pdf",
        error_messages={"required": gettext_lazy("Choose a PDF.")},
    )
    agency = agency_field()


class ChangeEarlierPaperForm(_OfPaper, VersionedForm):
    """How a paper is listed. Its file cannot be changed."""

    BEGINS_WITH = ("title", "number", "dated", "kind")

    agency = agency_field()
    reason = ReasonField(
        label=gettext_lazy("Why"),
        required=False,
        rows=2,
        help_text=gettext_lazy("Kept in the history."),
    )

    def start(self, row: EarlierPaper) -> dict[str, Any]:
        return {**super().start(row), "plan": str(row.plan_id or ""), "agency": str(row.agency_id)}


class WithdrawEarlierPaperForm(VersionedForm):
    reason = ReasonField(
        label=gettext_lazy("Why the paper is withdrawn"),
        rows=3,
        error_messages={"required": gettext_lazy("Say why the paper is withdrawn.")},
    )
