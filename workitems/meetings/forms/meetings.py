"""Forms for meetings: date, agenda, attendance, decisions and their follow-up."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import (
    DayField,
    Form,
    LinesField,
    ReasonField,
    SeveralField,
    TextField,
    VersionedForm,
    refuse_unprintable,
)
from workitems.meetings.services.decisions import owner_faults
from workitems.models import Decision, Meeting, Plan, WorkItem
from workitems.models.meeting import MATTER_TITLE_LENGTH, time_in_words
from workitems.plan.forms.stems import remark_on_acronyms


def invited(meeting: Meeting) -> Any:
    """Return the plan's member agencies that exist on the meeting's day."""
    return meeting.plan.agencies_on(meeting.held_on)


class ClockField(forms.TimeField):
    """A time of day as people type it: "10:30 am", "2pm", "14:00", "noon"."""

    EARLIEST = time(7)  # An earlier one needs "am": nobody who types "2:30" means the night.
    default_error_messages = {"invalid": gettext_lazy("Enter a time, such as 10:30 am or 14:00.")}
    input_formats = (
        "%I:%M %p",
        "%I:%M%p",
        "%I.%M %p",
        "%I.%M%p",
        "%I %p",
        "%I%p",
        "%H:%M",
        "%H.%M",
    )
    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return time_in_words(value) if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        text = str(value or "").strip().lower().replace("a.m.", "am").replace("p.m.", "pm")
        if text == "noon":
            return time(12)
        read = super().to_python(text)
        if read is not None and read < self.EARLIEST and not text.endswith(("am", "pm")):
            raise forms.ValidationError(
                _("Enter “{text} am” or “{text} pm”, or a time such as 14:00.").format(text=text),
                code="invalid",
            )
        return read


class CallMeetingForm(Form):
    held_on = DayField(label=gettext_lazy("On what day"))
    starts_at = ClockField(
        label=gettext_lazy("Starts at"),
        required=False,
        help_text=gettext_lazy("For example, 10:30 am."),
    )
    place = TextField(label=gettext_lazy("Where"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link to join online"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[refuse_unprintable],
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={
            "invalid": gettext_lazy("Enter a full address, such as https://example.org/join.")
        },
    )
    notes = LinesField(label=gettext_lazy("Notes for attendees"))


class ChangeMeetingForm(VersionedForm, CallMeetingForm):
    BEGINS_WITH = ("held_on", "starts_at", "place", "link", "notes")


class MatterForm(Form):
    title = TextField(label=gettext_lazy("What is to be discussed"), max_length=MATTER_TITLE_LENGTH)
    note = LinesField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Shown under the title: what the group is asked, or who speaks."),
    )


class ChangeMatterForm(VersionedForm, MatterForm):
    """Change a matter, including its position, which is quicker to type than to move stepwise."""

    BEGINS_WITH = ("title", "note", "position")

    position = forms.IntegerField(
        label=gettext_lazy("Place on the agenda"),
        error_messages={"required": gettext_lazy("Enter the place, such as 3.")},
        min_value=1,
        max_value=9999,
        help_text=gettext_lazy("1 is the first."),
    )


class AttendanceForm(Form):
    agencies = SeveralField(
        label=gettext_lazy("Agencies present"),
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = LinesField(
        label=gettext_lazy("People present"),
        rows=6,
        help_text=gettext_lazy(
            "One person on each line, such as: Anna Lee, Police. The minutes list them."
        ),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agencies"]
        field.queryset = invited(meeting)
        field.label_from_instance = lambda agency: agency.name
        if not self.is_bound:
            field.initial = list(meeting.attendances.present().values_list("agency", flat=True))
            self.fields["people"].initial = meeting.people


class DiscussionForm(VersionedForm):
    BEGINS_WITH = ("discussion",)

    discussion = LinesField(
        label=gettext_lazy("Notes of the discussion"),
        rows=4,
        help_text=gettext_lazy(
            "The minutes print them under “Discussion”, apart from what was decided."
        ),
    )


class CancelMeetingForm(VersionedForm):
    reason = ReasonField(label=gettext_lazy("Why the meeting is cancelled"))


class ReopenMeetingForm(Form):
    reason = ReasonField(label=gettext_lazy("Why the record is reopened"))


class DecideHereForm(Form):
    """Record the decision on a variation at the meeting shown on the page."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What the working group decided"),
        error_messages={"required": gettext_lazy("Choose approved or declined.")},
        choices=[("approve", gettext_lazy("Approved")), ("decline", gettext_lazy("Declined"))],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    text = LinesField(
        label=gettext_lazy("The decision in words"),
        help_text=gettext_lazy("In the meeting’s words."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {"approve": cleaned.get("decision") == "approve", "text": cleaned.get("text", "")}


class FollowUpFields(Form):
    """Owner and due date of what is to be done; give both or neither."""

    SOMETIMES = ("owner_agency", "due_on")

    owner_agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency that acts on it"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("The action is on its desk until it is done."),
    )
    due_on = DayField(label=gettext_lazy("To be done by"), required=False)

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if "owner_agency" in cleaned:
            yield from owner_faults(cleaned["owner_agency"], cleaned.get("due_on"))

    def offer_members(self, plan: Plan, on: date, kept: int | None = None) -> None:
        """Offer the members that do not end as owners, and the one `kept`; remark on the acronyms that the plan does
        not know."""
        remark_on_acronyms(self, plan, "text")
        offered = plan.agencies_after(on, Q(pk=kept) if kept else None)
        self.fields["owner_agency"].queryset = offered  # type: ignore[attr-defined]


class DecisionForm(FollowUpFields):
    """Record a decision. Without a matter (`with_items`) it may be about an item."""

    text = LinesField(label=gettext_lazy("What was decided"), required=True)
    item = forms.ModelChoiceField(
        label=gettext_lazy("About which work item"),
        queryset=WorkItem.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )

    field_order = ("text", "item", "owner_agency", "due_on")

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        with_items: bool,
        on: date,
        lead: Agency | None = None,
        **kwargs: Any,
    ) -> None:
        """`lead` leads the matter's item, and acts on the decision if only a date is given."""
        super().__init__(*args, **kwargs)
        lead = None if lead is not None and (lead.valid_to or date.max) <= on else lead
        self.lead = lead
        self.offer_members(plan, on)
        if lead is not None:
            self.fields["owner_agency"].help_text = _(
                "If you enter a date and no agency, it is {lead}, the lead agency."
            ).format(lead=lead)
        if with_items:
            field: Any = self.fields["item"]
            field.queryset = plan.items.in_order()
            field.label_from_instance = lambda item: f"{item.number} {item.title}"
        else:
            del self.fields["item"]

    def clean_owner_agency(self) -> Agency | None:
        chosen: Agency | None = self.cleaned_data["owner_agency"]
        return chosen or (self.lead if self["due_on"].data else None)


class ChangeDecisionForm(VersionedForm, FollowUpFields):
    BEGINS_WITH = ("text", "owner_agency", "due_on")

    text = LinesField(label=gettext_lazy("What was decided"), required=True)

    field_order = ("version", "text", "owner_agency", "due_on")

    def __init__(self, *args: Any, row: Decision, on: date, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.offer_members(row.plan, on, row.owner_agency_id)
