"""Submit a return, say that it is ready, recall it, accept it and send it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from agencies.pages.form_pages import carry_out, done, refusals_in_messages
from workitems.models import Notice, Return
from workitems.plan import services
from workitems.plan.views.lookups import require, signed_in
from workitems.returns.forms.returns import SendBackForm, WritersNoteForm
from workitems.returns.news import notify_at_once
from workitems.returns.return_page import Page, return_page
from workitems.returns.services import handover as handover_services
from workitems.returns.services import rounds as round_services
from workitems.returns.views.answers import entries_of
from workitems.returns.views.return_access import back, is_own, visible_return
from workitems.returns.views.return_showing import Left, items_on, show
from workitems.returns.who_submits import who_submits

SUBMIT, SUBMIT_UNMENDED, READY, NOT_READY = "submit", "submit-unmended", "ready", "not-ready"
TO_WRITERS = "to-writers"  # from an approver, with a note

NOTES_ARE_LEFT = gettext_lazy(
    "You have written what should change. Send the return back, or clear your notes to accept it."
)
SUBMITTED = gettext_lazy("Submitted. We’ll email a receipt to you and the agency’s contributors.")
Reason = Notice.Reason


def submit(
    request: HttpRequest,
    of_return: Return,
    read: dict[int, int],
    steps_read: dict[int, int],
    numbers: dict[int, int],
    *,
    with_unmended: bool,
) -> HttpResponse:
    """Submit what was read. If notes of the coordinator are left, or answers say nothing, ask once more."""
    page = return_page(of_return, localdate(), with_own_notes=is_own(request, of_return))
    response, left = attempt_to_submit(
        *(request, of_return, page),
        read=read,
        read_answers=steps_read,
        read_measures=numbers,
        with_unmended=with_unmended,
    )
    if response is not None:
        return response
    entries = entries_of(of_return, page.sections)
    return show(request, of_return, page, entries, left=left, status=422)


def attempt_to_submit(
    request: HttpRequest,
    of_return: Return,
    page: Page,
    *,
    read: dict[int, int],
    read_answers: dict[int, int],
    read_measures: dict[int, int],
    with_unmended: bool,
) -> tuple[HttpResponse | None, Left]:
    """Submit a return and email the receipt. Return where to go next, or nothing and what to ask about."""
    asks = not with_unmended and page.is_complete and page.empty
    # What was changed meanwhile is refused below.
    if asks and page.is_as_read(read, read_answers):
        notes = [each.note for each in page.mendings if not each.is_mended]
        return None, Left(round_services.Unmended(notes) if notes else None, tuple(page.empty))
    now = timezone.now()
    try:
        of_return = round_services.submit(
            of_return=of_return,
            by=signed_in(request),
            on=localdate(),
            at=now,
            read=read,
            read_answers=read_answers,
            read_measures=read_measures,
            with_unmended=with_unmended,
        )
    except round_services.Unmended as unmended:
        return None, Left(unmended)
    except services.Refused as refusal:
        messages.error(request, str(refusal))
        return back(request, "missing"), Left()
    notify_at_once([of_return], Reason.SUBMITTED, on=localdate(), at=now)
    messages.success(request, SUBMITTED)
    return redirect(of_return), Left()


def ready(request: HttpRequest, of_return: Return) -> HttpResponse:
    """Mark the return as ready and email its approvers at once."""
    now = timezone.now()
    try:
        handover_services.mark_ready(
            of_return=of_return, by=signed_in(request), on=localdate(), at=now
        )
    except services.Refused as refusal:
        messages.error(request, str(refusal))
        return back(request, "missing")
    notify_at_once([of_return], Reason.READY, on=localdate(), at=now)
    people = who_submits([of_return], localdate())[of_return.pk]
    says = (
        gettext(
            "The coordinator is asked: the return is on their desk. They can let you submit it alone, with a "
            "reason. You can still change the return."
        )
        if people.may_be_let_alone
        else gettext(
            "Ready for approval. {agency} has no other approver to email. You can still change the "
            "return."
        )
        if people.without_anyone_to_email(signed_in(request).pk)
        else gettext(
            "Ready for approval. We’ll email the approvers of {agency} now; it is also on their "
            "desk. You can still change the return."
        )
    )
    messages.success(request, says.format(agency=of_return.agency))
    return back(request)


def to_writers(
    request: HttpRequest, of_return: Return, form: WritersNoteForm
) -> HttpResponse | None:
    """Send the return back to its agency's writers and email them at once. Return where to go next, or
    nothing if the note is refused."""
    require(request, "workitems.return_to_writers", of_return)
    now = timezone.now()
    send = handover_services.return_to_writers
    if not carry_out(request, form, send, of_return=of_return, at=now):
        return None
    notify_at_once([of_return], Reason.SENT_BACK, on=localdate(), at=now)
    says = gettext(
        "Sent back to the writers of {agency}. We’ll email them your note; nobody else reads it. The return "
        "is not marked as ready."
    ).format(agency=of_return.agency)
    messages.success(request, says)
    return redirect(of_return)


@require_POST
def accept(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    page = return_page(of_return, localdate(), is_for_reading=True)
    form = SendBackForm(request.POST, items=items_on(page))
    if of_return.round.is_open and form.holds_notes():
        form.full_clean()
        form.add_error("note", NOTES_ARE_LEFT)
        return show(
            request,
            of_return,
            page,
            entries_of(of_return, page.sections),
            send_back=form,
            status=422,
        )
    with refusals_in_messages(request):
        round_services.accept(of_return=of_return, by=signed_in(request), on=localdate())
        says = gettext("The return of {agency} is accepted.").format(agency=of_return.agency)
        others = of_return.round.returns.exclude(pk=of_return.pk)
        if not others.exclude(state__in=Return.FINISHED).exists():
            says += " " + gettext("It was the last one: you can close the round.")
        messages.success(request, says)
    return redirect(of_return)


@require_POST
def send_back(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    page = return_page(of_return, localdate(), is_for_reading=True)
    form = SendBackForm(request.POST, items=items_on(page))
    if carry_out(request, form, round_services.send_back, of_return=of_return, at=timezone.now()):
        message = gettext("The return went back to {agency}.")
        return done(request, message, of_return, agency=of_return.agency)
    entries = entries_of(of_return, page.sections)
    return show(request, of_return, page, entries, send_back=form, status=422)


@require_POST
def recall(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.recall_return", of_return)
    with refusals_in_messages(request):
        handover_services.recall(of_return=of_return, by=signed_in(request))
        messages.success(
            request,
            gettext(
                "The return is recalled. Only {agency} sees its text until it is submitted again."
            ).format(agency=of_return.agency),
        )
    return redirect(of_return)
