"""Why the reviewer doubts an item, and why a grave risk was last rated as it is: the reasons given with these changes."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localdate

from reports.compose.subjects import DOUBTFUL
from workitems.models import Risk, WorkItem
from workitems.plan.plan_at import ItemAt, RiskAt


def reviewers_reasons(items: Iterable[ItemAt], until: datetime) -> dict[int, str]:
    """Return by item why its reviewer rates it at risk or off track. One query if there is one.

    What was said of an item before one of its milestones was cancelled is left out: it may speak of that one.
    """
    doubted = {
        item.pk: max(
            (row.withdrawn_on for row in item.milestones if row.withdrawn_on), default=None
        )
        for item in items
        if item.is_live and item.reviewer_confidence in DOUBTFUL
    }
    if not doubted:
        return {}
    versions = WorkItem.history.filter(id__in=doubted, history_date__lt=until)
    rows = versions.order_by("history_date", "history_id").values_list(
        "id", "reviewer_confidence", "history_change_reason", "history_date"
    )
    last: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for pk, rating, reason, at in rows:
        if rating != last.get(pk):
            cancelled_on = doubted[pk]
            is_old = cancelled_on is not None and localdate(at) <= cancelled_on
            reasons[pk] = "" if is_old else reason or ""
        last[pk] = rating
    return reasons


def reasons_of_risks(risks: Iterable[RiskAt], until: datetime) -> dict[int, str]:
    """Return by risk why it was last rated otherwise than before. One query if there are such risks."""
    wanted = [risk.pk for risk in risks]
    if not wanted:
        return {}
    versions = Risk.history.filter(id__in=wanted, history_date__lt=until)
    rows = versions.order_by("history_date", "history_id").values_list(
        "id", "likelihood", "impact", "history_change_reason"
    )
    last: dict[int, tuple[str, str]] = {}
    reasons: dict[int, str] = {}
    for pk, likelihood, impact, reason in rows:
        rating = (likelihood, impact)
        if pk in last and rating != last[pk]:
            reasons[pk] = reason or ""
        last[pk] = rating
    return reasons
