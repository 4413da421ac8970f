"""Which items are given to whom within an agency, and the history of one of them. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.models import Assignment, Update
from workitems.models.item import Stage


def given_in(agencies: Iterable[int], items: Iterable[int], on: date) -> dict[int, Assignment]:
    """Return who looks after these items in these agencies, by item id. One query.

    Pass only agencies of the reader: nobody else sees it.
    """
    rows = _given_in(agencies=list(agencies), items=list(items), on=on)
    return {row.item_id: row for row in rows}


@composed
def _given_in(agencies: Any, items: Any, on: Any) -> Any:
    rows = Assignment.objects.given().filter(agency__among=agencies, item__among=items)
    return rows.for_list(on)


def waiting_for(user: User, on: date) -> "list[Assignment]":
    """Return what is given to the user or their units and still waits, soonest day first.

    It waits no longer once the agency has written its answer on the item, in the open round, after it
    was given; nor once the item is complete or withdrawn, or its plan has ended. One query.
    """
    seats = user.current_seats
    found: list[Assignment] = _waiting_assignments(
        user=user.pk,
        units={seat.unit_id for seat in seats if seat.unit_id is not None},
        agencies={seat.agency_id for seat in seats if seat.agency_id is not None},
        on=on,
    )
    return found


@composed
def _waiting_assignments(user: Any, units: Any, agencies: Any, on: Any) -> Any:
    answers = Update.objects.filter(
        item=OuterRef("item"),
        of_return__agency=OuterRef("agency"),
        of_return__round__closed_at=None,
        written_at__gte=OuterRef("given_at"),
    )
    rows = (
        Assignment.objects.given()
        .to_person(user, units, agencies)
        .exclude(item__stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])
        .exclude(item__plan__ends_on__lt=on)
        .filter(~Exists(answers))
        .for_list(on)
        .select_related("item__plan", "agency", "unit", "user", "given_by")
    )
    return rows.order_by(F("by_on").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Hand:
    """One giving: who gave it when, and to whom."""

    at: datetime
    who: str
    what: str
    why: str = ""


def hands_of(row: Assignment) -> list[Hand]:
    """Return the history of an assignment as sentences, newest first. One query; none of a new row."""
    if row.pk is None:
        return []
    found = []
    rows = row.history.select_related("unit", "user").order_by("-version")
    for each in rows:
        names = [str(name) for name in (each.user, each.unit) if name is not None]
        to = f"{names[0]} ({names[1]})" if len(names) == 2 else "".join(names)
        if not to:
            what = _("took the item back.")
        elif each.by_on:
            what = _("gave the item to {holder}, by {day}.").format(
                holder=to, day=day_words(each.by_on)
            )
        else:
            what = _("gave the item to {holder}.").format(holder=to)
        found.append(Hand(localtime(each.history_date), each.history_actor or _("A user"), what))
    return found
