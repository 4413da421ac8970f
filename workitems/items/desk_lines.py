"""To-dos for milestones that are due and for items given to the person or their unit. A source of `desk`."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, days_until, line, not_ended
from workitems.models import Milestone, MilestoneAnswer, Plan, Variation, WorkItem
from workitems.models.item import Stage
from workitems.plan.assigned import waiting_for
from workitems.plan.ended_leads import EndedLead, grouped
from workitems.rules import WRITERS
from workitems.terms.known_dates import KnownDate, KnownTo

SHOWN_AHEAD_DAYS = 30


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, in at most four queries."""
    own = user.agencies_as(*WRITERS)
    lines = [*_milestones(own, on), *_given(user, on)] if own else []
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if own or coordinating:
        lines += _nothing_open(own, coordinating, on)
    return lines + _ended_leads(coordinating, on) if coordinating else lines


@composed
def _led_by_ended(agencies: Any, on: Any, until: Any) -> Any:
    rows = WorkItem.objects.live().filter(
        not_ended(on, "plan"),
        plan__coordinating_agency__among=agencies,
        lead_agency__valid_to__lte=until,
    )
    return rows.select_related("plan", "lead_agency").order_by("plan", "number_key")


def _ended_leads(coordinating: set[int], on: date) -> list[Line]:
    """Agencies that have ended or end soon, and lead items of plans that the user coordinates."""
    by_plan: dict[Plan, list[WorkItem]] = {}
    until = on + timedelta(days=SHOWN_AHEAD_DAYS)
    for item in _led_by_ended(agencies=coordinating, on=on, until=until):
        by_plan.setdefault(item.plan, []).append(item)
    return [
        _to_hand_over(each, plan, on)
        for plan, items in by_plan.items()
        for each in grouped((item.lead_agency, item.number) for item in items)
    ]


def _to_hand_over(lead: EndedLead, plan: Plan, on: date) -> Line:
    ends_on = lead.agency.valid_to
    assert ends_on is not None
    has_ended = ends_on < on
    what = (
        _("Hand over the work of {agency}")
        if has_ended
        else _("{agency} ends on {day}: hand over its work")
    )
    return line(
        due=on if has_ended else ends_on,
        on=on,
        plan=plan.title,
        what=what.format(agency=lead.agency, day=day_words(ends_on)),
        detail=lead.words if has_ended else lead.leads,
        when=_("Now") if has_ended else "",
        url=reverse("agencies:hand-over", args=[lead.agency.pk]),
    )


@composed
def _without_open(own: Any, coordinating: Any, on: Any) -> Any:
    milestones = Milestone.objects.filter(item=OuterRef("pk"))
    adding = Variation.objects.pending().filter(kind=Variation.Kind.MILESTONE, item=OuterRef("pk"))
    rows = WorkItem.objects.filter(
        not_ended(on, "plan"),
        Q(lead_agency__among=own) | Q(plan__coordinating_agency__among=coordinating),
        Exists(milestones.filter(withdrawn_on__isnull=False)),
        ~Exists(milestones.open()),
        ~Exists(adding),
        plan__adopted_on__isnull=False,
        stage__in=[Stage.NOT_STARTED, Stage.UNDER_WAY],
    )
    return rows.select_related("plan").order_by("plan", "number_key")[:SHOWN_AT_MOST]


def _nothing_open(own: set[int], coordinating: set[int], on: date) -> list[Line]:
    """Items in work of which no milestone is open, since one was cancelled: nobody has said what is left to do."""
    return [
        line(
            due=on,
            on=on,
            plan=each.plan.title,
            what=_(
                "Item {number} has no open milestone: propose one, or say that it is complete"
            ).format(number=each.number),
            detail=each.title,
            when=_("Now"),
            url=each.get_absolute_url(),
        )
        for each in _without_open(own=own, coordinating=coordinating, on=on)
    ]


@composed
def _soon(agencies: Any, on: Any, until: Any) -> Any:
    return (
        Milestone.objects.open()
        .filter(
            not_ended(on, "item__plan"),
            # With a new forecast its agency has said what it can; it comes back when that is near.
            Q(forecast_due__lte=until) | Q(forecast_due__lte=F("agreed_due")),
            responsible_agency__among=agencies,
            agreed_due__lte=until,
        )
        .exclude(item__stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])
        # Answered in a return that is not submitted yet; nobody else may know.
        .exclude(pk__in=MilestoneAnswer.objects.pending().on_milestones().values("milestone"))
        .select_related("item__plan")
        .order_by("agreed_due", "pk")[:SHOWN_AT_MOST]
    )


def _milestones(agencies: set[int], on: date) -> list[Line]:
    soon = _soon(agencies=agencies, on=on, until=on + timedelta(days=SHOWN_AHEAD_DAYS))
    return [
        line(
            due=_next_due(each),
            on=on,
            plan=each.item.plan.title,
            what=each.description,
            detail=_("Item {number} {title}").format(
                number=each.item.number, title=each.item.title
            ),
            when=_("Now expected {day}").format(day=each.forecast.on)
            if _next_due(each) > max(each.agreed_due, on)
            else _when(each.agreed, on),
            url=each.get_absolute_url(),
        )
        for each in soon
    ]


def _next_due(milestone: Milestone) -> date:
    """Return the day by which its agency is asked about it: the agreed date, or the later one that it now expects."""
    return max(milestone.agreed_due, milestone.forecast_due)


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


def _when(due: KnownDate, on: date) -> str:
    """ "Due in June 2027" of a month or quarter that has not ended, else as `days_until`."""
    is_exact = due.known_to == KnownTo.DAY or due.last_day < on
    return days_until(due.last_day, on) if is_exact else _("Due {on_day}").format(on_day=due.on)
