"""Forms to end a delay and to mark a mitigation as done."""

from agencies.fields import DayField, Form, ReasonField


class EndDelayForm(Form):
    ended_on = DayField(label="Over since")
    reason = ReasonField(label="Why it is over")


class FinishMitigationForm(Form):
    done_on = DayField(label="Done on")
