"""News of returns: what is to be done by when, and what was decided. A source of `notices.news`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate, localtime

from agencies.models import WRITING_ROLES, Seat
from workitems.models import Notice, Reminder, Return, ReturnNote, Update, Variation
from workitems.notices.news import Addressed, Seats, Why, each_once, step_of
from workitems.notices.sending import log_as_told, mail_at_once
from workitems.returns.news_words import ReturnNews
from workitems.returns.services.answers import answers_of
from workitems.returns.services.handover import is_from_mail, mendings_of

Reason = Notice.Reason
Role = Seat.Role

# Days past the due date after which approvers and coordinators are notified as well. The people
# whose turn it is are notified on the first day.
APPROVERS_AFTER_DAYS = 3
COORDINATORS_AFTER_DAYS = 10
# An acceptance is news for so long, also once its round is closed.
ACCEPTED_DAYS = timedelta(days=7)


def return_news(on: date, *, only: Collection[int] | None = None) -> list[ReturnNews]:
    """Return the day's news of returns in all open rounds and of those accepted lately, or only of those with these ids."""
    is_open = Q(round__closed_at=None)
    # A round is often closed with its last acceptance. Nobody submitted what a spreadsheet said.
    accepted = Q(state=Return.State.ACCEPTED, accepted_on__range=(on - ACCEPTED_DAYS, on))
    told_closed = accepted & Q(submitted_by__isnull=False)
    returns = Return.objects.expected().filter(is_open | told_closed)
    returns = returns.exclude(state=Return.State.MOVED)
    if only is not None:
        returns = returns.filter(pk__in=only)
    own_notes = ReturnNote.objects.filter(of_return=OuterRef("pk"), is_own=True)
    returns = returns.annotate(has_own_notes=Exists(own_notes))
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
        people: Iterable[Addressed], reason: Reason, occasion: str, **details: Any
    ) -> Iterator[ReturnNews]:
        for user, role, why in people:
            yield ReturnNews(
                recipient=user,
                role=role,
                why=why,
                reason=reason,
                occasion=occasion,
                of_return=of_return,
                **details,
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
    may_ask = of_return.state == Return.State.SENT_BACK or of_return.has_own_notes  # type: ignore[attr-defined]
    mendings = mendings_of(of_return) if may_ask else []
    # Whoever says that it is ready says so of the notes too.
    is_ready = not answers.missing and (
        of_return.ready_at is not None or all(each.is_mended for each in mendings)
    )
    turn = _submitters(of_return, seats) if is_ready else _writers(of_return, seats)
    facts: dict[str, Any] = {"answers": answers, "is_ready": is_ready, "mendings": mendings}
    own = _own_people(of_return, seats) or turn
    if is_ready:
        occasion = _minute(of_return.ready_at) or version
        yield from news_for(turn, Reason.READY, occasion, **facts)
    elif of_return.state == Return.State.SENT_BACK:
        yield from news_for(own, Reason.SENT_BACK, version, **facts)
    # The approver's own note does not leave the agency.
    for note in (mending.note for mending in mendings if not mending.is_mended):
        if note.is_own and _is_new(note.at, on):
            others = [person for person in _own_people(of_return, seats) if person[0] != note.by]
            said: dict[str, Any] = {"note": note, "message": note.body, **facts}
            yield from news_for(others, Reason.SENT_BACK, f"note {note.pk}", **said)
    if _is_new(of_return.entered_at, on):
        yield from news_for(own, Reason.ENTERED, _minute(of_return.entered_at), **facts)
    if _is_new(of_return.alone_allowed_at, on):
        # Not its coordinators, who allow it.
        people = _own_people(of_return, seats)
        yield from news_for(people, Reason.ALONE, _minute(of_return.alone_allowed_at), **facts)
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
    """Return whether it happened today or yesterday. The news was emailed at once, or is sent now."""
    return at is not None and 0 <= (on - localdate(at)).days <= 1


def reminder(of_return: Return, on: date) -> Notice.Reason:
    """Return the return's reminder for the day (see `step_of`)."""
    opened_on = localdate(of_return.round.opened_at)
    return step_of(of_return.due_on, opened_on, on, first=Reason.OPENED)


def _own_people(of_return: Return, seats: Seats) -> list[Addressed]:
    """Return the agency's contributors and approvers, each person once."""
    return _sitting(of_return, seats, *WRITING_ROLES)


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
    """Return who must complete the return: contributors, or else approvers, or else the coordinators."""
    contributors = _sitting(of_return, seats, Role.CONTRIBUTOR)
    return contributors or _approvers(of_return, seats, Why.STANDS_IN)


def _approvers(of_return: Return, seats: Seats, why: Why) -> list[Addressed]:
    approvers = _sitting(of_return, seats, Role.APPROVER, why=why)
    return approvers or seats.coordinators(of_return.round.plan)


def _submitters(of_return: Return, seats: Seats) -> list[Addressed]:
    """Return the approvers who did not write all of it, or else the coordinators."""
    authors = set(Update.objects.filter(of_return=of_return).values_list("written_by", flat=True))
    may_alone = of_return.alone_allowed_at is not None
    approvers = _sitting(of_return, seats, Role.APPROVER)
    able = [each for each in approvers if may_alone or authors != {each[0].pk}]
    return able or seats.coordinators(of_return.round.plan)


def _overdue(of_return: Return, turn: list[Addressed], seats: Seats, on: date) -> list[Addressed]:
    late = (on - of_return.due_on).days
    people = list(turn)
    if late >= APPROVERS_AFTER_DAYS:
        people += _approvers(of_return, seats, Why.LATE)
    if late >= COORDINATORS_AFTER_DAYS:
        people += seats.coordinators(of_return.round.plan, Why.LATE)
    return each_once(people)


def _sitting(
    of_return: Return, seats: Seats, *roles: Seat.Role, why: Why = Why.TURN
) -> list[Addressed]:
    """Return who holds these roles at the agency of a return."""
    return seats.sitting(of_return.round.plan, of_return.agency_id, *roles, why=why)


def notify_asked_again(decided: Variation, *, on: date, at: datetime) -> None:
    """Email at once the new lead whose return went back to it by a decision."""
    if decided.kind != Variation.Kind.LEAD:
        return
    returns = Return.objects.filter(
        round__plan=decided.plan_id, round__closed_at=None, agency=decided.agency_after
    )
    sent_back = returns.filter(state=Return.State.SENT_BACK)
    notify_at_once(sent_back, Reason.SENT_BACK, on=on, at=at)


def notify_joined(seat: Seat, at: datetime) -> None:
    """Email at once who accepted an invitation which returns of the agency are open.

    An invitation that was sent since a round opened has told of it. The log then says so, so that no other email does.
    """
    on = localdate(at)
    if seat.role not in WRITING_ROLES or seat.is_waiting(on):
        return
    invited_at = seat.invitation.sent_at
    for line in _open_for(seat, on):
        if line.of_return.round.opened_at <= invited_at:
            told_on = localdate(invited_at)
            log_as_told(seat.user, [line], on=told_on, at=invited_at, at_once=True)
    # What is logged is left out.
    mail_at_once(lambda: _open_for(seat, on), on=on, at=at)


def _open_for(seat: Seat, on: date) -> list[ReturnNews]:
    owed = Return.objects.waiting_for_agency().filter(agency=seat.agency_id, round__closed_at=None)
    return [
        ReturnNews(
            recipient=seat.user,
            role=Role(seat.role),
            why=Why.TURN,
            reason=Reason.OPENED,
            occasion=localdate(each.round.opened_at).isoformat(),
            of_return=each,
            answers=answers_of(each, on),
        )
        for each in owed.select_related("round__plan", "agency", "submitted_by", "ready_by")
        if localdate(each.round.opened_at) <= on
    ]


def notify_at_once(
    returns: Iterable[Return], *reasons: Notice.Reason, on: date, at: datetime
) -> None:
    """Email the news of these reasons once the transaction is committed.

    What cannot be sent then, the next run of `send_notices` sends.
    """
    ids = [each.pk for each in returns]
    mail_at_once(
        lambda: [line for line in return_news(on, only=ids) if line.reason in reasons],
        on=on,
        at=at,
    )
