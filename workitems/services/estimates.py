"""Keeping an estimate of each plan, as at the beginning of each month."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation

from agencies.models import Agency
from workitems.asat import Moment, end_of
from workitems.estimates.chances import METHOD, Line, estimate
from workitems.estimates.estimate_words import percent, reasons
from workitems.estimates.recorded import read_record
from workitems.models import KeptEstimate, Plan


def last_day_of_month_before(on: date) -> date:
    return on.replace(day=1) - timedelta(days=1)


def keep_estimates(*, on: date, at: datetime) -> list[KeptEstimate]:
    """Keep this month's estimate of each adopted plan that has not ended, unless it is kept.

    It is made of what was recorded when the month began, on whichever day of the month this runs. Of a plan
    with too little record, or without a date to come, nothing is kept.
    """
    last = last_day_of_month_before(on)
    plans = (
        Plan.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), adopted_on__lte=last)
        .exclude(estimates__as_at=end_of(last))
        .order_by("pk")
    )
    kept = (keep_estimate(plan, last, at=at) for plan in plans)
    return [row for row in kept if row is not None]


def keep_estimate(plan: Plan, day: date, *, at: datetime) -> KeptEstimate | None:
    """Keep the estimate of a plan as at the end of a day; None if there is nothing to keep, or another process
    was first."""
    found = estimate(read_record(plan, Moment.end_of(day)))
    as_at = end_of(day)
    if not found.lines:
        return None
    names = dict(Agency.objects.values_list("pk", "short_name"))
    low, high = found.band
    with translation.override("en"):  # like all that is kept
        lines = [_as_plain(line, names[line.date.responsible]) for line in found.lines]
    row = KeptEstimate(
        plan=plan,
        as_at=as_at,
        until=found.until,
        method=METHOD,
        due=len(found.lines),
        low=low,
        high=high,
        lines=lines,
        made_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if KeptEstimate.objects.filter(plan=plan, as_at=as_at).exists():
            return None
        raise
    return row


def _as_plain(line: Line, agency: str) -> dict[str, object]:
    return {
        "milestone": line.date.milestone,
        "due": line.date.due.isoformat(),
        "known_to": line.date.known_to,
        "agency": agency,
        "chance": percent(line.chance.chance),
        "why": reasons(line, agency),
    }
