"""Record one event of a request, on a locked row. The services of each act call it."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from reports.document.dates import long_date
from reports.requests.models import InformationRequest, RequestEvent
from workitems.plan.services.refusals import Refused

State = InformationRequest.State


def not_now(request: InformationRequest, words: str) -> Refused:
    """Return the refusal of what a request's state does not allow: "its schedule is locked"."""
    return Refused(
        _("This request is {state}; {words}.").format(
            state=request.get_state_display().lower(), words=words
        )
    )


def check_open(request: InformationRequest) -> None:
    if not request.is_open:
        raise not_now(request, _("nothing more is recorded before its decision"))


def check_day(request: InformationRequest, on: date, at: datetime, field: str = "on") -> None:
    """Raise `Refused` for a day after today or before the request was received."""
    if on > timezone.localdate(at):
        raise Refused(_("That day is in the future."), field)
    if on < request.received_on:
        raise Refused(
            _("The request was received on {day}, after that day.").format(
                day=long_date(request.received_on)
            ),
            field,
        )


def need(words: str, sentence: str, field: str) -> str:
    """Return the words without space around them. Raise `Refused` with the sentence if none are left."""
    if not words.strip():
        raise Refused(sentence, field)
    return words.strip()


def record(
    request: InformationRequest,
    kind: str,
    *,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    field: str = "on",
    **fields: Any,
) -> RequestEvent:
    """Add an event to a locked request."""
    check_day(request, on, at, field)
    event = RequestEvent(
        request=request,
        kind=kind,
        happened_on=on,
        note=note.strip(),
        recorded_by=by,
        recorded_as=by.signature,
        recorded_at=at,
        **fields,
    )
    event.save(force_insert=True)
    return event
