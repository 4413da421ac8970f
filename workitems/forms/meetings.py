"""Forms for meetings: date, agenda, attendance, decisions and their follow-up."""

from collections.abc import Iterable
from typing import Any

from django import forms

from agencies.asking import Fault
from agencies.fields import (
    DayField,
    Form,
    LinesField,
    ReasonField,
    SeveralField,
    TextField,
    VersionedForm,
)
from agencies.models import Agency
from workitems.models import Decision, Meeting, Plan, WorkItem
from workitems.models.meeting import MATTER_TITLE_LENGTH
from workitems.services.decisions import owner_faults


def members(plan: Plan) -> Any:
    return Agency.objects.filter(memberships__plan=plan).in_order()


def invited(meeting: Meeting) -> Any:
    """Return the plan's member agencies that exist on the meeting's day."""
    return meeting.plan.agencies_on(meeting.held_on)


class CallMeetingForm(Form):
    held_on = DayField(label="On what day")
    place = TextField(label="Where", max_length=200, required=False)
    notes = LinesField(label="Notes for those who come")


class ChangeMeetingForm(VersionedForm, CallMeetingForm):
    BEGINS_WITH = ("held_on", "place", "notes")


class MatterForm(Form):
    title = TextField(label="What is to be discussed", max_length=MATTER_TITLE_LENGTH)
    note = LinesField(
        label="Note", help_text="Shown under the title: what the group is asked, or who speaks."
    )


class ChangeMatterForm(VersionedForm, MatterForm):
    """Change a matter, including its position, which is quicker to type than to move stepwise."""

    BEGINS_WITH = ("title", "note", "position")

    position = forms.IntegerField(
        label="Place on the agenda",
        error_messages={"required": "Enter the place, such as 3."},
        min_value=1,
        max_value=9999,
        help_text="1 is the first.",
    )


class AttendanceForm(Form):
    agencies = SeveralField(
        label="Agencies present",
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agencies"]
        field.queryset = invited(meeting)
        field.label_from_instance = lambda agency: agency.name
        if not self.is_bound:
            field.initial = list(meeting.attendances.present().values_list("agency", flat=True))


class ReopenMeetingForm(Form):
    reason = ReasonField(label="Why the record is opened again")


class DecideHereForm(Form):
    """Record the decision on a variation at the meeting shown on the page."""

    decision = forms.ChoiceField(
        label="What the working group decided",
        error_messages={"required": "Choose approved or declined."},
        choices=[("approve", "Approved"), ("decline", "Declined")],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    text = LinesField(label="The decision in words", help_text="In the meeting’s words.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {"approve": cleaned.get("decision") == "approve", "text": cleaned.get("text", "")}


class FollowUpFields(Form):
    """Owner and due date of what is to be done; give both or neither."""

    SOMETIMES = ("owner_agency", "due_on")

    owner_agency = forms.ModelChoiceField(
        label="Agency that acts on it",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="None",
        help_text="It finds the action on its desk until it is done.",
    )
    due_on = DayField(label="To be done by", required=False)

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if "owner_agency" in cleaned:
            yield from owner_faults(cleaned["owner_agency"], cleaned.get("due_on"))

    def offer_members(self, plan: Plan) -> None:
        self.fields["owner_agency"].queryset = members(plan)  # type: ignore[attr-defined]


class DecisionForm(FollowUpFields):
    """Record a decision. Without a matter (`with_items`) it may be about an item."""

    text = LinesField(label="What was decided", required=True)
    item = forms.ModelChoiceField(
        label="About which work item",
        queryset=WorkItem.objects.none(),
        required=False,
        empty_label="None",
    )

    field_order = ("text", "item", "owner_agency", "due_on")

    def __init__(self, *args: Any, plan: Plan, with_items: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_members(plan)
        if with_items:
            field: Any = self.fields["item"]
            field.queryset = plan.items.in_order()
            field.label_from_instance = lambda item: f"{item.number} {item.title}"
        else:
            del self.fields["item"]


class ChangeDecisionForm(VersionedForm, FollowUpFields):
    BEGINS_WITH = ("text", "owner_agency", "due_on")

    text = LinesField(label="What was decided", required=True)

    field_order = ("version", "text", "owner_agency", "due_on")

    def __init__(self, *args: Any, row: Decision, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.offer_members(row.plan)
