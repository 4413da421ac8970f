"""Steps of a request that need no letter: a button each, or a page with a day and words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saying_refusals,
)
from agencies.pages.once import once
from agencies.wording.translation import StrOrPromise
from reports.requests.models import InformationRequest, RequestLetter
from reports.requests.models.request import sent_back
from reports.requests.pages.register.doers import require
from reports.requests.pages.register.views import prepared_request, visible_request
from reports.requests.pages.steps.forms import (
    CancelCorrectionForm,
    CorrectReleaseForm,
    DatedNoteForm,
    SendBackForm,
    SendForReviewForm,
)
from reports.requests.services import deciding, line_files, releases
from reports.requests.services import requests as services
from reports.requests.services.letters import the_ombudsman
from workitems.plan.views.lookups import posted, signed_in


@dataclass(frozen=True)
class Button:
    """A step that asks nothing: who may take it, the service, and the message after it."""

    permission: str
    service: Callable[..., InformationRequest]
    message: StrOrPromise
    goes_to: str = "requests:request"


def _finish_review(**act: Any) -> InformationRequest:
    line_files.refusals_of_files(
        act["request"]
    )  # Kept if refused: each file not checked yet is queued.
    return services.finish_review(ombudsman=the_ombudsman(), at=timezone.now(), **act)


State = InformationRequest.State
PREPARES = "requests.prepare_request"
BUTTONS = {
    "begin": Button(
        PREPARES,
        services.start_scoping,
        gettext_lazy("The search for papers has begun. Next, enter which days are in scope."),
        "requests:request-scope",
    ),
    "prepare": Button(
        PREPARES, services.start_preparing, gettext_lazy("The papers are being prepared.")
    ),
    "finish": Button(
        "requests.agree_redactions",
        _finish_review,
        gettext_lazy("It is with the OIA decision-maker."),
    ),
}


@require_POST
def press(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take a step that asks nothing."""
    button = BUTTONS[name]
    row = require(request, button.permission, visible_request(request, pk))
    with refusals_in_messages(request):
        button.service(request=row, by=signed_in(request))
        messages.success(request, button.message)
        return redirect(button.goes_to, pk)
    return redirect("requests:request", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def send_for_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a request to its reviewer, with an answer if it was sent back."""
    row = prepared_request(request, pk)
    why = sent_back(row.events.all())
    is_answer = why is not None and why.answered is None
    warnings = deciding.warnings(row) if row.state == State.PREPARING else ()
    form = SendForReviewForm(posted(request), is_answer=is_answer, warnings=warnings)
    if form.is_valid():
        line_files.refusals_of_files(row)  # Kept if refused: each file not checked yet is queued.
        with saying_refusals(form):
            services.send_for_review(
                request=row,
                ombudsman=the_ombudsman(),
                by=signed_in(request),
                at=timezone.now(),
                answer=form.cleaned_data.get("answer", ""),
                warnings_left=form.warnings_left,
            )
            return done(request, _("It is with the OIA reviewer."), "requests:request", pk)
    return form_page(
        request,
        "reports/requests/steps/send_for_review.html",
        form,
        row=row,
        sent_back=why,
        has_warnings=bool(warnings),
    )


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a decided request today."""
    row = prepared_request(request, pk)
    with refusals_in_messages(request):
        services.close(
            request=row, on=timezone.localdate(), by=signed_in(request), at=timezone.now()
        )
        messages.success(request, _("The request is closed."))
    return redirect("requests:request", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a request back to its adviser, with what has to change."""
    row = visible_request(request, pk)
    may = ("requests.agree_redactions", "requests.sign_decision")
    if not any(request.user.has_perm(each, row) for each in may):
        raise PermissionDenied
    form = SendBackForm(posted(request))
    if carry_out(request, form, services.send_back, request=row, at=timezone.now()):
        return done(request, _("It is with the OIA adviser again."), "requests:request", pk)
    return form_page(
        request,
        "reports/requests/steps/step.html",
        form,
        row=row,
        title=_("Send back to the adviser"),
        lead=_("The adviser reads your reason, changes it and sends it for review again."),
        submit=_("Send back"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def correct_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the papers of a release with a mistake again."""
    row = prepared_request(request, pk)
    form = CorrectReleaseForm(posted(request))
    if carry_out(request, form, releases.begin_correction, request=row, at=timezone.now()):
        message = _("The papers can be changed. What was released stays in the record.")
        return done(request, message, "requests:request", pk)
    return form_page(
        request,
        "reports/requests/steps/step.html",
        form,
        row=row,
        title=_("Correct the release"),
        lead=_(
            "Change the redactions, copies or decisions of its papers. Then the reviewer agrees, the decision-maker releases the corrected papers, and you send them with a second letter."
        ),
        submit=_("Open the papers again"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """End a correction that was begun by mistake."""
    row = prepared_request(request, pk)
    form = CancelCorrectionForm(posted(request))
    if carry_out(request, form, releases.cancel_correction, request=row, at=timezone.now()):
        message = _("The correction is cancelled. What was released counts as before.")
        return done(request, message, "requests:request", pk)
    return form_page(
        request,
        "reports/requests/steps/step.html",
        form,
        row=row,
        title=_("Cancel the correction"),
        lead=_(
            "For a correction that was begun by mistake, as long as its papers are as they were released. A publication that was withdrawn stays withdrawn, until the OIA decision-maker publishes it again."
        ),
        submit=_("Cancel the correction"),
        cancel=_("Keep correcting"),
    )


@dataclass(frozen=True)
class Page:
    """A step with a day and words."""

    title: StrOrPromise
    lead: StrOrPromise
    label: StrOrPromise
    submit: StrOrPromise
    service: Callable[..., Any]
    message: StrOrPromise
    needs_words: bool = True


PAGES = {
    "clarified": Page(
        gettext_lazy("Record the requester’s answer"),
        gettext_lazy(
            "If the question was asked within the first seven working days, the clock starts again on "
            "the day of the answer."
        ),
        gettext_lazy("What the requester answered"),
        gettext_lazy("Record the answer"),
        services.receive_clarification,
        gettext_lazy("The answer is recorded."),
    ),
    "sent": Page(
        gettext_lazy("Record that the decision was sent"),
        gettext_lazy(
            "Download the signed letter under “Letters” and send it first. Enter the day on which it left, also if that is "
            "later than the date of the letter: it counts for the Act."
        ),
        gettext_lazy("How it was sent"),
        gettext_lazy("Record the day"),
        services.record_sent,
        gettext_lazy("The decision is recorded as sent."),
        needs_words=False,
    ),
    "withdraw": Page(
        gettext_lazy("Record that the request was withdrawn"),
        gettext_lazy("This ends the request. Nothing more can be recorded before a decision."),
        gettext_lazy("How the requester withdrew it"),
        gettext_lazy("Record the withdrawal"),
        services.withdraw,
        gettext_lazy("The request is withdrawn."),
    ),
    "complaint": Page(
        gettext_lazy("Record a complaint to the Ombudsman"),
        gettext_lazy("It is counted in the half-year in which it was received."),
        gettext_lazy("What the complaint is about"),
        gettext_lazy("Record the complaint"),
        services.receive_complaint,
        gettext_lazy("The complaint is recorded."),
    ),
    "complaint-closed": Page(
        gettext_lazy("Record how a complaint ended"),
        "",
        gettext_lazy("How it ended"),
        gettext_lazy("Record the end of the complaint"),
        services.close_complaint,
        gettext_lazy("The end of the complaint is recorded."),
    ),
}
# Of a letter that says that the papers come with it.
SENT_WITH_PAPERS = Page(
    gettext_lazy("Record that the letter and the papers were sent"),
    gettext_lazy(
        "When the papers are released, download the package with the signed letter and the papers under “Release”, and send "
        "both first. Enter the day on which they left, also if that is later than the date of the letter: it counts for the Act."
    ),
    gettext_lazy("How they were sent"),
    gettext_lazy("Record the day"),
    services.record_sent,
    gettext_lazy("The letter and the papers are recorded as sent."),
    needs_words=False,
)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def dated(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Record a step with its day and words."""
    row, page = prepared_request(request, pk), PAGES[name]
    if name == "sent" and row.letters.sent().filter(kind=RequestLetter.Kind.DECIDE_AND_RELEASE):
        page = SENT_WITH_PAPERS
    form = DatedNoteForm(posted(request), initial={"on": timezone.localdate()})
    form.fields["note"].label, form.fields["note"].required = page.label, page.needs_words
    if carry_out(request, form, page.service, request=row, at=timezone.now()):
        return done(request, page.message, "requests:request", pk)
    return form_page(
        request,
        "reports/requests/steps/step.html",
        form,
        row=row,
        title=page.title,
        lead=page.lead,
        submit=page.submit,
    )
