"""List, call, change, cancel, show, close and reopen meetings, and record attendance."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saved,
    saying_refusals,
)
from agencies.pages.once import once
from agencies.wording.translation import day_words
from workitems.meetings import meeting_news as meeting_notices
from workitems.meetings.agenda import (
    lines_of,
    not_on,
    proposals,
    rows_of,
    runs_of,
    title_now,
)
from workitems.meetings.forms.meetings import (
    AttendanceForm,
    CallMeetingForm,
    CancelMeetingForm,
    ChangeMeetingForm,
    ReopenMeetingForm,
    invited,
)
from workitems.meetings.meeting_slides import is_on
from workitems.meetings.services import meetings as meeting_services
from workitems.models import Matter, Meeting, Variation
from workitems.notes.conversations import count_on_matters
from workitems.notices import mail_at_once
from workitems.notices.news import News
from workitems.plan.views.lookups import (
    page_of,
    posted,
    require,
    signed_in,
    small_number,
    visible_plan,
)


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    on = localdate()
    return render(
        request,
        "workitems/meetings/list.html",
        {
            "plan": plan,
            "today": on,
            "coming": plan.meetings.coming(on).with_counts(),
            "page": page_of(request, plan.meetings.past(on).with_counts(), 50),
            "may_record": request.user.has_perm("workitems.record_meeting", plan),
        },
    )


def visible_meeting(request: HttpRequest, slug: str, pk: int) -> Meeting:
    """Return the meeting with its plan, or raise 404 if the user may not read the plan."""
    plan = visible_plan(request, slug)
    meeting = get_object_or_404(plan.meetings.select_related("closed_by"), pk=pk)
    meeting.plan = plan
    return meeting


def own_meeting(request: HttpRequest, slug: str, pk: int) -> Meeting:
    """Return the meeting if the user keeps its record; raise 403 for other readers of the plan."""
    return require(request, "workitems.record_meeting", visible_meeting(request, slug, pk))


def agenda_of(meeting: Meeting) -> list[Matter]:
    """Return the matters on the agenda with their subjects. One query."""
    return [_within(matter, meeting) for matter in _matters(meeting).on_agenda().in_order()]


def _matters(meeting: Meeting) -> Any:
    return meeting.matters.for_page()


def _within(matter: Matter, meeting: Meeting) -> Matter:
    """Set the meeting and plan on the matter's rows; their `get_absolute_url` needs the plan."""
    matter.meeting = meeting
    for row in (matter.item, matter.variation, matter.risk, matter.subject_item):
        if row is not None:
            row.plan = meeting.plan
    matter.title = title_now(matter)
    return matter


def mail(source: Callable[..., Iterable[News]], row: Meeting | Variation) -> None:
    """Email the news that a source has of a row, once the transaction is committed."""
    on = localdate()
    mail_at_once(lambda: source(on, only=row.pk), on=on, at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@once
def call(request: HttpRequest, slug: str) -> HttpResponse:
    plan = require(request, "workitems.record_meeting", visible_plan(request, slug))
    form = CallMeetingForm(posted(request))
    if made := carry_out(request, form, meeting_services.call_meeting, plan=plan):
        mail(meeting_notices.called_notices, made)
        return done(
            request, _("The working group meets on {day}."), made, day=day_words(made.held_on)
        )
    return form_page(request, "workitems/meetings/call.html", form, plan=plan)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    form = ChangeMeetingForm(posted(request), row=meeting)
    if kept := carry_out(
        request, form, meeting_services.change_meeting, meeting=meeting, on=localdate()
    ):
        mail(meeting_notices.called_notices, kept)
        return saved(request, form, kept, _("The meeting is saved."), meeting)
    return form_page(
        request, "workitems/meetings/change.html", form, plan=meeting.plan, meeting=meeting
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    form = CancelMeetingForm(posted(request), row=meeting)
    if kept := carry_out(
        request, form, meeting_services.cancel_meeting, meeting=meeting, on=localdate()
    ):
        mail(meeting_notices.called_notices, kept)
        return done(request, _("The meeting is cancelled."), meeting)
    return form_page(
        request, "workitems/meetings/cancel.html", form, plan=meeting.plan, meeting=meeting
    )


@require_safe
def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return show(request, visible_meeting(request, slug, pk))


def show(
    request: HttpRequest,
    meeting: Meeting,
    reopen: ReopenMeetingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    on = localdate()
    plan = meeting.plan
    may_record = request.user.has_perm("workitems.record_meeting", plan)
    matters = agenda_of(meeting)
    is_open = not (meeting.is_closed or meeting.is_cancelled)
    lines = lines_of(meeting, on) if is_open else []
    present = {row.agency_id for row in meeting.attendances.present()}
    members = list(invited(meeting))
    decided = list(meeting.decisions.for_list().order_by("number"))
    notes = count_on_matters(signed_in(request), [matter.pk for matter in matters])
    rows = [
        replace(row, notes=notes.get(row.matter.pk, 0))
        for row in rows_of(matters, lines, plan.present_day(on), decided)
    ]
    is_recorded = present or decided or any(matter.considered_on for matter in matters)
    return render(
        request,
        "workitems/meetings/detail.html",
        {
            "plan": plan,
            "meeting": meeting,
            "today": on,
            "matters": matters,
            "may_write": is_open and request.user.has_perm("workitems.write_note", plan),
            "runs": runs_of(rows) if is_open else [(None, rows)],
            "members": len(members),
            "present": [agency for agency in members if agency.pk in present],
            "absent": [agency for agency in members if agency.pk not in present],
            "decisions": [
                (row.within(plan), row.is_overdue(plan.present_day(on))) for row in decided
            ],
            "may_record": may_record,
            "may_arrange": may_record and is_open,
            "may_cancel": may_record and is_open and not is_recorded,
            "is_on": is_on(meeting, on),
            "may_lead": is_on(meeting, on)
            and request.user.has_perm("workitems.show_slide", meeting),
            "may_minute": may_record and is_open and meeting.held_on <= on,
            "removed": _matters(meeting).exclude(withdrawn_on=None).order_by("withdrawn_on", "pk")
            if may_record and is_open
            else [],
            "proposals": not_on(proposals(plan, min(on, meeting.held_on), lines), matters)
            if may_record and is_open
            else [],
            "reopen_form": reopen or ReopenMeetingForm(),
            "acted": reopen,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def attendance(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    form = AttendanceForm(posted(request), meeting=meeting)
    if form.is_valid():
        with saying_refusals(form):
            rows = meeting_services.record_attendance(
                meeting=meeting, on=localdate(), by=signed_in(request), **form.cleaned_data
            )
            count = len(rows)
            message = ngettext(
                "{count} agency is on the record.", "{count} agencies are on the record.", count
            )
            return done(request, message, address_of(request, meeting), count=count)
    return form_page(
        request,
        "workitems/meetings/attendance.html",
        form,
        plan=meeting.plan,
        meeting=meeting,
        at=shown_matter(request),
        mode=mode_of(request),
        cancel_url=address_of(request, meeting),
    )


def shown_matter(request: HttpRequest) -> int | None:
    """Return the position of the matter in the presentation that the user came from, or None."""
    text = request.POST.get("at") or request.GET.get("at") or ""
    return small_number(text)


def address_of(request: HttpRequest, meeting: Meeting, fragment: str = "") -> str:
    """Return the URL of the meeting's page, or of the presentation if the user came from there."""
    position = shown_matter(request)
    if position is None:
        return f"{meeting.get_absolute_url()}{fragment}"
    return slide_address(request, meeting, f"?matter={position}")


LEADS, FOLLOWS = "lead", "follow"


def mode_of(request: HttpRequest) -> str:
    """Return how the meeting is on this screen: it `LEADS` the members' devices, it `FOLLOWS`, or ""."""
    asked = request.POST.get("mode") or request.GET.get("mode") or ""
    return asked if asked in (LEADS, FOLLOWS) else ""


def slide_address(
    request: HttpRequest, meeting: Meeting, query: str, mode: str | None = None
) -> str:
    """Return the URL of a slide on a screen that stays in its mode, or goes to another `mode`."""
    mode = mode_of(request) if mode is None else mode
    args = [meeting.plan.slug, meeting.pk]
    if mode == FOLLOWS:
        return reverse("meetings:follow", args=args)
    leads = f"&mode={LEADS}" if mode == LEADS else ""
    return f"{reverse('meetings:present', args=args)}{query}{leads}"


def back_to(request: HttpRequest, meeting: Meeting, fragment: str = "") -> HttpResponse:
    return redirect(address_of(request, meeting, fragment))


@require_POST
def close(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    with refusals_in_messages(request):
        meeting_services.close_meeting(
            meeting=meeting, on=localdate(), at=timezone.now(), by=signed_in(request)
        )
        mail(meeting_notices.minutes_notices, meeting)
        messages.success(
            request,
            _("The record of the meeting is closed. We’ll email members their actions."),
        )
    return redirect(meeting)


@require_POST
def reopen(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    form = ReopenMeetingForm(request.POST)
    if carry_out(request, form, meeting_services.reopen_meeting, meeting=meeting):
        return done(request, _("The record is reopened."), meeting)
    return show(request, meeting, form, status=422)
