"""The cover design of a plan's coordinating agency. The plan's coordinator changes it.

The page shows the paper that it would print; "Show how it looks" does so with unsaved changes, and the page's
script whenever something is typed.
"""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import form_page, refusals_in_messages, saved, saying_refusals
from reports.compose.paper_cover import as_printed
from reports.document import DocumentError
from reports.document.cover_design import CoverDesign
from reports.kinds.cover_history import history_of
from reports.kinds.forms.agency_covers import AgencyCoverForm, MarkForm
from reports.kinds.pattern import preview, preview_briefing
from reports.kinds.services import agency_covers, kinds
from reports.kinds.views.kinds import readable_plan, wants_preview
from reports.models import AgencyCover, BriefingKind, KindSection
from reports.render.html import colours_css, document_fragment
from workitems.models import Plan
from workitems.plan.views.lookups import posted, require, signed_in, small_number

# Enough to see how annexes are headed.
ANNEXES = ("items",)


def changeable_plan(request: HttpRequest, slug: str) -> Plan:
    plan = readable_plan(request, slug)
    require(request, "reports.change_cover_design", plan)
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the design, or preview the change, beside the paper that it would print."""
    plan = changeable_plan(request, slug)
    agency = plan.coordinating_agency
    row = agency_covers.cover_of(agency)
    form = AgencyCoverForm(posted(request), row=row)
    shown, tried = row, False
    if form.is_valid():
        with saying_refusals(form):
            if wants_preview(request):
                shown = agency_covers.written(agency_covers.cover_of(agency), form.design)
                tried = True
            else:
                kept = agency_covers.change_cover(
                    agency=agency,
                    version=form.cleaned_data["version"],
                    reason=form.cleaned_data["reason"],
                    by=signed_in(request),
                    **form.design,
                )
                message = _("Saved. Papers that are not issued yet will have it.")
                return saved(request, form, kept, message, "briefings:cover-design", plan.slug)
    return form_page(
        request,
        "reports/kinds/agency_covers/change.html",
        form,
        plan=plan,
        agency=agency,
        row=row,
        tried=tried,
        theirs=_differing(form),
        shown=_shown(plan, form.conflict or shown),
    )


def _shown(plan: Plan, row: AgencyCover) -> dict[str, Any]:
    """Return the context for a paper of the plan's first kind with the design, or for why not."""
    kind = BriefingKind.objects.filter(plan=plan).in_order().first()
    sections = list(kind.sections.live().in_order()) if kind else []
    if kind is None:
        pattern = kinds.patterns()[0]
        sections = [KindSection(**each) for each in pattern["sections"]]
        kind = BriefingKind(title=pattern["title"], asks=pattern["asks"])
    briefing = preview_briefing(plan, localdate(), kind.title)
    shown: dict[str, Any] = {"briefing": briefing}
    try:
        made = preview(
            briefing,
            sections,
            asks=kind.asks,
            annexes=ANNEXES,
            most_words=kind.most_words,
            in_full=True,
            today=localdate(),
        )
        document = made.document
        cover = replace(document.cover, design=as_printed(row))
        paper = document_fragment(replace(document, cover=cover))
        return shown | {"paper": paper, "is_whole": True}
    except DocumentError as refusal:
        return shown | {"refusal": str(refusal)}


def _differing(form: AgencyCoverForm) -> list[tuple[str, Any]]:
    """Return what another user saved where it differs from what was typed: (label, saved value)."""
    if form.conflict is None:
        return []
    now = form.start(form.conflict)
    return [
        (str(field.label), _value_in_words(now.get(field.name, "")))
        for field in form.visible_fields()
        if field.name in now and str(now[field.name]) != str(field.value())
    ]


def _value_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value) or _("(blank)")


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, slug: str) -> HttpResponse:
    """Add, replace or describe the mark."""
    plan = changeable_plan(request, slug)
    agency = plan.coordinating_agency
    row = agency_covers.cover_of(agency)
    form = MarkForm(posted(request), request.FILES or None, row=row)
    if form.is_valid():
        with saying_refusals(form):
            kept = agency_covers.change_mark(
                agency=agency,
                version=form.cleaned_data["version"],
                data=form.cleaned_data["picture"],
                alt=form.cleaned_data["alt"],
                by=signed_in(request),
                at=timezone.now(),
            )
            message = _("Saved. Papers that are not issued yet will have it.")
            return saved(request, form, kept, message, "briefings:cover-design", plan.slug)
    current = form.conflict or row
    return form_page(
        request,
        "reports/kinds/agency_covers/mark.html",
        form,
        plan=plan,
        agency=agency,
        row=current,
        printed=as_printed(current),
        theirs=[(_("Description"), current.mark_alt or _("(no mark)"))] if form.conflict else [],
    )


@require_POST
def remove_mark(request: HttpRequest, slug: str) -> HttpResponse:
    plan = changeable_plan(request, slug)
    with refusals_in_messages(request):
        agency_covers.remove_mark(
            agency=plan.coordinating_agency,
            version=small_number(request.POST.get("version", "")) or 0,
            by=signed_in(request),
        )
        messages.success(
            request, _("The mark is removed. Papers that were issued with it keep it.")
        )
    return redirect("briefings:cover-design", plan.slug)


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    plan = changeable_plan(request, slug)
    agency = plan.coordinating_agency
    return render(
        request,
        "reports/kinds/agency_covers/history.html",
        {"plan": plan, "agency": agency, "entries": history_of(agency)},
    )


@require_safe
def colours(request: HttpRequest, ink: str, rule: str) -> HttpResponse:
    """Return the stylesheet of a paper in these colours. It says nothing of any paper."""
    try:
        looks = CoverDesign(ink=f"#{ink}", rule=f"#{rule}")
    except DocumentError as fault:
        raise Http404 from fault
    return HttpResponse(colours_css(looks), content_type="text/css")
