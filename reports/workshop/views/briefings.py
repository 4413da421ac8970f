"""Briefings: creating, previewing, changing the cover, and downloads as JSON and XLSX."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.pages.form_pages import carry_out, form_page, saved, saying_refusals
from agencies.pages.once import once
from reports import checks
from reports.briefings import services
from reports.briefings.views import files
from reports.briefings.views.next_steps import home_of, other_steps, standing_of, step_of
from reports.briefings.views.readers import newest_version, readable_briefing
from reports.briefings.views.unreadable import refused
from reports.briefings.whats_next import next_of
from reports.compose.facts import day_of
from reports.document import Document, DocumentError, Paragraph, to_json
from reports.drafting import cover
from reports.drafting.paper import document_of, read_drafted
from reports.kinds.services.kinds import title_for
from reports.models import Briefing
from reports.render.html import document_fragment
from reports.render.pdf import RenderRefused
from reports.workshop.forms.covers import CoverForm, NewCoverForm
from reports.workshop.forms.drafting import KindForm
from reports.workshop.services.beginning import begin_as
from workitems.models import Plan
from workitems.plan.services import Refused
from workitems.plan.views.lookups import posted, require, signed_in, visible_plan

SOURCES_SHOWN = 6


@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    require(request, "reports.create_briefing", plan)
    start, end, dated = cover.next_period(plan, timezone.localdate())
    row = cover.draft(plan, period_start=start, period_end=end, dated=dated)
    data = posted(request)
    form, kind = NewCoverForm(data, row=row), KindForm(data, plan=plan)
    form.fields["period_start"].help_text = cover.before_in_words(plan)
    if form.is_valid() & kind.is_valid() and form.fill_title(_title(plan, kind, form)):
        with saying_refusals(form):
            briefing = services.create_briefing(
                plan=plan, by=signed_in(request), at=timezone.now(), **form.cover
            )
            _begin(request, briefing, kind.cleaned_data["kind"])
            return redirect("workshop:draft", plan.slug, briefing.pk)
    return _cover_page(request, plan, form, kind=kind)


def _title(plan: Plan, kind: KindForm, form: NewCoverForm) -> str:
    """Return the title of a briefing of that kind with this cover."""
    titled = Briefing(plan=plan, **form.cover)
    return cover.title_of(titled, title_for(plan, kind.cleaned_data["kind"]))


def _begin(request: HttpRequest, briefing: Briefing, kind: str) -> None:
    """Begin the draft. If that fails, the briefing is kept, and its draft can be begun later."""
    try:
        begin_as(briefing=briefing, slug=kind, by=signed_in(request), today=timezone.localdate())
    except Refused as refusal:
        messages.error(
            request,
            _("The briefing is saved, but not drafted yet. {reason}").format(reason=refusal),
        )
    else:
        messages.success(request, _("The briefing is drafted from the plan’s records."))


@require_http_methods(["GET", "HEAD", "POST"])
def change_cover(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    briefing = readable_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    form = CoverForm(posted(request), row=briefing)
    if kept := carry_out(request, form, services.change_cover, briefing=briefing):
        return saved(request, form, kept, _("The cover was saved."), briefing)
    return _cover_page(request, briefing.plan, form, briefing=briefing)


def _differing(form: CoverForm) -> list[tuple[str, Any]]:
    """Return what another user saved where it differs from what was typed: (label, saved value)."""
    current = form.conflict
    if current is None:
        return []
    return [
        (str(form[name].label), getattr(current, name) or _("(blank)"))
        for name, typed in form.cover.items()
        if typed != getattr(current, name)
    ]


def _cover_page(
    request: HttpRequest,
    plan: Plan,
    form: CoverForm,
    *,
    briefing: Briefing | None = None,
    kind: KindForm | None = None,
) -> HttpResponse:
    start, end = form.period
    form.fields["period_end"].help_text = cover.rounds_in_words(plan, start, end)
    response = form_page(
        request,
        "reports/workshop/briefings/cover.html",
        form,
        plan=plan,
        briefing=briefing,
        theirs=_differing(form),
        kind=kind,
        forms=[kind, form] if kind else [form],
    )
    if kind and kind.errors:
        response.status_code = 422
    return response


@require_safe
def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the draft as a paper. Redirects to the issued paper if there is one."""
    briefing = readable_briefing(request, slug, pk)
    if briefing.is_issued:
        return redirect(home_of(briefing))
    today = timezone.localdate()
    drafted = read_drafted(briefing, today)
    document = drafted.document
    if document is None:
        return refused(request, briefing, drafted.fault)
    found = checks.failed_checks(drafted)
    user = signed_in(request)
    return render(
        request,
        "reports/workshop/briefings/detail.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "paper": document_fragment(document),
            "as_at": day_of(briefing, today),
            "origins": [_origin(paragraph) for paragraph in document.paragraphs()],
            "decisions": briefing.group_decisions.select_related("decision__meeting"),
            "count": checks.count(found),
            "step": step_of(user, briefing, next_of(standing_of(briefing, found, today))),
            "others": other_steps(user, briefing),
            "may_change": briefing.is_open and user.has_perm("reports.change_briefing", briefing),
        },
    )


def _origin(paragraph: Paragraph) -> dict[str, Any]:
    """Return the names of the first few records that a paragraph was written from."""
    labels = list(dict.fromkeys(source.label for source in paragraph.sources))
    return {
        "key": paragraph.key,
        "number": paragraph.number,
        "labels": labels[:SOURCES_SHOWN],
        "not_shown": max(len(labels) - SOURCES_SHOWN, 0),
    }


# Rendering takes time, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@require_safe
def json(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _download(request, slug, pk, "json", "application/json", to_json)


@transaction.non_atomic_requests
@require_safe
def xlsx(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    # A worker that makes no workbook saves 7 MiB for its library.
    from reports.render.annex_sheets import render_workbook

    return _download(request, slug, pk, "xlsx", files.XLSX, render_workbook)


def _download(
    request: HttpRequest,
    slug: str,
    pk: int,
    ending: str,
    mime_type: str,
    render_form: Callable[[Document], bytes],
) -> HttpResponse:
    """Return the paper as a file named after its tracker number."""
    with transaction.atomic():
        briefing = readable_briefing(request, slug, pk)
        if briefing.is_issued:
            return redirect(f"briefings:version-{ending}", slug, pk, newest_version(briefing))
        try:
            document = document_of(briefing, timezone.localdate())
        except DocumentError as refusal:
            return refused(request, briefing, str(refusal))
    try:
        data = render_form(document)
    except (DocumentError, RenderRefused) as refusal:
        return refused(request, briefing, str(refusal))
    return files.download(data, f"briefing-{files.tracker_name(briefing)}.{ending}", mime_type)
