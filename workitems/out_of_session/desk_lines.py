"""To-dos from the working group's decisions: actions to do and to confirm, answers out of session.

A source of `desk`.
"""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended, since
from workitems.models import Action, Decision, OutOfSession, OutOfSessionAnswer
from workitems.rules import WRITERS
from workitems.variations.votes import count_of


def lines_for(user: User, on: date) -> list[Line]:
    """Return the lines for `user` as at `on`, in at most five queries."""
    lines: list[Line] = []
    own = user.agencies_as(*WRITERS)
    if own:
        lines += _actions(own, on)
    approving = user.agencies_as(Seat.Role.APPROVER)
    if approving:
        lines += _to_answer(approving, on)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _to_confirm(coordinating, on)
        lines += _out_of_session(coordinating, on)
    return lines


def _of_living_plans(on: Any) -> Q:
    return not_ended(on, "meeting__plan") & Q(out_of_session=None) | not_ended(
        on, "out_of_session__variation__plan"
    ) & Q(meeting=None)


@composed
def _to_do(agencies: Any, on: Any) -> Any:
    rows = Decision.objects.open(on).filter(
        _of_living_plans(on), owner_agency__among=agencies, due_on__isnull=False
    )
    rows = rows.select_related("meeting__plan", "out_of_session__variation__plan")
    return rows.order_by("due_on")[:SHOWN_AT_MOST]


def _actions(agencies: set[int], on: date) -> list[Line]:
    to_do = _to_do(agencies=agencies, on=on)
    return [
        action_line(
            each, _("Decided by the working group, {origin}").format(origin=each.origin), on
        )
        for each in to_do
    ]


def action_line(row: Action, origin: str, on: date) -> Line:
    """Return the line of an action to do; `origin` says what it follows from."""
    assert row.due_on is not None
    return line(
        due=row.due_on,
        on=on,
        plan=row.plan.title,
        what=row.text,
        detail=_("Reopened: {reason}").format(reason=row.reopened_because)
        if row.reopened_because
        else origin,
        # Lateness of an ended plan does not grow.
        when=_("Was due on {day}").format(day=day_words(row.due_on))
        if row.due_on < on and row.plan.has_ended(on)
        else "",
        url=row.get_absolute_url(),
    )


def _to_confirm(agencies: set[int], on: date) -> list[Line]:
    done = (
        Decision.objects.to_confirm()
        .filter(
            Q(meeting__plan__coordinating_agency__in=agencies)
            | Q(out_of_session__variation__plan__coordinating_agency__in=agencies)
        )
        .filter(_of_living_plans(on))
        .select_related("meeting__plan", "out_of_session__variation__plan", "owner_agency")
        .order_by("done_on", "pk")[:SHOWN_AT_MOST]
    )
    return [confirm_line(each, on) for each in done]


def confirm_line(row: Action, on: date) -> Line:
    """Return the line of an action that its agency marked as done, for the coordinator."""
    assert row.done_on is not None
    return line(
        due=on,
        on=on,
        plan=row.plan.title,
        what=_("Confirm: {text}").format(text=row.text),
        detail=_("{agency} marked it as done: {done_note}").format(
            agency=row.owner_agency, done_note=row.done_note
        ),
        when=_("Done {since}").format(since=since(row.done_on, on)),
        url=row.get_absolute_url(),
    )


def _to_answer(agencies: set[int], on: date) -> list[Line]:
    waiting = (
        OutOfSessionAnswer.objects.filter(
            not_ended(on, "out_of_session__variation__plan"),
            out_of_session__state=OutOfSession.State.OPEN,
            choice="",
            agency__in=agencies,
        )
        .select_related(
            *("agency", "out_of_session__variation__plan", "out_of_session__variation__item"),
            "out_of_session__variation__milestone",
        )
        .order_by("out_of_session__due_on", "pk")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=each.out_of_session.due_on,
            on=on,
            plan=each.out_of_session.variation.plan.title,
            what=_("Answer for {agency}: {name}?").format(
                agency=each.agency, name=each.out_of_session.variation
            ),
            detail=each.out_of_session.variation.place,
            url=each.out_of_session.get_absolute_url(),
        )
        for each in waiting
    ]


def _out_of_session(agencies: set[int], on: date) -> list[Line]:
    """Return a line for each open decision. It is never late: the coordinator waits for others."""
    rows = (
        OutOfSession.objects.open()
        .filter(not_ended(on, "variation__plan"), variation__plan__coordinating_agency__in=agencies)
        .select_related("variation__plan", "variation__item", "variation__milestone")
        .prefetch_related(Prefetch("answers", OutOfSessionAnswer.objects.asked()))
        .order_by("due_on", "pk")[:SHOWN_AT_MOST]
    )
    lines = []
    for each in rows:
        found = count_of(each, (answer.choice for answer in each.answers.all()), on)
        counts = f"{found.words[:1].upper()}{found.words[1:]}"
        if found.can_close:
            counts = _("You can close it. {counts}").format(counts=counts)
        elif found.is_over:
            counts = _("Give more time, or end it. {counts}").format(counts=counts)
        lines.append(
            line(
                due=each.due_on,
                on=on,
                plan=each.variation.plan.title,
                what=_("Being decided out of session: {name}").format(name=each.variation),
                detail=counts,
                when=_("Time is over") if found.is_over else "",
                may_finish=False,
                url=each.get_absolute_url(),
            )
        )
    return lines
