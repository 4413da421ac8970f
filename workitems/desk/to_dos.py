"""To-dos on a user's home page. Reads only.

Each subject registers a source of its to-dos in `SOURCES`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from agencies.wording.translation import day_words
from workitems.models import Member, Plan
from workitems.terms.lateness import days_in_words
from workitems.terms.spans import in_words, span_in_words

# Per kind of to-do. Nobody reads a longer list to the end.
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Act:
    """A button that finishes a to-do from the desk: its words, and the URL that it posts to.

    The view redirects with `workitems.plan.views.lookups.after_act`, which leads back to the desk.
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
    # For the headline while nothing is due: what to do before then, or how many items to answer.
    ahead: str = ""
    items: int = 0
    # What the reader sent and another person has to act on: no to-do, and said so that nobody asks.
    waits_for_others: bool = False
    # What the reader sent, and nothing more is asked of it.
    is_done: bool = False

    def is_now(self, on: date) -> bool:
        """Whether it is late, due, or waits for the reader already."""
        return self.due <= on


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
    is_late: bool | None = None,
    act: Act | None = None,
    ahead: str = "",
    items: int = 0,
    waits_for_others: bool = False,
    is_done: bool = False,
) -> Line:
    """Return a to-do. It is never late for a reader who may not finish it. `is_late`: whether it is, if `due` does not say so."""
    return Line(
        due=due,
        plan=plan,
        what=what,
        detail=detail,
        when=when or days_until(due, on),
        is_late=may_finish and (due < on if is_late is None else is_late),
        url=url,
        act=act,
        ahead=ahead,
        items=items,
        waits_for_others=waits_for_others,
        is_done=is_done,
    )


def days_until(due: date, on: date) -> str:
    """ "Due today", "Due in 4 days", "Overdue by three months"."""
    days = (due - on).days
    if days == 0:
        return _("Due today")
    return (
        _("Due in {time}").format(time=days_in_words(days))
        if days > 0
        else _("Overdue by {time}").format(time=span_in_words(due, on))
    )


def since(then: date, on: date) -> str:
    """ "today", "yesterday", "12 days ago", "three weeks ago"."""
    days = (on - then).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return _("{time} ago").format(time=span_in_words(then, on))


def not_ended(on: Any, plan: str) -> Q:
    """Filter rows whose plan (the lookup `plan`) is adopted and has not ended."""
    is_open = Q(**{f"{plan}__ends_on": None}) | Q(**{f"{plan}__ends_on__gte": on})
    return Q(**{f"{plan}__adopted_on__isnull": False}) & is_open


# Functions that return to-dos of a user on a day. They register in `AppConfig.ready`.
SOURCES: list[Callable[[User, date], list[Line]]] = []
# What says in sentences how much the agencies owe through which a person reads plans.
OWED: list[Callable[[User, Collection[Plan], date], list[str]]] = []


def owed_by_agencies(user: User, plans: Collection[Plan], on: date) -> list[str]:
    return [sentence for source in OWED for sentence in source(user, plans, on)]


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, soonest due first."""
    lines = [line for source in SOURCES for line in source(user, on)]
    if lines:
        closed = _plans_left_by(user)
        lines = [line for line in lines if not line.url.startswith(closed)]
    return sorted(lines, key=lambda line: (line.due, line.what))


def names_for(user: User, on: date) -> list[str]:
    """Return what the user's to-dos are called, soonest due first."""
    return [line.what for line in lines_for(user, on) if not line.waits_for_others]


def _plans_left_by(user: User) -> tuple[str, ...]:
    """Return where the addresses begin of plans whose working group the user's agencies have left. One query."""
    agencies = {seat.agency_id for seat in user.current_seats if seat.agency_id}
    members = Member._base_manager.filter(agency__in=agencies).values_list("plan__slug", "left_on")
    read = {slug for slug, left_on in members if left_on is None}
    return tuple(reverse("plans:detail", args=[slug]) for slug, _ in members if slug not in read)


@dataclass(frozen=True)
class Group:
    """To-dos under a heading of the desk."""

    heading: str
    lines: list[Line]
    is_now: bool


def grouped(lines: list[Line], on: date) -> list[Group]:
    """Return the to-dos that wait now, those that come, what waits for others, and what is done."""
    own = [line for line in lines if not (line.waits_for_others or line.is_done)]
    now = [line for line in own if line.is_now(on)]
    soon = [line for line in own if not line.is_now(on)]
    sent = [line for line in lines if line.waits_for_others]
    found = [
        Group(_("For you now"), now, True),
        Group(_("Soon"), soon, False),
        Group(_("With others"), sent, False),
        Group(_("Done"), [line for line in lines if line.is_done], False),
    ]
    return [group for group in found if group.lines]


def headline(lines: list[Line], on: date) -> str:
    """Return how much waits: "Three things need you now", or what comes first."""
    count = sum(line.is_now(on) for line in lines)
    if not count:
        first = next((line for line in lines if line.ahead or line.items), None)
        if first is None:
            return _("Nothing needs you now")
        if not first.items:
            return _("Soon: {what}").format(what=first.ahead)
        # Of all returns that are due on that day.
        items = sum(line.items for line in lines if line.due == first.due)
        says = ngettext(
            "Soon: answer {number} item by {day}", "Soon: answer {number} items by {day}", items
        )
        return says.format(number=in_words(items), day=day_words(first.due))
    return ngettext("{number} thing needs you now", "{number} things need you now", count).format(
        number=in_words(count).capitalize()
    )
