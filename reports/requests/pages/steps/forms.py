"""Forms of the steps of a request that need a day, words or a reason."""

from typing import Any

from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, LinesField, PastDayField, ReasonField
from reports.requests.models.request import NOTE_LENGTH
from reports.requests.pages.register.warnings import LeavesWarnings


class DatedNoteForm(Form):
    """A day, and what happened on it in words."""

    on = PastDayField(label=gettext_lazy("Date"))
    note = LinesField(label=gettext_lazy("What happened"), required=True, max_length=NOTE_LENGTH)


class SendForReviewForm(LeavesWarnings):
    """Asks why each warning is left, as whoever signs needs to read, and for an answer of a request that was sent back."""

    SOMETIMES = ("answer",)

    answer = LinesField(
        label=gettext_lazy("What you changed, or why not"),
        required=True,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "Answer each point. The reviewer and the decision-maker read it, and it stays under “What happened”."
        ),
    )

    def __init__(self, *args: Any, is_answer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_answer:
            del self.fields["answer"]


class CorrectReleaseForm(Form):
    reason = ReasonField(
        label=gettext_lazy("What is wrong with the release"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "It stays with the release, and begins the second letter to the requester, where you can change it."
        ),
    )


class CancelCorrectionForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why it is cancelled"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("It stays under “What happened”. The requester does not see it."),
    )


class SendBackForm(Form):
    reason = ReasonField(label=gettext_lazy("What has to change"), max_length=NOTE_LENGTH)
