"""Forms to end a delay and to mark a mitigation as done."""

from django import forms

from agencies.fields import DayField, ReasonField


class EndDelayForm(forms.Form):
    ended_on = DayField(label="Over since")
    reason = ReasonField(label="Why it is over")


class FinishMitigationForm(forms.Form):
    done_on = DayField(label="Done on")
