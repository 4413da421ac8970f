"""Withhold words of a briefing: the paper with what is withheld in it, and its copies."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import form_page, refusals_in_messages, saved, saying_refusals
from agencies.pages.once import once
from reports.briefings.views import files
from reports.render.html import document_fragment
from reports.render.pdf import RenderRefused
from reports.requests.law.act import act_named
from reports.requests.models import InformationRequest, Redaction, ScheduleLine
from reports.requests.pages.redacting.forms import RedactForm, WarningsForm, WithdrawForm
from reports.requests.pages.register.doers import require
from reports.requests.print.released import render_marked_up
from reports.requests.print.selectable import Marked, selectable_fragment, shown_in
from reports.requests.redaction.redact import Leaf
from reports.requests.redaction.redact import redact as redact_words
from reports.requests.services import deciding, earlier_releases, packages, redactions
from reports.requests.services.choosing import chosen
from reports.requests.services.redacted_paper import RedactedPaper
from reports.requests.services.releases import Prepared
from workitems.plan.services import Refused
from workitems.plan.views.lookups import posted, signed_in


def readable_line(request: HttpRequest, pk: int, number: int) -> ScheduleLine:
    """Return a line of a request's schedule. Others than the three OIA roles get 404, or 403 if they
    read the request."""
    line = get_object_or_404(
        ScheduleLine.objects.select_related("request__agency", "request__plan", "issued"),
        request=pk,
        request__in=InformationRequest.objects.visible_to(signed_in(request)),
        number=number,
    )
    return require(request, "requests.read_redactions", line)


def _proposed(count: int) -> str:
    return ngettext(
        "{count} place is proposed to be withheld.",
        "{count} places are proposed to be withheld.",
        count,
    ).format(count=count)


# --- the paper ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def redact(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show the paper with what is withheld in it. A form withholds words or more."""
    line = readable_line(request, pk, number)
    if request.method == "POST":
        require(request, "requests.prepare_request", line)
    try:
        paper = RedactedPaper(line)
    except Refused as refusal:
        return refused(request, line, str(refusal))
    may_redact = _may_redact(request, line)
    rows = list(line.redactions.standing())
    form = _form(request, line, paper, rows)
    if form.is_valid():
        made: list[Redaction] = []
        with saying_refusals(form):
            made = _propose(request, line, paper, form, rows)
        if made:
            messages.success(request, _proposed(len(made)))
            first = paper.withheld(made)[0]
            return redirect(f"{_address(line)}#{first.key}")
    return _page(request, line, paper, rows, form, may_redact)


def _may_redact(request: HttpRequest, line: ScheduleLine) -> bool:
    return (
        request.user.has_perm("requests.prepare_request", line)
        and line.request.state in InformationRequest.PREPARED_IN
    )


@require_POST
def leave_warnings(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Record why warnings about the paper are accepted."""
    line = readable_line(request, pk, number)
    require(request, "requests.prepare_request", line)
    try:
        paper = RedactedPaper(line)
    except Refused as refusal:
        return refused(request, line, str(refusal))
    form = WarningsForm(
        request.POST, row=line, warnings=list(deciding.warnings_of(line)), prefix="warnings"
    )
    if form.is_valid():
        with saying_refusals(form):
            row = deciding.leave_warnings(
                line=line,
                reasons=form.reasons,
                version=form.cleaned_data["version"],
                by=signed_in(request),
            )
            words = _("Your reasons are saved. Whoever signs reads them.")
            return saved(request, form, row, words, f"{_address(line)}#warnings")
    rows = list(line.redactions.standing())
    blank = _form(request, line, paper, rows, bound=False)
    return _page(request, line, paper, rows, blank, _may_redact(request, line), form)


@require_POST
def propose_earlier(request: HttpRequest, pk: int, number: int, earlier: int) -> HttpResponse:
    """Propose what was withheld of the paper on an earlier request."""
    line = readable_line(request, pk, number)
    require(request, "requests.prepare_request", line)
    with refusals_in_messages(request):
        made = earlier_releases.propose_same(
            line=line, earlier=earlier, by=signed_in(request), at=timezone.now()
        )
        messages.success(request, _proposed(len(made)))
    return redirect(f"{_address(line)}#withheld")


def _address(line: ScheduleLine) -> str:
    return reverse("requests:request-redact", args=[line.request_id, line.number])


def _form(
    request: HttpRequest,
    line: ScheduleLine,
    paper: RedactedPaper,
    rows: list[Redaction],
    *,
    bound: bool = True,
) -> RedactForm:
    """Return the form, as typed or with the text of the address: `at`, and from `start` to `end`."""
    data = posted(request) if bound else None
    asked = request.GET if data is None else data
    place = asked.get("at" if data is None else "place", "")
    initial: dict[str, Any] = {"document": line.issued.document_sha256 if line.issued else ""}
    words = asked.get("words", "")
    if data is None and place in paper.by_place:
        text = paper.by_place[place].text
        start, end = (asked.get(name, "") for name in ("start", "end"))
        initial["place"] = place
        if start.isdecimal() and end.isdecimal() and max(len(start), len(end)) < 7:
            words = text[int(start) : int(end)]
            initial |= {"start": start, "end": end, "words": words}
    return RedactForm(
        data,
        grounds=act_named().grounds_on(timezone.localdate()),
        wholes=paper.choices_at(place),
        count=paper.count_of(words),
        withheld=paper.withheld(rows),
        initial=initial,
    )


def _propose(
    request: HttpRequest,
    line: ScheduleLine,
    paper: RedactedPaper,
    form: RedactForm,
    rows: list[Redaction],
) -> list[Redaction]:
    data = form.cleaned_data
    same = next((row for row in rows if str(row.pk) == data.get("same")), None)
    spans = chosen(
        paper.document,
        place=data["place"],
        extent=data["extent"],
        words=data["words"],
        start=data["start"],
        end=data["end"],
        everywhere=data["everywhere"],
        standing={(row.place, row.start, row.end) for row in rows},
    )
    return redactions.propose(
        line=line,
        document_sha256=data["document"],
        spans=spans,
        grounds=same.ground_codes if same else data["grounds"],
        reason=same.reason if same else data["reason"],
        public_interest=same.public_interest if same else data["public_interest"],
        by=signed_in(request),
        at=timezone.now(),
    )


def _page(
    request: HttpRequest,
    line: ScheduleLine,
    paper: RedactedPaper,
    rows: list[Redaction],
    form: RedactForm,
    may_redact: bool,
    leaving: WarningsForm | None = None,
) -> HttpResponse:
    warnings = list(deciding.warnings_of(line))
    leaving = leaving or WarningsForm(row=line, warnings=warnings, prefix="warnings")
    withheld = paper.withheld(rows)
    marked = [
        Marked(each.key, each.row.place, each.row.start, each.row.end, each.grounds, each.row.state)
        for each in withheld
    ]
    fragment = selectable_fragment(paper.document, [*marked, *_chosen(form)])
    shown = shown_in(fragment, (each.key for each in withheld))
    parts = paper.parts
    part = request.GET.get("part", "")
    place = form["place"].value() or ""
    response = form_page(
        request,
        "reports/requests/redacting/redact.html",
        form,
        line=line,
        of=line.request,
        fragment=fragment,
        rows=[(each, each.key in shown) for each in withheld],
        earlier=earlier_releases.decided_before(line),
        declined=paper.declined(),
        may_redact=may_redact,
        chosen=paper.by_place.get(place) or Leaf("", ""),
        asks_why=paper.is_name_of_official(place),
        shown_before=[
            each
            for mark in _chosen(form)
            for each in earlier_releases.shown_before(line, mark.place, mark.start, mark.end)
        ],
        warnings=warnings,
        leaving=leaving,
        parts=parts,
        part=next((each for each in parts if each.key == part), parts[0]),
        act=act_named(),
    )
    if leaving.errors:
        response.status_code = 422
    return response


def _chosen(form: RedactForm) -> list[Marked]:
    """Return the words that the form is about, as the paper shows them."""
    place, start, end = (form[name].value() for name in ("place", "start", "end"))
    numbers = [str(each) for each in (start, end)]
    if not all(each.isdecimal() and len(each) < 7 for each in numbers):
        return []
    return [Marked("chosen", place or "", int(numbers[0]), int(numbers[1]), "chosen", "chosen")]


def refused(request: HttpRequest, line: ScheduleLine, reason: str) -> HttpResponse:
    """Show why there is no page or file of this line."""
    context = {"line": line, "of": line.request, "reason": reason}
    return render(request, "reports/requests/redacting/refused.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int, number: int, redaction: int) -> HttpResponse:
    """Remove a redaction; one that was agreed, with a reason."""
    line = readable_line(request, pk, number)
    require(request, "requests.prepare_request", line)
    row = get_object_or_404(line.redactions, pk=redaction)
    row.line = line
    form = WithdrawForm(posted(request), row=row)
    if form.is_valid():
        with saying_refusals(form):
            redactions.withdraw(redaction=row, by=signed_in(request), **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("The redaction is removed."))
            return redirect(f"{_address(line)}#withheld")
    try:
        (found,) = RedactedPaper(line).withheld([row])
    except Refused as refusal:
        return refused(request, line, str(refusal))
    return form_page(
        request,
        "reports/requests/redacting/withdraw_redaction.html",
        form,
        line=line,
        of=line.request,
        found=found,
        back=f"{_address(line)}#withheld",
    )


# --- its copies --------------------------------------------------------------------------------------


# Rendering takes time, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@require_safe
def marked_up(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Return the whole paper as a PDF, with frames around what is proposed or agreed to be withheld."""
    with transaction.atomic():
        line = readable_line(request, pk, number)
        try:
            document = redactions.document_of(line)
        except Refused as refusal:
            return refused(request, line, str(refusal))
        spans = redactions.spans_of(line, proposed=True)
    try:
        data = render_marked_up(document, spans)
    except RenderRefused as error:
        return refused(request, line, str(error))
    return files.download(data, f"document-{line.number}-contains-withheld-information.pdf")


@transaction.non_atomic_requests
@require_safe
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show the gate's report on the redacted copy as it would be released now."""
    line, made = _previewed(request, pk, number)
    if isinstance(made, Refused):
        return refused(request, line, str(made))
    proposed = line.redactions.proposed().count()
    spans = redactions.spans_of(line, proposed=True)
    context = {
        "line": line,
        "of": line.request,
        "made": made,
        "proposed": proposed,
        "withheld": len(spans),
        "fragment": document_fragment(redact_words(redactions.document_of(line), spans)),
    }
    return render(request, "reports/requests/redacting/preview.html", context)


@transaction.non_atomic_requests
@require_safe
def preview_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Return the redacted copy, if the gate finds nothing in it."""
    line, made = _previewed(request, pk, number)
    if isinstance(made, Refused):
        return refused(request, line, str(made))
    if not made.report.passes:
        return refused(request, line, made.report.findings[0].sentence)
    return files.download(made.pdf, f"preview-{made.file_name}")


def _previewed(
    request: HttpRequest, pk: int, number: int
) -> tuple[ScheduleLine, Prepared | Refused]:
    with transaction.atomic():
        line = readable_line(request, pk, number)
    try:
        return line, packages.preview(line)
    except Refused as refusal:
        return line, refusal
