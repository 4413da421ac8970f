"""To-dos from variations and from what waits for release. A source of `desk`."""

from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended
from workitems.models import HeldEntry, Variation


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, in at most two queries."""
    lines: list[Line] = []
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
            due=on,
            on=on,
            plan=each.plan.title,
            what=str(each),
            detail=_("{place}, {agency}").format(place=each.place, agency=each.requesting_agency),
            when=_("Waiting for your recommendation")
            if each.state == Variation.State.REQUESTED
            else _("Waiting for the working group"),
            url=each.get_absolute_url(),
        )
        for each in pending
    ]
