"""How views get at the person, at what was sent, and at the agency whose seats that person looks after."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from agencies.models import Agency, Invitation, Seat, User


def signed_in(request: HttpRequest) -> User:
    """The person. Every view but the public ones is behind the sign-in middleware."""
    assert isinstance(request.user, User)
    return request.user


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: the data of a POST, nothing before."""
    return request.POST if request.method == "POST" else None


def small_number(text: str) -> int | None:
    """A number of at most five digits that an address or a button carries; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def managed_agency(request: HttpRequest, pk: int) -> Agency:
    """The agency; 404 for a stranger to it, 403 for a colleague who does not look after its seats."""
    agency = get_object_or_404(Agency, pk=pk)
    if request.user.has_perm("agencies.manage_seats", agency):
        return agency
    if request.user.has_perm("agencies.see_agency", agency):
        raise PermissionDenied
    raise Http404


def require_role(request: HttpRequest, row: Seat | Invitation) -> None:
    """403 where the role is not this person's to give or to end."""
    if not request.user.has_perm("agencies.manage_seat", row):
        raise PermissionDenied
