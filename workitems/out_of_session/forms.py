"""Forms to ask the agencies out of session, to answer, and to close, extend or end it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.asking import Fault
from agencies.typed.fields import DayField, Form, LinesField, ReasonField, VersionedForm
from workitems.meetings.forms.meetings import FollowUpFields
from workitems.models import OutOfSession, OutOfSessionAnswer, Plan
from workitems.plan.forms.evidence import EvidenceForm
from workitems.plan.services.plan_days import later_faults


class AskAgenciesForm(Form):
    due_on = DayField(
        label=gettext_lazy("Answer by"),
        help_text=gettext_lazy("The agencies may answer until the end of this day."),
    )
    message = LinesField(label=gettext_lazy("Message to the agencies"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        return later_faults(cleaned.get("due_on"), on=self.on, field="due_on")


class AnswerForm(VersionedForm):
    """An agency's answer."""

    BEGINS_WITH = ("choice", "words")

    choice = forms.ChoiceField(
        label=gettext_lazy("Your agency’s answer"),
        choices=[
            (OutOfSessionAnswer.Choice.AGREE, gettext_lazy("Agree")),
            (OutOfSessionAnswer.Choice.DECLINE, gettext_lazy("Decline")),
            (OutOfSessionAnswer.Choice.NO_VIEW, gettext_lazy("No view")),
        ],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )
    words = LinesField(
        label=gettext_lazy("Reason or comment"),
        help_text=gettext_lazy("Needed if you decline. Everyone in the working group can read it."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") == OutOfSessionAnswer.Choice.DECLINE and not cleaned.get("words"):
            self.add_error("words", _("Say why the agency declines."))
        return cleaned


class RecordAnswerForm(AnswerForm, EvidenceForm):
    """An answer that came by email, with the email."""

    field_order = ("version", "choice", "words", "file", "link", "note")

    def __init__(self, *args: Any, row: OutOfSessionAnswer, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["choice"].label = _("Answer of {agency}").format(agency=row.agency.short_name)
        self.fields["words"].help_text = _("Needed if the agency declines. In the agency’s words.")
        self.fields["file"].label = _("The email as a file")
        self.fields["note"].label = _("Who answered, and when")
        self.fields["note"].help_text = _(
            "For example: email of the deputy secretary, 3 December 2026."
        )


class CloseForm(FollowUpFields):
    text = LinesField(
        label=gettext_lazy("The decision in words"),
        help_text=gettext_lazy(
            "If you leave it blank, the record says how many agencies agreed and declined."
        ),
    )

    field_order = ("text", "owner_agency", "due_on")

    def __init__(self, *args: Any, plan: Plan, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_members(plan, on)


class MoreTimeForm(VersionedForm):
    due_on = DayField(label=gettext_lazy("Answer by"))
    reason = ReasonField(label=gettext_lazy("Why the date changes"))

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if self.on is None:
            return ()
        return later_faults(cleaned.get("due_on"), on=self.on, field="due_on")

    def start(self, row: OutOfSession) -> dict[str, Any]:
        return {}


class EndForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why it ends without a decision"),
        help_text=gettext_lazy("The request stays with the working group and can go to a meeting."),
    )
