"""Papers from before the product: filing, correcting, replacing and withdrawing them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat
from agencies.pages.form_pages import carry_out, done, form_page, saved, saying_refusals
from agencies.pages.once import once
from reports.briefings.views import files
from reports.models.issue import sha256
from reports.requests.earlier_papers import services
from reports.requests.earlier_papers.forms import (
    AddEarlierPaperForm,
    ChangeEarlierPaperForm,
    WithdrawEarlierPaperForm,
)
from reports.requests.models import EarlierPaper
from reports.requests.models.request import REQUEST_ROLES
from reports.requests.pages.register.doers import own_agencies, require
from workitems.models import Plan
from workitems.plan.views.lookups import page_of, posted, signed_in


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the papers of the user's agencies, those that were withdrawn or replaced last."""
    own_agencies(request, *REQUEST_ROLES)
    user = signed_in(request)
    rows = EarlierPaper.objects.visible_to(user).select_related("replaced_by").for_list()
    return render(
        request,
        "reports/requests/earlier_papers/list.html",
        {
            "page": page_of(request, rows.current()),
            "past": rows.exclude(withdrawn_at=None, replaced_by=None)[:100],
            "may_add": bool(user.agencies_as(Seat.Role.OIA_ADVISER)),
        },
    )


def _plans(agencies: Any) -> list[Plan]:
    return list(Plan.objects.adopted().filter(members__agency__in=agencies).distinct().in_order())


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """File a paper or, with the id of another, its correction."""
    own_agencies(request, *REQUEST_ROLES)
    before = None if pk is None else _managed(request, pk)
    own = signed_in(request).agencies_as(Seat.Role.OIA_ADVISER)
    if not own:
        require(request, "requests.manage_earlier_papers", None)
    agencies = list(Agency.objects.filter(pk__in=own).in_order())
    today = timezone.localdate()
    form = AddEarlierPaperForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        agencies=[before.agency] if before else agencies,
        plans=_plans(own),
        today=today,
        initial=_initial_from(before) if before else {},
    )
    if form.is_valid():
        with saying_refusals(form):
            services.add_earlier_paper(
                agency=form.agencies[form.cleaned_data["agency"]],
                file=form.cleaned_data["file"],
                replaces=before,
                by=signed_in(request),
                at=timezone.now(),
                **form.values,
            )
            return done(request, _("The paper is filed."), "requests:earlier-papers")
    return form_page(request, "reports/requests/earlier_papers/add.html", form, before=before)


def _agencies(request: HttpRequest, row: EarlierPaper) -> list[Agency]:
    """Return the agencies that may hold a paper by its correction: the user's, and its own."""
    own = signed_in(request).agencies_as(Seat.Role.OIA_ADVISER)
    return list(Agency.objects.filter(pk__in=[*own, row.agency_id]).in_order())


def _initial_from(row: EarlierPaper) -> dict[str, Any]:
    names = ("title", "number", "dated", "kind")
    return {**{name: getattr(row, name) for name in names}, "plan": str(row.plan_id or "")}


def _managed(request: HttpRequest, pk: int) -> EarlierPaper:
    rows = EarlierPaper.objects.visible_to(signed_in(request)).for_list()
    row = get_object_or_404(rows, pk=pk)
    require(request, "requests.manage_earlier_papers", row)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _managed(request, pk)
    agencies = _agencies(request, row)
    form = ChangeEarlierPaperForm(
        posted(request),
        row=row,
        agencies=agencies,
        plans=_plans(agencies),
        today=timezone.localdate(),
    )
    if form.is_valid():
        with saying_refusals(form):
            kept = services.change_earlier_paper(
                paper=row,
                agency=form.agencies[form.cleaned_data["agency"]],
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                by=signed_in(request),
                at=timezone.now(),
                **form.values,
            )
            return saved(request, form, kept, _("Saved."), "requests:earlier-papers")
    return form_page(request, "reports/requests/earlier_papers/change.html", form, paper=row)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _managed(request, pk)
    form = WithdrawEarlierPaperForm(posted(request), row=row)
    if carry_out(request, form, services.withdraw_earlier_paper, paper=row, at=timezone.now()):
        return done(
            request, _("“{title}” is withdrawn."), "requests:earlier-papers", title=row.title
        )
    return form_page(request, "reports/requests/earlier_papers/withdraw.html", form, paper=row)


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the file, as a download: it was not made here. Its digest is checked."""
    rows = EarlierPaper.objects.readable_by(signed_in(request))
    row = get_object_or_404(rows, pk=pk)
    data = bytes(row.pdf)
    if sha256(data) != row.pdf_sha256:
        return render(
            request, "reports/requests/earlier_papers/damaged.html", {"paper": row}, status=500
        )
    return files.frozen(request, data, row.pdf_sha256, row.file_name)
