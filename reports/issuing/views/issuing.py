"""Briefings from draft to closed: the list, each step, authorisation, and the issued paper."""

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import User
from agencies.pages.form_pages import carry_out, done, form_page
from agencies.typed.fields import overwrite_data
from agencies.wording.translation import StrOrPromise
from reports import checks
from reports.briefings.forms.step import StepForm
from reports.briefings.services import states
from reports.briefings.services.gates import Blocked
from reports.briefings.views import files
from reports.briefings.views.next_steps import (
    clearing_step,
    home_of,
    other_steps,
    standing_of,
    step_of,
)
from reports.briefings.views.readers import (
    issued_briefing,
    issued_version,
    plan_with_papers,
    readable_briefing,
    readable_papers,
)
from reports.briefings.views.unreadable import damaged, signed_document
from reports.briefings.whats_next import next_of
from reports.comparison import for_signature
from reports.document import Document
from reports.drafting.paper import Drafted
from reports.issuing.forms import SignForm
from reports.issuing.services import issuing
from reports.issuing.views.earlier_papers import earlier_papers
from reports.issuing.views.ratings import ratings_by_year
from reports.issuing.views.renderings import to_progress
from reports.models import Briefing, Clearance, FollowUp, IssuedPaper, Response
from reports.models.briefing import CONSULTED_STATES
from reports.models.issue import sha256
from reports.models.response import ON_THE_PAPER
from reports.progress.changes import read_changes as compare
from reports.progress.view import PlanView
from reports.render.html import document_fragment
from workitems.models.plan import READING_ROLES
from workitems.plan.asat import Moment
from workitems.plan.services import Refused
from workitems.plan.views.lookups import after_act, posted, require, signed_in, visible_plans

log = logging.getLogger(__name__)


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List the briefings that the user may read, each with the user's next step."""
    plan = plan_with_papers(request, slug)
    user, on = signed_in(request), timezone.localdate()
    papers = readable_papers(request, plan)
    visible = plan.briefings.visible_to(user).with_standing(on).newest_first()
    rows = list(visible.with_addressee() if user.portfolios else visible)
    for row in rows:
        row.plan = plan
    asked = {} if user.has_perm("reports.read_briefing", plan) else _asked(user, rows)
    to_do = FollowUp.objects.filter(issued__in=papers).open().soonest_first()
    return render(
        request,
        "reports/workshop/briefings/list.html",
        {
            "plan": plan,
            "rows": [_row(user, row, asked.get(row.pk)) for row in rows],
            "to_do": [(each, each.is_overdue(on)) for each in to_do.for_lines()],
            "ratings": ratings_by_year(papers),
            "earlier": earlier_papers(user, plan),
            "may_create": user.has_perm("reports.create_briefing", plan),
            "may_read": user.has_perm("reports.read_briefing", plan),
        },
    )


def _row(user: User, row: Briefing, asked: Clearance | None) -> dict[str, Any]:
    """Return a briefing as the list shows it: its page, what is next and, if the user may take it, that step."""
    found = next_of(standing_of(row))
    return {
        "briefing": row,
        "url": asked.get_absolute_url() if asked else home_of(row),
        "next": found,
        "step": clearing_step(user, asked) if asked else step_of(user, row, found),
    }


def _asked(user: User, rows: list[Briefing]) -> dict[int, Clearance]:
    """Map briefings to the clearance that lets a user of another agency read the draft."""
    drafts = {row.pk: row for row in rows if row.state in CONSULTED_STATES}
    if not drafts:
        return {}
    found = Clearance.objects.asked().filter(
        briefing__in=drafts, agency__in=user.agencies_as(*READING_ROLES)
    )
    by_briefing = {each.briefing_id: each for each in found.order_by("-agency__short_name")}
    for pk, each in by_briefing.items():
        each.briefing = drafts[pk]
    return by_briefing


# --- steps --------------------------------------------------------------------------------

# Success messages of steps without a reason.
SUCCESS_MESSAGES = {
    "ask": gettext_lazy(
        "The authorising manager can read it now. The text is locked unless it is sent back."
    ),
    "send": gettext_lazy("{briefing} is marked as sent to the Minister."),
    "close": gettext_lazy("{briefing} is closed."),
}
ACTS: dict[str, Callable[..., Briefing]] = {
    "ask": lambda **who: states.ask_for_authorisation(**who, today=timezone.localdate()),
    "send": states.send_to_minister,
    "close": states.close,
}


@require_POST
def act(request: HttpRequest, slug: str, pk: int, name: str) -> HttpResponse:
    briefing = readable_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    try:
        ACTS[name](briefing=briefing, by=signed_in(request))
    except Blocked as refusal:
        messages.error(request, str(refusal))
        return redirect("briefings:checks", slug, pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, SUCCESS_MESSAGES[name].format(briefing=briefing.name))
    briefing.refresh_from_db(fields=["state"])
    return after_act(request, home_of(briefing))


# Steps with a reason: service, title, question, button, permission, success message.
StepWithReason = tuple[
    Callable[..., Briefing], StrOrPromise, StrOrPromise, StrOrPromise, str, StrOrPromise
]
STEPS_WITH_REASON: dict[str, StepWithReason] = {
    "recall": (
        states.recall,
        gettext_lazy("Recall the briefing"),
        gettext_lazy("Reason for recalling it"),
        gettext_lazy("Recall"),
        "reports.change_briefing",
        gettext_lazy("The briefing is recalled. Its text can be changed again."),
    ),
    "send-back": (
        states.send_back,
        gettext_lazy("Send the briefing back"),
        gettext_lazy("What has to change"),
        gettext_lazy("Send back"),
        "reports.authorise_briefing",
        gettext_lazy("The briefing is sent back to the coordinator."),
    ),
    "withdraw": (
        states.withdraw,
        gettext_lazy("Withdraw the briefing"),
        gettext_lazy("Reason for withdrawing it"),
        gettext_lazy("Withdraw"),
        "reports.change_briefing",
        gettext_lazy("The briefing is withdrawn."),
    ),
    "correct": (
        states.start_correction,
        gettext_lazy("Correct the issued paper"),
        gettext_lazy("What is corrected"),
        gettext_lazy("Start the correction"),
        "reports.change_briefing",
        gettext_lazy(
            "The text can be changed again. Authorising it makes the next version. The last version is kept."
        ),
    ),
    "give-up": (
        states.give_up_correction,
        gettext_lazy("Abandon the correction"),
        gettext_lazy("Reason for abandoning it"),
        gettext_lazy("Abandon the correction"),
        "reports.change_briefing",
        gettext_lazy("The correction is abandoned. The last version is the current one."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, slug: str, pk: int, name: str) -> HttpResponse:
    service, title, question, submit, permission, message = STEPS_WITH_REASON[name]
    briefing = readable_briefing(request, slug, pk)
    require(request, permission, briefing)
    form = StepForm(posted(request), label=question)
    if moved := carry_out(request, form, service, briefing=briefing):
        return done(request, message, home_of(moved))
    return form_page(
        request,
        "reports/issuing/step.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        name=name,
        title=title,
        submit=submit,
        back=home_of(briefing),
    )


# --- authorisation -----------------------------------------------------------------------


# Rendering takes time, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the PDF to be authorised, and authorise exactly the one with the posted SHA-256."""
    briefing = _of_signatory(request, slug, pk)
    by = signed_in(request)
    form = SignForm(posted(request), user=by)
    if paper := carry_out(request, form, issuing.authorise, briefing=briefing, at=timezone.now()):
        message = _("Version {number} is authorised. It can no longer be changed.")
        return done(request, message, paper, number=paper.number)
    found = _to_sign(request, briefing)
    if isinstance(found, HttpResponse):
        return found
    drafted, printed = found
    if form.is_bound:
        # The next submission authorises the PDF that is on the page now.
        overwrite_data(form, pdf_sha256=printed.pdf_sha256)
    else:
        form.initial["pdf_sha256"] = printed.pdf_sha256
    with transaction.atomic():
        context = _to_know(drafted, by, printed.pdf_sha256)
    return form_page(
        request,
        "reports/issuing/authorise.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        document=drafted.document,
        sha256=printed.pdf_sha256,
        size=len(printed.pdf),
        pages=printed.pages,
        **context,
    )


def _to_know(drafted: Drafted, by: User, sha256: str) -> dict[str, Any]:
    """Return what a signatory needs: checks, answers, late items, and what changed since."""
    on, briefing = timezone.localdate(), drafted.briefing
    found = checks.failed_checks(drafted)
    last = briefing.issued.newest_first().values_list("number", flat=True).first() or 0
    return {
        "number": last + 1,
        "paper_status": for_signature.status_of_paper(drafted.found.facts, on)
        if drafted.found
        else None,
        "readings": for_signature.readings_of(drafted, reader=by, pdf_sha256=sha256),
        "stops": [check for check in found if check.is_blocking],
        "obstacle": issuing.signatory_obstacle(briefing, by),
        # The agencies without an answer are named above.
        "warnings": [
            check for check in found if not check.is_blocking and check.is_open and not check.agency
        ],
        "overridden": [check for check in found if not check.is_open],
    }


@transaction.non_atomic_requests
@require_safe
def unsigned(request: HttpRequest, slug: str, pk: int, sha256: str) -> HttpResponse:
    """Return the PDF with this SHA-256, and note that it was read.

    Redirect with a message if the paper has changed.
    """
    briefing = _of_signatory(request, slug, pk)
    found = _to_sign(request, briefing)
    if isinstance(found, HttpResponse):
        return found
    _drafted, printed = found
    if printed.pdf_sha256 != sha256:
        messages.error(request, str(issuing.PaperChanged()))
        return redirect("briefings:authorise", slug, pk)
    if request.method == "GET":
        issuing.note_reading(
            briefing=briefing, pdf_sha256=sha256, by=signed_in(request), at=timezone.now()
        )
    return files.download(printed.pdf, f"{_name(briefing)} to authorise.pdf")


def _of_signatory(request: HttpRequest, slug: str, pk: int) -> Briefing:
    with transaction.atomic():
        briefing = readable_briefing(request, slug, pk)
        return require(request, "reports.authorise_briefing", briefing)


def _to_sign(
    request: HttpRequest, briefing: Briefing
) -> tuple[Drafted, issuing.Printed] | HttpResponse:
    """Return what is to be authorised and its PDF, or a redirect that explains."""
    try:
        with transaction.atomic():
            drafted = issuing.to_sign(briefing, timezone.localdate())
        return drafted, issuing.printed(drafted, at=timezone.now())
    except issuing.StillPrinting as wait:
        return to_progress(briefing, wait.row, then="sign")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(home_of(briefing))


# --- issued papers -----------------------------------------------------------------------


@require_safe
def issued(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the newest version for the user: signature, files, answer, and changes in the plan since."""
    briefing = issued_briefing(request, slug, pk)
    user, on = signed_in(request), timezone.localdate()
    papers = readable_papers(request, briefing.plan).filter(briefing=briefing)
    versions = list(papers.without_contents().select_related("link").newest_first())
    return render(
        request,
        "reports/issuing/issued.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "paper": versions[0],
            "versions": versions,
            **_answers(versions, on),
            "since": _since(request, briefing),
            "step": step_of(user, briefing, next_of(standing_of(briefing))),
            "others": other_steps(user, briefing),
            "may_follow_up": user.has_perm("reports.change_briefing", briefing),
        },
    )


def _answers(versions: list[IssuedPaper], on: date) -> dict[str, Any]:
    """Return current answers with their follow-ups, newest version first, and corrected answers.

    Three queries.
    """
    rows = Response.objects.filter(issued__in=versions).newest_first()
    rows = rows.select_related("issued", "corrected_by").prefetch_related("choices")
    every = list(rows.defer("issued__document", "issued__pdf"))
    to_do: dict[tuple[int, str], list[tuple[FollowUp, bool]]] = defaultdict(list)
    for each in FollowUp.objects.filter(issued__in=versions).for_lines().order_by("pk"):
        to_do[each.issued_id, each.key].append((each, each.is_overdue(on)))
    return {
        "answers": [
            (
                row,
                [
                    (choice, to_do[row.issued_id, choice.key])
                    for choice in sorted(row.choices.all(), key=lambda choice: choice.number)
                ],
                to_do[row.issued_id, ON_THE_PAPER],
            )
            for row in every
            if not hasattr(row, "corrected_by")
        ],
        "corrected": [row for row in every if hasattr(row, "corrected_by")],
    }


def _since(request: HttpRequest, briefing: Briefing) -> dict[str, str] | None:
    """Return what changed in the plan since the paper's date, for users who can read the plan."""
    if briefing.plan not in visible_plans(request):
        return None
    at, since = Moment.present(briefing.plan, timezone.localdate()), Moment.end_of(briefing.dated)
    if since.on > at.on or since == at:
        # The last paper of a plan that has ended.
        return None
    view = PlanView(plan=briefing.plan, at=at, since=since)
    return {"summary": compare(view).summary, "url": view.link("changes")}


@require_safe
def show(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Show a version as HTML, from the document that was signed."""
    paper = issued_version(request, slug, pk, number)
    document = signed_document(request, paper)
    if isinstance(document, HttpResponse):
        return document
    return render(
        request,
        "reports/issuing/show.html",
        {
            "plan": paper.briefing.plan,
            "briefing": paper.briefing,
            "paper": paper,
            "fragment": document_fragment(document),
        },
    )


@require_safe
def pdf(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    paper = issued_version(request, slug, pk, number)
    return _kept(request, paper, bytes(paper.pdf), paper.pdf_sha256, "pdf", files.PDF)


@require_safe
def json(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    paper = issued_version(request, slug, pk, number)
    return _kept(
        request, paper, bytes(paper.document), paper.document_sha256, "json", "application/json"
    )


@transaction.non_atomic_requests
@require_safe
def word(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Return a Word file made from the signed document, for editing. The signed file is the PDF."""
    # A worker that makes no Word file saves 12 MiB for its library.
    from reports.render.docx import render_docx

    return _made(request, slug, pk, number, "docx", files.DOCX, render_docx)


@transaction.non_atomic_requests
@require_safe
def xlsx(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Return the signed document's annexes as a workbook."""
    # A worker that makes no workbook saves 7 MiB for its library.
    from reports.render.annex_sheets import render_workbook

    return _made(request, slug, pk, number, "xlsx", files.XLSX, render_workbook)


def _made(
    request: HttpRequest,
    slug: str,
    pk: int,
    number: int,
    ending: str,
    mime_type: str,
    render_form: Callable[[Document], bytes],
) -> HttpResponse:
    with transaction.atomic():
        paper = issued_version(request, slug, pk, number)
        document = signed_document(request, paper)
    if isinstance(document, HttpResponse):
        return document
    data = render_form(document)
    return files.download(data, f"{_name(paper.briefing)} version {number}.{ending}", mime_type)


def _kept(
    request: HttpRequest, paper: IssuedPaper, data: bytes, digest: str, ending: str, mime_type: str
) -> HttpResponse:
    """Return the stored bytes, if they match their SHA-256."""
    if sha256(data) != digest:
        return damaged(request, paper, ending.upper())
    name = f"{_name(paper.briefing)} version {paper.number}.{ending}"
    return files.frozen(request, data, digest, name, mime_type)


def _name(briefing: Briefing) -> str:
    return f"briefing {files.tracker_name(briefing)}"
