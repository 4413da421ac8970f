"""Letters about a request: write one, read it, change it, download it, and mark it as sent."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import User
from agencies.pages.form_pages import form_page, saying_refusals
from agencies.pages.once import once
from agencies.typed.fields import Refusal
from reports.briefings.views.files import MIME_TYPES, download, frozen
from reports.compose.paper_cover import design_of
from reports.document import USUAL_DESIGN, CoverDesign
from reports.document.dates import long_date
from reports.render.pdf import RenderRefused
from reports.requests.letters import Letter, letter_from
from reports.requests.models import InformationRequest, RequestLetter
from reports.requests.pages.letters.forms import LetterForm, SendLetterForm
from reports.requests.pages.register.doers import require
from reports.requests.pages.register.requester import letter_as_read, may_read_requester
from reports.requests.pages.register.views import prepared_request, visible_request
from reports.requests.print.letter_html import letter_fragment, render_letter_pdf
from reports.requests.services import letters as services
from reports.requests.services import requests
from workitems.plan.services import Refused
from workitems.plan.views.lookups import posted, signed_in

Kind = RequestLetter.Kind
EXTENDED_ONCE = gettext_lazy("The time was extended to {day}. It can be extended only once.")
# The adviser signs these; a letter begins with the people of the last one of its sort.
_OTHERS = tuple(kind for kind in Kind if kind not in RequestLetter.DECIDING)


def looks_of(row: InformationRequest) -> CoverDesign:
    return design_of(row.agency) or USUAL_DESIGN


def files_of(letter: Letter, looks: CoverDesign, *, is_draft: bool = False) -> tuple[bytes, bytes]:
    """Return a letter as PDF and as Word. Takes a second. Raise `Refused` if it cannot be printed."""
    from reports.requests.print.letter_docx import render_letter_docx

    try:
        return (
            render_letter_pdf(letter, looks, is_draft=is_draft),
            render_letter_docx(letter, looks, is_draft=is_draft),
        )
    except RenderRefused as error:
        raise Refused(_("This letter cannot be printed: {error}").format(error=error)) from error


def dated_on(letter: RequestLetter) -> date:
    """Return the day that a letter was last written for."""
    return date.fromisoformat(letter.content["dated"]) if letter.content else timezone.localdate()


def as_now(letter: RequestLetter, on: date) -> tuple[Letter, tuple[str, ...]]:
    """Return a letter as sent, or as the records give it for a day, and what it lacks."""
    if letter.is_sent:
        return letter_from(letter.content), ()
    return services.written(letter, on=on, ombudsman=services.the_ombudsman())


def _new(row: InformationRequest, kind: str, by: User) -> RequestLetter:
    """Return an unsaved letter with what its preparer would type first."""
    kinds = RequestLetter.DECIDING if kind in RequestLetter.DECIDING else _OTHERS
    last = row.letters.filter(kind__in=kinds).exclude(typed={}).order_by("-pk").first()
    signs = "OIA decision-maker" if kind in RequestLetter.DECIDING else "OIA adviser"
    # Whom to ask stays the same, whoever signs.
    any_last = row.letters.exclude(typed={}).order_by("-pk").first()
    typed: dict[str, Any] = {
        "contact": (any_last.typed if any_last else {}).get("contact")
        or {"name": by.name, "role": "OIA adviser", "email": by.email},
        "signatory": (last.typed if last else {}).get("signatory") or {"role": signs},
    }
    if kind == Kind.RELEASE and (made := row.release) is not None and made.corrects_id:
        typed["own_words"] = made.reason
    return RequestLetter(request=row, kind=kind, typed=typed, version=0)


def _write(
    request: HttpRequest, row: InformationRequest, letter: RequestLetter, form: LetterForm
) -> RequestLetter:
    return services.prepare_letter(
        request=row,
        kind=letter.kind,
        typed=form.typed,
        on=form.cleaned_data["dated"],
        ombudsman=services.the_ombudsman(),
        by=signed_in(request),
        at=timezone.now(),
        letter=letter if letter.pk else None,
        version=form.cleaned_data["version"] if letter.pk else None,
        **form.apology,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def write(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Begin a letter of a kind."""
    row = prepared_request(request, pk)
    if kind not in Kind.values or kind == Kind.HAND_OVER:
        raise Http404  # it is written with the transfer
    if row.is_own_initiative and kind != Kind.DECIDE:
        raise Http404  # without a requester, no letter is sent
    if kind in RequestLetter.DECIDING and (begun := row.letters.deciding().first()):
        return redirect("requests:request-letter", pk, begun.pk)
    if kind == Kind.EXTEND and (until := _extended_to(row)):
        messages.error(request, EXTENDED_ONCE.format(day=long_date(until)))
        return redirect("requests:request", pk)
    letter = _new(row, kind, signed_in(request))
    on = timezone.localdate()
    form = LetterForm(posted(request), row=letter, on=on, due=_due(row))
    if form.is_valid():
        with saying_refusals(form):
            made = _write(request, row, letter, form)
            message = _("The letter is written. Read it before you send it.")
            if row.is_own_initiative:
                message = _("The memo is written. Read it before you send it for review.")
            elif made.is_decision:
                message = _(
                    "The letter is written. Read it before you send it for review; the decision-maker signs it."
                )
            messages.success(request, message)
            return redirect("requests:request-letter", pk, made.pk)
    return form_page(
        request,
        "reports/requests/letters/write_letter.html",
        form,
        row=row,
        kind=Kind(kind),
        ended_on=_ended_on(row, kind, on),
    )


def _extended_to(row: InformationRequest) -> date | None:
    """Return until when the time was extended. The Act, as we read it, lets an agency do that once."""
    return None if row.is_own_initiative else requests.clock(row).extended_to


def _due(row: InformationRequest) -> date | None:
    """Return the last day for the decision, or None without a clock."""
    return None if row.is_own_initiative else requests.clock(row).due


def _ended_on(row: InformationRequest, kind: str, on: date) -> date | None:
    """Return the last day on which a letter of this kind could be sent, if it is over."""
    if kind not in (Kind.EXTEND, Kind.TRANSFER) or row.is_own_initiative:
        return None
    clock = requests.clock(row)
    last = clock.first_due if kind == Kind.EXTEND else clock.transfer_by
    return last if last < on else None


def _letter(row: InformationRequest, letter: int) -> RequestLetter:
    found = get_object_or_404(row.letters.defer("pdf", "docx"), pk=letter)
    found.request = row
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Show a letter as it is or would be sent. Its adviser changes it until then."""
    row = visible_request(request, pk)
    found = _letter(row, letter)
    if request.method == "POST":
        require(request, "requests.prepare_request", row)
        if found.kind == Kind.HAND_OVER:
            raise Http404  # it is changed with the transfer
    form = LetterForm(posted(request), row=found, on=timezone.localdate(), due=_due(row))
    if form.is_valid():
        with saying_refusals(form):
            _write(request, row, found, form)
            message = (
                _("The memo is rewritten.")
                if row.is_own_initiative
                else _("The letter is rewritten.")
            )
            messages.success(request, message)
            return redirect("requests:request-letter", pk, letter)
    return _show(request, row, found, form=form)


def _show(
    request: HttpRequest,
    row: InformationRequest,
    found: RequestLetter,
    *,
    form: LetterForm | None = None,
    send: SendLetterForm | None = None,
) -> HttpResponse:
    text, lacks = (None, ()) if found.is_purged else as_now(found, dated_on(found))
    user = signed_in(request)
    if found.kind == Kind.HAND_OVER and not may_read_requester(user, row):
        text = None  # it is about who asked
    text = letter_as_read(user, row, text) if text else None
    may_prepare = request.user.has_perm("requests.prepare_request", row)
    form = form or LetterForm(row=found, on=timezone.localdate(), due=_due(row))
    bound = send if send is not None and send.is_bound else form
    return form_page(
        request,
        "reports/requests/letters/letter.html",
        bound,
        row=row,
        letter=found,
        edit=form,
        fragment=letter_fragment(text, looks_of(row), is_draft=not found.is_sent) if text else "",
        lacks=lacks,
        send=send or SendLetterForm(row=found, on=dated_on(found)),
        may_change=may_prepare and not found.is_sent and found.kind != Kind.HAND_OVER,
        to_agency=RequestLetter.objects.without_contents().filter(beside=found).first(),
        may_read_requester=may_read_requester(user, row),
    )


@transaction.non_atomic_requests
@require_safe
def letter_file(request: HttpRequest, pk: int, letter: int, form: str) -> HttpResponse:
    """Return a letter as PDF or Word: as it was sent, or marked as a draft.

    It names who asked, so a coordinator gets 403.
    """
    with transaction.atomic():
        row = require(request, "requests.read_requester", visible_request(request, pk))
        found = get_object_or_404(row.letters, pk=letter)
        found.request = row
        if found.is_purged:
            raise Http404
        looks = looks_of(row)
        name = f"{found.get_kind_display()} {slugify(row.reference.replace('/', '-')).upper()}"
        if found.is_sent:
            data, digest = (
                (found.pdf, found.pdf_sha256) if form == "pdf" else (found.docx, found.docx_sha256)
            )
            if not data:
                raise Http404
            return frozen(request, bytes(data), digest, f"{name}.{form}", MIME_TYPES[form])
        text, _lacks = as_now(found, dated_on(found))
    try:
        pdf, docx = files_of(text, looks, is_draft=True)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    data = pdf if form == "pdf" else docx
    return download(data, f"{name} draft.{form}", MIME_TYPES[form])


# --- sending ---------------------------------------------------------------------------------------


def _record_event(letter: RequestLetter, on: date, by: User) -> None:
    """Record what the letter does. Raise `Refused` as the step does."""
    typed = letter.typed
    same: dict[str, Any] = {"on": on, "by": by, "at": timezone.now(), "letter": letter}
    row = letter.request
    if letter.kind == Kind.ACKNOWLEDGE:
        requests.acknowledge(request=row, **same)
    elif letter.kind == Kind.CLARIFY:
        requests.seek_clarification(request=row, note=typed.get("question", ""), **same)
    elif letter.kind == Kind.TRANSFER:
        transfer = typed["transfer"]
        requests.transfer(
            request=row,
            whom=transfer["whom"],
            in_part=bool(transfer["part"]),
            note=transfer["part"],
            **same,
        )
    elif letter.kind == Kind.EXTEND:
        extension = typed["extension"]
        requests.extend(
            request=row,
            to=date.fromisoformat(extension["until"]),
            extension_reason=extension["reason"],
            note=extension["explanation"],
            **same,
        )


@transaction.non_atomic_requests
@require_POST
def send(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Freeze a letter as it was sent on a day, with its files, and record what it does."""
    with transaction.atomic():
        row = prepared_request(request, pk)
        found = _letter(row, letter)
        form = SendLetterForm(request.POST, row=found, on=dated_on(found))
        valid = form.is_valid()
    if valid:
        with saying_refusals(form):
            _send(row, found, form, signed_in(request))
            day = long_date(form.cleaned_data["sent_on"])
            words = _("The letter is recorded as sent on {day}. Download the PDF, and send it.")
            if found.kind == Kind.TRANSFER:
                words = _(
                    "Both letters are recorded as sent on {day}, the other to the receiving agency. Download both, and send each."
                )
            messages.success(request, words.format(day=day))
            return redirect("requests:request-letter", pk, letter)
    with transaction.atomic():
        return _show(request, row, _letter(visible_request(request, pk), letter), send=form)


def _send(row: InformationRequest, found: RequestLetter, form: SendLetterForm, by: User) -> None:
    on = form.cleaned_data["sent_on"]
    if found.is_sent or found.is_decision or found.kind == Kind.HAND_OVER:
        raise Refused(_("This letter was already sent, or is sent when the decision is signed."))
    # Files are made outside of the transaction: that takes a second.
    text = services.written(found, on=on, ombudsman=services.the_ombudsman())[0]
    pdf, docx = files_of(text, looks_of(row))
    agency_text = _text_to_agency(found, on)
    agency_files = files_of(agency_text, looks_of(row)) if agency_text else None
    try:
        with transaction.atomic():
            ready = services.prepare_letter(
                request=row,
                kind=found.kind,
                typed=found.typed,
                on=on,
                ombudsman=services.the_ombudsman(),
                by=by,
                at=timezone.now(),
                letter=found,
                version=form.cleaned_data["version"],
            )
            if ready.content != text.as_plain():
                raise Refused(_("The records have changed since. Send it again."))
            sent = services.send_letter(
                letter=ready,
                version=ready.version,
                on=on,
                pdf=pdf,
                docx=docx,
                ombudsman=services.the_ombudsman(),
                by=by,
                at=timezone.now(),
            )
            if agency_text and agency_files:
                _send_to_agency(sent, agency_text, agency_files, on, by)
            _record_event(sent, on, by)
    except Refusal as refusal:
        if refusal.field == "on":
            raise Refused(str(refusal), "sent_on") from refusal
        if refusal.field == "to":
            raise Refused(
                _("New date: {reason} Change it in the letter below.").format(reason=refusal)
            ) from refusal
        raise


def _text_to_agency(found: RequestLetter, on: date) -> Letter | None:
    """Return the letter to the receiving agency that is finished with a transfer, or None with another letter."""
    if found.kind != Kind.TRANSFER:
        return None
    beside = services.to_agency(found)
    return services.written(beside, on=on, ombudsman=services.the_ombudsman())[0]


def _send_to_agency(
    sent: RequestLetter, text: Letter, files: tuple[bytes, bytes], on: date, by: User
) -> None:
    beside = services.to_agency(sent)
    if beside.content != text.as_plain():
        raise Refused(_("The records have changed since. Send it again."))
    services.send_letter(
        letter=beside,
        version=beside.version,
        on=on,
        pdf=files[0],
        docx=files[1],
        ombudsman=services.the_ombudsman(),
        by=by,
        at=timezone.now(),
    )
