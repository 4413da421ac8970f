"""Announce maintenance, and end it before its time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Maintenance, User
from agencies.people.services.conflicts import Refused
from trafficking_plan.maintenance import announced

# A wrong day would leave the register closed.
LONGEST = timedelta(days=3)


@transaction.atomic
def announce(
    *,
    begins_at: datetime,
    ends_at: datetime,
    is_read_only: bool,
    message: str,
    by: User | None,
    at: datetime,
) -> Maintenance:
    """Announce maintenance in place of the one that is announced. Nobody (`by`) stands for a command on the server.

    Raise `Refused` if it ends before it begins, is over already, or is longer than three days.
    """
    if ends_at <= begins_at:
        raise Refused(_("Enter an end that is after the beginning."), "end_time")
    if ends_at <= at:
        raise Refused(_("This time has passed. Enter an end that is still to come."), "end_time")
    if ends_at - begins_at > LONGEST:
        raise Refused(_("Maintenance can last for three days at most. Check the days."), "end_day")
    end_announced(by=by, at=at)
    return Maintenance.objects.create(
        begins_at=begins_at,
        ends_at=ends_at,
        is_read_only=is_read_only,
        message=message,
        announced_at=at,
        announced_by=by,
    )


@transaction.atomic
def end_announced(*, by: User | None, at: datetime) -> int:
    """End what is announced, so that people can save again. Return how many there were: one or none."""
    ended = Maintenance.objects.announced(at).update(over_at=at, over_by=by)
    # This process knows at once, the others within seconds.
    announced.forget()
    transaction.on_commit(announced.forget)
    return ended
