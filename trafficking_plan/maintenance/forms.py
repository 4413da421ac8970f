"""The form that announces maintenance."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, Form, TextField
from workitems.meetings.forms.meetings import ClockField


class MaintenanceForm(Form):
    begin_day = DayField(label=gettext_lazy("First day"))
    begin_time = ClockField(
        label=gettext_lazy("From"), help_text=gettext_lazy("For example, 6 pm.")
    )
    end_day = DayField(label=gettext_lazy("Last day"))
    end_time = ClockField(label=gettext_lazy("Until"))
    is_read_only = forms.BooleanField(
        label=gettext_lazy("Nothing can be saved during this time"),
        required=False,
        help_text=gettext_lazy(
            "Reading, papers and files still work. Whoever saves reads until when they cannot."
        ),
    )
    message = TextField(
        label=gettext_lazy("What else people should know"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Shown at the top of every page, beside the time."),
    )

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "begins_at": moment(given["begin_day"], given["begin_time"]),
            "ends_at": moment(given["end_day"], given["end_time"]),
            "is_read_only": given["is_read_only"],
            "message": given["message"],
        }


def moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, timezone.get_current_timezone())
