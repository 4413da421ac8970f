"""Forms to record a request, to change what is recorded, and to correct an event."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import (
    Form,
    LinesField,
    PastDayField,
    ReasonField,
    TextField,
    VersionedForm,
)
from agencies.wording.translation import StrOrPromise
from reports.requests.models import InformationRequest, RequestEvent
from reports.requests.models.request import (
    NAME_LENGTH,
    NOTE_LENGTH,
    RECEIVED_TOO_EARLY,
    REFERENCE_LENGTH,
    TEXT_LENGTH,
)
from reports.requests.pages.register.agency_choices import offer_agencies
from workitems.models import Plan

ADDRESS_LENGTH = 1000


def reference_field() -> TextField:
    return TextField(
        label=gettext_lazy("Reference"),
        max_length=REFERENCE_LENGTH,
        help_text=gettext_lazy("As in your register, such as 13/02025 or DOIA 2324-1559."),
    )


def requester_fields() -> dict[str, forms.Field]:
    return {
        "requester_name": TextField(
            label=gettext_lazy("Who asked"),
            max_length=NAME_LENGTH,
            required=False,
            help_text=gettext_lazy(
                "Only the people who answer requests see the name and the address."
            ),
        ),
        "requester_address": LinesField(
            label=gettext_lazy("Their address"),
            max_length=ADDRESS_LENGTH,
            help_text=gettext_lazy(
                "An email address, or a postal address in lines. It is printed on each letter."
            ),
        ),
    }


def plan_field() -> Any:
    return forms.ModelChoiceField(
        label=gettext_lazy("Which plan it is about"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=gettext_lazy("No plan, or several plans"),
        help_text=gettext_lazy("We search for papers and publish them by plan."),
    )


def note_field(label: StrOrPromise, help_text: StrOrPromise = "") -> LinesField:
    return LinesField(label=label, max_length=NOTE_LENGTH, help_text=help_text)


def scope_note_field() -> LinesField:
    return note_field(
        gettext_lazy("How we read the request"),
        gettext_lazy(
            "The letters say after the request, from the acknowledgement on: “We have taken your request to mean:”, and then your words."
        ),
    )


class RecordRequestForm(Form):
    SOMETIMES = ("requester_name",)

    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency that was asked"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
        error_messages={"required": gettext_lazy("Choose the agency that was asked.")},
    )
    reference = reference_field()
    channel = forms.ChoiceField(
        label=gettext_lazy("How it was received"),
        choices=InformationRequest.Channel.choices,
        initial="email",
    )
    requester_name, requester_address = requester_fields().values()
    dated = PastDayField(
        label=gettext_lazy("Date of the request"),
        required=False,
        help_text=gettext_lazy("Leave blank if it is the day on which it was received."),
    )
    received_on = PastDayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The next working day is day 1 of the clock."),
    )
    text = LinesField(
        label=gettext_lazy("What is asked, word for word"),
        rows=8,
        required=True,
        max_length=TEXT_LENGTH,
        strip=False,
        help_text=gettext_lazy(
            "Letters quote it. You cannot change it after you have recorded it."
        ),
    )
    plan = plan_field()
    scope_note = scope_note_field()
    urgency_reason = note_field(
        gettext_lazy("Why it is urgent"), gettext_lazy("If the requester asked for urgency.")
    )

    def __init__(self, *args: Any, agencies: Any, plans: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        of_agency: Any = self.fields["agency"]
        of_agency.queryset = agencies
        offer_agencies(of_agency, list(agencies), today)
        of_plan: Any = self.fields["plan"]
        of_plan.queryset = plans

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        of_own_accord = cleaned.get("channel") == InformationRequest.Channel.OWN_INITIATIVE
        if not of_own_accord and not cleaned.get("requester_name", "").strip():
            yield _("Say who asked."), "requester_name"
        dated, received_on = cleaned.get("dated"), cleaned.get("received_on")
        if received_on and received_on > self.today:
            yield _("A request cannot be received after today."), "received_on"
        elif dated and received_on and received_on < dated:
            yield RECEIVED_TOO_EARLY, "received_on"


class ChangeRequestForm(VersionedForm):
    SOMETIMES = ("requester_name",)
    BEGINS_WITH = (
        *("reference", "requester_name", "requester_address"),
        *("plan", "scope_note", "urgency_reason"),
    )

    reference = reference_field()
    requester_name, requester_address = requester_fields().values()
    plan = plan_field()
    scope_note = scope_note_field()
    urgency_reason = note_field(
        gettext_lazy("Why it is urgent"), gettext_lazy("If the requester asked for urgency.")
    )

    def __init__(self, *args: Any, plans: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_plan: Any = self.fields["plan"]
        of_plan.queryset = plans


class CorrectEventForm(Form):
    """A later event that names the first: the right day, or that it did not happen."""

    on = PastDayField(label=gettext_lazy("Correct day"))
    did_not_happen = forms.BooleanField(
        label=gettext_lazy("It did not happen"),
        required=False,
        help_text=gettext_lazy("Leave the day as it is."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why it is corrected"),
        help_text=gettext_lazy("The first record stays. This is shown beside it."),
    )

    def __init__(self, *args: Any, event: RequestEvent, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": event.happened_on}
        super().__init__(*args, **kwargs)


class SearchForm(Form):
    """Filter of the list of requests."""

    q = TextField(
        label=gettext_lazy("Words of the request, or its reference"),
        required=False,
        max_length=REFERENCE_LENGTH,
    )
