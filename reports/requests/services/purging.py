"""Remove who asked from requests that were closed long ago. What happened stays."""

from datetime import date

from django.db import transaction

from agencies.records import history
from reports.requests.models import InformationRequest, RequestLetter
from workitems.plan.services.refusals import locked

ACTOR = "Removal of requesters"


def purge_requesters(*, closed_before: date, on: date) -> list[str]:
    """Empty name, address and letters of the requests closed before a day; return their references.

    Each request is one transaction. The digests of the letters stay, and so do the events and the
    text of the request.
    """
    rows = InformationRequest.objects.to_purge(closed_before).order_by("pk")
    return [_purge(row, on) for row in rows]


@transaction.atomic
def _purge(request: InformationRequest, on: date) -> str:
    row = locked(request)
    row.requester_name = row.requester_address = ""
    row.purged_on = on
    reason = "The time to keep who asked is over."
    row.version += 1
    history.save(row, by=None, actor=ACTOR, reason=reason)
    for letter in RequestLetter.objects.filter(request=row).select_for_update():
        letter.typed, letter.content, letter.pdf, letter.docx = {}, {}, b"", b""
        letter.is_purged = True
        letter.version += 1
        history.save(letter, by=None, actor=ACTOR, reason=reason)
    return row.reference
