"""Papers of a meeting: viewing, downloading and freezing the pack and the minutes."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from reports.briefings.views import files
from reports.compose.bad_characters import Unprintable
from reports.document.plain_json import Malformed
from reports.meetings import services as paper_services
from reports.meetings.meeting_html import frozen_words, paper_fragment
from reports.meetings.pack_news import pack_notices
from reports.meetings.parts import Paper, from_plain
from reports.models import MeetingPaper
from reports.progress.view import PlanView
from workitems.meetings.views.pages import mail, visible_meeting
from workitems.models import Meeting
from workitems.plan.services import Refused
from workitems.plan.views.lookups import require, signed_in, small_number

Kind = MeetingPaper.Kind
FREEZE = {Kind.PACK: paper_services.freeze_pack, Kind.MINUTES: paper_services.freeze_minutes}


@require_safe
def show(request: HttpRequest, slug: str, pk: int, kind: str) -> HttpResponse:
    """Show the newest frozen version or, without one, the paper as it would be frozen now."""
    meeting = visible_meeting(request, slug, pk)
    rows = meeting.papers.filter(kind=kind)
    versions = list(rows.without_contents().newest_first())
    paper: Paper | None = None
    refusal: Refused | str = ""
    state = ""
    now = timezone.now()
    try:
        if versions:
            state = frozen_words(versions[0].number, versions[0].made_at)
            paper = from_plain(rows.values_list("content", flat=True).get(pk=versions[0].pk))
        else:
            paper = paper_services.draft(kind, meeting=meeting, at=now)
    except Refused as error:
        refusal = error
    except Malformed:
        refusal = _("This version cannot be shown on a page any more. Download its file.")
    return render(
        request,
        "reports/meetings/show.html",
        {
            "plan": meeting.plan,
            "meeting": meeting,
            "kind": Kind(kind),
            "versions": versions,
            "paper": paper_fragment(paper, state=state) if paper else "",
            "refusal": refusal,
            "is_over": paper_services.pack_instant(meeting, now) < now,
            "may_freeze": _may_freeze(request, meeting, kind),
            "dashboard_url": PlanView(plan=meeting.plan, at=versions[0].moment).link("overview")
            if versions and kind == Kind.PACK
            else "",
        },
    )


def _may_freeze(request: HttpRequest, meeting: Meeting, kind: str) -> bool:
    if not request.user.has_perm("reports.freeze_paper", meeting):
        return False
    return kind == Kind.PACK or meeting.is_closed


# Rendering takes time, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@require_safe
def draft(request: HttpRequest, slug: str, pk: int, kind: str) -> HttpResponse:
    """Return the paper as it would be frozen now, as a PDF marked as a draft."""
    with transaction.atomic():
        meeting = visible_meeting(request, slug, pk)
        try:
            paper = paper_services.draft(kind, meeting=meeting, at=timezone.now())
        except Refused as refusal:
            return _refused(request, meeting, kind, refusal)
    try:
        data = paper_services.print_paper(paper, plan=meeting.plan)
    except Refused as refusal:
        return _refused(request, meeting, kind, refusal)
    return files.download(data, f"{kind} {meeting.held_on.isoformat()} draft.pdf")


@require_safe
def version(request: HttpRequest, slug: str, pk: int, kind: str, number: int) -> HttpResponse:
    """Return the stored bytes, if they match their SHA-256."""
    meeting = visible_meeting(request, slug, pk)
    paper = get_object_or_404(meeting.papers.defer("content"), kind=kind, number=number)
    if not paper.is_intact:
        return _refused(request, meeting, kind, Refused(DAMAGED), status=500)
    name = f"{kind} {meeting.held_on.isoformat()} version {number}.pdf"
    return files.frozen(request, bytes(paper.pdf), paper.sha256, name)


DAMAGED = gettext_lazy(
    "The stored file is not the one that was frozen, because its bytes have changed. It cannot be "
    "downloaded. Tell whoever runs this service. They can restore it from a backup."
)


@transaction.non_atomic_requests
@require_POST
def freeze(request: HttpRequest, slug: str, pk: int, kind: str) -> HttpResponse:
    with transaction.atomic():
        meeting = visible_meeting(request, slug, pk)
        require(request, "reports.freeze_paper", meeting)
        by = signed_in(request)
    try:
        paper = FREEZE[Kind(kind)](meeting=meeting, by=by, at=timezone.now(), after=_after(request))
    except Unprintable as refusal:
        return _refused(request, meeting, kind, refusal)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if kind == Kind.PACK:
            mail(pack_notices, meeting)
        messages.success(
            request,
            _("Version {number} is frozen. It can no longer be changed.").format(
                number=paper.number
            ),
        )
    return redirect(f"papers:{kind}", slug, pk)


def _after(request: HttpRequest) -> int:
    """Return the newest version that the page showed, or 0 for none."""
    text = request.POST.get("after", "")
    return small_number(text) or 0


def _refused(
    request: HttpRequest, meeting: Meeting, kind: str, refusal: Refused, status: int = 422
) -> HttpResponse:
    return render(
        request,
        "reports/meetings/refused.html",
        {"plan": meeting.plan, "meeting": meeting, "kind": Kind(kind), "refusal": refusal},
        status=status,
    )
