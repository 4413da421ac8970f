"""Who asked, out of what a coordinator reads: only the people who answer see the name and the address."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from agencies.models import User
from reports.requests.letters import Letter, Requester, public_copy, without_requester
from reports.requests.models import InformationRequest, RequestEvent


def may_read_requester(user: User, row: InformationRequest) -> bool:
    return user.has_perm("requests.read_requester", row)


def letter_as_read(user: User, row: InformationRequest, letter: Letter) -> Letter:
    return letter if may_read_requester(user, row) else public_copy(letter)


def hide_requester(user: User, row: InformationRequest, events: Iterable[RequestEvent]) -> None:
    """Remove the requester from a request and its events for display. Nothing is saved."""
    if may_read_requester(user, row):
        return
    who = Requester(
        name=row.requester_name,
        address=tuple(line.strip() for line in row.requester_address.splitlines()),
    )
    for name in ("text", "scope_note", "urgency_reason"):
        setattr(row, name, without_requester(getattr(row, name), who, _("[who asked]")))
    for event in events:
        event.note = without_requester(event.note, who, _("[who asked]"))
    row.requester_name = row.requester_address = ""
