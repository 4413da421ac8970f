"""Forms for what ends a delay."""

from django import forms

from agencies.fields import DayField, ReasonField


class EndDelayForm(forms.Form):
    ended_on = DayField(label="Over since")
    reason = ReasonField(label="Why it is over")


class FinishMitigationForm(forms.Form):
    done_on = DayField(label="Done on")
