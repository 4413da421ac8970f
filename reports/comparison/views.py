"""Two versions of a paper side by side, with the plan's figures at both times."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.briefings.views.readers import (
    issued_briefing,
    plan_with_papers,
    readable_briefing,
    readable_papers,
)
from reports.briefings.views.unreadable import damaged
from reports.comparison import documents, figures, versions
from reports.comparison.forms import CompareForm
from reports.comparison.versions import Choice, LoadedVersion, Version
from reports.document import DocumentError
from reports.models import Briefing
from reports.progress import dashboard
from reports.progress.view import PlanView
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.views.lookups import visible_plans


@require_safe
def compare(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Compare the version `?this=` with `?with=`, each a `Version.code` with a default."""
    briefing, may_read_draft = comparable(request, slug, pk)
    now = timezone.now()
    choice = versions.choice(
        briefing, readable_papers(request, briefing.plan), now, with_draft=may_read_draft
    )
    this = chosen(request, "this", choice, now, may_read_draft) or choice.usual
    if this is None:
        raise Http404
    other = chosen(request, "with", choice, now, may_read_draft) or choice.usual_for(this)
    context: dict[str, Any] = {
        "plan": briefing.plan,
        "briefing": briefing,
        "form": CompareForm(choice, this, other),
        "has_choice": len(list(choice)) > 1,
        "this": this,
        "other": other,
        "refusals": [],
    }
    if other is not None:
        try:
            was, is_now = (load_side(each, briefing, now, context) for each in (other, this))
        except versions.Tampered as found:
            return damaged(request, found.paper, "JSON")
        if was and is_now:
            context |= side_by_side(request, briefing, was, is_now)
    return render(
        request,
        "reports/comparison/compare.html",
        context,
        status=422 if context["refusals"] else 200,
    )


def comparable(request: HttpRequest, slug: str, pk: int) -> tuple[Briefing, bool]:
    """Return the briefing, and whether the user may read its draft.

    Users who see neither get 404; the working group gets 403 until a version is issued.
    """
    plan = plan_with_papers(request, slug)
    if request.user.has_perm("reports.read_briefing", plan):
        return readable_briefing(request, slug, pk), True
    if plan in visible_plans(request) and not plan.briefings.filter(pk=pk, issued__number=1):
        raise PermissionDenied
    return issued_briefing(request, slug, pk), False


def chosen(
    request: HttpRequest, name: str, choice: Choice, now: datetime, may_read_draft: bool
) -> Version | None:
    """Return the requested version, if any: one on offer, or the draft at any moment."""
    code = request.GET.get(name, "")
    if not code:
        return None
    version = choice.named(code)
    if version is None and versions.is_of_draft(code):
        if not may_read_draft:
            raise PermissionDenied
        version = versions.at_moment(code, now)
    if version is None:
        raise Http404
    return version


def load_side(
    version: Version, briefing: Briefing, now: datetime, context: dict[str, Any]
) -> LoadedVersion | None:
    """Return the version's document. If it cannot be made, return None and add to the refusals."""
    try:
        found = versions.load_version(version, briefing, now)
    except DocumentError as refusal:
        context["refusals"].append((version, str(refusal)))
        return None
    if found is None:
        raise Http404
    return found


def side_by_side(
    request: HttpRequest, briefing: Briefing, was: LoadedVersion, now: LoadedVersion
) -> dict[str, Any]:
    at = plan_at(briefing.plan, now.moment)
    before = at if was.moment == now.moment else plan_at(briefing.plan, was.moment)
    return {
        "was": was,
        "now": now,
        "comparison": documents.compare(was.document, now.document),
        "headline": dashboard.headline(at) if was.moment == now.moment else "",
        "groups": figures.side_by_side(before, at),
        "counted_otherwise": [
            (side.version, words)
            for side, plan in ((was, before), (now, at))
            if not side.version.is_draft
            and (words := figures.counted_otherwise(side.document, plan))
        ],
        "changes_url": changes_url(request, briefing, was, now),
    }


def changes_url(
    request: HttpRequest, briefing: Briefing, was: LoadedVersion, now: LoadedVersion
) -> str:
    """Return the URL of the plan's changes between the two versions.

    Return "" if `was` is not the earlier one or the user cannot read the plan.
    """
    if was.moment.on >= now.moment.on or briefing.plan not in visible_plans(request):
        return ""
    at = Moment.today(now.moment.on) if now.is_now else now.moment
    return PlanView(plan=briefing.plan, at=at, since=was.moment).link("changes")
