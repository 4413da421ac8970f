"""A consultation: the coordinator's table of answers and comments, and a page for each agency."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import by_short_name
from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saying_refusals,
)
from agencies.pages.once import once
from agencies.people.submitting import without_approver
from agencies.typed.fields import overwrite_data, say_refusal
from reports import checks
from reports.briefings.views.next_steps import gate_of
from reports.briefings.views.readers import readable_briefing
from reports.clearance import consultation, services
from reports.clearance.forms import AnswerForm, AskForm, CommentForm, ThreadForm
from reports.clearance.news import about, reminders
from reports.document import DocumentError
from reports.document.dates import long_date
from reports.document.wording import join_words
from reports.drafting import draft_rows
from reports.drafting.paper import document_of, read_drafted
from reports.models import Briefing, Clearance, ClearanceComment
from reports.render.html import document_fragment
from workitems.models import Notice
from workitems.notices import mail_at_once
from workitems.plan.services import Conflict, Refused
from workitems.plan.views.lookups import after_act, posted, require, signed_in, visible_plan

State = Briefing.State

Bound = CommentForm | ThreadForm | None


# --- coordinator --------------------------------------------------------------------------------


@require_safe
def overview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show every agency's answer in a table, and all comments."""
    return _overview(request, readable_briefing(request, slug, pk))


def _overview(
    request: HttpRequest, briefing: Briefing, *, thread: ThreadForm | None = None, at: int = 0
) -> HttpResponse:
    on = timezone.localdate()
    rows = list(briefing.clearances.asked().for_list())
    for row in rows:
        row.briefing = briefing
    earlier = consultation.earlier_answers(rows)
    may_change = request.user.has_perm("reports.change_briefing", briefing)
    comments = ClearanceComment.objects.of_briefing(briefing).for_list()
    return form_page(
        request,
        "reports/clearance/overview.html",
        thread or ThreadForm(),
        plan=briefing.plan,
        briefing=briefing,
        rows=[(row, row.is_overdue(on), earlier.get(row.pk)) for row in rows],
        without_approver=without_approver(
            {row.agency_id for row in rows if not row.is_answered}, on
        ),
        threads=consultation.threads(draft_rows.read_draft(briefing).draft, comments),
        notices=Notice.objects.about(map(about, rows)) if may_change else [],
        may_ask=may_change and briefing.is_open,
        may_remind=may_change
        and briefing.state == State.IN_CONSULTATION
        and any(row.is_overdue(on) for row in rows),
        may_resolve=may_change and briefing.is_open,
        at=at,
    )


def _asked(briefing: Briefing) -> list[Clearance]:
    rows = briefing.clearances.asked().select_related("agency")
    return list(rows.order_by("due_on", by_short_name()))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose the agencies to ask and the due date. A draft moves into consultation."""
    briefing = readable_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    asked = _asked(briefing)
    choices = services.agencies_to_ask(briefing)
    initial = {
        "agencies": [row.agency_id for row in asked] or [each.pk for each in choices],
        "due_on": asked[-1].due_on if asked else None,
        "seen": services.asked_digest(briefing),
    }
    theirs: list[tuple[str, str]] = []
    form = AskForm(
        posted(request),
        briefing=briefing,
        choices=choices,
        on=timezone.localdate(),
        initial=initial,
    )
    # Checks block the first request only; later the agencies have the draft already.
    is_first = gate_of(briefing) == checks.Gate.CONSULTATION
    if form.is_valid():
        try:
            services.ask(
                briefing=briefing,
                agencies=list(form.cleaned_data["agencies"]),
                due_on=form.cleaned_data["due_on"],
                by=signed_in(request),
                on=timezone.localdate(),
                at=timezone.now(),
                seen=form.cleaned_data["seen"] or None,
            )
        except Refused as refusal:
            say_refusal(form, refusal)
            if isinstance(refusal, Conflict):
                overwrite_data(form, seen=services.asked_digest(briefing))
                asked = _asked(briefing)
                theirs = [
                    (
                        row.agency.short_name,
                        _("Asked, due on {day}").format(day=long_date(row.due_on)),
                    )
                    for row in asked
                ]
        else:
            messages.success(
                request, _("The agencies are asked. We’ll email them, and remind them.")
            )
            return redirect("briefings:clearance", slug, pk)
    return form_page(
        request,
        "reports/clearance/ask.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        theirs=theirs,
        back=reverse("briefings:clearance", args=[slug, pk]),
        count=checks.count(checks.failed_checks(read_drafted(briefing, timezone.localdate())))
        if is_first
        else None,
        answered=[row for row in asked if row.is_answered],
    )


@require_POST
def remind(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Email the agencies that are late with their answers, at most once a day."""
    briefing = readable_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    on, at = timezone.localdate(), timezone.now()
    with refusals_in_messages(request):
        rows = services.remind(briefing=briefing, by=signed_in(request), on=on, at=at)
        mail_at_once(lambda: reminders(rows, on), on=on, at=at)
        names = join_words([row.agency.short_name for row in rows])
        messages.success(
            request,
            ngettext(
                "{agencies} is reminded by email.", "{agencies} are reminded by email.", len(rows)
            ).format(agencies=names),
        )
    return after_act(request, reverse("briefings:clearance", args=[slug, pk]))


# --- agency -------------------------------------------------------------------------------------


def readable_clearance(request: HttpRequest, slug: str, pk: int, agency: int) -> Clearance:
    """Return an agency's clearance.

    Users outside the plan get 404, users of other agencies 403.
    """
    plan = visible_plan(request, slug)
    row = get_object_or_404(
        Clearance.objects.asked().select_related("agency", "briefing__kind"),
        briefing=pk,
        briefing__plan=plan,
        agency=agency,
    )
    row.briefing.plan = plan
    require(request, "reports.read_clearance", row)
    return row


@require_safe
def clear(request: HttpRequest, slug: str, pk: int, agency: int) -> HttpResponse:
    """Show the draft as the agency reads it."""
    return _clear(request, readable_clearance(request, slug, pk, agency))


def _clear(
    request: HttpRequest,
    row: Clearance,
    *,
    answer: AnswerForm | None = None,
    bound: Bound = None,
    at: str = "",
) -> HttpResponse:
    """Render the page with at most one bound form.

    It is the answer, a comment (`at`: the key of its place, or "other"), or a reply (its id).
    """
    user, briefing = request.user, row.briefing
    try:
        page = consultation.read_consultation(row, timezone.localdate())
    except DocumentError as refusal:
        return _refused(request, briefing, refusal)
    may_answer = briefing.state == State.IN_CONSULTATION
    if answer is None:
        answer = AnswerForm(row=row)
        answer.initial["read"] = page.read
    elif answer.errors:
        overwrite_data(answer, version=(answer.conflict or row).version, read=page.read)
    return render(
        request,
        "reports/clearance/clear.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "row": row,
            "is_overdue": row.is_overdue(timezone.localdate()),
            "page": page,
            "answer": answer,
            "theirs": answer.conflict,
            "comment_form": bound if isinstance(bound, CommentForm) else None,
            "other_form": _other_form(page, bound, at),
            "thread_form": bound if isinstance(bound, ThreadForm) else ThreadForm(),
            "at": at,
            "may_comment": may_answer and user.has_perm("reports.comment_clearance", row),
            "may_answer": may_answer and user.has_perm("reports.give_clearance", row),
            "may_resolve": briefing.is_open and user.has_perm("reports.resolve_comment", row),
        },
        status=422 if answer.errors or (bound and bound.errors) else 200,
    )


@require_safe
def paper(request: HttpRequest, slug: str, pk: int, agency: int) -> HttpResponse:
    """Show the whole draft to an agency that was asked."""
    row = readable_clearance(request, slug, pk, agency)
    briefing = row.briefing
    try:
        document = document_of(briefing, timezone.localdate())
    except DocumentError as refusal:
        return _refused(request, briefing, refusal)
    return render(
        request,
        "reports/clearance/paper.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "row": row,
            "paper": document_fragment(document),
        },
    )


def _refused(request: HttpRequest, briefing: Briefing, refusal: DocumentError) -> HttpResponse:
    context = {"plan": briefing.plan, "briefing": briefing, "reason": str(refusal)}
    return render(request, "reports/workshop/briefings/refused.html", context, status=422)


def _other_form(page: consultation.Consulting, bound: Bound, at: str) -> CommentForm:
    """Return the form for comments on any other place, as typed if that was the form sent."""
    has_own = {place.key for place in (*page.own, *page.asks)}
    if isinstance(bound, CommentForm) and at not in has_own:
        bound.offer(page.places)
        return bound
    return CommentForm(places=page.places, auto_id="comment-%s")


@require_POST
def give(request: HttpRequest, slug: str, pk: int, agency: int) -> HttpResponse:
    """Record the agency's answer."""
    row = readable_clearance(request, slug, pk, agency)
    require(request, "reports.give_clearance", row)
    form = AnswerForm(request.POST, row=row)
    if carry_out(request, form, services.answer, clearance=row, at=timezone.now()):
        message = _(
            "Your agency’s answer is recorded. You can change it until the paper is sent for authorisation."
        )
        return done(request, message, row)
    return _clear(request, row, answer=form)


@require_POST
@once
def comment(request: HttpRequest, slug: str, pk: int, agency: int) -> HttpResponse:
    """Comment on a paragraph, a recommendation or the whole paper."""
    row = readable_clearance(request, slug, pk, agency)
    require(request, "reports.comment_clearance", row)
    key = request.POST.get("key", "")
    form = CommentForm(request.POST, places=[(key, key)], auto_id="comment-%s")
    if carry_out(request, form, services.comment, clearance=row, at=timezone.now()):
        message = _("The coordinator can read your comment.")
        return done(request, message, f"{row.get_absolute_url()}#comments")
    return _clear(request, row, bound=form, at=key or "other")


@require_POST
@once
def thread(request: HttpRequest, slug: str, pk: int, comment: int) -> HttpResponse:
    """Reply to a comment or resolve it, as `act` says: "reply" or "resolve".

    Redirects to the page on which the user reads comments.
    """
    plan = visible_plan(request, slug)
    found = get_object_or_404(
        ClearanceComment.objects.select_related("clearance__agency", "clearance__briefing__kind"),
        pk=comment,
        clearance__briefing=pk,
        clearance__briefing__plan=plan,
    )
    row = found.clearance
    row.briefing.plan = plan
    require(request, "reports.resolve_comment", row)
    is_drafter = request.user.has_perm("reports.change_briefing", row.briefing)
    act = request.POST.get("act")
    if act not in ("reply", "resolve"):
        raise BadRequest
    form = ThreadForm(request.POST)
    if form.is_valid():
        text, by, at = form.cleaned_data["text"], signed_in(request), timezone.now()
        with saying_refusals(form):
            if act == "reply":
                services.reply(comment=found, text=text, by=by, at=at)
            else:
                services.resolve(comment=found, resolution=text, by=by, at=at)
            messages.success(
                request,
                _("Your reply is saved.") if act == "reply" else _("The comment is resolved."),
            )
            page = redirect("briefings:clearance", slug, pk) if is_drafter else redirect(row)
            page["Location"] += f"#comment-{found.pk}"
            return page
    if is_drafter:
        return _overview(request, row.briefing, thread=form, at=found.pk)
    return _clear(request, row, bound=form, at=str(found.pk))
