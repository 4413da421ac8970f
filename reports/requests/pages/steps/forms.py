"""Forms of the steps of a request that need a day, words or a reason."""

from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, LinesField, PastDayField, ReasonField
from reports.requests.models.request import NOTE_LENGTH


class DatedNoteForm(Form):
    """A day, and what happened on it in words."""

    on = PastDayField(label=gettext_lazy("Date"))
    note = LinesField(label=gettext_lazy("What happened"), required=True, max_length=NOTE_LENGTH)


class SendBackForm(Form):
    reason = ReasonField(label=gettext_lazy("What has to change"), max_length=NOTE_LENGTH)
