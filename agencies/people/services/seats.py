"""Give, cover, end and withdraw seats."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Appointment, Place, Seat, User, columns_of
from agencies.people import confirming, letters
from agencies.records import history
from agencies.rules import is_administrator, is_second_person
from agencies.typed.asking import Fault
from agencies.typed.fields import Refusal
from agencies.wording.translation import day_words

Role = Seat.Role

# What an agency can no longer do without a seat of the role.
LOST_WITH_THE_LAST = {
    Role.APPROVER: gettext_lazy(
        "From {day} {place} would have no approver: nobody there could submit its return "
        "or manage its users."
    ),
    Role.COORDINATOR: gettext_lazy(
        "From {day} {place} would have no coordinator: nobody there could open rounds, "
        "accept returns or write the briefing."
    ),
}

LOST_NOW = {
    Role.APPROVER: gettext_lazy(
        "{place} has no approver now: nobody there can submit its return or manage its users."
    ),
    Role.COORDINATOR: gettext_lazy(
        "{place} has no coordinator now: nobody there can open rounds, accept returns or write the "
        "briefing."
    ),
}


class SeatRefused(Refusal):
    """A refused write of a seat or an invitation."""


class NobodyLeft(SeatRefused):
    """The seat is the agency's last one of its role. The user may confirm and end it."""


@transaction.atomic
def give_seat(
    *,
    user: User,
    place: Place,
    role: Seat.Role,
    from_on: date,
    to_on: date | None = None,
    by: User | None,
    given_by: User | None = None,
    given_at: datetime | None = None,
    reason: str = "",
    actor: str = "",
) -> Seat:
    """Give a user a role in a place from `from_on` to `to_on` (the last day; None: no end).

    `actor` names a command that writes without a user. `given_by` chose the person, at `given_at` or now: a role that
    signs waits for a second person if it must (`confirming.let_wait`), who are emailed.

    Raise `SeatRefused` if the user already holds that role there on any of these days, if
    `to_on` is before `from_on`, or if the agency does not exist on `from_on`.
    """
    # Lock the user's row, so that two seats for one user are not given at once.
    User.objects.select_for_update().get(pk=user.pk)
    check_period(place, from_on, to_on)
    seat = Seat(user=user, role=role, from_on=from_on, to_on=to_on, **columns_of(place))
    others = Seat.objects.filter(user=user, role=role, **columns_of(place))
    if others.during(from_on, to_on).exists():
        raise SeatRefused(
            _("{user} is already {position} for part of that time.").format(
                user=user, position=seat.position
            )
        )
    if given_by is not None:
        today = timezone.localdate(history.moment_of_writing())
        confirming.let_wait(seat, given_by=given_by, on=today, given_at=given_at)
    return history.save(seat, by=by, reason=reason, actor=actor)


def check_period(place: Place, from_on: date, to_on: date | None) -> None:
    """Raise `SeatRefused` with all that is wrong with a seat's days."""
    SeatRefused.raise_any(period_faults(place, from_on, to_on))


def period_faults(
    place: Place, from_on: date | None, to_on: date | None, today: date | None = None
) -> Iterator[Fault]:
    """Yield what is wrong with a seat's days. `today` is for a seat that is not to begin earlier."""
    if from_on is None:
        return
    if today is not None and from_on < today:
        yield _("Enter today or a later day."), "from_on"
    elif not place.exists_on(from_on):
        yield (
            _("{place} does not exist on {day}.").format(place=place, day=day_words(from_on)),
            "from_on",
        )
    if to_on is not None and to_on < from_on:
        yield (
            _("The role would end on {day}, before it begins.").format(day=day_words(to_on)),
            "to_on",
        )


def lock(place: Place) -> None:
    """Lock the rows of the place, so that changes to its seats are made one after the other."""
    if isinstance(place, Agency):
        Agency.objects.select_for_update().get(pk=place.pk)
    else:
        list(Appointment.objects.select_for_update().filter(portfolio=place.portfolio))


@transaction.atomic
def cover_leave(
    *,
    user: User,
    agency: Agency,
    role: Seat.Role,
    from_on: date,
    to_on: date,
    by: User,
    reason: str,
    today: date,
) -> Seat:
    """Give a colleague a second role in their agency for a period.

    The same request again returns the first seat. Raise `SeatRefused` if `from_on` is before
    `today`, if the user holds no seat in the agency today, or if `give_seat` refuses.
    """
    # Lock the user's row, so that the second of two clicks finds the first one's seat.
    User.objects.select_for_update().get(pk=user.pk)
    SeatRefused.raise_any(period_faults(agency, from_on, to_on, today))
    held = Seat.objects.filter(user=user, agency=agency)
    if not held.on(today).exists():
        raise SeatRefused(
            _("{user} is not a user of {agency} today. Invite them instead.").format(
                user=user, agency=agency
            ),
            "user",
        )
    same: Seat | None = held.filter(
        role=role, from_on=from_on, to_on=to_on, withdrawn_at=None
    ).first()
    if same is not None:
        return same
    seat = give_seat(
        user=user,
        place=agency,
        role=role,
        from_on=from_on,
        to_on=to_on,
        by=by,
        given_by=by,
        reason=reason,
    )
    if user == by or seat.is_unconfirmed:
        email_about_seat(seat, by=by, on=today)
    return seat


@transaction.atomic
def confirm_seat(*, seat: Seat, by: User, at: datetime) -> Seat:
    """Record that a second person agrees with a seat, which counts from now on.

    Its holder is emailed. A second click changes nothing. Raise `SeatRefused` for who gave or holds it, and for one that ended.
    """
    seat = _locked(seat)
    if not seat.is_unconfirmed:
        return seat
    if by.pk in (seat.given_by_id, seat.user_id):
        raise SeatRefused(
            _("You gave this role or hold it yourself. A second person must confirm it.")
        )
    if not is_second_person(by, seat):
        raise SeatRefused(
            _(
                "You have your own role from the person who gave or holds this one. Somebody else must confirm it."
            )
        )
    if seat.is_over(timezone.localdate(at)):
        raise SeatRefused(_("This role has ended."))
    seat.confirmed_by, seat.confirmed_at = by, at
    history.save(seat, by=by, at=at, fields=["confirmed_by", "confirmed_at"])
    transaction.on_commit(lambda: letters.email_that_seat_counts(seat, by=by))
    return seat


def email_about_seat(seat: Seat, *, by: User, on: date) -> None:
    """Email the others who look after the place, once the seat is saved (`letters.email_about_seat`).

    For people who seat themselves, and for administrators, who could do so in another name.
    """
    transaction.on_commit(lambda: letters.email_about_seat(seat, by=by, on=on))


@transaction.atomic
def end_seat(*, seat: Seat, on: date, by: User | None, reason: str, confirmed: bool = True) -> Seat:
    """Make `on` the last day of a seat. The row stays as a record.

    The user keeps the role on the day `on` itself. Raise `SeatRefused` if the seat was withdrawn,
    begins after `on` or ends on or before it, or if `reason` is empty. Raise `NobodyLeft`, unless
    `confirmed`, if this would leave the agency without an approver or without a coordinator.
    """
    seat = _locked(seat)
    if seat.withdrawn_at is not None:
        raise SeatRefused(_("The role was already withdrawn."))
    SeatRefused.raise_any(end_faults(seat, on))
    if not reason:
        raise SeatRefused(_("Say why the role ends."), "reason")
    if not confirmed:
        _refuse_to_leave_nobody(seat, on + timedelta(days=1), by)
    seat.to_on = on
    history.save(seat, by=by, reason=reason, fields=["to_on"])
    _email_about_end(seat, by, timezone.localdate(history.moment_of_writing()))
    return seat


def _email_about_end(seat: Seat, by: User | None, on: date) -> None:
    """Email who held the seat; and the others who look after the place if it is an administrator who ends it, or if
    nobody has its role then."""
    if by is None:
        return
    if by.pk != seat.user_id:
        transaction.on_commit(lambda: letters.email_that_seat_ends(seat, by=by, on=on))
    is_later = seat.withdrawn_at is None and seat.to_on is not None and seat.to_on >= on
    first_day = seat.to_on + timedelta(days=1) if is_later and seat.to_on else on
    lost = lost_without(seat, first_day, has_gone=not is_later)
    if lost or is_administrator.test(by):
        transaction.on_commit(lambda: letters.email_about_end(seat, by=by, on=on, lost=lost))


def end_faults(seat: Seat, on: date) -> Iterator[Fault]:
    """Yield why that day cannot become the last one of a seat."""
    if on < seat.from_on:
        yield (
            _("The role began on {day}; it cannot end before.").format(day=day_words(seat.from_on)),
            "on",
        )
    elif seat.to_on is not None and seat.to_on <= on:
        yield _("The role already ended on {day}.").format(day=day_words(seat.to_on)), "on"


@transaction.atomic
def end_seat_at_once(
    *, seat: Seat, by: User | None, reason: str, at: datetime, confirmed: bool = True
) -> Seat:
    """End a seat now: make yesterday its last day, or withdraw it if it begins today or later.

    Raise `SeatRefused` and `NobodyLeft` as `end_seat` does.
    """
    seat = _locked(seat)
    today = timezone.localdate(at)
    if seat.withdrawn_at is not None:
        raise SeatRefused(_("The role was already withdrawn."))
    if seat.to_on is not None and seat.to_on < today:
        raise SeatRefused(_("The role already ended on {day}.").format(day=day_words(seat.to_on)))
    if seat.from_on < today:
        return end_seat(
            seat=seat, on=today - timedelta(days=1), by=by, reason=reason, confirmed=confirmed
        )
    if not reason:
        raise SeatRefused(_("Say why the role ends."), "reason")
    if not confirmed:
        _refuse_to_leave_nobody(seat, seat.from_on, by)
    seat.withdrawn_at = at
    history.save(seat, by=by, reason=reason, fields=["withdrawn_at"])
    _email_about_end(seat, by, today)
    return seat


def _locked(seat: Seat) -> Seat:
    # The place first, so that two people ending each other's seats wait in turn.
    lock(seat.place)
    rows = Seat.objects.select_for_update(of=("self",)).select_related("user", "agency")
    locked: Seat = rows.get(pk=seat.pk)
    return locked


def _refuse_to_leave_nobody(seat: Seat, first_day_without: date, by: User | None) -> None:
    if lost := lost_without(seat, first_day_without):
        if seat.user == by:
            own = _("It is your own role, so you could not undo this yourself.")
            lost = f"{lost} {own}"
        raise NobodyLeft(lost, "confirmed")


def lost_without(seat: Seat, first_day_without: date, *, has_gone: bool = False) -> str:
    """Return a sentence on what nobody in the place could do without this seat from a day on; `has_gone`, if that is so
    already. Return "" if another active user still could, or if the place has ended by then."""
    role = Role(seat.role)
    if role not in LOST_WITH_THE_LAST or not seat.place.exists_on(first_day_without):
        return ""
    others = Seat.objects.on(first_day_without).filter(
        role=role, user__is_active=True, **columns_of(seat.place)
    )
    if others.exclude(pk=seat.pk).exists():
        return ""
    says = LOST_NOW if has_gone else LOST_WITH_THE_LAST
    return str(says[role]).format(day=day_words(first_day_without), place=seat.place)
