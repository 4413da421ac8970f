"""Add, download and withdraw evidence, and record the reviewer's "no evidence"."""

from io import BytesIO
from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from workitems.models import Evidence
from workitems.plan.attachments import content_type
from workitems.plan.forms.evidence import (
    EvidenceForm,
    EvidenceFoundForm,
    NoEvidenceForm,
    WithdrawEvidenceForm,
)
from workitems.plan.services import evidence as evidence_services
from workitems.plan.views.lookups import (
    posted,
    require,
    visible_item,
    visible_milestone,
    visible_plan,
)
from workitems.returns.views.return_access import visible_return


def visible_evidence(request: HttpRequest, slug: str, pk: int) -> Evidence:
    """Return the evidence; 404 if the user may not read the plan, 403 if not (yet) its return."""
    plan = visible_plan(request, slug)
    rows = Evidence.objects.select_related(
        *("milestone__item__lead_agency", "update__item__lead_agency"),
        *("update__of_return__round", "of_return__round"),
    )
    of_plan = Q(milestone__item__plan=plan) | Q(update__item__plan=plan)
    of_plan |= Q(answer__out_of_session__variation__plan=plan)
    piece = get_object_or_404(rows, of_plan | Q(of_return__round__plan=plan), pk=pk)
    if piece.of_return is not None:
        piece.of_return.round.plan = plan
        require(request, "workitems.read_return", piece.of_return)
    if piece.update is not None:
        piece.update.of_return.round.plan = piece.update.item.plan = plan
        require(request, "workitems.read_return", piece.update.of_return)
    elif piece.milestone is not None:
        piece.milestone.item.plan = plan
    return piece


# Served as a download. If a browser displayed it nevertheless, the CSP would block all scripts
# and requests.
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def download(request: HttpRequest, slug: str, evidence: int) -> FileResponse:
    piece = visible_evidence(request, slug, evidence)
    if not piece.file or piece.withdrawn_at is not None:
        raise Http404
    try:
        with piece.file.open() as kept:
            content = kept.read()  # at most 10 MB; reading it here closes the file in every case
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=piece.file_name,
        content_type=content_type(piece.file_name),
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def home_of(piece: Evidence) -> str:
    """Return the URL of the page on which the evidence is listed."""
    if piece.update is not None:
        return f"{piece.update.of_return.get_absolute_url()}#item-{piece.update.item.number}"
    assert piece.milestone is not None  # held by a check constraint
    return f"{piece.milestone.item.get_absolute_url()}#milestones"


def was_dropped(request: HttpRequest) -> bool:
    """Whether a script sends a file that was dropped onto a section (static/js/evidence.js)."""
    return request.method == "POST" and request.headers.get("Accept") == "application/json"


def evidence_html(request: HttpRequest, context: dict[str, Any]) -> str:
    """Return the present list of evidence as HTML."""
    pieces = context["pieces"].all()
    shown = {**context, "pieces": pieces, "may_withdraw": True, "add_url": request.path}
    return render_to_string("workitems/items/evidence/list.html", shown, request)


def add(request: HttpRequest, service: Any, context: dict[str, Any], **to: Any) -> HttpResponse:
    form = EvidenceForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
    )
    if carry_out(request, form, service, at=timezone.now(), **to):
        if was_dropped(request):
            return JsonResponse({"list": evidence_html(request, context)})
        return done(request, _("The evidence is added."), context["back"])
    if form.errors and was_dropped(request):
        messages = [str(each) for errors in form.errors.values() for each in errors]
        return JsonResponse({"errors": messages}, status=422)
    return form_page(request, "workitems/items/evidence/add.html", form, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_to_answer(
    request: HttpRequest, slug: str, round: int, agency: int, number: str
) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    items = of_return.round.plan.items.answered_by(of_return.agency_id)
    item = get_object_or_404(items, number=number)
    pieces = Evidence.objects.filter(update__of_return=of_return, update__item=item).for_list()
    context = {
        "plan": of_return.round.plan,
        "item": item,
        "pieces": pieces,
        "of_return": of_return,
        "back": f"{of_return.get_absolute_url()}#item-{item.number}",
    }
    service = evidence_services.add_to_update
    return add(request, service, context, of_return=of_return, item=item)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_to_milestone(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    item = visible_item(request, slug, number)
    row = require(request, "workitems.add_evidence", visible_milestone(item, milestone))
    context = {
        "plan": item.plan,
        "item": item,
        "milestone": row,
        "pieces": row.evidence.for_list(),
        "back": f"{item.get_absolute_url()}#milestones",
    }
    return add(request, evidence_services.add_to_milestone, context, milestone=row)


def may_withdraw(request: HttpRequest, piece: Evidence) -> bool:
    if piece.update is not None:
        return request.user.has_perm("workitems.write_update", piece.update.of_return)
    return request.user.has_perm("workitems.add_evidence", piece.milestone)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, evidence: int) -> HttpResponse:
    """Withdraw evidence: for users who may add it there, and for the reviewer at any time."""
    piece = visible_evidence(request, slug, evidence)
    if piece.of_return is not None or piece.answer_id is not None:  # what came by email stays
        raise PermissionDenied
    of_item: Any = piece.update or piece.milestone
    reviews = request.user.has_perm("workitems.review_item", of_item.item)
    if not reviews and not may_withdraw(request, piece):
        require(request, "workitems.review_item", of_item.item)
    form = WithdrawEvidenceForm(posted(request))
    if carry_out(
        request,
        form,
        evidence_services.withdraw,
        evidence=piece,
        at=timezone.now(),
        as_reviewer=reviews,
    ):
        return done(
            request, _("The evidence is withdrawn. What it was stays on record."), home_of(piece)
        )
    return form_page(
        request,
        "workitems/items/evidence/withdraw.html",
        form,
        plan=of_item.item.plan,
        item=of_item.item,
        piece=piece,
        back=home_of(piece),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    """Record or remove the reviewer's "no evidence" on a completed milestone."""
    item = require(request, "workitems.review_item", visible_item(request, slug, number))
    row = visible_milestone(item, milestone)
    data = posted(request)
    form: NoEvidenceForm | EvidenceFoundForm
    if row.no_evidence:
        form, service = EvidenceFoundForm(data, row=row), evidence_services.clear_missing_evidence
    else:
        form, service = NoEvidenceForm(data, row=row), evidence_services.flag_missing_evidence
    if kept := carry_out(request, form, service, milestone=row):
        return saved(
            request,
            form,
            kept,
            _("Your note on “{milestone}” is saved."),
            f"{item.get_absolute_url()}#milestones",
            milestone=row,
        )
    return form_page(
        request,
        "workitems/items/evidence/mark.html",
        form,
        plan=item.plan,
        item=item,
        milestone=row,
        pieces=row.evidence.for_list(),
    )
