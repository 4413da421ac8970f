"""The list of everything that has a public page. Nobody signs in here."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from reports.extensions import registry
from reports.models import PublicProgress
from reports.public.views.public_frame import public_page


@dataclass(kw_only=True)
class PublishedPlan:
    """The public pages of one plan: `releases` without a page is None, and so is `progress_as_at`."""

    slug: str
    title: str
    releases: int | None = None
    releases_url: str = ""
    progress_as_at: date | None = None


@login_not_required
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """List the plans that have a page of released papers or of progress. One query, and two for released papers.

    Search engines may list it when they may list each of its pages.
    """
    plans: dict[str, PublishedPlan] = {}
    for row in PublicProgress.objects.up().select_related("plan"):
        plans[row.plan.slug] = PublishedPlan(
            slug=row.plan.slug,
            title=row.content["plan"],
            progress_as_at=date.fromisoformat(row.content["as_at"]),
        )
    pages = [page for released in registry.RELEASED for page in released.pages()]
    for page in pages:
        plan = page.plan
        found = plans.setdefault(plan.slug, PublishedPlan(slug=plan.slug, title=plan.title))
        found.releases, found.releases_url = page.releases, page.url
    return public_page(
        "reports/public/published.html",
        {"plans": sorted(plans.values(), key=lambda plan: plan.title.casefold())},
        is_indexed=all(page.is_indexed for page in pages),
    )
