"""The coordinator's page of a plan's public progress: choose, preview, publish and take down."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import form_page, saying_refusals
from agencies.pages.once import once
from reports.document import DocumentError
from reports.models import PublicProgress
from reports.progress.published_content import content_of, digest_of, moment_of
from reports.public import services as progress_pages
from reports.public.forms import ProgressForm, TakeDownForm
from reports.public.views.plan_progress import shown
from workitems.models import Measure, Plan
from workitems.plan.views.lookups import posted, require, signed_in, visible_plan


def _plan(request: HttpRequest, slug: str) -> Plan:
    plan = visible_plan(request, slug)
    require(request, "reports.publish_progress", plan)
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
@once
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the parts and the day, see what would be published, and publish exactly that."""
    plan, today = _plan(request, slug), timezone.localdate()
    # The choices of the preview are in its address, and are posted again with its digest.
    data = request.GET if request.method != "POST" and "on" in request.GET else posted(request)
    last = PublicProgress.objects.filter(plan=plan).newest_first().first()
    parts = [part for part in PublicProgress.Part.values if last and part in last.content]
    initial = {"on": today, "parts": parts, "measures": _published(plan, last)}
    form = ProgressForm(data, plan=plan, today=today, initial=initial)
    content: dict[str, Any] | None = None
    preview: dict[str, Any] = {}
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            content = content_of(
                plan,
                moment_of(plan, chosen["on"], today),
                chosen["parts"],
                [int(pk) for pk in chosen.get("measures", ())],
            )
            preview = shown(content)
        except DocumentError as refusal:  # a record has what cannot be printed
            form.add_error(None, str(refusal))
    if request.method == "POST" and content is not None and preview:
        with saying_refusals(form):
            progress_pages.publish_progress(
                plan=plan,
                content=content,
                seen_sha256=request.POST.get("seen", ""),
                by=signed_in(request),
                at=timezone.now(),
            )
            messages.success(request, _("The page is published. Anyone can read it."))
            return redirect("reports:progress-page", slug)
    pages = list(PublicProgress.objects.filter(plan=plan).defer("content").newest_first())
    return form_page(
        request,
        "reports/public/choose_progress.html",
        form,
        plan=plan,
        pages=pages,
        up=next((row for row in pages if row.taken_down_at is None), None),
        preview=preview,
        act=settings.INFORMATION_ACT,
        seen=digest_of(content) if content and preview else "",
        chosen=form.cleaned_data if preview else {},
    )


def _published(plan: Plan, last: PublicProgress | None) -> list[int]:
    """Return the ids of the measures of the last page."""
    shown = {
        (row["item"], row["number"]) for row in (last.content if last else {}).get("measures", ())
    }
    if not shown:
        return []
    rows = Measure.objects.of(plan).select_related("item")
    return [row.pk for row in rows if (row.place, row.number) in shown]


@require_http_methods(["GET", "HEAD", "POST"])
def take_down(request: HttpRequest, slug: str, edition: int) -> HttpResponse:
    plan = _plan(request, slug)
    row = get_object_or_404(PublicProgress, plan=plan, number=edition)
    form = TakeDownForm(posted(request))
    if form.is_valid():
        with saying_refusals(form):
            progress_pages.take_down_progress(
                page=row,
                by=signed_in(request),
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("The page is taken down."))
            return redirect("reports:progress-page", slug)
    return form_page(request, "reports/public/take_down.html", form, plan=plan, page=row)
