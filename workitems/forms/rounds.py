"""Forms to open and reopen a round."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from agencies.asking import Fault
from agencies.fields import DayField, Form, LinesField, ReasonField, TextField
from agencies.models import Agency
from workitems.models import Plan
from workitems.services.plan_days import later_faults
from workitems.services.rounds import round_faults


class OpenRoundForm(Form):
    name = TextField(
        label="Name",
        max_length=100,
        help_text="As agencies will read it, such as January to June 2026",
    )
    period_start = DayField(label="First day of the period")
    period_end = DayField(label="Last day of the period")
    due_on = DayField(label="Returns are due on")
    message = LinesField(label="Message to the agencies", rows=4)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        self.plan = plan
        super().__init__(*args, **kwargs)

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        days = (cleaned.get(name) for name in ("period_start", "period_end", "due_on"))
        return round_faults(self.plan, *days)


class CloseRoundForm(Form):
    # The returns that the page showed as still open.
    seen = TextField(required=False, widget=forms.HiddenInput)


class ReopenRoundForm(Form):
    reason = ReasonField(label="Why the round is reopened")


class RemindForm(Form):
    body = LinesField(
        label="Your message",
        rows=6,
        required=True,
        max_length=2000,
        help_text="They read it above the link to their return.",
        error_messages={"required": "Write what the agencies should read."},
    )


class ExtendReturnsForm(Form):
    SOMETIMES = ("agency",)  # empty, it is every agency

    agency = forms.ChoiceField(label="For", required=False)
    to = DayField(label="New due date")
    reason = ReasonField(
        label="Reason", help_text="Kept in the history. The working group can read it."
    )

    def __init__(self, *args: Any, agencies: list[Agency], on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)
        choices = [("", "Every agency whose return is not accepted yet")]
        choices += [(str(agency.pk), agency.name) for agency in agencies]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        return later_faults(cleaned.get("to"), on=self.on, field="to")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.pop("agency", "")
        return cleaned | {"agencies": [int(chosen)] if chosen else None}
