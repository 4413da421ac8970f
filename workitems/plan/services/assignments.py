"""Give an item of an agency to one of its units or people."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Seat, Unit, User
from agencies.records import history
from workitems.models import Assignment, WorkItem
from workitems.models.item import Stage
from workitems.plan.services.refusals import Conflict, Refused, locked


@transaction.atomic
def give(
    *,
    item: WorkItem,
    agency: Agency,
    unit: Unit | None,
    user: User | None,
    by_on: date | None,
    version: int,
    by: User,
    on: date,
    at: datetime,
) -> Assignment:
    """Give an item to a unit, a person or both, by a day. With neither, take it from its holder.

    Rights do not change. `version` is that of the agency's row on the user's page, 0 for none. Raise
    `Conflict` if it has changed, and `Refused` if the agency has no part in the item, if the item is
    withdrawn, if the unit is not the agency's today, or if the person writes nothing for it.
    """
    item = locked(item)
    found = Assignment.objects.filter(item=item, agency=agency).select_for_update(of=("self",))
    row = found.select_related("unit", "user").first()
    if (row.version if row else 0) != version:
        raise Conflict(row)
    _check(item, agency, unit, user, by_on, on)
    new = (unit.pk if unit else None, user.pk if user else None, by_on)
    if new == ((row.unit_id, row.user_id, row.by_on) if row else (None, None, None)):
        return row or Assignment(item=item, agency=agency, given_by=by, given_at=at)
    row = row or Assignment(item=item, agency=agency)
    row.unit, row.user, row.by_on = unit, user, by_on
    row.given_by, row.given_at = by, at
    return history.save_version(row, by=by, at=at)


def _check(
    item: WorkItem,
    agency: Agency,
    unit: Unit | None,
    user: User | None,
    by_on: date | None,
    on: date,
) -> None:
    supports = item.supports.filter(agency=agency).exists()
    if item.lead_agency_id != agency.pk and not supports:
        raise Refused(
            _("{agency} neither leads nor supports item {number}.").format(
                agency=agency, number=item.number
            )
        )
    if item.stage == Stage.WITHDRAWN:
        raise Refused(_("Item {number} is withdrawn.").format(number=item.number))
    faults: list[tuple[str, str | None]] = []
    if unit is not None and not Unit.objects.on(on).filter(pk=unit.pk, agency=agency).exists():
        faults.append(
            (
                _("This is not a unit of {agency} today. Choose another one.").format(
                    agency=agency
                ),
                "unit",
            )
        )
    if user is not None and not takers(agency, on).filter(pk=user.pk).exists():
        faults.append(
            (
                _("{user} cannot write for {agency} today. Choose another person.").format(
                    user=user, agency=agency
                ),
                "user",
            )
        )
    if by_on is not None and unit is None and user is None:
        faults.append((_("Choose a unit or a person, or clear the day."), "by_on"))
    elif by_on is not None and by_on < on:
        faults.append((_("Enter today or a later day."), "by_on"))
    Refused.raise_any(faults)


def takers(agency: Agency, on: date):  # type: ignore[no-untyped-def]
    """Return the users who write for the agency on a day, as a queryset."""
    seats = Seat.objects.on(on).filter(agency=agency, role__in=WRITING_ROLES)
    return User.objects.filter(pk__in=seats.values("user"), is_active=True)
