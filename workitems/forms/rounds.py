"""Forms to open and reopen a round."""

from typing import Any

from django import forms

from agencies.fields import DayField, Form, LinesField, ReasonField, TextField
from agencies.models import Agency


class OpenRoundForm(Form):
    name = TextField(
        label="Name", max_length=100, help_text="As agencies read it: January to June 2010"
    )
    period_start = DayField(label="The period begins on")
    period_end = DayField(label="It ends on")
    due_on = DayField(label="Returns are due on")
    message = LinesField(label="Message to the agencies", rows=4)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end, due = (cleaned.get(n) for n in ("period_start", "period_end", "due_on"))
        if start and end and end <= start:
            self.add_error("period_end", "The period ends before it begins.")
        elif start and due and due < start:
            self.add_error("due_on", "The round falls due before its period begins.")
        return cleaned


class ReopenRoundForm(Form):
    reason = ReasonField(label="Why the round is opened again")


class RemindForm(Form):
    body = LinesField(
        label="Your message",
        rows=6,
        required=True,
        max_length=2000,
        help_text="They read it above the link to their return.",
        error_messages={"required": "Write what the agencies should read."},
    )


class ExtendForm(Form):
    SOMETIMES = ("agency",)  # empty, it is every agency

    agency = forms.ChoiceField(label="For", required=False)
    to = DayField(label="New due date")
    reason = ReasonField(
        label="Reason", help_text="Kept in the history, which the working group can read."
    )

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Every agency whose return is not accepted")]
        choices += [(str(agency.pk), agency.name) for agency in agencies]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.pop("agency", "")
        return cleaned | {"agencies": [int(chosen)] if chosen else None}
