"""Forms to record a day that the calendar counts otherwise, and to withdraw one."""

from django import forms

from agencies.fields import DayField, Form, ReasonField, TextField, VersionedForm

AUTHORITY_LENGTH = 300


class RecordDayForm(Form):
    day = DayField(label="Date")
    is_working = forms.TypedChoiceField(
        label="Is it a working day?",
        choices=[("no", "No, it does not count"), ("yes", "Yes, it counts")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is a working day."},
    )
    authority = TextField(
        label="Authority",
        max_length=AUTHORITY_LENGTH,
        help_text="The law or notice that says so, such as Queen Elizabeth II Memorial Day Act 2022.",
    )


class WithdrawDayForm(VersionedForm):
    reason = ReasonField(
        label="Why the day is withdrawn",
        rows=3,
        help_text="Everyone who reads requests can see it.",
        error_messages={"required": "Say why the day is withdrawn."},
    )
