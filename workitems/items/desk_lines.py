"""To-dos for milestones that are due and for items given to the person or their unit. A source of `desk`."""

from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, days_until, line, not_ended
from workitems.models import Milestone, MilestoneAnswer
from workitems.models.item import Stage
from workitems.plan.assigned import waiting_for
from workitems.rules import WRITERS
from workitems.terms.known_dates import KnownDate, KnownTo

SHOWN_AHEAD_DAYS = 30


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, in at most two queries."""
    own = user.agencies_as(*WRITERS)
    return [*_milestones(own, on), *_given(user, on)] if own else []


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
        # Answered in a return that is not submitted yet; nobody else may know.
        .exclude(pk__in=MilestoneAnswer.objects.pending().on_milestones().values("milestone"))
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


def _when(due: KnownDate, on: date) -> str:
    """ "Due in June 2027" of a month or quarter that has not ended, else as `days_until`."""
    is_exact = due.known_to == KnownTo.DAY or due.last_day < on
    return days_until(due.last_day, on) if is_exact else _("Due {on_day}").format(on_day=due.on)
