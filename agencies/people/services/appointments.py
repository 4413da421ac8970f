"""Record who holds a Minister's portfolio, and when. Papers name the holder of their date."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Appointment, User
from agencies.people.services.conflicts import Refused, locked, need_reason
from agencies.records import history
from agencies.typed.asking import Fault
from agencies.wording.translation import day_words

OVERLAPS = gettext_lazy("Another Minister holds that portfolio for part of the time.")


@transaction.atomic
def appoint(
    *, portfolio: str, minister: str, from_on: date, to_on: date | None, by: User, reason: str = ""
) -> Appointment:
    """Record a Minister's appointment. It ends that of the Minister before, on the day before.

    A portfolio that is known keeps its spelling. Raise `Refused` with what `appointment_faults`
    finds: an earlier appointment with a last day of its own is not changed.
    """
    portfolio = spelling_of(portfolio)
    _lock(portfolio)
    appointment = Appointment(portfolio=portfolio, minister=minister, from_on=from_on, to_on=to_on)
    Refused.raise_any(appointment_faults(appointment))
    before = held_before(portfolio, from_on)
    if before is not None:
        before.to_on = from_on - timedelta(days=1)
        history.save_version(before, "to_on", by=by, reason=reason)
    return _saved(appointment, by=by, reason=reason)


@transaction.atomic
def end_appointment(
    *, appointment: Appointment, version: int, to_on: date, reason: str, by: User
) -> Appointment:
    """Make `to_on` the last day of an appointment.

    Raise `Conflict` if another user saved first, and `Refused` without a reason, before the first
    day, or if it has a last day already, which is corrected instead.
    """
    appointment = locked(appointment, version=version)
    if appointment.to_on is not None:
        raise Refused(
            _("It ended on {day}. Correct the appointment instead.").format(
                day=day_words(appointment.to_on)
            )
        )
    appointment.to_on = to_on
    Refused.raise_any(_days(appointment))
    need_reason(reason, _("Say why the appointment ends."))
    return history.save_version(appointment, "to_on", by=by, reason=reason)


@transaction.atomic
def correct_appointment(
    *,
    appointment: Appointment,
    version: int,
    portfolio: str,
    minister: str,
    from_on: date,
    to_on: date | None,
    reason: str,
    by: User,
) -> Appointment:
    """Correct what was recorded. Without a change, write nothing. Issued papers keep their names.

    Raise `Conflict` if another user saved first, and `Refused` without a reason or with what
    `appointment_faults` finds.
    """
    appointment = locked(appointment, version=version)
    values = (spelling_of(portfolio, appointment), minister, from_on, to_on)
    fields = ("portfolio", "minister", "from_on", "to_on")
    if values == tuple(getattr(appointment, field) for field in fields):
        return appointment
    need_reason(reason, _("Say why it is corrected."))
    for field, value in zip(fields, values, strict=True):
        setattr(appointment, field, value)
    _lock(appointment.portfolio)
    Refused.raise_any(appointment_faults(appointment))
    appointment.version += 1
    return _saved(appointment, by=by, reason=reason)


def spelling_of(portfolio: str, leave_out: Appointment | None = None) -> str:
    """Return the recorded spelling of a portfolio, ignoring case, or the text itself if it is not recorded."""
    known = Appointment.objects.filter(portfolio__iexact=portfolio)
    if leave_out is not None:
        known = known.exclude(pk=leave_out.pk)
    return known.values_list("portfolio", flat=True).first() or portfolio


def held_before(portfolio: str, from_on: date) -> Appointment | None:
    """Return the appointment without a last day that a new one from this day would end."""
    begun = Appointment.objects.filter(portfolio=portfolio, to_on=None, from_on__lt=from_on)
    return begun.first()


def appointment_faults(appointment: Appointment) -> Iterator[Fault]:
    """Yield what is wrong with an appointment that is to be saved: its days, or another's."""
    yield from _days(appointment)
    others = Appointment.objects.filter(portfolio=appointment.portfolio).exclude(pk=appointment.pk)
    if appointment.pk is None:
        before = held_before(appointment.portfolio, appointment.from_on)
        others = others.exclude(pk=before.pk if before else None)
    for other in others.during(appointment.from_on, appointment.to_on).order_by("from_on")[:1]:
        says = (
            _(
                "{minister} holds this portfolio from {first_day} to {last_day}. "
                "Enter other days, or correct that appointment first."
            )
            if other.to_on
            else _(
                "{minister} holds this portfolio from {first_day} on. Enter other days, or "
                "correct that appointment first."
            )
        )
        yield (
            says.format(
                minister=other.minister,
                first_day=day_words(other.from_on),
                last_day=day_words(other.to_on),
            ),
            "from_on",
        )


def _days(appointment: Appointment) -> Iterator[Fault]:
    if appointment.to_on is not None and appointment.to_on < appointment.from_on:
        began = day_words(appointment.from_on)
        yield (
            _("The appointment began on {day}; it cannot end before.").format(day=began),
            "to_on",
        )


def _lock(portfolio: str) -> None:
    list(Appointment.objects.select_for_update().filter(portfolio=portfolio))


def _saved(appointment: Appointment, *, by: User, reason: str) -> Appointment:
    try:
        with transaction.atomic():
            return history.save(appointment, by=by, reason=reason)
    except IntegrityError as error:
        # Two people recorded the first Minister of a portfolio at once (agencies/records/guards.py).
        raise Refused(OVERLAPS, "from_on") from error
