"""The decision on a request: its letter with what blocks it, what to look at, and the signature."""

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import form_page, saying_refusals
from agencies.typed.fields import DayField
from agencies.wording.translation import StrOrPromise
from reports.requests.letters import GROUND_FOR_NOTHING, NO_OMBUDSMAN, OF_SCHEDULE, Purpose
from reports.requests.models import InformationRequest, Redaction, RequestLetter
from reports.requests.pages.letters.forms import SignForm
from reports.requests.pages.letters.views import as_now, dated_on, files_of, looks_of
from reports.requests.pages.register.doers import require
from reports.requests.pages.register.requester import letter_as_read, may_read_requester
from reports.requests.pages.register.views import visible_request
from reports.requests.print.letter_html import letter_fragment
from reports.requests.services import deciding, line_files, packages
from reports.requests.services import letters as letter_services
from workitems.plan.services.refusals import Refused
from workitems.plan.views.lookups import signed_in

State = InformationRequest.State


def _asked_day(request: HttpRequest, letter: RequestLetter | None) -> date:
    """Return the day that the page shows the letter for: `on` of its address, else the letter's."""
    typed = request.POST.get("on") or request.GET.get("on")
    if typed:
        try:
            return DayField().clean(typed) or timezone.localdate()
        except Exception:
            pass
    return dated_on(letter) if letter else timezone.localdate()


def _mend(
    row: InformationRequest,
    letter: RequestLetter | None,
    sentence: str,
    *,
    is_of_file: bool = False,
) -> str:
    """Return the page on which an obstacle to the decision is fixed.

    `is_of_file`: the check refuses a file that we did not make.
    """
    for line in row.lines.in_order():
        if (named := line_files.named_line(line)) in sentence:
            name = "line"
            if is_of_file or _is_one_of(sentence, named, line_files.NO_COPY, line_files.NO_PDF):
                name = "line-copy"
            elif _is_one_of(sentence, named, *deciding.OF_REDACTIONS, GROUND_FOR_NOTHING):
                name = "redact"
            return reverse(f"requests:request-{name}", args=[row.pk, line.number])
    if sentence == deciding.SEND_BACK:
        return reverse("requests:request-send-back", args=[row.pk])
    if sentence in OF_SCHEDULE:
        return reverse("requests:request-scope", args=[row.pk])
    if sentence == NO_OMBUDSMAN:
        return ""
    if letter is not None:
        return reverse("requests:request-letter", args=[row.pk, letter.pk]) + "#change"
    return reverse("requests:request-write-letter", args=[row.pk, "decide"])


def _is_one_of(sentence: str, document: str, *known: StrOrPromise) -> bool:
    return any(sentence == each.format(document=document) for each in known)


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter with the decision; the decision-maker signs it."""
    with transaction.atomic():
        row = visible_request(request, pk)
        if request.method == "POST":
            require(request, "requests.sign_decision", row)
        letter = deciding.deciding_letter(row)
        if letter is not None:
            letter.request = row
        on = _asked_day(request, letter)
        warnings = () if letter is not None and letter.is_sent else deciding.warnings(row)
        form = SignForm(
            request.POST if request.method == "POST" else None,
            warnings=[each for each in warnings if not each.reason],
            initial={"on": on, "version": letter.version if letter else 0},
        )
        if row.is_own_initiative:
            form.fields["has_read"].label = _("I have read this memo and its schedule")
        valid = form.is_valid()
    if valid and letter is not None:
        with saying_refusals(form):
            # The letter may say that the papers are enclosed, so they are checked before it is sent.
            if row.state == State.READY and (
                found := packages.refusals(row, left=form.warnings_left)
            ):
                raise Refused(found[0])
            content = letter_services.written(
                letter, on=on, ombudsman=letter_services.the_ombudsman()
            )[0]
            pdf, docx = files_of(content, looks_of(row))
            deciding.sign_decision(
                request=row,
                letter_version=form.cleaned_data["version"],
                on=on,
                pdf=pdf,
                docx=docx,
                ombudsman=letter_services.the_ombudsman(),
                by=signed_in(request),
                at=timezone.now(),
                warnings_left=form.warnings_left,
                shown=content,
            )
            message = _(
                "The decision is signed. The adviser sends its letter and records on which day."
            )
            if letter.kind == RequestLetter.Kind.DECIDE_AND_RELEASE:
                message = _(
                    "The decision is signed. Release its papers now: the adviser sends them with the letter."
                )
            if row.is_own_initiative:
                message = _("The decision is signed. Its memo is frozen.")
            messages.success(request, message)
            return redirect("requests:request", pk)
    with transaction.atomic():
        return _page(request, row, letter, on, form, warnings)


def _page(
    request: HttpRequest,
    row: InformationRequest,
    letter: RequestLetter | None,
    on: date,
    form: SignForm,
    warnings: tuple[deciding.Warned, ...],
) -> HttpResponse:
    user = signed_in(request)
    text = None
    if letter is not None and not letter.is_purged:
        text = letter_as_read(user, row, as_now(letter, on)[0])
    is_sent = letter is not None and letter.is_sent
    obstacles: list[tuple[str, str]] = []
    if not is_sent:
        found = deciding.obstacles(row, on=on, ombudsman=letter_services.the_ombudsman())
        obstacles += [(each, _mend(row, letter, each)) for each in found]
        refused = line_files.refusals_of_files(row)
        obstacles += [(each, _mend(row, letter, each, is_of_file=True)) for each in refused]
    may_sign = user.has_perm("requests.sign_decision", row)
    why_not = deciding.signatory_obstacle(row, user) if may_sign and not is_sent else ""
    return form_page(
        request,
        "reports/requests/decision/decision.html",
        form,
        row=row,
        letter=letter,
        on=on,
        fragment=letter_fragment(text, looks_of(row), is_draft=not is_sent) if text else "",
        obstacles=obstacles,
        warnings=warnings,
        left=[each for each in warnings if each.reason],
        lines=list(row.lines.for_list().prefetch_related("redactions")),
        may_prepare=user.has_perm("requests.prepare_request", row),
        may_read_redactions=user.has_perm("requests.read_redactions", row),
        redactions=Redaction.objects.of_request(row).standing().count(),
        has_copies=row.lines.filter(decision="part").exclude(kind="issued").exists(),
        reasons=[] if letter is None else list(letter.warnings_left.values()),
        is_late=text is not None and text.has(Purpose.LATE),
        may_read_requester=may_read_requester(user, row),
        may_sign=may_sign and row.state == State.READY and not why_not and not obstacles,
        why_not=why_not,
        is_ready=row.state == State.READY,
    )
