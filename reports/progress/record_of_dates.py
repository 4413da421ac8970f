"""The record of dates: how many agreed dates were missed, by the warning that there was before they came.

It says what happened, and estimates nothing. A date comes on its day, a month or quarter on its last one. It is met if
its milestone is done by then, and else missed, even if a later date is agreed afterwards.

Its warning is what was recorded by the end of the day before it came: the last that anybody had while it was ahead. Of
a milestone done earlier, it is that of the day before it was done, because later ratings are of the next date.

A date that was moved before it came is counted apart, as is one of a milestone or item that was closed by then without
being done. Left out are dates that had passed when the plan was adopted, or when they were recorded.
"""

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

from django.db import connection
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext_lazy

from agencies.records.tracking import PLAN_COLUMN
from workitems.models import Milestone, Plan, WorkItem
from workitems.models.item import Confidence
from workitems.plan.asat import Moment

IN_DOUBT = (Confidence.AT_RISK, Confidence.OFF_TRACK)
# Counted by the database, because the dashboard shows the record and a plan has thousands of versions. {day} is the day of
# an instant. A version of a milestone is `recorded_on` a day and `replaced_on` another; its date is ahead until the
# day it comes or, if that is earlier, the day the milestone was done. The version that is the last before that day has the
# warning. Of an item, it is the last version before the same day or, of a date that was moved, before it was moved.
DATES = """
WITH version AS (
    SELECT item_id, original_due, agreed_due, forecast_due, {recorded_on} AS recorded_on,
        LEAD({recorded_on}) OVER versions AS replaced_on, LEAD(agreed_due) OVER versions AS next_due,
        FIRST_VALUE(completed_on) OVER newest_first AS completed_on,
        FIRST_VALUE(withdrawn_on) OVER newest_first AS withdrawn_on
    FROM {milestones}
    WHERE {plan} = %(plan)s{known}
    WINDOW versions AS (PARTITION BY id ORDER BY history_date, history_id),
        newest_first AS (PARTITION BY id ORDER BY history_date DESC, history_id DESC)
), dated AS (
    SELECT *,
        CASE WHEN completed_on < agreed_due THEN completed_on ELSE agreed_due END AS ahead_until
    FROM version
), ended AS (
    SELECT *, CASE WHEN replaced_on < ahead_until THEN replaced_on ELSE ahead_until END AS seen_until
    FROM dated
    WHERE recorded_on < ahead_until AND CASE
        WHEN replaced_on < ahead_until THEN next_due <> agreed_due AND replaced_on > %(adopted)s
        ELSE agreed_due < %(on)s AND ahead_until > %(adopted)s
    END
)
SELECT
    CASE
        WHEN replaced_on < ahead_until THEN 'moved'
        WHEN ended.completed_on <= agreed_due THEN 'met'
        WHEN withdrawn_on <= agreed_due OR stage IN ('complete', 'withdrawn') THEN 'not_due'
        ELSE 'missed'
    END AS outcome,
    forecast_due > agreed_due AS is_late, agreed_due <> original_due AS is_moved,
    confidence, reviewer_confidence, COUNT(*)
FROM ended JOIN {items} AS item ON item.history_id = (
    SELECT history_id FROM {items} AS found
    WHERE found.id = ended.item_id AND {recorded_on} < seen_until
    ORDER BY history_date DESC, history_id DESC LIMIT 1
)
WHERE TRUE{narrow}
GROUP BY outcome, is_late, is_moved, confidence, reviewer_confidence
"""


class DateWarning(StrEnum):
    """What warned that a date would be missed. A date has one: the first of the others that applies, or none."""

    NONE = "none"
    FORECAST = "forecast"
    AGENCY = "agency"
    REVIEWER = "reviewer"
    MOVED = "moved"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    DateWarning.NONE: gettext_lazy("No warning"),
    DateWarning.FORECAST: gettext_lazy("Agency’s forecast: after the agreed date"),
    DateWarning.AGENCY: gettext_lazy("Agency’s rating: at risk or off track"),
    DateWarning.REVIEWER: gettext_lazy("Reviewer’s rating: at risk or off track"),
    DateWarning.MOVED: gettext_lazy("Date moved before"),
}


def warning_of(*, is_late: bool, is_moved: bool, rating: str, reviewers_rating: str) -> DateWarning:
    """Return the warning of a date. `is_late`: it is forecast after the agreed date."""
    if is_late:
        return DateWarning.FORECAST
    if rating in IN_DOUBT:
        return DateWarning.AGENCY
    if reviewers_rating in IN_DOUBT:
        return DateWarning.REVIEWER
    return DateWarning.MOVED if is_moved else DateWarning.NONE


class Outcome(StrEnum):
    MET = "met"
    MISSED = "missed"
    MOVED = "moved"
    NOT_DUE = "not_due"


class Group(NamedTuple):
    """The dates that came with a warning, and how many of them were missed."""

    warning: DateWarning
    dates: int
    missed: int


class RecordOfDates(NamedTuple):
    """How many dates had each outcome, by warning."""

    counts: Counter[tuple[Outcome, DateWarning]]

    @property
    def groups(self) -> list[Group]:
        return [
            Group(each, self.counts[Outcome.MET, each] + missed, missed)
            for each in DateWarning
            for missed in (self.counts[Outcome.MISSED, each],)
        ]

    @property
    def dates(self) -> int:
        return self.missed + self._all(Outcome.MET)

    @property
    def missed(self) -> int:
        return self._all(Outcome.MISSED)

    @property
    def moved(self) -> int:
        return self._all(Outcome.MOVED)

    @property
    def not_due(self) -> int:
        return self._all(Outcome.NOT_DUE)

    def _all(self, outcome: Outcome) -> int:
        return sum(self.counts[outcome, each] for each in DateWarning)


def record_of_dates(
    plan: Plan, moment: Moment, *, pillar: int | None = None, lead: int | None = None
) -> RecordOfDates:
    """Count the dates of the plan, or of the items that a pillar or lead agency had at the time. One query."""
    narrow = {"pillar": pillar} if pillar is not None else {}
    narrow |= {"lead_agency": lead} if lead is not None else {}
    recorded_on = "(history_date AT TIME ZONE %(zone)s)::date"
    if connection.vendor == "sqlite":
        recorded_on = "django_datetime_cast_date(history_date, %(zone)s, 'UTC')"
    sql = DATES.format(
        recorded_on=recorded_on,
        milestones=Milestone.history.model._meta.db_table,
        items=WorkItem.history.model._meta.db_table,
        plan=PLAN_COLUMN,
        known="" if moment.is_now else " AND history_date < %(until)s",
        narrow="".join(f" AND {name}_id = %({name})s" for name in narrow),
    )
    values = narrow | {
        "zone": get_default_timezone_name(),
        "plan": plan.pk,
        "on": moment.on,
        "adopted": plan.adopted_on,
        "until": connection.ops.adapt_datetimefield_value(moment.until),
    }
    counts: Counter[tuple[Outcome, DateWarning]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for outcome, is_late, is_moved, rating, reviewers_rating, count in cursor.fetchall():
            warning = warning_of(
                is_late=is_late,
                is_moved=is_moved,
                rating=rating,
                reviewers_rating=reviewers_rating,
            )
            counts[Outcome(outcome), warning] += count
    return RecordOfDates(counts)
