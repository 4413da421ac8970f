"""To-dos for roles that wait for a second person. A source of `desk`."""

from datetime import date
from typing import Any

from django.db.models import Exists, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.people.confirming import confirmers_of
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Act, Line, line
from workitems.models import Member


def lines_for(user: User, on: date) -> list[Line]:
    """Return the seats that the user may confirm, and the user's own that wait. One query."""
    seats = _unconfirmed(
        user=user.pk,
        approving=user.agencies_as(Seat.Role.APPROVER),
        coordinating=user.agencies_as(Seat.Role.COORDINATOR),
        on=on,
    )
    return [
        _own(seat, on) if seat.user_id == user.pk else _to_confirm(seat, on)
        for seat in seats
        if seat.user_id != user.pk or seat.is_waiting(on)
    ]


@composed
def _unconfirmed(user: Any, approving: Any, coordinating: Any, on: Any) -> Any:
    members = Member.objects.filter(
        plan__adopted_on__isnull=False, plan__coordinating_agency__among=coordinating
    )
    administers = Exists(User.objects.filter(pk=user, is_superuser=True))
    theirs = Q(agency__among=approving) | Q(agency__in=members.values("agency"))
    rows = Seat.objects.unconfirmed().during(on, None)
    rows = rows.filter(Q(user=user) | (theirs | administers) & ~Q(given_by=user))
    return rows.select_related("user", "agency", "given_by").order_by("pk")[:SHOWN_AT_MOST]


def _to_confirm(seat: Seat, on: date) -> Line:
    return line(
        due=on,
        on=on,
        plan="",
        what=_("Confirm that {person} is {position}").format(
            person=seat.user, position=seat.position
        ),
        detail=_("{giver} gave this role. A second person must agree, or end it.").format(
            giver=seat.given_by
        ),
        when=_("Now"),
        url=reverse("agencies:seats", args=[seat.place]),
        act=Act(_("Confirm"), reverse("agencies:confirm-seat", args=[seat.place, seat.pk])),
    )


def _own(seat: Seat, on: date) -> Line:
    return line(
        due=on,
        on=on,
        plan="",
        what=_("You will be {position}").format(position=seat.position),
        detail=waiting_words(seat, on),
        when=_("Waiting"),
        url=reverse("home"),
    )


def waiting_words(seat: Seat, on: date) -> str:
    """Name the people for whom the role waits, and from which day it counts in any case."""
    if seat.counts_from:
        return _(
            "{giver} gave you this role. A second person would have to confirm it: another approver of {place}, another "
            "coordinator of its plans, or an administrator. There is none, so it takes effect, and you can read the plans, from {day}."
        ).format(giver=seat.given_by, place=seat.place, day=day_words(seat.counts_from))
    people = [str(person) for person in confirmers_of(seat, on)]
    return _(
        "{giver} gave you this role. A second person has to confirm it first: {people}. We have emailed them, and will "
        "email you when it is done."
    ).format(giver=seat.given_by, people=_one_of(people))


def _one_of(people: list[str]) -> str:
    *others, last = people or [_("an administrator")]
    return _("{people} or {last}").format(people=", ".join(others), last=last) if others else last
