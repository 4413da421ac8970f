"""The Minister's answer: recording and correcting it, its scan, and the follow-ups."""

from io import BytesIO
from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.views.form_pages import form_page, saying_refusals
from agencies.views.once import once
from reports.document import DocumentError
from reports.forms.responses import ChangeFollowUpForm, DoneForm, FollowUpForm, ResponseForm
from reports.models import Briefing, FollowUp, Response, ResponseChoice
from reports.services import responses as services
from reports.views.issuing import unreadable
from reports.views.readers import issued_briefing
from workitems.attachments import content_type
from workitems.views.lookups import posted, require, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@once
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Record the answer to the newest version or, if there is one, correct it."""
    briefing = issued_briefing(request, slug, pk)
    require(request, "reports.answer_briefing", briefing)
    issued = briefing.issued.newest_first().defer("pdf")[0]
    issued.briefing = briefing
    standing = issued.responses.uncorrected().prefetch_related("choices").first()
    if standing is not None:
        standing.issued = issued
    elif briefing.state != Briefing.State.WITH_MINISTER:
        messages.error(
            request, "The paper is not recorded as with the Minister; there is nothing to answer."
        )
        return redirect(issued)
    try:
        asked = services.asked_in(issued)
    except DocumentError as error:
        return unreadable(request, issued, error)
    form = ResponseForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        asked=asked,
        corrected=standing,
    )
    if form.is_valid():
        by, at = signed_in(request), timezone.now()
        with saying_refusals(form):
            if standing is None:
                services.record_response(issued=issued, by=by, at=at, **form.answer)
            else:
                services.correct_response(response=standing, by=by, at=at, **form.answer)
            messages.success(request, "The answer is recorded.")
            return redirect(issued)
    return form_page(
        request,
        "reports/responses/answer.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        paper=issued,
        standing=standing,
    )


# Served as a download. If a browser displays it anyway, the policy blocks scripts and requests.
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def scan(request: HttpRequest, slug: str, pk: int, response: int) -> FileResponse:
    briefing = issued_briefing(request, slug, pk)
    row = get_object_or_404(
        Response.objects.exclude(scan=""), issued__briefing=briefing, pk=response
    )
    try:
        with row.scan.open() as kept:
            content = kept.read()  # at most 10 MB; reading it here closes the file in all cases
    except FileNotFoundError as missing:
        raise Http404 from missing
    answer = FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=row.scan_name,
        content_type=content_type(row.scan_name),
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# --- follow-ups -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def follow_up(request: HttpRequest, slug: str, pk: int, choice: int) -> HttpResponse:
    """Assign to an agency what follows from the Minister's choice, with a due date."""
    briefing = issued_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    row = get_object_or_404(
        ResponseChoice.objects.select_related("response__issued").defer(
            "response__issued__document", "response__issued__pdf"
        ),
        response__issued__briefing=briefing,
        pk=choice,
    )
    row.response.issued.briefing = briefing
    form = FollowUpForm(posted(request), plan=briefing.plan)
    if form.is_valid():
        with saying_refusals(form):
            services.follow_up(choice=row, by=signed_in(request), **form.cleaned_data)
            messages.success(request, "It is followed up until it is done.")
            return redirect(row.response.issued)
    return _follow_up_page(
        request,
        briefing,
        form,
        title="Follow up",
        submit="Follow it up",
        words=f"{row.number}. {row.verb} {row.text}: {row.option or 'not marked'}",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change_follow_up(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    briefing, row = _own(request, slug, pk, follow_up)
    form = ChangeFollowUpForm(posted(request), row=row, plan=briefing.plan)
    if form.is_valid():
        with saying_refusals(form):
            services.change_follow_up(follow_up=row, by=signed_in(request), **form.cleaned_data)
            messages.success(request, "It is changed.")
            return redirect(row.issued)
    return _follow_up_page(
        request,
        briefing,
        form,
        title="Change what is to be done",
        submit="Change it",
        theirs=form.conflict,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    briefing, row = _own(request, slug, pk, follow_up)
    form = DoneForm(posted(request))
    if form.is_valid():
        with saying_refusals(form):
            services.finish_follow_up(
                follow_up=row,
                done_on=form.cleaned_data["done_on"],
                on=timezone.localdate(),
                by=signed_in(request),
            )
            messages.success(request, "It is recorded as done.")
            return redirect(row.issued)
    return _follow_up_page(
        request, briefing, form, title="It is done", submit="Record it", words=row.text
    )


def _own(request: HttpRequest, slug: str, pk: int, follow_up: int) -> tuple[Briefing, FollowUp]:
    briefing = issued_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    rows = FollowUp.objects.select_related("issued", "owner_agency").defer(
        "issued__document", "issued__pdf"
    )
    row = get_object_or_404(rows, issued__briefing=briefing, pk=follow_up)
    row.issued.briefing = briefing
    return briefing, row


def _follow_up_page(
    request: HttpRequest, briefing: Briefing, form: Any, **shown: Any
) -> HttpResponse:
    context = {"plan": briefing.plan, "briefing": briefing, **shown}
    return form_page(request, "reports/responses/follow_up.html", form, **context)
