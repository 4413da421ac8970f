"""Forms to request, recommend, decide and withdraw a variation."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import REASON_LENGTH, Form, LinesField, ReasonField, VersionedForm
from agencies.wording.translation import day_words
from workitems.models import Measure, Meeting, Milestone, Plan, Variation, WorkItem
from workitems.plan.forms.due_dates import KnownDateField, ask_about_order
from workitems.plan.forms.stems import StemField, names_of, remark_on_acronyms, speak_of
from workitems.variations.services.variations import new_date_faults


def plan_of(row: Plan | WorkItem | Milestone | Measure) -> Plan:
    """Return the plan of what a request is about."""
    if isinstance(row, Plan):
        return row
    return row.item.plan if isinstance(row, Milestone) else row.plan


class RequestForm(VersionedForm):
    """Base of the request forms. The agency is shown only if the user has several to choose."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("On behalf of"),
        queryset=Agency.objects.none(),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the agency that asks.")},
    )
    reason = StemField(
        "reason",
        label=gettext_lazy("Why the change is needed"),
        required=True,
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("The working group decides on these words."),
    )

    def __init__(self, *args: Any, row: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.agencies = agencies
        self.only_agency = agencies[0] if len(agencies) == 1 else None
        who = str(self.only_agency or _("the agency"))
        speak_of(self, who, names_of(agencies), plan_of(row))
        if self.only_agency is not None:
            del self.fields["agency"]
        else:
            self.fields["agency"].queryset = Agency.objects.filter(  # type: ignore[attr-defined]
                pk__in=[agency.pk for agency in agencies]
            ).in_order()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.only_agency is not None:
            cleaned["agency"] = self.only_agency
        return cleaned

    def asked(self) -> dict[str, Any]:
        """Return what is asked, once the form is valid, by the arguments of its service."""
        return self.cleaned_data


class RequestDateForm(RequestForm):
    due_after = KnownDateField(label=gettext_lazy("New agreed date"))
    after_end = forms.BooleanField(
        label=gettext_lazy("The date is after the plan’s end"),
        required=False,
        widget=forms.HiddenInput,
        help_text=gettext_lazy("Say why in the reason below."),
    )

    field_order = ("version", "due_after", "after_end", "reason", "agency")

    def __init__(self, *args: Any, row: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        steps = row.item.milestones.open()
        ask_about_order(self, "due_after", row, lambda: list(steps))

    def start(self, row: Milestone) -> dict[str, Any]:
        # The agency most likely requests the date that it forecasts.
        return {"due_after": row.forecast if row.forecast_due > row.agreed_due else None}

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if cleaned.get("due_after") and self.on is not None:
            yield from new_date_faults(
                self.row,
                cleaned["due_after"],
                on=self.on,
                after_end=cleaned.get("after_end", False),
                reason=cleaned.get("reason", ""),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        due, end = cleaned.get("due_after"), self.row.item.plan.ends_on
        if due and end and due.last_day > end:
            # From now on the page has the box to tick.
            self.fields["after_end"].widget = forms.CheckboxInput()
        return cleaned


class RequestWordingForm(RequestForm):
    text_after = LinesField(label=gettext_lazy("New wording"), rows=8, required=True)

    field_order = ("version", "text_after", "reason", "agency")

    def __init__(self, *args: Any, row: WorkItem, wording: str, **kwargs: Any) -> None:
        self.wording = wording
        super().__init__(*args, row=row, **kwargs)
        field = self.fields["text_after"]
        field.label = _("New wording of the {wording}").format(
            wording=Variation.Wording(wording).label.lower()
        )
        if wording == Variation.Wording.TITLE:
            field.widget = forms.TextInput()
        remark_on_acronyms(self, row.plan, "text_after")

    def start(self, row: WorkItem) -> dict[str, Any]:
        return {"text_after": getattr(row, self.wording)}


class RequestWithdrawalForm(RequestForm):
    field_order = ("version", "reason", "agency")


class RecommendForm(Form):
    recommends = forms.ChoiceField(
        label=gettext_lazy("What you recommend"),
        error_messages={"required": gettext_lazy("Choose approve or decline.")},
        choices=Variation.Recommends.choices,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    recommendation = ReasonField(
        label=gettext_lazy("In words, for the working group"),
        error_messages={"required": gettext_lazy("Say why you recommend it.")},
    )


class DecideForm(Form):
    """Record a decision of a meeting that has the variation on its agenda."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What the working group decided"),
        error_messages={"required": gettext_lazy("Choose approved or declined.")},
        choices=[("approve", gettext_lazy("Approved")), ("decline", gettext_lazy("Declined"))],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    meeting = forms.ChoiceField(
        label=gettext_lazy("At which meeting"),
        error_messages={"required": gettext_lazy("Choose the meeting.")},
    )
    text = LinesField(
        label=gettext_lazy("The decision in words"),
        help_text=gettext_lazy(
            "In the meeting’s words. If you leave it blank, the record has only the outcome."
        ),
    )

    def __init__(self, *args: Any, meetings: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = {str(meeting.pk): meeting for meeting in meetings}
        self.fields["meeting"].choices = [  # type: ignore[attr-defined]
            (key, f"{day_words(meeting.held_on)}{', ' if meeting.place else ''}{meeting.place}")
            for key, meeting in self.meetings.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {
            "approve": cleaned.get("decision") == "approve",
            "meeting": self.meetings.get(cleaned.get("meeting", "")),
            "text": cleaned.get("text", ""),
        }


class TakeBackForm(Form):
    reason = ReasonField(label=gettext_lazy("Why the request is withdrawn"))
