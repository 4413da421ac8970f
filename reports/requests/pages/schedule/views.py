"""Find papers in scope, list them, decide on each, and consult agencies about them."""

import re
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Seat
from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saved,
    saying_refusals,
)
from agencies.pages.once import once
from reports.briefings.views.files import MIME_TYPES, download
from reports.document.wording import join_words
from reports.requests.models import Consultation, InformationRequest, ScheduleLine
from reports.requests.models.in_scope import (
    COLUMNS,
    NotFrozen,
    as_listed,
    by_plan,
    found_in,
    not_accepted,
    not_frozen,
    papers_of,
)
from reports.requests.pages.register.doers import require
from reports.requests.pages.register.views import prepared_request, visible_request
from reports.requests.pages.schedule.forms import (
    AskAgencyForm,
    ConsultationForm,
    CopyForm,
    DecideLineForm,
    FileForm,
    NotHeldForm,
    RecordAnswerForm,
    ScopeForm,
)
from reports.requests.services import deciding, earlier_releases, line_files, packages
from reports.requests.services import requests as services_of_requests
from reports.requests.services import schedule as services
from reports.requests.services.finding import having
from workitems.plan.attachments import content_type
from workitems.plan.services.refusals import Refused
from workitems.plan.views.lookups import posted, signed_in
from workitems.rules import WRITERS

MODELS = {column: model for model, column in COLUMNS.items()}
LARGEST = 2**31
# The number of a line and its version, as a page showed them.
SHOWN = re.compile(r"(\d{1,9})-(\d{1,9})")
# Printing a return, a draft or a conversation takes a second or more: after so many seconds the rest stay ticked.
PRINTED_FOR = 20


def _may_change(row: InformationRequest) -> bool:
    return row.state in InformationRequest.PREPARED_IN


@require_http_methods(["GET", "HEAD", "POST"])
def scope(request: HttpRequest, pk: int) -> HttpResponse:
    """Say between which days papers are in scope, and list what the product holds between them."""
    row = prepared_request(request, pk)
    form = ScopeForm(posted(request), row=row)
    if kept := carry_out(
        request, form, services_of_requests.set_scope, request=row, at=timezone.now()
    ):
        message = (
            _("The scope is saved.")
            if kept.scope_from
            else _("The scope is saved. Enter both days to find papers.")
        )
        return saved(request, form, kept, message, "requests:request-scope", pk)
    found = earlier_releases.with_public(row, found_in(row, row.periods))
    ticked, words = request.GET.getlist("paper"), request.GET.get("words", "").strip()
    not_frozen = _not_frozen(row)
    shown = having(not_frozen, words) if words else {each.key for each in not_frozen}
    return form_page(
        request,
        "reports/requests/schedule/scope.html",
        form,
        row=row,
        groups=by_plan(row, found),
        not_frozen=[each for each in not_frozen if each.key in shown or each.key in ticked],
        all_not_frozen=len(not_frozen),
        words=words,
        not_accepted=not_accepted(row, row.periods),
        ticked=ticked,
        may_add=_may_change(row)
        and not all(
            [*(each.is_listed for each in found), *(each.is_listed for each in not_frozen)]
        ),
        lines=list(row.lines.for_list().prefetch_related("redactions")),
        may_change=_may_change(row),
    )


# Printing takes seconds, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@require_POST
def add_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """List what was ticked, each by its key: "issued-7". A return, a draft or a conversation ("return-7") is printed
    first, as it is now. With `act=find`, list nothing, and show those that have the words, with what was ticked."""
    keys = request.POST.getlist("paper")
    if request.POST.get("act") == "find":
        return _to_scope(pk, keys, request.POST.get("words", ""))
    with transaction.atomic():
        row = prepared_request(request, pk)
        to_print = {each.key: each for each in _not_frozen(row)}
        frozen = [_paper(row, key) for key in keys if key not in to_print]
    found = [to_print[key] for key in keys if key in to_print and not to_print[key].is_listed]
    if not frozen and not found:
        messages.error(request, _("Tick at least one paper."))
    added, printed, until = 0, 0, monotonic() + PRINTED_FOR
    with refusals_in_messages(request):
        services.check_prepared(row)
        for paper in frozen:
            services.add_paper(request=row, paper=paper, by=signed_in(request))
            added += 1
        for each in found:
            if printed and monotonic() > until:
                break
            pdf = services.printed(each, on=timezone.localdate())
            services.add_printed(request=row, found=each, pdf=pdf, by=signed_in(request))
            printed += 1
    if added := added + printed:
        message = ngettext(
            "{count} paper is added to the schedule.",
            "{count} papers are added to the schedule.",
            added,
        ).format(count=added)
        if printed < len(found):
            message += " " + _("The others are still ticked: press the button again.")
        messages.success(request, message)
    return _to_scope(pk, [each.key for each in found[printed:]])


def _to_scope(pk: int, ticked: list[str], words: str = "") -> HttpResponse:
    """Return to where papers are found, with some still ticked."""
    address = reverse("requests:request-scope", args=[pk])
    asked = [("words", words)] if words.strip() else []
    if asked or ticked:
        left = [("paper", key) for key in ticked]
        address += f"?{urlencode([*asked, *left])}#not-frozen"
    return redirect(address)


@require_POST
def release_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide to release in full the papers that the page showed without a decision, each "number-version"."""
    row = prepared_request(request, pk)
    shown = [SHOWN.fullmatch(each) for each in request.POST.getlist("paper")]
    numbers = {int(each[1]): int(each[2]) for each in shown if each}
    with refusals_in_messages(request):
        count = services.release_rest(
            request=row, shown=numbers, by=signed_in(request), at=timezone.now()
        )
        message = ngettext(
            "{count} paper is decided: release in full.",
            "{count} papers are decided: release in full.",
            count,
        )
        return done(request, message, "requests:request", pk, count=count)
    return redirect("requests:request", pk)


def _not_frozen(row: InformationRequest) -> list[NotFrozen]:
    return not_frozen(row, row.periods, today=timezone.localdate())


def _paper(row: InformationRequest, key: str) -> Any:
    column, _hyphen, number = key.partition("-")
    model = MODELS.get(column)
    if model is None or not number.isascii() or not number.isdecimal() or int(number) > LARGEST:
        raise Http404
    return get_object_or_404(papers_of(row, model), pk=int(number))


# Evidence is somebody else's file: if a browser displayed it, the policy would block scripts.
@transaction.non_atomic_requests
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def found_file(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Return a paper that was found, before it is listed: a return, a draft or a conversation as it would be printed."""
    with transaction.atomic():
        row = prepared_request(request, pk)
        unfrozen = next((each for each in _not_frozen(row) if each.key == key), None)
        found = as_listed(_paper(row, key), row) if unfrozen is None else None
    if unfrozen is not None:
        try:
            pdf = services.printed(unfrozen, on=timezone.localdate())
        except Refused as refusal:
            return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
        return download(pdf, f"{slugify(unfrozen.title)[:80].strip('-') or 'paper'}.pdf")
    assert found is not None
    column = COLUMNS[type(found.paper)]
    line = ScheduleLine(request=row, kind=found.kind, title=found.title, **{column: found.paper})
    return _download(line)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """List a file that we did not make."""
    row = prepared_request(request, pk)
    form = FileForm(posted(request), request.FILES if request.method == "POST" else None)
    if carry_out(request, form, services.add_file, request=row):
        return done(request, _("The file is added to the schedule."), "requests:request-scope", pk)
    return form_page(
        request,
        "reports/requests/steps/step.html",
        form,
        row=row,
        title=_("Add a file"),
        lead=_(
            "For a paper that is not in this register. It is released in full, withheld or refused, "
            "or replaced by a copy that was redacted elsewhere."
        ),
        submit=_("Add the file"),
        back=reverse("requests:request-scope", args=[pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_not_held(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a line for a paper that is asked for and that the agency does not hold."""
    row = prepared_request(request, pk)
    form = NotHeldForm(posted(request))
    if carry_out(request, form, services.add_not_held, request=row):
        return done(request, _("It is listed as not held here."), "requests:request-scope", pk)
    return form_page(
        request,
        "reports/requests/steps/step.html",
        form,
        row=row,
        title=_("List what is not held here"),
        lead="",
        submit=_("Add to the schedule"),
        back=reverse("requests:request-scope", args=[pk]),
    )


# --- one line --------------------------------------------------------------------------------------


def _line(row: InformationRequest, number: int) -> ScheduleLine:
    found: ScheduleLine = get_object_or_404(row.lines.for_list(), number=number)
    found.request = row
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show a paper of the schedule with its decision; its adviser decides."""
    row = visible_request(request, pk)
    if request.method == "POST":
        require(request, "requests.prepare_request", row)
    found, on = _line(row, number), timezone.localdate()
    form = DecideLineForm(posted(request), row=found, on=on)
    if kept := carry_out(request, form, services.decide_line, line=found, at=timezone.now()):
        to = reverse("requests:request", args=[pk])
        if kept.is_ours and kept.decision == ScheduleLine.Decision.PART:
            to = reverse("requests:request-redact", args=[pk, number])
        elif line_files.lack_of(kept):
            to = reverse("requests:request-line-copy", args=[pk, number])
        decision = kept.told_in_words.lower()
        return saved(request, form, kept, _("Decided: {decision}."), to, decision=decision)
    may_prepare = request.user.has_perm("requests.prepare_request", row)
    return form_page(
        request,
        "reports/requests/schedule/line.html",
        form,
        row=row,
        line=found,
        consultations=found.consultations.all(),
        may_read_redactions=request.user.has_perm("requests.read_redactions", row),
        withheld=found.redactions.standing().count(),
        redact_url=_redact_url(request, found),
        has_file=found.kind != ScheduleLine.Kind.NOT_HELD,
        earlier=earlier_releases.decided_before(found),
        copy=line_files.standing_copy(found),
        lacks=line_files.lack_of(found),
        held=line_files.check_of_held(found) if may_prepare else None,
        refused=line_files.refusals_of_file(found) if _goes_out_as_it_is(found) else [],
        check=found.checks.without_contents().order_by("-pk").first()
        if _may_repair(request, row)
        else None,
        may_copy=_may_copy(request, found),
        warnings=_warnings(row, found) if may_prepare and row.is_open else [],
        scan_name=found.response.scan_name if found.response is not None else "",
        may_decide=may_prepare and _may_change(row),
        may_consult=may_prepare and row.is_open and found.kind != ScheduleLine.Kind.NOT_HELD,
    )


def _warnings(row: InformationRequest, line: ScheduleLine) -> list[deciding.Warned]:
    """Return what is to be looked at in a paper that is no briefing; the words of one have a page of their own."""
    if line.is_ours or not line.is_given:
        return []
    return [each for each in deciding.warnings(row) if each.line == line.number]


def _redact_url(request: HttpRequest, line: ScheduleLine) -> str:
    """Return the page on which the words of a briefing are withheld, or "", as for a reader who may
    not open it."""
    if not line.is_ours or not request.user.has_perm("requests.read_redactions", line):
        return ""
    return reverse("requests:request-redact", args=[line.request_id, line.number])


def _goes_out_as_it_is(line: ScheduleLine) -> bool:
    """Whether a paper that we did not make is given and has a file to be checked."""
    if not line.is_given or line.is_ours or line.response is not None:
        return False
    return not line_files.lack_of(line)


def _may_copy(request: HttpRequest, line: ScheduleLine) -> bool:
    """Whether the user may upload a PDF for this paper now: its adviser while it is prepared and,
    where a signed decision cannot be released without it, also whoever releases."""
    row = line.request
    may = (
        request.user.has_perm("requests.prepare_request", row)
        if row.state in InformationRequest.PREPARED_IN
        else _may_repair(request, row)
    )
    return may and line_files.takes_copy(line)


def _may_repair(request: HttpRequest, row: InformationRequest) -> bool:
    may = ("requests.prepare_request", "requests.publish_release")
    return any(request.user.has_perm(each, row) for each in may)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def line_copy(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Upload the PDF to be released instead of a paper: made of it, or redacted elsewhere."""
    row = visible_request(request, pk)
    if not _may_repair(request, row):
        raise PermissionDenied
    found = _line(row, number)
    if found.is_ours or found.kind == ScheduleLine.Kind.NOT_HELD:
        raise Http404
    form = CopyForm(posted(request), request.FILES if request.method == "POST" else None)
    if form.is_valid():
        with saying_refusals(form):
            check = line_files.upload_copy(
                line=found,
                file=form.cleaned_data["file"],
                by=signed_in(request),
                at=timezone.now(),
            )
            return redirect("requests:request-file-check", pk, number, check.pk)
    is_part = found.decision == ScheduleLine.Decision.PART
    return form_page(
        request,
        "reports/requests/schedule/copy.html",
        form,
        row=row,
        line=found,
        copy=line_files.standing_copy(found),
        held=line_files.check_of_held(found),
        is_part=is_part,
        stamp=packages.stamp_of(row),
        sections=join_words([f"s {code}" for code in found.ground_codes]),
        title=_("Upload the redacted copy") if is_part else _("Upload a PDF of the paper"),
        may_copy=_may_copy(request, found),
    )


@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def line_copy_file(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Return the uploaded copy that goes out for a paper."""
    found = _line(visible_request(request, pk), number)
    copy = line_files.standing_copy(found)
    if copy is None:
        raise Http404
    return download(bytes(copy.pdf), f"copy-of-{slugify(found.title)[:60] or 'paper'}.pdf")


def paper_of(line: ScheduleLine, *, scan: bool = False) -> HttpResponse:
    """Return the file of a line as a download: of a Minister's answer, a page made from its record or,
    if asked for, its scan. Raise `Http404` if there is none. Not in a transaction."""
    row = ScheduleLine.objects.select_related(*line_files.WITH_FILES).get(pk=line.pk)
    return _download(row, scan=scan)


def _download(row: ScheduleLine, *, scan: bool = False) -> HttpResponse:
    """Return the file of a line, which may be unsaved."""
    name = f"{slugify(row.title)[:60] or 'paper'}.pdf"
    if row.response is not None and not scan:
        try:
            return download(line_files.print_answer(row, is_whole=True), name)
        except Refused as refusal:
            raise Http404(str(refusal)) from refusal
    if row.evidence is not None:
        name = row.evidence.file_name
    elif row.response is not None:
        name = row.response.scan_name
    elif row.kind == ScheduleLine.Kind.FILE:
        name = row.file_name
    try:
        data = line_files.held_file(row)
    except FileNotFoundError as missing:
        raise Http404 from missing
    if not data:
        raise Http404
    return download(data, name, content_type(name) or MIME_TYPES["pdf"])


# Somebody else's file: if a browser displayed it, the policy would block scripts and requests.
@transaction.non_atomic_requests
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def line_file(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Return the paper as we hold it; with `?scan`, the signed paper of a Minister's answer."""
    scan = "scan" in request.GET
    return paper_of(_line(visible_request(request, pk), number), scan=scan)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask_agency(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Ask another agency about one paper."""
    row = prepared_request(request, pk)
    found = _line(row, number)
    on = timezone.localdate()
    form = AskAgencyForm(
        posted(request),
        request=row,
        on=on,
        answering=set(
            Seat.objects.on(on)
            .filter(role__in=WRITERS, agency__isnull=False, user__is_active=True)
            .values_list("agency", flat=True)
        ),
        initial={"answer_by": services.usual_answer_day(row, on)},
    )
    if made := carry_out(request, form, services.ask_agency, line=found, on=on, at=timezone.now()):
        return done(
            request,
            _("{agency} is asked. It is on the desks of its people."),
            "requests:request-line",
            pk,
            number,
            agency=made.agency.short_name,
        )
    return form_page(
        request, "reports/requests/schedule/ask_agency.html", form, row=row, line=found
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record_answer(request: HttpRequest, pk: int, number: int, consultation: int) -> HttpResponse:
    """Record what a consulted agency answered by email or phone."""
    row = prepared_request(request, pk)
    line = _line(row, number)
    asked = get_object_or_404(line.consultations.select_related("agency"), pk=consultation)
    asked.line = line
    form = RecordAnswerForm(posted(request), row=asked, on=timezone.localdate())
    if kept := carry_out(
        request, form, services.record_answer, consultation=asked, at=timezone.now()
    ):
        return saved(
            request, form, kept, _("The answer is recorded."), "requests:request-line", pk, number
        )
    return form_page(
        request,
        "reports/requests/schedule/record_answer.html",
        form,
        row=row,
        line=line,
        asked=asked,
    )


# --- the consulted agency --------------------------------------------------------------------------


def _consultation(request: HttpRequest, pk: int) -> Consultation:
    rows = Consultation.objects.visible_to(signed_in(request))
    return require(request, "requests.read_consultation", get_object_or_404(rows, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a consulted agency the paper and our question, and take its answer.

    The page knows nothing of the request: not who asked, nor what for.
    """
    row = _consultation(request, pk)
    if request.method == "POST":
        require(request, "requests.answer_consultation", row)
    form = ConsultationForm(posted(request), row=row)
    if kept := carry_out(
        request, form, services.answer_consultation, consultation=row, at=timezone.now()
    ):
        message = _("Your agency’s answer is recorded. You can change it until the decision.")
        return saved(request, form, kept, message, "requests:request-consultation", pk)
    return form_page(
        request,
        "reports/requests/schedule/consultation.html",
        form,
        row=row,
        asking=services.asking_agency(row),
        may_answer=request.user.has_perm("requests.answer_consultation", row),
    )


@transaction.non_atomic_requests
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def consultation_file(request: HttpRequest, pk: int) -> HttpResponse:
    return paper_of(_consultation(request, pk).line)
