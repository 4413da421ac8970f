"""Access to issued papers, for the working group and for the Minister's office."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from agencies.models import Seat
from reports.models import Briefing, IssuedPaper
from workitems.models import Plan
from workitems.views.lookups import signed_in, visible_plans


def office_plans(request: HttpRequest) -> list[Plan]:
    """Return plans of which the user may read issued papers only, newest first.

    Cached on the request. No query for users without a seat in a Minister's office.
    """
    if not hasattr(request, "_office_plans"):
        agencies = signed_in(request).agencies_as(Seat.Role.MINISTERS_OFFICE)
        found: list[Plan] = []
        if agencies:
            read = {plan.pk for plan in visible_plans(request)}
            plans = Plan.objects.filter(coordinating_agency__in=agencies)
            rows = plans.select_related("coordinating_agency").in_order()
            found = [plan for plan in rows if plan.pk not in read]
        request._office_plans = found  # type: ignore[attr-defined]
    return request._office_plans  # type: ignore[attr-defined,no-any-return]


def plan_with_papers(request: HttpRequest, slug: str) -> Plan:
    """Return the plan, if the user may read its issued papers. Otherwise raise 404."""
    for plan in (*visible_plans(request), *office_plans(request)):
        if plan.slug == slug:
            return plan
    raise Http404


def issued_briefing(request: HttpRequest, slug: str, pk: int) -> Briefing:
    """Return a briefing that was issued. Raise 404 if it was not, or for users outside the plan."""
    plan = plan_with_papers(request, slug)
    rows = Briefing.objects.filter(plan=plan, issued__number=1).select_related("kind")
    briefing = get_object_or_404(rows, pk=pk)
    briefing.plan = plan
    return briefing


def issued_version(request: HttpRequest, slug: str, pk: int, number: int) -> IssuedPaper:
    briefing = issued_briefing(request, slug, pk)
    paper = get_object_or_404(briefing.issued, number=number)
    paper.briefing = briefing
    return paper
