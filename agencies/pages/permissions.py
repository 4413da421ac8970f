"""Helpers for views: the signed-in user, the posted data, and permission checks."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from agencies.models import Agency, Invitation, Office, Place, Seat, User


def signed_in(request: HttpRequest) -> User:
    """Return the signed-in user. `LoginRequiredMiddleware` protects every view but public ones."""
    assert isinstance(request.user, User)
    return request.user


def posted(request: HttpRequest) -> Any:
    """Return the data to bind a form to: that of a POST, or None."""
    return request.POST if request.method == "POST" else None


def small_number(text: str) -> int | None:
    """Parse a number of at most five digits from a URL or a button; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def agency_for(request: HttpRequest, permission: str, pk: int) -> Agency:
    """Return the agency if the user has the permission on it.

    Raise `PermissionDenied` for a user who may only see the agency, and `Http404` for others.
    """
    agency = get_object_or_404(Agency, pk=pk)
    if request.user.has_perm(permission, agency):
        return agency
    if request.user.has_perm("agencies.see_agency", agency):
        raise PermissionDenied
    raise Http404


def require_administrator(request: HttpRequest) -> User:
    """Return the signed-in user. Raise `PermissionDenied` unless they administer the register."""
    user = signed_in(request)
    if not user.has_perm("agencies.administer"):
        raise PermissionDenied(_("Only administrators of the register can do this."))
    return user


def managed_place(request: HttpRequest, place: int | Office) -> Place:
    """Return the agency of this id, or the office, if the user manages its seats."""
    if not isinstance(place, Office):
        return agency_for(request, "agencies.manage_seats", place)
    if not signed_in(request).has_perm("agencies.manage_seats", place):
        raise Http404
    return place


def require_role(request: HttpRequest, row: Seat | Invitation) -> None:
    """Raise `PermissionDenied` if the user may not give and end this role."""
    if not request.user.has_perm("agencies.manage_seat", row):
        raise PermissionDenied


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
