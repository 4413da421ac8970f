"""Forms to record a day that the calendar counts otherwise, and to withdraw one."""

from django import forms
from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, Form, ReasonField, TextField, VersionedForm

AUTHORITY_LENGTH = 300


class RecordDayForm(Form):
    day = DayField(label=gettext_lazy("Date"))
    is_working = forms.TypedChoiceField(
        label=gettext_lazy("Is it a working day?"),
        choices=[
            ("no", gettext_lazy("No, it does not count")),
            ("yes", gettext_lazy("Yes, it counts")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it is a working day.")},
    )
    authority = TextField(
        label=gettext_lazy("Authority"),
        max_length=AUTHORITY_LENGTH,
        help_text=gettext_lazy(
            "The law or notice that says so, such as Queen Elizabeth II Memorial Day Act 2022."
        ),
    )


class WithdrawDayForm(VersionedForm):
    reason = ReasonField(
        label=gettext_lazy("Why the day is withdrawn"),
        rows=3,
        help_text=gettext_lazy("Everyone who reads requests can see it."),
        error_messages={"required": gettext_lazy("Say why the day is withdrawn.")},
    )
