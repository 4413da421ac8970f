"""Enter days that the calendar of working days counts otherwise."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports.document.dates import long_date
from reports.requests.law.working_days import BeyondCalendar
from reports.requests.models import NonWorkingDay
from reports.requests.models.request_clock import calendar
from reports.requests.services.recording import need
from workitems.plan.services.refusals import Refused, locked


@transaction.atomic
def enter_day(*, day: date, authority: str, by: User, is_working: bool = False) -> NonWorkingDay:
    """Record that a day is, or is not, a working day, and by which authority.

    Due days of all requests are counted anew. Raise `Refused` for a day that was entered already.
    """
    authority = need(authority, _("Enter the law or notice."), "authority")
    try:
        calendar().is_working_day(day)
    except BeyondCalendar as error:
        raise Refused(str(error), "day") from error
    row = NonWorkingDay.objects.select_for_update().filter(day=day).first()
    if row is not None and not row.is_withdrawn:
        raise _recorded_already(day)
    if calendar().is_working_day(day) == is_working:
        refusal = (
            _("Under the Act, {day} is already a working day.")
            if is_working
            else _("Under the Act, {day} is already not a working day.")
        )
        raise Refused(refusal.format(day=long_date(day)), "day")
    row = row or NonWorkingDay(day=day)
    row.is_working, row.authority, row.is_withdrawn = is_working, authority, False
    if row.pk is not None:
        return history.save_version(row, by=by)
    try:
        with transaction.atomic():
            return history.save(row, by=by)
    except IntegrityError as error:
        raise _recorded_already(day) from error


def _recorded_already(day: date) -> Refused:
    return Refused(
        _("{day} is already recorded. To change it, withdraw it and record it again.").format(
            day=long_date(day)
        ),
        "day",
    )


@transaction.atomic
def withdraw_day(*, row: NonWorkingDay, reason: str, version: int, by: User) -> NonWorkingDay:
    """Withdraw a day: the Act counts it again. Needs a reason."""
    current = locked(row, version=version)
    reason = need(reason, _("Say why it is withdrawn."), "reason")
    if current.is_withdrawn:
        raise Refused(_("This day is already withdrawn."))
    current.is_withdrawn = True
    return history.save_version(current, by=by, reason=reason)
