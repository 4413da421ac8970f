"""The list of plans, and the page of a plan."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.models import Seat
from workitems.views.lookups import signed_in, visible_plan, visible_plans


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "workitems/plans/list.html",
        {
            "rows": visible_plans(request),
            "may_create": request.user.has_perm("workitems.create_plan"),
        },
    )


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    return render(
        request,
        "workitems/plans/detail.html",
        {
            "plan": plan,
            "pillars": plan.pillars.order_by("number").annotate(count=Count("items")),
            "members": plan.members.select_related("agency").order_by("agency__short_name"),
            "may_manage": request.user.has_perm("workitems.manage_plan", plan),
            "approves_in": signed_in(request).agencies_as(Seat.Role.APPROVER),
        },
    )
