"""Helpers for views: the plans that the user may read, and permission checks."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from agencies.views.permissions import posted as posted
from agencies.views.permissions import signed_in as signed_in
from agencies.views.permissions import small_number as small_number
from workitems.models import Plan


def visible_plans(request: HttpRequest) -> list[Plan]:
    """Return the plans that the user may read, newest first. One query per request, shared with the
    page frame."""
    if not hasattr(request, "_visible_plans"):
        plans = Plan.objects.visible_to(signed_in(request)).select_related("coordinating_agency")
        request._visible_plans = list(plans.in_order())  # type: ignore[attr-defined]
    return request._visible_plans  # type: ignore[attr-defined,no-any-return]


def visible_plan(request: HttpRequest, slug: str) -> Plan:
    """Return the plan, or raise `Http404` if the user may not read it."""
    for plan in visible_plans(request):
        if plan.slug == slug:
            return plan
    raise Http404


def require(request: HttpRequest, permission: str, row: Any) -> None:
    """Raise `PermissionDenied` unless the user has the permission on the row."""
    if not request.user.has_perm(permission, row):
        raise PermissionDenied
