"""Emails about dates that come and pass: a milestone's, and a mitigation's. A source of `notices.news`.

30 and 7 days before a date, one day after it, and ten days after it also to the coordinator. It stops when the work is
done, when its agency gives a new date, records a delay or asks for another date, also in a return that it is writing.
Each step is sent within a week of its day, so that an upgrade, or a month without a run, brings nothing old.

Once, in the same way, people hear of dates that moved and of risks that were escalated of what they follow.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Seat
from workitems.desk.to_dos import not_ended
from workitems.following.followers import followers
from workitems.following.happened import milestones_changed, risks_escalated
from workitems.models import (
    Assignment,
    Delay,
    EmailChoice,
    Milestone,
    MilestoneAnswer,
    Mitigation,
    Notice,
    Plan,
    Variation,
    WorkItem,
)
from workitems.notices.news import Addressed, OtherNews, Seats, Why, each_once, other_news
from workitems.plan.asat import end_of
from workitems.terms.known_dates import KnownDate, known
from workitems.terms.lateness import days_in_words
from workitems.terms.spans import span_in_words

Reason, Role = Notice.Reason, Seat.Role

# A step is sent from its day on, for so many days.
SENT_WITHIN_DAYS = 7
# Days from the date, of the step: before it, negative ones.
STEPS = (
    (Reason.DATE_MONTH, -30),
    (Reason.DATE_WEEK, -7),
    (Reason.DATE_PASSED, 1),
    (Reason.DATE_LONG_PASSED, 10),
)


class _Dated(NamedTuple):
    """A milestone or a mitigation with its date."""

    item: WorkItem
    agency: Agency
    due: KnownDate
    words: str
    about: str
    path: str
    asks: str
    is_milestone: bool


def step_on(due: date, on: date) -> Notice.Reason | None:
    """Return the step that is sent on a day about a date, the last one if two are."""
    days = (on - due).days
    found = [reason for reason, at in STEPS if at <= days < at + SENT_WITHIN_DAYS]
    return found[-1] if found else None


def date_news(on: date) -> Iterator[OtherNews]:
    """Yield the news about dates of plans that go on. At most seven queries."""
    dated = [*_milestones(on), *_mitigations(on)]
    if not dated:
        return
    plans = {each.item.plan_id: each.item.plan for each in dated}
    seats = Seats(plans.values(), {each.agency.pk for each in dated}, on)
    rows = Assignment.objects.given().filter(item__in={each.item.pk for each in dated})
    given = {(row.item_id, row.agency_id): row for row in rows if row.user_id}
    for each in dated:
        reason = step_on(each.due.last_day, on)
        assert reason is not None
        plan, row = each.item.plan, given.get((each.item.pk, each.agency.pk))
        writers = seats.sitting(plan, each.agency.pk, *WRITING_ROLES)
        people = (
            [one for one in writers if row and one[0].pk == row.user_id]
            or [one for one in writers if one[1] == Role.CONTRIBUTOR]
            or writers
            or seats.coordinators(plan)
        )
        if reason == Reason.DATE_LONG_PASSED:
            people = [*people, *seats.coordinators(plan, Why.LATE)]
        yield from _lines(each, people, reason, on)


def _lines(
    each: _Dated, people: list[Addressed], reason: Notice.Reason, on: date
) -> Iterator[OtherNews]:
    names = {"what": each.words, "on": each.due.on, "agency": each.agency.short_name}
    if each.due.last_day > on:
        names["time"] = days_in_words((each.due.last_day - on).days)
        sentence = _("{agency} is to do it {on}: {what}. That is in {time} at the latest.")
        state = _("is due in {time}").format(**names)
    else:
        names["time"] = span_in_words(each.due.last_day, on)
        sentence = _(
            "{agency} was to do it {on}, {time} ago: {what}. It is neither done, nor is there a new date."
        )
        state = _("was due {time} ago").format(**names)
    for user, role, why in each_once(people):
        # A coordinator reads the item; only its writers open the page of a milestone.
        writes = role in WRITING_ROLES
        yield from other_news(
            [(user, role, why)],
            plan=each.item.plan,
            agency=each.agency,
            reason=reason,
            occasion=each.due.last_day.isoformat(),
            about=each.about,
            due_on=each.due.last_day,
            title=_("Item {number} {title}").format(number=each.item.number, title=each.item.title),
            sentence=f"{sentence.format(**names)} {each.asks if writes else ''}".strip(),
            state=state,
            path=each.path if writes else each.item.get_absolute_url(),
            link=_("Open the milestone") if writes else _("Open the item"),
            acts=[(_("It is done"), f"{each.path}?from=email#close")]
            if writes and each.is_milestone
            else [],
        )


def followed_news(on: date) -> Iterator[OtherNews]:
    """Yield what happened in the last week to dates and risks of items, for those who follow them, except whoever did
    it and whoever wants to hear only of what they have to do. At most 17 queries."""
    plans = [plan for plan in Plan.objects.adopted() if not plan.has_ended(on)]
    after = end_of(on - timedelta(days=SENT_WITHIN_DAYS))
    moved = [each for each in milestones_changed(plans, after, on) if each.is_move]
    found = [(Reason.MOVED, _("has another date"), each) for each in moved]
    risks = risks_escalated(plans, after)
    found += [(Reason.ESCALATED, _("has a risk that was escalated"), each) for each in risks]
    items = {each.item.pk: each.item for _reason, _state, each in found}
    of_items = followers(items.values(), on)
    wanting = EmailChoice.objects.filter(wants=EmailChoice.Wants.DUTIES)
    only_duties = set(wanting.values_list("person", flat=True)) if of_items else set()
    for reason, state, each in found:
        for one in of_items.get(each.item.pk, ()):
            if one.user.pk in only_duties or one.user.pk == each.by:
                continue
            yield from other_news(
                [(one.user, one.role, Why.TURN)],
                plan=each.item.plan,
                agency=one.agency,
                reason=reason,
                occasion=each.occasion,
                about=each.about,
                due_on=on,
                title=_("Item {number} {title}").format(
                    number=each.item.number, title=each.item.title
                ),
                sentence=f"{each.sentence} {one.why}",
                state=state,
                path=each.url,
                link=_("Open it"),
            )


def _within(field: str, on: date) -> Q:
    """Filter the dates about which a step is sent on the day."""
    found = Q(pk__in=())
    for _reason, at in STEPS:
        newest = on - timedelta(days=at)
        found |= Q(**{f"{field}__range": (newest - timedelta(days=SENT_WITHIN_DAYS - 1), newest)})
    return found


def _milestones(on: date) -> Iterator[_Dated]:
    """Yield open milestones that their agency has not answered. One query."""
    newer = Delay.objects.open(on).filter(
        milestone=OuterRef("pk"), found_on__gte=OuterRef("forecast_due")
    )
    asked = Variation.objects.pending().filter(milestone=OuterRef("pk"))
    answered = MilestoneAnswer.objects.pending().on_milestones().filter(milestone=OuterRef("pk"))
    rows = (
        Milestone.objects.open()
        .filter(
            _within("forecast_due", on),
            not_ended(on, "item__plan"),
            ~Exists(newer),
            ~Exists(asked),
            ~Exists(answered),
            item__in=WorkItem.objects.live(),
        )
        .select_related("item__plan__coordinating_agency", "responsible_agency")
        .order_by("item__number_key", "number")
    )
    for row in rows:
        yield _Dated(
            item=row.item,
            agency=row.responsible_agency,
            due=row.forecast,
            words=f"“{row}”",
            about=f"milestone {row.pk}",
            path=row.get_absolute_url(),
            asks=_("When it is done, mark it; if it comes later, say when, and why."),
            is_milestone=True,
        )


def _mitigations(on: date) -> Iterator[_Dated]:
    """Yield what agencies do about open delays and is not done. One query."""
    answered = MilestoneAnswer.objects.pending().filter(mitigation=OuterRef("pk"))
    rows = (
        Mitigation.objects.filter(
            _within("due_on", on),
            not_ended(on, "delay__milestone__item__plan"),
            Q(delay__ended_on=None) | Q(delay__ended_on__gt=on),
            ~Exists(answered),
            done_on=None,
            delay__milestone__completed_on=None,
            delay__milestone__withdrawn_on=None,
            delay__milestone__item__in=WorkItem.objects.live(),
        )
        .select_related("delay__milestone__item__plan__coordinating_agency", "owner_agency")
        .order_by("delay__milestone__item__number_key", "pk")
    )
    for row in rows:
        milestone = row.delay.milestone
        assert row.due_on is not None
        yield _Dated(
            item=milestone.item,
            agency=row.owner_agency,
            due=known(row.due_on),
            words=_("what it does about the delay of “{milestone}”").format(milestone=milestone),
            about=f"mitigation {row.pk}",
            path=milestone.get_absolute_url(),
            asks=_("When it is done, mark it there."),
            is_milestone=False,
        )
