"""The list of requests, a request's page, recording one, and corrections of its events."""

from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat, User
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from reports.briefings.views.files import download
from reports.charts import WorkingDayStrip, on_screen, working_day_strip
from reports.render.pdf import RenderRefused
from reports.requests.models import InformationRequest, Release, RequestEvent, RequestLetter
from reports.requests.models.request import OIA_ROLES, REQUEST_ROLES, in_force, sent_back
from reports.requests.models.request_clock import calendar, clock_of
from reports.requests.pages.register.doers import require, who_does
from reports.requests.pages.register.forms import (
    ChangeRequestForm,
    CorrectEventForm,
    RecordRequestForm,
    SearchForm,
)
from reports.requests.pages.register.request_status import (
    clock_days,
    late_words,
    mark_of,
    next_of,
    next_step,
    other_steps,
    strip_of,
)
from reports.requests.pages.register.requester import hide_requester, may_read_requester
from reports.requests.registered.request_lines import Outgoing, awaits_sending
from reports.requests.services import deciding
from reports.requests.services import requests as services
from reports.requests.services.handling import handling_of
from workitems.models import Plan
from workitems.plan.views.lookups import page_of, posted, signed_in, state_tabs

State = InformationRequest.State
ROWS_ON_A_PAGE = 50
# What to look at is said while the answer or its correction is prepared.
ASKED_IN = (State.PREPARING, State.CORRECTING)
# Events that are shown before the older ones are opened.
NEWEST = 3
TABS = {"": gettext_lazy("To answer"), "ended": gettext_lazy("Ended"), "all": gettext_lazy("All")}


def visible_request(request: HttpRequest, pk: int) -> InformationRequest:
    """Return the request, or raise `Http404` if the user may not read it."""
    rows = InformationRequest.objects.visible_to(signed_in(request))
    return get_object_or_404(rows.select_related("agency__cover", "plan"), pk=pk)


def prepared_request(request: HttpRequest, pk: int) -> InformationRequest:
    """Return the request for its adviser. Others who may read it get 403."""
    return require(request, "requests.prepare_request", visible_request(request, pk))


def require_reader(request: HttpRequest) -> User:
    """Return the user, who answers requests of some agency. Raise `Http404` for anybody else."""
    user = signed_in(request)
    if not user.agencies_as(*REQUEST_ROLES):
        raise Http404
    return user


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the requests to the user's agencies, the most overdue first."""
    user, on = require_reader(request), timezone.localdate()
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    state = request.GET.get("state", "")
    state = state if state in TABS else ""
    rows = InformationRequest.objects.visible_to(user).for_list()
    if words:
        rows = rows.matching(words, naming=user.agencies_as(*OIA_ROLES))
    if state == "":
        rows = rows.filter(state__in=(*InformationRequest.OPEN, State.DECIDED, State.CORRECTING))
    elif state == "ended":
        rows = rows.filter(state__in=InformationRequest.ENDED)
    if state:
        rows = rows.order_by("-received_on", "-pk")
    page = page_of(request, _most_overdue_first(rows, on) if state == "" else rows, ROWS_ON_A_PAGE)
    days = calendar()
    address = request.path
    may_record = bool(user.agencies_as(Seat.Role.OIA_ADVISER))
    return render(
        request,
        "reports/requests/register/list.html",
        {
            "page": page,
            "rows": [
                (row, clock, mark_of(row, clock, on))
                for row in page
                for clock in [clock_of(row.events.all(), days)]
            ],
            "form": form,
            "words": words,
            "state": state,
            "tabs": state_tabs(address, {key: str(label) for key, label in TABS.items()}, state),
            "may_record": may_record,
            "who_records": ""
            if may_record
            else who_does(request, "requests.prepare_request", None),
            "has_any": bool(words) or InformationRequest.objects.visible_to(user).exists(),
        },
    )


def _most_overdue_first(rows: Any, on: date) -> list[InformationRequest]:
    days = calendar()

    def order(row: InformationRequest) -> tuple[Any, ...]:
        if row.is_own_initiative:
            return (2, 0, row.pk)
        clock = clock_of(row.events.all(), days)
        if not row.is_open:
            return (1, 0, row.pk)
        return (0, clock.due.toordinal(), row.pk)

    return sorted(rows, key=order)


def _plans_of(agencies: Any) -> Any:
    return (
        Plan.objects.adopted()
        .filter(members__agency__in=agencies)
        .distinct()
        .order_by("title", "pk")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def record(request: HttpRequest) -> HttpResponse:
    """Record a request that an agency received."""
    user = require_reader(request)
    own = user.agencies_as(Seat.Role.OIA_ADVISER)
    if not own:
        require(request, "requests.prepare_request", None)
    form = RecordRequestForm(
        posted(request),
        agencies=Agency.objects.filter(pk__in=own).in_order(),
        plans=_plans_of(own),
        today=timezone.localdate(),
        initial={"reference": InformationRequest.objects.next_reference(own)},
    )
    if row := carry_out(request, form, services.record_request, at=timezone.now()):
        return done(
            request, _("The request is recorded. Its clock is running."), "requests:request", row.pk
        )
    return form_page(request, "reports/requests/register/record.html", form)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request: its clock, what happens next, its papers, letters, people and events."""
    row, user, on = visible_request(request, pk), signed_in(request), timezone.localdate()
    events = list(row.events.for_timeline())
    days = calendar()
    clock = clock_of(events, days)
    corrected = {each.corrects_id: each for each in events if each.corrects_id}
    letters = list(row.letters.without_contents())
    release = row.release
    may_prepare = user.has_perm("requests.prepare_request", row)
    seats = Seat.objects.on(on).filter(agency=row.agency_id, role__in=OIA_ROLES)
    sent = {each.kind for each in letters if each.is_sent}
    out = Outgoing(
        is_unsent=awaits_sending(row, clock, on),
        is_released=release is not None,
        brings_papers=RequestLetter.Kind.DECIDE_AND_RELEASE in sent,
        papers_have_letter=row.is_own_initiative or _papers_have_letter(letters, release),
        is_corrected=release is not None and release.corrects_id is not None,
        awaits_publication=release is not None and _awaits_publication(events, letters),
    )
    to_agency = {each.beside_id: each for each in letters if each.beside_id}
    for event in events:
        event.to_agency = to_agency.get(event.letter_id or 0)
    hide_requester(user, row, events)
    people = list(seats.select_related("user").order_by("role", "user__name"))
    strip = strip_of(row, events, clock, on)
    happened = [
        (each, corrected.get(each.pk), late_words(each, clock)) for each in reversed(events)
    ]
    warnings = deciding.warnings(row) if may_prepare and row.state in ASKED_IN else ()
    lines = list(row.lines.for_list().prefetch_related("redactions"))
    for line in lines:
        line.warnings = [each for each in warnings if each.line == line.number]
    return render(
        request,
        "reports/requests/register/detail.html",
        {
            "row": row,
            "clock": clock,
            "mark": mark_of(row, clock, on),
            "recorded_days": clock.recorded_days(on),
            "sent_back": sent_back(events),
            "next": next_of(
                row, out, clock, on, step=next_step(user, row, events, out, warnings), people=people
            ),
            "strip": on_screen(partial(_drawn, strip)) if strip else "",
            "days": clock_days(clock, on),
            "out": out,
            "decision_sent_on": next(
                (
                    each.happened_on
                    for each in in_force(events)
                    if each.kind == RequestEvent.Kind.DECISION_SENT
                ),
                None,
            ),
            "others": other_steps(user, row, events, letters, clock, on),
            "newest": happened[:NEWEST],
            "older": happened[NEWEST:],
            "lines": lines,
            "has_consulted": any(each.consultations.all() for each in lines),
            "letters": letters,
            "drafts": [each for each in letters if not each.is_sent],
            "sent_letters": [each for each in letters if each.is_sent],
            "strip_marks": [each for each in strip.marks if not each.is_due] if strip else (),
            "people": people,
            "release": release,
            "may_prepare": may_prepare,
            "may_read_requester": may_read_requester(user, row),
            "may_read_redactions": user.has_perm("requests.read_redactions", row),
            "scope_warnings": [each for each in warnings if not each.line],
            "may_scope": may_prepare and row.state in InformationRequest.PREPARED_IN,
            "rest": [each for each in lines if each.may_go_whole],
        },
    )


@transaction.non_atomic_requests
@require_safe
def handling_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the record of how a request was handled, as a PDF of this moment."""
    from reports.requests.print.handling_html import render_handling

    with transaction.atomic():
        row = visible_request(request, pk)
        record = handling_of(
            row,
            on=timezone.localdate(),
            with_requester=may_read_requester(signed_in(request), row),
            with_redactions=signed_in(request).has_perm("requests.read_redactions", row),
        )
    try:
        pdf = render_handling(record)
    except RenderRefused as error:
        words = _("The record cannot be printed: {error}").format(error=error)
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    name = slugify(row.reference.replace("/", "-")) or str(row.pk)
    return download(pdf, f"handling-of-{name}.pdf")


def _papers_have_letter(letters: list[RequestLetter], release: Release | None) -> bool:
    """Whether a letter with the papers was sent; of corrected ones, after their release."""
    sent = [each for each in letters if each.is_sent]
    if release is None or release.corrects_id is None:
        return any(each.kind in RequestLetter.RELEASING for each in sent)
    return any(
        each.kind == RequestLetter.Kind.RELEASE
        and each.sent_at is not None
        and each.sent_at >= release.released_at
        for each in sent
    )


def _awaits_publication(events: list[RequestEvent], letters: list[RequestLetter]) -> bool:
    """Whether the signed letter says that the papers are published, and they never were."""
    promised = any(
        each.is_decision and each.is_sent and each.typed.get("will_be_published")
        for each in letters
    )
    return promised and not any(each.kind == RequestEvent.Kind.PUBLISHED for each in events)


def _drawn(strip: WorkingDayStrip, narrow: bool) -> SafeString:
    return working_day_strip(strip, narrow=narrow)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is recorded about a request, but not its text or its days."""
    row = prepared_request(request, pk)
    form = ChangeRequestForm(posted(request), row=row, plans=_plans_of([row.agency_id]))
    if kept := carry_out(request, form, services.change_request, request=row):
        return saved(request, form, kept, _("What is recorded is changed."), "requests:request", pk)
    return form_page(request, "reports/requests/register/change.html", form, row=row)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_event(request: HttpRequest, pk: int, event: int) -> HttpResponse:
    """Record an event that corrects another."""
    row = prepared_request(request, pk)
    first = get_object_or_404(RequestEvent.objects.filter(request=row), pk=event)
    form = CorrectEventForm(posted(request), event=first)
    if carry_out(request, form, services.correct_event, event=first, at=timezone.now()):
        message = _("The correction is recorded beside the first record.")
        return done(request, message, "requests:request", pk)
    return form_page(
        request, "reports/requests/register/correct_event.html", form, row=row, event=first
    )
