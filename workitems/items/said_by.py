"""Who said the confidence that an item shows, and on which day. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Value, Window
from django.db.models.functions import Lag
from django.utils.timezone import localdate

from agencies.records.composed import composed
from workitems.models import Update, WorkItem
from workitems.models.plan import IMPORTED
from workitems.plan.asat import Moment


@dataclass(frozen=True)
class Said:
    """Which agency said it, and when. `is_lead` if it leads the item now; `is_entered` if the agency coordinates the
    plan and imported it in a workbook, so that the lead did not say it."""

    agency: str
    at: datetime
    agency_pk: int | None = None
    is_lead: bool = False
    is_entered: bool = False

    @property
    def on(self) -> date:
        return localdate(self.at)


@composed
def _changes(items: Any) -> Any:
    """Return when the confidence of items changed, the first first."""
    in_order = ["history_date", "history_id"]
    before = Window(Lag("confidence", default=Value("")), partition_by="id", order_by=in_order)
    rows: Any = WorkItem.history.filter(id__among=items).annotate(before=before)
    return (
        rows.exclude(confidence=F("before"))
        .order_by(*in_order)
        .values_list(
            *("id", "history_date", "confidence", "history_user_id", "history_change_reason"),
            *("lead_agency_id", "lead_agency__short_name"),
            *("plan__coordinating_agency_id", "plan__coordinating_agency__short_name"),
        )
    )


@composed
def imported_since(items: Any, since: Any) -> Any:
    """Return which of the items somebody imported from an instant on. Few are, so that the histories of the others
    need not be read."""
    rows: Any = WorkItem.history.filter(
        id__among=items,
        history_date__gte=since,
        history_user__isnull=False,
        history_change_reason__startswith=IMPORTED,
    )
    return rows.values_list("id")


def confidences_said(confidences: Mapping[int, str], moment: Moment) -> dict[int, Said]:
    """Return by item who changed its confidence last to what it is at a moment: its lead of then, or the coordinating
    agency that imported it. `confidences` are those of the items. One query."""
    found: dict[int, Said] = {}
    for pk, at, confidence, user, reason, lead, name, keeper, keepers in _changes(
        items=list(confidences)
    ):
        if moment.until is not None and at >= moment.until:
            continue
        if confidence == confidences[pk]:
            is_entered = bool(user) and (reason or "").startswith(IMPORTED) and lead != keeper
            found[pk] = (
                Said(keepers, at, keeper, is_entered=True) if is_entered else Said(name, at, lead)
            )
    return found


def said_of(item: WorkItem, updates: Iterable[Update], moment: Moment) -> Said | None:
    """Return who said the item's confidence at a moment: its lead of then, in the last accepted return that gave it
    or by changing it, or who imported it. `updates` are the accepted ones, newest first. None without a confidence.
    One query."""
    if not item.confidence:
        return None
    said = confidences_said({item.pk: item.confidence}, moment).get(item.pk)
    given = next((each for each in updates if each.stage), None)
    at = given.of_return.submitted_at if given else None
    if said and given and at and given.confidence == item.confidence and localdate(at) >= said.on:
        # The day on which the agency wrote it, not that of submitting all of its return.
        said = Said(
            given.of_return.agency.short_name, given.written_at or at, given.of_return.agency_id
        )
    if said is None or said.is_entered:
        return said
    return replace(said, is_lead=said.agency_pk == item.lead_agency_id)
