"""Who is to get which notice on a day. Reads only.

Apps that this one may not import add their notices to `SOURCES`. The result is everything that is
due on the day; `sending` leaves out what the log of notices already has.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.utils.timezone import localdate, localtime

from agencies.models import Agency, Seat, User
from workitems.models import Member, Notice, Plan, Reminder, Return, Update
from workitems.services.answers import Answers, answers_of
from workitems.services.handover import Mending, is_from_mail, mendings_of

Reason = Notice.Reason
Role = Seat.Role

# (reason, days before the due date), the last reminder first.
REMINDERS = ((Reason.DUE_DAY, 1), (Reason.DUE_WEEK, 7))
# No reminder is sent earlier than this many days after the round was opened.
QUIET_AFTER_OPENING_DAYS = 2
# Days past the due date after which approvers and coordinators are notified as well. The people
# whose turn it is are notified on the first day.
APPROVERS_AFTER_DAYS = 3
COORDINATORS_AFTER_DAYS = 10


class Why(Enum):
    """Why a person is notified: it is their turn, they stand in for an empty role, or it is late."""

    TURN = "turn"
    STANDS_IN = "stands_in"
    LATE = "late"


# (reason, id of the return, other subject, occasion)
Key = tuple[str, int | None, str, str]


@dataclass(frozen=True, kw_only=True)
class ReturnNews:
    """News of a return for one person. `answers` is None once the return is accepted; `is_ready`
    is true if it can be submitted; `mendings` are the notes with which it was last sent back;
    `message` is the coordinator's reminder."""

    recipient: User
    told_as: Seat.Role
    why: Why
    reason: Notice.Reason
    occasion: str
    of_return: Return
    answers: Answers | None = None
    is_ready: bool = False
    mendings: Sequence[Mending] = ()
    message: str = ""

    @property
    def key(self) -> Key:
        """Together with the recipient, unique in the log."""
        return (self.reason, self.of_return.pk, "", self.occasion)

    @property
    def due_on(self) -> date:
        return self.of_return.due_on

    @property
    def agency(self) -> Agency:
        return self.of_return.agency

    @property
    def seat_agency(self) -> Agency:
        """The agency in which the person holds the role `told_as`."""
        if self.told_as == Role.COORDINATOR:
            return self.of_return.round.plan.coordinating_agency
        return self.of_return.agency


@dataclass(frozen=True, kw_only=True)
class OtherNews:
    """News of a subject of another app for one person. It comes with its text: `title`, `plan`
    and `sentence` for the body, `state` for the end of the subject line."""

    recipient: User
    told_as: Seat.Role
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

    @property
    def key(self) -> Key:
        return (self.reason, None, self.about, self.occasion)


News = ReturnNews | OtherNews
# Functions of other apps that return news for a day. They register in `AppConfig.ready`.
SOURCES: list[Callable[[date], Iterable[OtherNews]]] = []


Addressed = tuple[User, Seat.Role, Why]


class Seats:
    """Active users by agency and role on a day. Finds only users of the plan's member agencies,
    because others could not open the linked page."""

    def __init__(self, plans: Iterable[Plan], agencies: Iterable[int], on: date) -> None:
        plans = {plan.pk: plan for plan in plans}.values()
        agencies = {*agencies, *(plan.coordinating_agency_id for plan in plans)}
        self._members = set(Member.objects.filter(plan__in=plans).values_list("plan", "agency"))
        self._people: dict[tuple[int, str], list[User]] = defaultdict(list)
        for seat in (
            Seat.objects.on(on)
            .filter(agency__in=agencies, user__is_active=True)
            .select_related("user")
            .order_by("user__name", "user__email")
        ):
            self._people[seat.agency_id, seat.role].append(seat.user)

    def of_return(
        self, of_return: Return, *roles: Seat.Role, why: Why = Why.TURN
    ) -> list[Addressed]:
        """Return who holds these roles at the agency of a return."""
        return self.sitting(of_return.round.plan, of_return.agency_id, *roles, why=why)

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
    for user, role, _ in people:
        yield OtherNews(
            recipient=user,
            told_as=role,
            agency=agency,
            seat_agency=plan.coordinating_agency if role == Role.COORDINATOR else agency,
            plan=plan.title,
            **same,
        )


def news(on: date) -> list[News]:
    """Return all news of the day: of returns, and of other apps."""
    return [*return_news(on), *(each for source in SOURCES for each in source(on))]


def return_news(on: date, *, only: Collection[int] | None = None) -> list[ReturnNews]:
    """Return the day's news of returns in all open rounds, or only of those with these ids."""
    returns = Return.objects.filter(round__closed_at=None)
    if only is not None:
        returns = returns.filter(pk__in=only)
    begun = [
        each
        for each in returns.select_related("round__plan", "agency", "submitted_by", "ready_by")
        .select_related("entered_by")
        .soonest_first()
        if localdate(each.round.opened_at) <= on
    ]
    reminders: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in Reminder.objects.filter(round__in={each.round_id for each in begun}):
        if localdate(reminder.at) == on:
            reminders[reminder.round_id].append(reminder)
    seats = Seats((each.round.plan for each in begun), (each.agency_id for each in begun), on)
    found: list[ReturnNews] = []
    for each in begun:
        found += _of_return(each, reminders[each.round_id], seats, on)
    return found


def _of_return(
    of_return: Return, reminders: Sequence[Reminder], seats: Seats, on: date
) -> Iterator[ReturnNews]:
    def news_for(
        people: Iterable[Addressed], reason: Reason, occasion: str, **more: Any
    ) -> Iterator[ReturnNews]:
        for user, role, why in people:
            yield ReturnNews(
                recipient=user,
                told_as=role,
                why=why,
                reason=reason,
                occasion=occasion,
                of_return=of_return,
                **more,
            )

    version = f"version {of_return.version}"
    if of_return.state == Return.State.ACCEPTED:
        yield from news_for(_own_people(of_return, seats), Reason.ACCEPTED, version)
        return
    answers = answers_of(of_return, on)
    if of_return.state == Return.State.SUBMITTED:
        if _is_new(of_return.submitted_at, on):
            receivers = _receivers(of_return, seats)
            yield from news_for(receivers, Reason.SUBMITTED, version, answers=answers)
        return
    mendings = mendings_of(of_return) if of_return.state == Return.State.SENT_BACK else []
    is_ready = not answers.missing and all(each.is_mended for each in mendings)
    turn = _submitters(of_return, seats) if is_ready else _writers(of_return, seats)
    facts: dict[str, Any] = {"answers": answers, "is_ready": is_ready, "mendings": mendings}
    own = _own_people(of_return, seats) or turn
    if is_ready:
        said = _minute(of_return.ready_at) or version
        yield from news_for(turn, Reason.READY, said, **facts)
    elif of_return.state == Return.State.SENT_BACK:
        yield from news_for(own, Reason.SENT_BACK, version, **facts)
    if _is_new(of_return.entered_at, on):
        yield from news_for(own, Reason.ENTERED, _minute(of_return.entered_at), **facts)
    if of_return.extended_to is not None:
        yield from news_for(own, Reason.EXTENDED, of_return.extended_to.isoformat(), **facts)
    for each in reminders:
        yield from news_for(own, Reason.REMINDED, f"reminder {each.pk}", message=each.body, **facts)
    due = of_return.due_on.isoformat()
    match reminder(of_return, on):
        case Reason.OPENED:
            if of_return.state == Return.State.DUE and not is_ready:
                opened = localdate(of_return.round.opened_at).isoformat()
                yield from news_for(turn, Reason.OPENED, opened, **facts)
        case Reason.OVERDUE:
            late = _overdue(of_return, turn, seats, on)
            yield from news_for(late, Reason.OVERDUE, due, **facts)
        case reason:
            yield from news_for(turn, reason, due, **facts)


def _minute(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _is_new(at: datetime | None, on: date) -> bool:
    """Return whether it happened today or yesterday. It was told at once, or is told now."""
    return at is not None and 0 <= (on - localdate(at)).days <= 1


def reminder(of_return: Return, on: date) -> Notice.Reason:
    """Return the return's reminder for the day (see `step_of`)."""
    opened_on = localdate(of_return.round.opened_at)
    return step_of(of_return.due_on, opened_on, on, first=Reason.OPENED)


def step_of(due_on: date, begun_on: date, on: date, *, first: Notice.Reason) -> Notice.Reason:
    """Return the latest step that is due by the day: `first`, a reminder, or overdue.

    A step stays due until the next one, so a day on which no notices were sent loses nothing.
    """
    left = (due_on - on).days
    if left < 0:
        return Reason.OVERDUE
    length = (due_on - begun_on).days
    for reason, days in REMINDERS:
        if left <= days and length - days >= QUIET_AFTER_OPENING_DAYS:
            return reason
    return first


def _own_people(of_return: Return, seats: Seats) -> list[Addressed]:
    """Return the agency's contributors and approvers, each person once."""
    return seats.of_return(of_return, Role.CONTRIBUTOR, Role.APPROVER)


def _receivers(of_return: Return, seats: Seats) -> list[Addressed]:
    """Return who gets a receipt: the submitter and the contributors. If the coordinator submitted
    what came by email, the agency's approvers as well."""
    by = of_return.submitted_by
    own = _own_people(of_return, seats)
    from_mail = is_from_mail(of_return)
    people = [each for each in own if from_mail or each[1] == Role.CONTRIBUTOR or each[0] == by]
    if by is not None and by.is_active:
        role = Role.COORDINATOR if from_mail else Role.APPROVER
        people.append((by, role, Why.TURN))
    return each_once(people)


def _writers(of_return: Return, seats: Seats) -> list[Addressed]:
    """Return who must complete the return: contributors, or those who stand in for them."""
    contributors = seats.of_return(of_return, Role.CONTRIBUTOR)
    return contributors or _approvers(of_return, seats, Why.STANDS_IN)


def _approvers(of_return: Return, seats: Seats, why: Why) -> list[Addressed]:
    approvers = seats.of_return(of_return, Role.APPROVER, why=why)
    return approvers or seats.coordinators(of_return.round.plan)


def _submitters(of_return: Return, seats: Seats) -> list[Addressed]:
    """Return the approvers who did not write all of it, or else the coordinators."""
    authors = set(Update.objects.filter(of_return=of_return).values_list("written_by", flat=True))
    able = [each for each in seats.of_return(of_return, Role.APPROVER) if authors != {each[0].pk}]
    return able or seats.coordinators(of_return.round.plan)


def _overdue(of_return: Return, turn: list[Addressed], seats: Seats, on: date) -> list[Addressed]:
    late = (on - of_return.due_on).days
    people = list(turn)
    if late >= APPROVERS_AFTER_DAYS:
        people += _approvers(of_return, seats, Why.LATE)
    if late >= COORDINATORS_AFTER_DAYS:
        people += seats.coordinators(of_return.round.plan, Why.LATE)
    return each_once(people)


def each_once(people: Iterable[Addressed]) -> list[Addressed]:
    """Keep each person's first entry; a person may hold several seats."""
    first: dict[int, Addressed] = {}
    for addressed in people:
        first.setdefault(addressed[0].pk, addressed)
    return list(first.values())
