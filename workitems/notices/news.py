"""News for people, and who is to get which on a day. Reads only.

Each subject registers a source of its news in `SOURCES`. The result is everything that is due on the
day; `sending` leaves out what the log of notices already has.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, Seat, User
from workitems.models import Member, Notice, Plan

Reason = Notice.Reason
Role = Seat.Role

# (reason, days before the due date), the last reminder first.
REMINDERS = ((Reason.DUE_DAY, 1), (Reason.DUE_WEEK, 7))
# No reminder is sent earlier than this many days after the round was opened.
QUIET_AFTER_OPENING_DAYS = 2


class Why(Enum):
    """Why a person is notified: it is their turn, they stand in for an empty role, or it is late."""

    TURN = "turn"
    STANDS_IN = "stands_in"
    LATE = "late"


# (reason, id of the return, other subject, occasion)
Key = tuple[str, int | None, str, str]
# File name, content, content type.
Attachment = tuple[str, bytes, str]
Addressed = tuple[User, Seat.Role, Why]


@dataclass(frozen=True)
class Answerable:
    """What an answer to an email does (an `AnswerKey.Act`), about which row of which plan, and what to know of it."""

    act: str
    about: int
    plan: int
    says: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The part of an email about one subject, such as a return. `acts` are the words and addresses of links that lead to what
    a person may want to answer, filled in; `address` is where an email about it can be sent."""

    title: str
    plan: str
    sentences: list[str]
    message: str
    url: str
    link: str
    headline: str
    attachments: Sequence[Attachment] = ()
    acts: Sequence[tuple[str, str]] = ()
    answerable: Answerable | None = None
    address: str = ""


class News(Protocol):
    """News of a subject for one person, who gets it in the `role` that they have at `seat_agency`."""

    @property
    def recipient(self) -> User: ...
    @property
    def role(self) -> Seat.Role: ...
    @property
    def reason(self) -> Notice.Reason: ...
    @property
    def occasion(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def agency(self) -> Agency: ...
    @property
    def seat_agency(self) -> Agency: ...
    @property
    def key(self) -> Key:
        """Together with the recipient, unique in the log."""
        ...

    @property
    def subject(self) -> str:
        """What the news is about: the news of one subject are one entry of an email."""
        ...

    def entry(self, news: Sequence[Any], on: date) -> Entry:
        """Return the entry for `news`: this one and the others of its subject for the same person."""
        ...


@dataclass(frozen=True, kw_only=True)
class OtherNews:
    """News that come with their text: `title`, `plan` and `sentence` for the body, `state` for the end
    of the subject line. `acts` and `answerable` are as in `Entry`, with paths."""

    recipient: User
    role: Seat.Role
    reason: Notice.Reason
    occasion: str
    about: str
    due_on: date
    agency: Agency
    seat_agency: Agency
    title: str
    plan: str
    sentence: str
    state: str
    path: str
    link: str
    acts: Sequence[tuple[str, str]] = ()
    answerable: Answerable | None = None

    @property
    def key(self) -> Key:
        return (self.reason, None, self.about, self.occasion)

    @property
    def subject(self) -> str:
        return self.about

    def entry(self, news: Sequence["OtherNews"], on: date) -> Entry:
        first = news[0]
        return Entry(
            title=one_line(first.title),
            plan=first.plan,
            sentences=[line.sentence for line in news],
            message="",
            url=absolute(first.path),
            link=first.link,
            headline=one_line(f"{first.title} {first.state}"),
            acts=[(words, absolute(path)) for words, path in first.acts],
            answerable=first.answerable,
        )


# Functions that return news for a day. They register in `AppConfig.ready`.
SOURCES: list[Callable[[date], Iterable[News]]] = []


MEMBERSHIP = ("plan", "agency", "left_on")


class Seats:
    """Active users by agency and role on a day. Finds only users of the plan's member agencies,
    because others could not open the linked page; and of those that left from `left_since` on, for news of a
    decision: what `has_left` goes with a link to a page that they can open."""

    def __init__(
        self,
        plans: Iterable[Plan],
        agencies: Iterable[int],
        on: date,
        *,
        left_since: date | None = None,
    ) -> None:
        plans = {plan.pk: plan for plan in plans}.values()
        agencies = {*agencies, *(plan.coordinating_agency_id for plan in plans)}
        stays = Q(left_on=None)
        if left_since is not None:
            stays |= Q(left_on__gte=left_since)
        rows = Member._base_manager.filter(stays, plan__in=plans)
        left_on = {(plan, agency): left for plan, agency, left in rows.values_list(*MEMBERSHIP)}
        self._members = set(left_on)
        self._left = {key for key, left in left_on.items() if left is not None}
        self._people: dict[tuple[int, str], list[User]] = defaultdict(list)
        for seat in (
            Seat.objects.on(on)
            .filter(agency__in=agencies, user__is_active=True)
            .select_related("user")
            .order_by("user__name", "user__email")
        ):
            self._people[seat.agency_id, seat.role].append(seat.user)

    def has_left(self, plan: Plan, agency: int) -> bool:
        """Whether the agency was a member and is none any more."""
        return (plan.pk, agency) in self._left

    def coordinators(self, plan: Plan, why: Why = Why.STANDS_IN) -> list[Addressed]:
        return self.sitting(plan, plan.coordinating_agency_id, Role.COORDINATOR, why=why)

    def sitting(
        self, plan: Plan, agency: int, *roles: Seat.Role, why: Why = Why.TURN
    ) -> list[Addressed]:
        """Return who holds these roles at an agency, each person once, in the first of them."""
        if (plan.pk, agency) not in self._members:
            return []
        return each_once((user, role, why) for role in roles for user in self._people[agency, role])


def other_news(
    people: Iterable[Addressed], *, plan: Plan, agency: Agency, **same: Any
) -> Iterator[OtherNews]:
    """Yield the same news of an agency for each person. A coordinator's seat is at the plan's
    coordinating agency."""
    for user, role, _why in people:
        yield OtherNews(
            recipient=user,
            role=role,
            agency=agency,
            seat_agency=plan.coordinating_agency if role == Role.COORDINATOR else agency,
            plan=plan.title,
            **same,
        )


def news(on: date) -> list[News]:
    """Return all news of the day."""
    return [each for source in SOURCES for each in source(on)]


def step_of(due_on: date, begun_on: date, on: date, *, first: Notice.Reason) -> Notice.Reason:
    """Return the latest step that is due by the day: `first`, a reminder, or overdue.

    A step stays due until the next one, so a day on which no notices were sent loses nothing.
    """
    days_ahead = (due_on - on).days
    if days_ahead < 0:
        return Reason.OVERDUE
    length = (due_on - begun_on).days
    for reason, days in REMINDERS:
        if days_ahead <= days and length - days >= QUIET_AFTER_OPENING_DAYS:
            return reason
    return first


def each_once(people: Iterable[Addressed]) -> list[Addressed]:
    """Keep each person's first entry; a person may hold several seats."""
    first: dict[int, Addressed] = {}
    for addressed in people:
        first.setdefault(addressed[0].pk, addressed)
    return list(first.values())


def until(due_on: date, on: date) -> str:
    days_ahead = (due_on - on).days
    if days_ahead == 0:
        return _("today")
    if days_ahead == 1:
        return _("tomorrow")
    return ngettext("in {count:,} day", "in {count:,} days", days_ahead).format(count=days_ahead)


def one_line(text: str) -> str:
    """Collapse whitespace, so that a line break in an imported name cannot inject a mail header."""
    return " ".join(text.split())


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
