"""Hand over what an ended agency holds to its successor, in one act."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Invitation, Seat, User
from agencies.people import letters
from agencies.people.services.conflicts import Refused, locked, need_reason
from agencies.people.services.seats import email_about_seat, give_seat
from agencies.people.succession import HOLDINGS, HandOver, Holding, agency_on, save_row
from agencies.records import history
from agencies.typed.asking import Fault
from agencies.wording.translation import day_words


@transaction.atomic
def hand_over(
    *, agency: Agency, version: int, reason: str, by: User, on: date, at: datetime
) -> Agency:
    """Move what an ended agency leads, owes and holds to its successor.

    Its own history row is the act; each row that moves has one with the same reason. Raise `Conflict` if
    another user saved the agency first, and `Refused` without a reason or with `handing_over_faults`.
    """
    agency = locked(agency, version=version, related=("successor",))
    need_reason(reason, _("Say why its work goes to the successor."))
    Refused.raise_any(handing_over_faults(agency, on))
    assert agency.successor is not None  # one of the faults
    to = agency_on(agency.successor, on)
    act = HandOver(agency=agency, to=to, on=on, at=at, by=by, reason=reason)
    for holding in HOLDINGS:
        holding.move(act)
    return history.save_version(agency, by=by, reason=reason, at=at)


def handing_over_faults(agency: Agency, on: date) -> Iterator[Fault]:
    """Yield why an agency cannot hand over on a day: it goes on, nobody succeeds it, or a subject's own."""
    if agency.valid_to is None:
        yield _("{agency} has no last day. Enter it first.").format(agency=agency), None
    elif agency.valid_to > on:
        yield (
            _("{agency} hands over on {day} or later: until then it works on.").format(
                agency=agency, day=day_words(agency.valid_to)
            ),
            None,
        )
    elif agency.successor is None:
        yield _("{agency} has no successor. Enter it first.").format(agency=agency), None
    else:
        to = agency_on(agency.successor, on)
        if not to.exists_on(on):
            yield (
                _("{agency} does not exist on {day}. Choose another successor.").format(
                    agency=to, day=day_words(on)
                ),
                None,
            )
        for holding in HOLDINGS:
            yield from holding.faults(agency, to, on)


class People(Holding):
    """The seats: each ends here, and goes on with the same role at the successor. Each person is emailed once."""

    def move(self, act: HandOver) -> None:
        moved: dict[User, list[Seat]] = {}
        for seat in self.rows(act.agency.pk, act.on).select_related("user", "agency"):
            moved.setdefault(seat.user, []).append(_move_seat(seat, act))
        for user, seats in moved.items():
            if user.is_active and user != act.by:
                mail = partial(letters.email_that_seats_moved, seats, agency=act.agency, by=act.by)
                transaction.on_commit(mail)


def _move_seat(seat: Seat, act: HandOver) -> Seat:
    """End a seat, and return that at the successor: a new one, unless the person has the role there."""
    from_on, to_on = max(seat.from_on, act.on), seat.to_on
    if seat.from_on <= act.last_day:
        seat.to_on = act.last_day
        save_row(seat, "to_on", act=act)
    else:
        seat.withdrawn_at = act.at
        save_row(seat, "withdrawn_at", act=act)
    held = Seat.objects.filter(user=seat.user, role=seat.role, agency=act.to)
    own: Seat | None = held.during(from_on, to_on).first()
    if own is not None:
        return own
    given = give_seat(
        user=seat.user,
        place=act.to,
        role=Seat.Role(seat.role),
        from_on=from_on,
        to_on=to_on,
        by=act.by,
        given_by=act.by,
        reason=act.because,
    )
    if given.is_unconfirmed:
        email_about_seat(given, by=act.by, on=act.on)
    return given


class Invitations(Holding):
    """The invitations: their links named the ended agency, so they are withdrawn."""

    def move(self, act: HandOver) -> None:
        for invitation in self.rows(act.agency.pk, act.on):
            invitation.withdrawn_at = act.at
            save_row(invitation, "withdrawn_at", act=act)


def _seats(agency: int, on: date) -> "models.QuerySet[Seat]":
    return Seat.objects.during(on, None).filter(agency=agency)


def _invitations(agency: int, on: date) -> "models.QuerySet[Invitation]":
    return Invitation.objects.waiting().filter(agency=agency)


PEOPLE = (
    People(gettext_lazy("People"), _seats, "agency", "user__name"),
    Invitations(
        gettext_lazy("Invitations, which will be withdrawn"), _invitations, "agency", "name"
    ),
)
