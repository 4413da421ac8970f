"""Notices about consultations, and who receives them; a source of `workitems.notices`.

See docs/notices.md. Returns what is due as at a day; the log prevents sending it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Seat, by_short_name
from agencies.wording.translation import day_words
from reports.models import Briefing, Clearance
from workitems.models import Notice
from workitems.notices.news import (
    Addressed,
    OtherNews,
    Seats,
    each_once,
    other_news,
    step_of,
    until,
)
from workitems.terms.spans import span_in_words

Reason, Role = Notice.Reason, Seat.Role

# Days after the due date from which the coordinator is notified too.
COORDINATORS_AFTER_DAYS = 3


def about(row: Clearance) -> str:
    """Return the identifier of a clearance in the log of notices."""
    return f"clearance {row.pk}"


def due_notices(on: date) -> Iterator[OtherNews]:
    """Yield the notices of all consultations due as at a day. Four queries."""
    rows = list(
        Clearance.objects.asked()
        .filter(briefing__state=Briefing.State.IN_CONSULTATION)
        .select_related("briefing__plan__coordinating_agency", "agency")
        .order_by("due_on", by_short_name())
    )
    if not rows:
        return
    seats = Seats((row.briefing.plan for row in rows), (row.agency_id for row in rows), on)
    of_briefing: dict[int, list[Clearance]] = defaultdict(list)
    for row in rows:
        of_briefing[row.briefing_id].append(row)
        if localdate(row.asked_at) <= on and not row.is_answered:
            yield from _asked(row, seats, on)
            # Sent at once when the coordinator reminds; this is for what could not be sent then.
            if row.reminded_at and localdate(row.reminded_at) == on:
                yield from _reminded(row, seats, on)
    for group in of_briefing.values():
        if all(row.is_answered for row in group):
            yield from _answered(group, seats)


def _asked(row: Clearance, seats: Seats, on: date) -> Iterator[OtherNews]:
    coordinators = seats.coordinators(row.briefing.plan)
    everybody = _people(seats, row, Role.APPROVER, Role.CONTRIBUTOR) or coordinators
    turn = _turn(seats, row) or coordinators
    due = day_words(row.due_on)
    if row.reopened_because:
        yield from _lines(
                row, everybody, Reason.ASKED_AGAIN, f"version {row.version}",
                _("What your agency cleared has changed since, so it is asked again."),
                _("is asked for again"),
            )  # fmt: skip
    reason = step_of(row.due_on, localdate(row.asked_at), on, first=Reason.ASKED)
    if reason == Reason.ASKED:
        if row.reopened_because:
            return
        people, occasion = everybody, localdate(row.asked_at).isoformat()
        sentence = _("{agency} is asked to clear the draft by {day}, {until}.").format(
            agency=row.agency, day=due, until=until(row.due_on, on)
        )
        state = _("is asked for by {day}").format(day=due)
    elif reason == Reason.OVERDUE:
        late = (on - row.due_on).days
        people, occasion = turn, row.due_on.isoformat()
        if late >= COORDINATORS_AFTER_DAYS:
            people = each_once([*turn, *coordinators])
        sentence = _("It was due on {day} and is overdue by {span}.").format(
            day=due, span=span_in_words(row.due_on, on)
        )
        state = _("is overdue by {span}").format(span=span_in_words(row.due_on, on))
    else:
        people, occasion = turn, row.due_on.isoformat()
        sentence = _("It is due on {day}, {until}.").format(day=due, until=until(row.due_on, on))
        state = _("is due {until}").format(until=until(row.due_on, on))
    yield from _lines(row, people, reason, occasion, sentence, state)


def reminders(rows: Iterable[Clearance], on: date) -> Iterator[OtherNews]:
    """Yield the notices of agencies that are reminded of late answers, for their approvers.

    Contributors stand in for approvers.
    """
    rows = list(rows)
    seats = Seats((row.briefing.plan for row in rows), (row.agency_id for row in rows), on)
    for row in rows:
        yield from _reminded(row, seats, on)


def _reminded(row: Clearance, seats: Seats, on: date) -> Iterator[OtherNews]:
    late = span_in_words(row.due_on, on)
    return _lines(
            row, _turn(seats, row), Reason.REMINDED, on.isoformat(),
            _(
                "The coordinator asks for your agency’s answer. It was due on {day} and is overdue by "
                "{span}."
            ).format(day=day_words(row.due_on), span=late),
            _("is overdue by {span}").format(span=late),
        )  # fmt: skip


def _answered(group: list[Clearance], seats: Seats) -> Iterator[OtherNews]:
    first = group[0]
    occasion = f"versions {sum(row.version for row in group)}"
    sentence = _("Every agency that was asked has answered. The paper can go to authorisation.")
    people = seats.coordinators(first.briefing.plan)
    return _lines(first, people, Reason.ANSWERED, occasion, sentence, _("is complete"))


def _lines(
    row: Clearance,
    people: Iterable[Addressed],
    reason: Notice.Reason,
    occasion: str,
    sentence: str,
    state: str,
) -> Iterator[OtherNews]:
    briefing, number = row.briefing, row.briefing.name
    for each in people:
        is_coordinator = each[1] == Role.COORDINATOR
        yield from other_news(
            [each],
            plan=briefing.plan,
            agency=row.agency,
            reason=reason,
            occasion=occasion,
            about=about(row),
            due_on=row.due_on,
            title=_("Clearance of {briefing}").format(briefing=number)
            if reason == Reason.ANSWERED
            else _("Clearance of {briefing} by {agency}").format(
                briefing=number, agency=row.agency
            ),
            sentence=sentence,
            state=state,
            path=(
                reverse("briefings:clearance", args=[briefing.plan.slug, briefing.pk])
                if is_coordinator
                else row.get_absolute_url()
            ),
            link=_("See the answers") if is_coordinator else _("Read the draft and answer"),
        )


def _turn(seats: Seats, row: Clearance) -> list[Addressed]:
    """Return the agency's approvers, or the contributors, who stand in for them."""
    return _people(seats, row, Role.APPROVER) or _people(seats, row, Role.CONTRIBUTOR)


def _people(seats: Seats, row: Clearance, *roles: Seat.Role) -> list[Addressed]:
    return seats.sitting(row.briefing.plan, row.agency_id, *roles)
