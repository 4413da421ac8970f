"""An agency's units, and which of them a person works in."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat, Unit, User
from agencies.people.services.seats import SeatRefused, lock
from agencies.records import history
from agencies.wording.translation import day_words


class UnitChanged(SeatRefused):
    """Another user changed the unit first. `current` is the unit as it is now."""

    def __init__(self, current: Unit) -> None:
        super().__init__(
            _("This unit was changed elsewhere while you were writing. Compare, then save again.")
        )
        self.current = current


@transaction.atomic
def add_unit(*, agency: Agency, name: str, from_on: date, by: User) -> Unit:
    """Add a unit. Raise `SeatRefused` if the agency has one of that name, ended or not."""
    lock(agency)
    _check_name(agency, name)
    return history.save(Unit(agency=agency, name=name, from_on=from_on), by=by)


@transaction.atomic
def change_unit(*, unit: Unit, name: str, to_on: date | None, version: int, by: User) -> Unit:
    """Rename a unit, or give it a last day (None: it goes on). It is never deleted.

    Raise `UnitChanged` if another user saved first, and `SeatRefused` for a name that is taken or a
    last day before the first.
    """
    lock(unit.agency)
    unit = Unit.objects.select_for_update(of=("self",)).select_related("agency").get(pk=unit.pk)
    if unit.version != version:
        raise UnitChanged(unit)
    _check_name(unit.agency, name, but=unit)
    if to_on is not None and to_on < unit.from_on:
        raise SeatRefused(
            _("The unit began on {day}; it cannot end before.").format(day=day_words(unit.from_on)),
            "to_on",
        )
    if (unit.name, unit.to_on) == (name, to_on):
        return unit
    unit.name, unit.to_on = name, to_on
    return history.save_version(unit, "name", "to_on", by=by)


def _check_name(agency: Agency, name: str, but: Unit | None = None) -> None:
    others = agency.units.filter(name__iexact=name)
    if others.exclude(pk=but.pk if but else None).exists():
        raise SeatRefused(
            _("{agency} has a unit of this name. Choose another name.").format(agency=agency),
            "name",
        )


@transaction.atomic
def set_unit(*, seat: Seat, unit: Unit | None, on: date, by: User) -> Seat:
    """Say in which unit of the agency a person works; None for no unit. Rights do not change.

    Raise `SeatRefused` if the unit belongs to another agency or has ended.
    """
    seat = (
        Seat.objects.select_for_update(of=("self",))
        .select_related("agency", "user")
        .get(pk=seat.pk)
    )
    if unit is not None and not Unit.objects.on(on).filter(pk=unit.pk, agency=seat.agency).exists():
        raise SeatRefused(_("Choose a unit from the list."), "unit")
    if seat.unit_id == (unit.pk if unit else None):
        return seat
    seat.unit = unit
    return history.save(seat, by=by, fields=["unit"])
