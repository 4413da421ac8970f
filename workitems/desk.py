"""To-dos on a user's home page, and pending variations. Reads only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.composed import composed
from agencies.models import Seat, User
from agencies.translation import day_words
from workitems.assigned import waiting_for
from workitems.known_dates import KnownDate, KnownTo
from workitems.models import (
    HeldEntry,
    Milestone,
    MilestoneAnswer,
    Plan,
    Return,
    StatusProposal,
    Variation,
)
from workitems.models.item import Stage
from workitems.rules import WRITERS
from workitems.spans import span_in_words
from workitems.standing import days_in_words

SHOWN_AHEAD_DAYS = 30
# Per kind of to-do. Nobody reads a longer list to the end.
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Act:
    """A button that finishes a to-do from the desk: its words, and the URL that it posts to.

    The view redirects with `workitems.views.lookups.after_act`, which leads back to the desk.
    """

    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A to-do. Sorted by `due`; `when` is the due date or the age in words; `url` is where to do it.

    What is late is shown in red.
    """

    due: date
    plan: str
    what: str
    detail: str
    when: str
    is_late: bool
    url: str
    act: Act | None = None


def line(
    *,
    due: date,
    on: date,
    plan: str,
    what: str,
    detail: str,
    url: str,
    when: str = "",
    may_finish: bool = True,
    act: Act | None = None,
) -> Line:
    """Return a to-do. It is never late for a reader who may not finish it."""
    return Line(
        due=due,
        plan=plan,
        what=what,
        detail=detail,
        when=when or days_until(due, on),
        is_late=may_finish and due < on,
        url=url,
        act=act,
    )


def days_until(due: date, on: date) -> str:
    """ "Due today", "Due in 4 days", "Overdue by three months"."""
    days = (due - on).days
    if days == 0:
        return _("Due today")
    return (
        _("Due in {time}").format(time=days_in_words(days))
        if days > 0
        else _("Overdue by {time}").format(time=span_in_words(-days))
    )


def _when(due: KnownDate, on: date) -> str:
    """ "Due in June 2027" of a month or quarter that has not ended, else as `days_until`."""
    is_exact = due.known_to == KnownTo.DAY or due.last_day < on
    return days_until(due.last_day, on) if is_exact else _("Due {on_day}").format(on_day=due.on)


def since(then: date, on: date) -> str:
    """ "today", "yesterday", "12 days ago", "three weeks ago"."""
    days = (on - then).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return _("{time} ago").format(time=span_in_words(days))


def not_ended(on: Any, plan: str) -> Q:
    """Filter rows whose plan (the lookup `plan`) is adopted and has not ended."""
    is_open = Q(**{f"{plan}__ends_on": None}) | Q(**{f"{plan}__ends_on__gte": on})
    return Q(**{f"{plan}__adopted_on__isnull": False}) & is_open


# Further to-dos of a user on a day, from modules that this one may not import. They are registered
# in `AppConfig.ready`.
SOURCES: list[Callable[[User, date], list[Line]]] = []


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, soonest due first.

    This module makes at most seven queries, for any number of seats, plans and items.
    """
    lines = [line for source in SOURCES for line in source(user, on)]
    own = user.agencies_as(*WRITERS)
    if own:
        lines += _returns_to_send(own, user.agencies_as(Seat.Role.APPROVER), on)
        lines += _milestones(own, on)
        lines += _proposals(own, on)
        lines += _given(user, on)
    approving = user.agencies_as(Seat.Role.APPROVER)
    if approving:
        lines += _to_release(approving, on)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _returns_to_read(coordinating, on)
        lines += _variations(coordinating, on)
    return sorted(lines, key=lambda line: (line.due, line.what))


def _returns_to_send(agencies: set[int], approving: set[int], on: date) -> list[Line]:
    waiting = _waiting_returns(agencies=agencies)
    return [_return_to_send(each, each.agency_id in approving, on) for each in waiting]


@composed
def _waiting_returns(agencies: Any) -> Any:
    waiting = Return.objects.waiting_for_agency().filter(agency__among=agencies)
    rows = waiting.select_related("round__plan", "agency", "ready_by").with_progress()
    return rows.soonest_first()[:SHOWN_AT_MOST]


def _return_to_send(of_return: Return, approves: bool, on: date) -> Line:
    what = _("Return for {round}, {agency}").format(
        round=of_return.round.name, agency=of_return.agency
    )
    detail, url = "", of_return.get_absolute_url()
    is_sent_back = of_return.state == Return.State.SENT_BACK
    asks_for_changes = (
        is_sent_back and of_return.ready_at is None and of_return.answered == of_return.items
    )
    if asks_for_changes:
        detail = _("Sent back: the coordinator asks for changes")
    elif of_return.ready_at is None:
        detail = ngettext(
            "{answered} of {count:,} item answered",
            "{answered} of {count:,} items answered",
            of_return.items,
        ).format(answered=of_return.answered, count=of_return.items)
    else:
        said_on = localdate(of_return.ready_at)
        detail = _("Ready for approval since {day}, says {person}").format(
            day=day_words(said_on), person=of_return.ready_by
        )
        if approves:
            what = _("Read and submit: return for {round}, {agency}").format(
                round=of_return.round, agency=of_return.agency
            )
            url += "read/"
    if is_sent_back and not asks_for_changes:
        detail = _("Sent back. {detail}").format(detail=detail)
    return line(
        due=of_return.due_on,
        on=on,
        plan=of_return.round.plan.title,
        what=what,
        detail=detail,
        url=url,
        may_finish=approves or of_return.ready_at is None,
    )


@composed
def _soon(agencies: Any, on: Any, until: Any) -> Any:
    return (
        Milestone.objects.open()
        .filter(
            not_ended(on, "item__plan"),
            responsible_agency__among=agencies,
            agreed_due__lte=until,
        )
        .exclude(item__stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])
        # Done in a return that is not submitted yet; nobody else may know.
        .exclude(pk__in=MilestoneAnswer.objects.done().values("milestone"))
        .select_related("item__plan")
        .order_by("agreed_due", "pk")[:SHOWN_AT_MOST]
    )


def _milestones(agencies: set[int], on: date) -> list[Line]:
    soon = _soon(agencies=agencies, on=on, until=on + timedelta(days=SHOWN_AHEAD_DAYS))
    return [
        line(
            due=each.agreed_due,
            on=on,
            plan=each.item.plan.title,
            what=each.description,
            detail=_("Item {number} {title}").format(
                number=each.item.number, title=each.item.title
            ),
            when=_when(each.agreed, on),
            url=each.get_absolute_url(),
        )
        for each in soon
    ]


def _given(user: User, on: date) -> list[Line]:
    """Items that colleagues gave to the user, or to a unit that the user works in."""
    return [
        line(
            due=each.by_on or on,
            on=on,
            plan=each.item.plan.title,
            what=_("Item {number} {title}").format(number=each.item.number, title=each.item.title),
            detail=(
                _("Given to you by {person}")
                if each.user_id == user.pk
                else _("Given to {unit} by {person}")
            ).format(unit=each.unit, person=each.given_by.name),
            when=""
            if each.by_on
            else _("Since {day}").format(day=day_words(localdate(each.given_at))),
            url=each.item.get_absolute_url(),
        )
        for each in waiting_for(user, on)[:SHOWN_AT_MOST]
    ]


@composed
def _open_proposals(agencies: Any, on: Any) -> Any:
    rows = StatusProposal.objects.open().filter(
        not_ended(on, "item__plan"), item__lead_agency__among=agencies
    )
    return rows.select_related("item__plan", "agency").order_by("pk")[:SHOWN_AT_MOST]


def _proposals(agencies: set[int], on: date) -> list[Line]:
    """Statuses that supporting agencies propose for the items that these agencies lead."""
    waiting = _open_proposals(agencies=agencies, on=on)
    return [
        line(
            due=on,
            on=on,
            plan=each.item.plan.title,
            what=_("{agency} proposes a status for item {number}").format(
                agency=each.agency, number=each.item.number
            ),
            detail=each.item.title,
            when=_("Since {day}").format(day=day_words(localdate(each.proposed_at))),
            url=reverse(
                "workitems:answer-proposal",
                args=[each.item.plan.slug, each.item.number, each.pk],
            ),
        )
        for each in waiting
    ]


def _to_release(agencies: set[int], on: date) -> list[Line]:
    """What contributors of these agencies raised, for their approvers."""
    waiting = (
        HeldEntry.objects.waiting()
        .filter(not_ended(on, "plan"), agency__in=agencies)
        .for_list()
        .select_related("plan")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=on,
            on=on,
            plan=each.plan.title,
            what=_("Release or withdraw: {asks}").format(asks=each.asks),
            detail=_("{kind}, written by {person}").format(
                kind=each.get_kind_display(), person=each.written_by.name
            ),
            when=_("Since {day}").format(day=day_words(localdate(each.written_at))),
            url=each.get_absolute_url(),
        )
        for each in waiting
    ]


def _returns_to_read(agencies: set[int], on: date) -> list[Line]:
    submitted = Return.objects.filter(
        state=Return.State.SUBMITTED,
        round__closed_at=None,
        round__plan__coordinating_agency__in=agencies,
    ).select_related("round__plan", "agency")
    return [
        line(
            due=max(each.round.due_on, on),
            on=on,
            plan=each.round.plan.title,
            what=_("Read the return of {agency} for {round}").format(
                agency=each.agency, round=each.round.name
            ),
            detail=_("Accept it or send it back"),
            when=_("Submitted"),
            url=each.get_absolute_url(),
        )
        for each in submitted
    ]


def _variations(agencies: set[int], on: date) -> list[Line]:
    pending = (
        Variation.objects.pending()
        .filter(not_ended(on, "plan"), plan__coordinating_agency__in=agencies)
        .for_meetings()
        .select_related("plan", "item__plan", "requesting_agency")
        .order_by("requested_at")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=on,
            on=on,
            plan=each.plan.title,
            what=_("{reference} of {agency}: {asks}").format(
                reference=each.reference,
                agency=each.requesting_agency,
                asks=each.get_kind_display().lower(),
            ),
            detail=_("Item {about}").format(about=each.about),
            when=_("Waiting for your recommendation")
            if each.state == Variation.State.REQUESTED
            else _("Waiting for the working group"),
            url=each.get_absolute_url(),
        )
        for each in pending
    ]


def waiting_variations(plan: Plan, **of: Any) -> list[Variation]:
    """Return the pending variations of a plan, or those that match the filter `of`. One query."""
    rows = list(plan.variations.pending().filter(**of).for_list().pending_first())
    for row in rows:
        row.plan = plan
    return rows
