"""The Minister's answer: writing, recording and correcting it, its scan, and the follow-ups."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import carry_out, done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.pages.permissions import wants_json
from agencies.wording.translation import day_words
from reports.briefings.views.readers import issued_briefing, readable_papers
from reports.briefings.views.unreadable import damaged, signed_document
from reports.document import Document
from reports.models import (
    AnswerDraft,
    Briefing,
    FollowUp,
    IssuedPaper,
    Response,
    ResponseChoice,
)
from reports.models.issue import sha256
from reports.models.response import ON_THE_PAPER
from reports.render.html import present
from reports.responses import services
from reports.responses.forms import ChangeFollowUpForm, FollowUpForm, ResponseForm
from workitems.meetings.views import actions
from workitems.plan.attachments import content_type
from workitems.plan.services import Conflict, Refused
from workitems.plan.views.lookups import posted, require, signed_in, small_number


@dataclass
class _Answering:
    """A paper that the user may answer, the answer that stands, and what the user has typed of one."""

    issued: IssuedPaper
    standing: Response | None
    document: Document
    draft: AnswerDraft | None

    def form(self, *args: Any, **kwargs: Any) -> ResponseForm:
        asked = services.asked_of(self.document)
        return ResponseForm(*args, asked=asked, corrected=self.standing, **kwargs)

    @property
    def is_current(self) -> bool:
        """Whether what was typed answers what stands now."""
        standing = self.standing and self.standing.pk
        return self.draft is not None and self.draft.corrects_id == standing


def _answering(request: HttpRequest, slug: str, pk: int) -> _Answering | HttpResponse:
    """Return the newest version of a paper, to answer it, or the page that says why it cannot be."""
    briefing = issued_briefing(request, slug, pk)
    require(request, "reports.answer_briefing", briefing)
    issued = briefing.issued.newest_first().defer("pdf")[0]
    issued.briefing = briefing
    standing = issued.responses.uncorrected().prefetch_related("choices").first()
    if standing is not None:
        standing.issued = issued
    elif briefing.state != Briefing.State.WITH_MINISTER:
        messages.error(
            request,
            _("The paper is not recorded as with the Minister, so it cannot be answered."),
        )
        return redirect(issued)
    document = signed_document(request, issued)
    if isinstance(document, HttpResponse):
        return document
    draft = issued.answer_drafts.filter(written_by=signed_in(request)).first()
    return _Answering(issued, standing, document, draft)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the newest version to read, and record the answer to it or, if there is one, correct it.

    The form begins with what the user typed before, and kept without recording it.
    """
    of = _answering(request, slug, pk)
    if isinstance(of, HttpResponse):
        return of
    form = of.form(
        posted(request),
        request.FILES if request.method == "POST" else None,
        typed=of.draft.typed if of.draft and of.is_current else None,
    )
    if form.is_valid():
        by, at = signed_in(request), timezone.now()
        with saying_refusals(form):
            if of.standing is None:
                services.record_response(issued=of.issued, by=by, at=at, **form.answer)
            else:
                services.correct_response(response=of.standing, by=by, at=at, **form.answer)
            messages.success(request, _("The answer is recorded."))
            return redirect(of.issued)
    return _answer_page(request, of, form)


def _answer_page(
    request: HttpRequest, of: _Answering, form: ResponseForm, **others: Any
) -> HttpResponse:
    briefing = of.issued.briefing
    return form_page(
        request,
        "reports/responses/answer.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        version=of.issued,
        paper=present(of.document),
        asked=list(zip(of.document.recommendation.items, form.choices(), strict=True)),
        standing=of.standing,
        draft=of.draft,
        is_current=of.is_current,
        earlier=form.in_words(of.draft.typed) if of.draft and not of.is_current else [],
        **others,
    )


@require_POST
def keep(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Keep what the user has typed of an answer, or clear it; as JSON for the page's script."""
    of = _answering(request, slug, pk)
    if isinstance(of, HttpResponse):
        return of
    by, is_script = signed_in(request), wants_json(request)
    back = redirect("briefings:answer", slug, pk)
    if request.POST.get("act") == "clear":
        services.clear_draft(issued=of.issued, by=by)
        messages.success(request, _("What you had typed is cleared. Nothing was recorded."))
        return back
    typed = of.form().typed(request.POST)
    try:
        row = services.keep_draft(
            issued=of.issued,
            corrects=of.standing,
            typed=typed,
            version=small_number(request.POST.get("draft", "")) or 0,
            by=by,
            at=timezone.now(),
        )
    except Conflict as conflict:
        of.draft = conflict.current
        form = of.form(typed=typed)
        theirs = form.in_words(
            {name: text for name, text in of.draft.typed.items() if text != typed.get(name)}
        )
        if not is_script:
            return _answer_page(request, of, form, theirs=theirs, is_other=True)
        context = {
            "theirs": theirs,
            "plan": of.issued.briefing.plan,
            "briefing": of.issued.briefing,
        }
        html = render_to_string("reports/responses/theirs.html", context)
        both = {"draft": of.draft.version, "typed": of.draft.typed, "theirs": html}
        return JsonResponse(both, status=409)
    except Refused as refusal:
        if is_script:
            return JsonResponse({"refusals": [str(refusal)]}, status=422)
        messages.error(request, str(refusal))
        return back
    if is_script:
        saved_at = f"{timezone.localtime(row.saved_at):%H:%M}"
        return JsonResponse({"draft": row.version, "saved_at": saved_at})
    messages.success(request, _("What you typed is kept for you. The answer is not recorded yet."))
    return back


# Served as a download. If a browser displays it anyway, the policy blocks scripts and requests.
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def scan(request: HttpRequest, slug: str, pk: int, response: int) -> HttpResponseBase:
    """Return the scan that was uploaded, if it matches its SHA-256."""
    briefing = issued_briefing(request, slug, pk)
    row = get_object_or_404(
        Response.objects.exclude(scan="")
        .select_related("issued")
        .defer("issued__document", "issued__pdf"),
        issued__briefing=briefing,
        issued__in=readable_papers(request, briefing.plan),
        pk=response,
    )
    try:
        with row.scan.open() as kept:
            content = kept.read()  # at most 10 MB; reading it here closes the file in all cases
    except FileNotFoundError as missing:
        raise Http404 from missing
    if row.scan_sha256 and sha256(content) != row.scan_sha256:
        row.issued.briefing = briefing
        return damaged(request, row.issued, _("scan of the answer"))
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
    """Assign to an agency what follows from a recommendation, whatever was marked there."""
    briefing = issued_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    row = get_object_or_404(
        ResponseChoice.objects.select_related("response__issued").defer(
            "response__issued__document", "response__issued__pdf"
        ),
        response__issued__briefing=briefing,
        pk=choice,
    )
    marked = f"{row.number}. {row.verb} {row.text}: {row.option or _('not marked')}"
    quote = "\n".join(filter(None, (marked, row.comment)))
    return _follow_up(request, briefing, row.response, row.key, quote, row.comment)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def follow_up_comment(request: HttpRequest, slug: str, pk: int, response: int) -> HttpResponse:
    """Assign to an agency what follows from the Minister's comment on the whole paper."""
    briefing = issued_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    rows = Response.objects.select_related("issued").defer("issued__document", "issued__pdf")
    row = get_object_or_404(rows, issued__briefing=briefing, pk=response)
    return _follow_up(request, briefing, row, ON_THE_PAPER, row.comment, row.comment)


def _follow_up(
    request: HttpRequest, briefing: Briefing, response: Response, key: str, quote: str, start: str
) -> HttpResponse:
    """Show or save the form of a new action. `quote` is what it follows from, `start` its text."""
    response.issued.briefing = briefing
    form = FollowUpForm(posted(request), plan=briefing.plan, initial={"text": start})
    if made := carry_out(request, form, services.follow_up, response=response, key=key):
        message = _("The action is on the desk of {agency}. We’ll email them.")
        return done(request, message, response.issued, agency=made.owner_agency)
    return _follow_up_page(
        request, briefing, form, title=_("Add an action"), submit=_("Add the action"), quote=quote
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change_follow_up(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    row = _visible_action(request, slug, pk, follow_up)
    briefing = row.issued.briefing
    require(request, "reports.change_briefing", briefing)
    form = ChangeFollowUpForm(posted(request), row=row, plan=briefing.plan)
    if carry_out(request, form, services.change_follow_up, follow_up=row):
        return done(request, _("The action is saved."), row)
    return _follow_up_page(
        request,
        briefing,
        form,
        title=_("Change the action"),
        submit=_("Save the action"),
        theirs=form.conflict,
    )


def _visible_action(request: HttpRequest, slug: str, pk: int, follow_up: int) -> FollowUp:
    briefing = issued_briefing(request, slug, pk)
    rows = FollowUp.objects.select_related("issued", "owner_agency").defer(
        "issued__document", "issued__pdf"
    )
    papers = readable_papers(request, briefing.plan).filter(briefing=briefing)
    row = get_object_or_404(rows, issued__in=papers, pk=follow_up)
    row.issued.briefing = briefing
    return row


def _place(request: HttpRequest, slug: str, pk: int, follow_up: int) -> actions.Place:
    row = _visible_action(request, slug, pk, follow_up)
    briefing = row.issued.briefing
    args = [briefing.plan.slug, briefing.pk, row.pk]
    answer = row.issued.responses.uncorrected().first()
    return actions.Place(
        action=row,
        page_url=row.get_absolute_url(),
        finish_url=reverse("briefings:finish-action", args=args),
        confirm_url=reverse("briefings:confirm-action", args=args),
        reopen_url=reverse("briefings:reopen-action", args=args),
        change_url=reverse("briefings:change-follow-up", args=args),
        origin=_("The Minister’s answer to {briefing}").format(briefing=briefing.name)
        + (f", {day_words(answer.decided_on)}" if answer else ""),
        origin_url=f"{row.issued.get_absolute_url()}#answer",
        crumbs=[
            (_("Briefings"), reverse("briefings:list", args=[briefing.plan.slug])),
            (briefing.name, row.issued.get_absolute_url()),
        ],
        quote=_quote(answer, row.key),
    )


def _quote(answer: Response | None, key: str) -> str:
    """Return the Minister's words that an action follows from, if they still are in the answer."""
    if answer is None:
        return ""
    if key == ON_THE_PAPER:
        return answer.comment
    return answer.choices.filter(key=key).values_list("comment", flat=True).first() or ""


@require_safe
def action(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    return actions.show(request, _place(request, slug, pk, follow_up))


@require_POST
def finish(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    return actions.finish(request, _place(request, slug, pk, follow_up))


@require_POST
def confirm(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    return actions.confirm(request, _place(request, slug, pk, follow_up))


@require_POST
def reopen(request: HttpRequest, slug: str, pk: int, follow_up: int) -> HttpResponse:
    return actions.reopen(request, _place(request, slug, pk, follow_up))


def _follow_up_page(
    request: HttpRequest, briefing: Briefing, form: Any, **shown: Any
) -> HttpResponse:
    context = {"plan": briefing.plan, "briefing": briefing, **shown}
    return form_page(request, "reports/responses/follow_up.html", form, **context)
