"""List, show, open, close and reopen rounds."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import WRITING_ROLES, Agency, Seat, User, by_short_name
from agencies.pages.form_pages import carry_out, done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.people.confirming import is_in_use
from agencies.people.services import invitations
from agencies.people.submitting import single_coordinator, submitters_of
from agencies.typed.fields import overwrite_data
from agencies.wording.translation import day_words, list_in_words
from workitems.desk.before_a_round import missing_people
from workitems.models import Notice, Plan, Return, Round, Variation
from workitems.models.plan import READING_ROLES
from workitems.notices.news import Seats
from workitems.plan.answering import asked_in, only_supporting
from workitems.plan.ended_leads import ended_leads
from workitems.plan.views.lookups import posted, require, signed_in, visible_plan, visible_plans
from workitems.returns.forms.rounds import CloseRoundForm, OpenRoundForm, ReopenRoundForm
from workitems.returns.news import notify_at_once
from workitems.returns.services import rounds as round_services
from workitems.returns.services.handover import is_recalled, mended_words, mendings_of_each
from workitems.returns.who_submits import who_submits

# Headings for returns that are not accepted, by state.
STILL_OPEN = {
    Return.State.SUBMITTED: gettext_lazy("Submitted, not accepted"),
    Return.State.SENT_BACK: gettext_lazy("Sent back, not submitted again"),
    Return.State.DUE: gettext_lazy("Not submitted"),
}


def rounds_of(plan: Plan) -> "QuerySet[Round]":
    """Return the plan's rounds, newest first, with how many returns they ask for and have."""
    return (
        plan.rounds.with_origin()
        .annotate(
            asked=Count("returns", filter=~Q(returns__state=Return.State.MOVED)),
            accepted=Count("returns", filter=Q(returns__state=Return.State.ACCEPTED)),
        )
        .order_by("-period_end")
    )


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    own = signed_in(request).agencies_as(*READING_ROLES)
    submitted = Return.objects.filter(
        round=OuterRef("pk"), agency__in=own, state=Return.State.SUBMITTED
    )
    return render(
        request,
        "workitems/returns/rounds/list.html",
        {
            "plan": plan,
            "rounds": rounds_of(plan).annotate(own_submitted=Exists(submitted)),
            "may_open": request.user.has_perm("workitems.open_round", plan),
        },
    )


@require_safe
def detail(request: HttpRequest, slug: str, round: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    return show(request, plan, visible_round(plan, round))


def visible_round(plan: Plan, pk: int) -> Round:
    round = get_object_or_404(
        plan.rounds.with_origin().select_related("opened_by", "closed_by"), pk=pk
    )
    round.plan = plan
    return round


def show(
    request: HttpRequest,
    plan: Plan,
    round: Round,
    reopen: ReopenRoundForm | None = None,
    status: int = 200,
) -> HttpResponse:
    on = localdate()
    own = signed_in(request).agencies_as(*READING_ROLES)
    may_manage = request.user.has_perm("workitems.open_round", plan)
    returns = list(
        round.returns.select_related("agency", "alone_allowed_by")
        .with_progress()
        .with_last_submission()
        .annotate(
            is_unasked=Exists(Return.objects.with_nothing_to_answer().filter(pk=OuterRef("pk")))
        )
        .order_by(by_short_name())
    )
    unasked = {each.pk for each in returns if each.is_unasked}  # type: ignore[attr-defined]
    for each in returns:
        each.round = round
    may_name = may_manage and not getattr(round, "is_from_tracker", False)
    seats = Seats([plan], [each.agency_id for each in returns], on) if may_name else None
    mended = mended_of(returns) if may_manage else {}
    asked = [
        each
        for each in returns
        if seats and round.is_open and each.is_with_agency and each.pk not in unasked
    ]
    people = who_submits(asked, on, invited_to_all=True)
    notices = list(Notice.objects.for_round(round)) if may_manage else []
    return render(
        request,
        "workitems/returns/rounds/detail.html",
        {
            "plan": plan,
            "round": round,
            "rows": [
                {
                    "return": each,
                    "is_unasked": each.pk in unasked,
                    "is_overdue": each.is_overdue(on) and each.pk not in unasked,
                    "last_at": max(
                        filter(None, (each.last_written_at, each.submitted_at)), default=None
                    ),
                    # The same as the permission "read_return", without a query per row.
                    "may_read": each.agency_id in own
                    or each.state == Return.State.ACCEPTED
                    or (may_manage and (each.submitted_at is not None or each.is_entered)),
                    # Those whose turn it is now, and the coordinator, who may have to help.
                    "is_ready": each.ready_at is not None
                    and each.is_with_agency
                    and (may_manage or each.agency_id in own),
                    "mended": mended.get(each.pk, ""),
                    "is_recalled": may_manage and each.is_with_agency and is_recalled(each),
                    "people": names_by_role(seats, each),
                    "short_of": people.get(each.pk),
                }
                for each in returns
            ],
            "has_joined": any(each.writers for each in people.values()),
            "not_joined": list_in_words(
                [each.agency.short_name for each in asked if not people[each.pk].writers]
            ),
            "missing": any(each.is_with_agency and each.pk not in unasked for each in returns),
            "extended": [each.agency.short_name for each in returns if each.extended_to],
            "reminders": round.reminders.select_related("by").order_by("-at") if may_manage else [],
            "asked": sum(each.state != Return.State.MOVED for each in returns),
            "open_returns": sum(
                each.state not in Return.FINISHED and each.pk not in unasked for each in returns
            ),
            "may_manage": may_manage,
            # A new briefing's period ends with the last round.
            "is_to_be_reported": may_manage
            and not round.is_open
            and not plan.rounds.filter(period_end__gt=round.period_end).exists(),
            # It names people, so only those who manage the round see it.
            "emailed": emailed_about(round, returns, notices) if may_manage else [],
            "has_notices": bool(notices),
            "waiting": Variation.objects.pending_in(plan) if round.is_open else [],
            "reopen_form": reopen or ReopenRoundForm(),
        },
        status=status,
    )


@dataclass(frozen=True)
class Emailed:
    """An email about a round, or to somebody whom it asks and who has not joined yet."""

    on: date
    person: str
    told_as: str
    what: str
    agency: Agency


def emailed_about(round: Round, returns: list[Return], notices: list[Notice]) -> list[Emailed]:
    """Return the emails of a round and the invitations that were sent while it was open, newest day first. One query."""
    found = [
        Emailed(
            each.told_on,
            each.recipient.name,
            each.get_told_as_display(),
            each.get_reason_display(),
            each.of_return.agency,
        )
        for each in notices
        if each.of_return is not None
    ]
    sent = invitations.sent_to_writers(
        [each.agency_id for each in returns], round.opened_at, round.closed_at
    )
    found += [
        Emailed(
            localdate(each.history_date),
            each.name,
            each.get_role_display(),
            gettext("Invitation"),
            each.agency,
        )
        for each in sent
    ]
    return sorted(found, key=lambda each: each.on, reverse=True)


def names_by_role(seats: Seats | None, of_return: Return) -> list[tuple[str, list[str]]]:
    """Return the names of the agency's contributors and approvers, by the role's label."""
    return [
        (str(role.label), [user.name for user in found])
        for role in WRITING_ROLES
        if seats and (found := people_as(seats, of_return, role))
    ]


def people_as(seats: Seats, of_return: Return, role: Seat.Role) -> list[User]:
    found = seats.sitting(of_return.round.plan, of_return.agency_id, role)
    return [user for user, *_why in found]


def mended_of(returns: list[Return]) -> dict[int, str]:
    """Return "2 of 3 items changed or answered" by return, for those that were sent back."""
    sent_back = [each for each in returns if each.state == Return.State.SENT_BACK]
    return {pk: mended_words(found) for pk, found in mendings_of_each(sent_back).items()}


def next_period(plan: Plan) -> dict[str, Any]:
    """Return initial values for a new round, which follows the last one.

    What a spreadsheet said is no round that another follows.
    """
    last = plan.rounds.asked().select_related("plan").order_by("-period_end").first()
    if last is None:
        return {}
    start, end = last.next_period
    return {
        "name": f"{day_words(start)} to {day_words(end)}",
        "period_start": start,
        "period_end": end,
        "due_on": end + timedelta(days=14),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@once
def open_round(request: HttpRequest, slug: str) -> HttpResponse:
    plan = require(request, "workitems.open_round", visible_plan(request, slug))
    members = list(plan.agencies_on(localdate()))
    people = submitters_of(asked_in(plan, members), localdate()).values()
    form = OpenRoundForm(
        posted(request),
        plan=plan,
        readable=visible_plans(request),
        members=members,
        supporters=only_supporting(plan, members),
        alone=[each.agency for each in people if each.has_one_approver],
        initial=next_period(plan),
    )
    now = timezone.now()
    if made := carry_out(request, form, round_services.open_round, plan=plan, at=now):
        alone = made.returns.filter(alone_allowed_at__isnull=False)
        notify_at_once(alone, Notice.Reason.ALONE, on=localdate(), at=now)
        if let := [each.agency.short_name for each in alone.select_related("agency")]:
            says = gettext(
                "One person may write and submit for {agencies}. They are told by email."
            )
            messages.success(request, says.format(agencies=list_in_words(let)))
        asked = made.returns.values_list("agency", flat=True)
        again = invitations.send_all_again(agencies=asked, by=signed_in(request), at=now)
        if count := len({each.email for each in again}):
            says = ngettext(
                "{count} person who has not joined yet gets the invitation again, with the round and its due day.",
                "{count} people who have not joined yet get their invitations again, with the round and its due day.",
                count,
            )
            messages.success(request, says.format(count=count))
        message = gettext("The round {round} is open. Each agency that is asked has its return.")
        return done(request, message, made, round=made)
    return form_page(
        request,
        "workitems/returns/rounds/open.html",
        form,
        plan=plan,
        missing=list(missing_people(plan, localdate(), is_opening=True)),
        is_first=not is_in_use(),
        single_coordinator=single_coordinator(plan.coordinating_agency, localdate()),
        open_now=plan.rounds.open().first(),
        ended_leads=ended_leads(plan, localdate()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def close_round(request: HttpRequest, slug: str, round: int) -> HttpResponse:
    """Close the round, after showing which returns are not accepted."""
    plan = require(request, "workitems.open_round", visible_plan(request, slug))
    row = visible_round(plan, round)
    if not row.is_open:
        messages.info(request, "This round is already closed.")
        return redirect(row)
    open_now = round_services.still_open(row)
    seen = round_services.states_of(open_now)
    form = CloseRoundForm(posted(request), initial={"seen": seen})
    if form.is_valid():
        with saying_refusals(form):
            round_services.close_round(
                round=row, seen=form.cleaned_data["seen"], by=signed_in(request), at=timezone.now()
            )
            messages.success(
                request,
                gettext("The round is closed. Its returns can be changed only if you reopen it."),
            )
            return redirect(row)
        overwrite_data(form, seen=seen)
    return form_page(
        request,
        "workitems/returns/rounds/close.html",
        form,
        plan=plan,
        round=row,
        seen=seen,
        open_returns=[
            (label, [each for each in open_now if each.state == state])
            for state, label in STILL_OPEN.items()
        ],
        accepted=row.returns.filter(state=Return.State.ACCEPTED).count(),
    )


@require_POST
def reopen_round(request: HttpRequest, slug: str, round: int) -> HttpResponse:
    plan = require(request, "workitems.open_round", visible_plan(request, slug))
    row = visible_round(plan, round)
    form = ReopenRoundForm(request.POST)
    if carry_out(request, form, round_services.reopen_round, round=row):
        return done(request, gettext("The round is reopened."), row)
    return show(request, plan, row, form, status=422)
