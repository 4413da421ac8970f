"""To-dos from variations and from what waits for release. A source of `desk`."""

from datetime import date
from typing import Any

from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended
from workitems.models import HeldEntry, Variation
from workitems.rules import WRITERS
from workitems.terms.asked_changes import later_than_asked


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, in at most three queries."""
    lines: list[Line] = []
    writing = user.agencies_as(*WRITERS)
    if writing:
        lines += _overtaken(writing, on)
    approving = user.agencies_as(Seat.Role.APPROVER)
    if approving:
        lines += _to_release(approving, on)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _variations(coordinating, on)
    return lines


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


@composed
def _expected_later(agencies: Any, on: Any) -> Any:
    rows = Variation.objects.pending().filter(
        not_ended(on, "plan"),
        kind=Variation.Kind.DATE,
        requesting_agency__among=agencies,
        due_after__lt=F("milestone__forecast_due"),
        milestone__completed_on=None,
        milestone__withdrawn_on=None,
    )
    related = ("plan", "item__plan", "milestone__responsible_agency")
    return rows.select_related(*related).order_by("requested_at")[:SHOWN_AT_MOST]


def _overtaken(agencies: set[int], on: date) -> list[Line]:
    """Requests of these agencies for a date than which the milestone is expected later by now."""
    found = []
    for each in _expected_later(agencies=agencies, on=on):
        row, agency = each.milestone, each.milestone.responsible_agency.short_name
        if words := later_than_asked(each.after, row.agreed, row.forecast, agency):
            found.append(
                line(
                    due=on,
                    on=on,
                    plan=each.plan.title,
                    what=_("Withdraw {reference}, and ask for the new date: {asks}").format(
                        reference=each.reference, asks=each.asks
                    ),
                    detail=words,
                    when=_("Now"),
                    url=each.get_absolute_url(),
                )
            )
    return found


def _variations(agencies: set[int], on: date) -> list[Line]:
    pending = (
        Variation.objects.pending()
        .filter(not_ended(on, "plan"), plan__coordinating_agency__in=agencies)
        .for_meetings()
        .select_related("plan", "item__plan", "milestone", "requesting_agency")
        .order_by("requested_at")[:SHOWN_AT_MOST]
    )
    return [
        line(
            due=on if each.state == Variation.State.REQUESTED else date.max,
            on=on,
            plan=each.plan.title,
            what=str(each),
            detail=_("{place}, {agency}").format(place=each.place, agency=each.requesting_agency),
            when=_("Waiting for your recommendation")
            if each.state == Variation.State.REQUESTED
            else _("Waiting for the working group"),
            url=each.get_absolute_url(),
            # The coordinator has advised: only the group can act now, at its meeting.
            waits_for_others=each.state == Variation.State.RECOMMENDED,
        )
        for each in pending
    ]
