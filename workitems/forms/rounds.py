"""Forms to open and reopen a round."""

from typing import Any

from django import forms

from agencies.fields import DayField, LinesField, ReasonField


class OpenRoundForm(forms.Form):
    name = forms.CharField(
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


class ReopenRoundForm(forms.Form):
    reason = ReasonField(label="Why the round is opened again")
