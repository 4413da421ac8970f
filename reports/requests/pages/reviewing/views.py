"""Review what is proposed to be withheld: agree, or decline with a note."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import form_page, saying_refusals
from agencies.typed.fields import VersionedForm
from reports.requests.law.act import act_named
from reports.requests.models import InformationRequest, Redaction
from reports.requests.models.request import sent_back
from reports.requests.pages.redacting.forms import AgreeAllForm, AgreeForm, DeclineForm, seen
from reports.requests.pages.register.doers import require
from reports.requests.services import deciding, earlier_releases, line_files, redactions
from reports.requests.services.redacted_paper import RedactedPaper, Withheld
from workitems.plan.views.lookups import posted, signed_in

State = Redaction.State
CORRECTING = InformationRequest.State.CORRECTING


def reviewed_request(request: HttpRequest, pk: int) -> InformationRequest:
    """Return a request whose redactions the user may read."""
    rows = InformationRequest.objects.visible_to(signed_in(request))
    found = get_object_or_404(rows.select_related("agency", "plan"), pk=pk)
    return require(request, "requests.read_redactions", found)


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """List what is proposed, paper by paper, and what was answered."""
    return _queue(request, reviewed_request(request, pk), AgreeAllForm())


def _queue(request: HttpRequest, of: InformationRequest, form: AgreeAllForm) -> HttpResponse:
    user = signed_in(request)
    may_answer = _may_answer(request, of)
    rows = Redaction.objects.of_request(of).select_related("line__issued", "line__request")
    papers = []
    for line, of_line in groupby(rows.in_order(), key=lambda row: row.line):
        found = RedactedPaper(line).withheld(of_line)
        papers.append(
            {
                "line": line,
                "waiting": [
                    (each, may_answer and each.row.proposed_by_id != user.pk)
                    for each in found
                    if each.row.state == State.PROPOSED
                ],
                "answered": [each for each in found if each.row.state != State.PROPOSED],
            }
        )
    waiting = sum(len(each["waiting"]) for each in papers)
    may_review = user.has_perm("requests.agree_redactions", of)
    lines = of.lines.in_order().select_related("issued", "request")
    return form_page(
        request,
        "reports/requests/reviewing/review.html",
        form,
        of=of,
        papers=papers,
        earlier=[
            (line, before)
            for line in lines
            for before in [earlier_releases.decided_before(line)]
            if before
        ],
        copies=[
            (line, copy, copy and line_files.check_of_copy(copy), line_files.lack_of(line))
            for line in of.lines.given().in_order().select_related("evidence", "response")
            if not line.is_ours
            for copy in [line_files.standing_copy(line)]
        ],
        warnings=deciding.warnings(of) if of.is_open or of.state == CORRECTING else (),
        sent_back=sent_back(of.events.all()),
        may_scope=user.has_perm("requests.prepare_request", of),
        whole=[
            line for line in of.lines.given().in_order() if line.is_ours and line.decision == "full"
        ],
        by_ground=_by_ground(papers) if may_answer else [],
        others=of.lines.kept_as_a_whole_or_in_a_file().in_order(),
        waiting=waiting,
        may_answer=may_answer,
        may_finish=may_review and of.state == InformationRequest.State.IN_REVIEW and not waiting,
        may_send_back=of.state
        in (InformationRequest.State.IN_REVIEW, InformationRequest.State.READY)
        and (may_review or user.has_perm("requests.sign_decision", of)),
        send_back_url=reverse("requests:request-send-back", args=[of.pk]),
    )


def _may_answer(request: HttpRequest, of: InformationRequest) -> bool:
    return (
        request.user.has_perm("requests.agree_redactions", of)
        and of.state in redactions.ANSWERED_IN
    )


def _by_ground(papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what others proposed, by its grounds, where there are several on the same."""
    mine_to_answer: list[Withheld] = [
        each for paper in papers for each, may in paper["waiting"] if may and each.is_same
    ]
    found: dict[str, list[Redaction]] = {}
    for each in mine_to_answer:
        found.setdefault(", ".join(f"s {code}" for code in each.row.ground_codes), []).append(
            each.row
        )
    return [
        {"grounds": grounds, "count": len(rows), "seen": seen(rows)}
        for grounds, rows in sorted(found.items())
        if len(rows) > 1
    ]


@require_POST
def agree_to_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to all redactions on one ground, as the page showed them."""
    of = reviewed_request(request, pk)
    require(request, "requests.agree_redactions", of)
    form = AgreeAllForm(request.POST)
    if form.is_valid():
        with saying_refusals(form):
            rows = redactions.agree_all(
                request=of,
                versions=form.cleaned_data["seen"],
                by=signed_in(request),
                at=timezone.now(),
            )
            message = ngettext(
                "{count} redaction is agreed.", "{count} redactions are agreed.", len(rows)
            )
            messages.success(request, message.format(count=len(rows)))
            return redirect("requests:request-review", pk)
    return _queue(request, of, form)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int, redaction: int) -> HttpResponse:
    """Show one redaction with the words around it, and agree or decline it."""
    of = reviewed_request(request, pk)
    if request.method == "POST":
        require(request, "requests.agree_redactions", of)
    rows = Redaction.objects.of_request(of).select_related("line__issued", "line__request")
    row = get_object_or_404(rows, pk=redaction)
    is_decline = request.POST.get("act") == "decline"
    form: VersionedForm = (DeclineForm if is_decline else AgreeForm)(posted(request), row=row)
    if form.is_valid():
        by = signed_in(request)
        with saying_refusals(form):
            if is_decline:
                redactions.decline(redaction=row, by=by, **form.cleaned_data)
                messages.success(
                    request, _("The redaction is declined. Its proposer can read your note.")
                )
            else:
                redactions.agree(redaction=row, by=by, at=timezone.now(), **form.cleaned_data)
                messages.success(request, _("The redaction is agreed."))
        if not form.errors:
            return redirect("requests:request-review", pk)
        row = rows.get(pk=row.pk)
    paper = RedactedPaper(row.line)
    (found,) = paper.withheld([row])
    text = paper.by_place[row.place].text if row.place in paper.by_place else ""
    return form_page(
        request,
        "reports/requests/reviewing/review_redaction.html",
        form,
        of=of,
        line=row.line,
        found=found,
        before=text[: row.start],
        after=text[row.end :],
        grounds=act_named().in_order(row.ground_codes),
        decline=form if is_decline else DeclineForm(row=row),
        notes=list(row.history.exclude(history_change_reason="").order_by("history_id")),
        is_own=row.proposed_by_id == signed_in(request).pk,
        may_answer=_may_answer(request, of) and row.state == State.PROPOSED,
    )
