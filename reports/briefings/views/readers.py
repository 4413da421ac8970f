"""Which drafts and issued papers a user may read: the working group, and the Minister's office."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from agencies.records.composed import composed
from reports.models import Briefing, IssuedPaper
from reports.models.issue import IssuedPaperQuerySet
from workitems.models import Plan
from workitems.plan.views.lookups import (
    ADDED_TO_PLANS,
    refuse_until_adopted,
    require,
    signed_in,
    visible_plan,
    visible_plans,
)


def office_plans(request: HttpRequest) -> list[Plan]:
    """Return plans with a paper to the user's Minister that the user may not read, newest first.

    Cached on the request. No query for users without a seat in a Minister's office.
    """
    if not hasattr(request, "_office_plans"):
        portfolios = signed_in(request).portfolios
        found: list[Plan] = []
        if portfolios:
            read = {plan.pk for plan in visible_plans(request)}
            papers = IssuedPaper.objects.addressed_to(portfolios)
            plans = Plan.objects.filter(pk__in=papers.values("briefing__plan"))
            rows = plans.select_related("coordinating_agency").annotate(**ADDED_TO_PLANS)
            found = [plan for plan in rows.in_order() if plan.pk not in read]
        request._office_plans = found  # type: ignore[attr-defined]
    return request._office_plans  # type: ignore[attr-defined,no-any-return]


def readable_papers(request: HttpRequest, plan: Plan) -> IssuedPaperQuerySet:
    """Return the plan's issued papers that the user may read, of a plan with such papers."""
    papers = IssuedPaper.objects.filter(briefing__plan=plan)
    if plan in visible_plans(request):
        return papers
    return papers.addressed_to(signed_in(request).portfolios)


def plan_with_papers(request: HttpRequest, slug: str) -> Plan:
    """Return the plan, if the user may read its issued papers. Otherwise raise 404."""
    refuse_until_adopted(request, slug)
    for plan in (*visible_plans(request), *office_plans(request)):
        if plan.slug == slug:
            return plan
    raise Http404


def issued_briefing(request: HttpRequest, slug: str, pk: int) -> Briefing:
    """Return a briefing of which the user may read an issued version. Otherwise raise 404."""
    plan = plan_with_papers(request, slug)
    papers = readable_papers(request, plan).filter(briefing=OuterRef("pk"))
    rows = Briefing.objects.filter(Exists(papers), plan=plan).select_related("kind")
    briefing = get_object_or_404(rows, pk=pk)
    briefing.plan = plan
    return briefing


def issued_version(request: HttpRequest, slug: str, pk: int, number: int) -> IssuedPaper:
    briefing = issued_briefing(request, slug, pk)
    papers = readable_papers(request, briefing.plan)
    paper = get_object_or_404(papers, briefing=briefing, number=number)
    paper.briefing = briefing
    return paper


def readable_briefing(request: HttpRequest, slug: str, pk: int) -> Briefing:
    """Return the briefing.

    Users outside the plan get 404, members who may not read drafts 403.
    """
    plan = visible_plan(request, slug)
    require(request, "reports.read_briefing", plan)
    found = _briefings(plan=plan.pk, pk=pk)
    if not found:
        raise Http404
    briefing: Briefing = found[0]
    briefing.plan = plan
    return briefing


@composed
def _briefings(plan: Any, pk: Any) -> Any:
    return Briefing.objects.filter(plan=plan, pk=pk).select_related("kind")


def newest_version(briefing: Briefing) -> int:
    """Return the newest version's number of an issued paper."""
    return briefing.issued.newest_first().values_list("number", flat=True)[:1].get()
