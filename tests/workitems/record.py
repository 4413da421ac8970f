"""The day of these tests, and helpers to read what was recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import models
from django.urls import reverse

from tests.factories import AttendanceFactory, MatterFactory, ReturnFactory, RoundFactory
from workitems.models import Meeting, Return, Variation, WorkItem
from workitems.narrative import Scope, Wanted, history_page
from workitems.narrative.blocks import Entry
from workitems.narrative.reading import Reader
from workitems.plan.services import Refused

TODAY = date(2010, 6, 1)
NOW = datetime(2010, 6, 1, 9, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
YESTERDAY, TOMORROW = date(2010, 5, 31), date(2010, 6, 2)
DUE, SLIPPED, SLIPPED_AGAIN = date(2010, 6, 30), date(2010, 9, 30), date(2010, 12, 31)


def noon(day: date) -> time_machine.travel:
    """Run the block at noon of the day in New Zealand."""
    return time_machine.travel(
        datetime(day.year, day.month, day.day, 12, tzinfo=NOW.tzinfo), tick=False
    )


def entries(row: models.Model) -> list[tuple[str, str, str]]:
    """Return the row's history, oldest first: type, author, reason. Factory rows have no author."""
    history: Any = row.history  # type: ignore[attr-defined]
    return [
        (entry.history_type, entry.history_actor, entry.history_change_reason or "")
        for entry in history.order_by("history_date", "history_id")
    ]


def newest(row: models.Model) -> tuple[str, str, str]:
    return entries(row)[-1]


def item_history(item: WorkItem, reader: Reader | None = None) -> list[Entry]:
    """Return the newest page of an item's history, newest entry first."""
    return history_page(Scope(item=item.pk), reader or Reader(), Wanted()).entries


def ready_to_decide(meeting: Meeting, *variations: Variation) -> Meeting:
    """Put the variations on the agenda, and record every member agency as present."""
    for variation in variations:
        if not meeting.matters.on_agenda().filter(variation=variation).exists():
            MatterFactory(meeting=meeting, variation=variation)
    for member in meeting.plan.members.exclude(agency__attendances__meeting=meeting):
        AttendanceFactory(meeting=meeting, agency=member.agency)
    return meeting


def of_meeting(name: str, meeting: Meeting, *more: int) -> str:
    return reverse(f"meetings:{name}", args=[meeting.plan.slug, meeting.pk, *more])


def earlier_return(of_return: Return, begin: date, end: date, **more: Any) -> Return:
    """Make an accepted return of the same agency, in a closed round of this period."""
    plan = of_return.round.plan
    closed = RoundFactory(plan=plan, period_start=begin, period_end=end, closed_at=NOW)
    return ReturnFactory(round=closed, agency=of_return.agency, **{"accepted": True, **more})


@contextmanager
def refused(sentence: str, field: str | None = None) -> Iterator[None]:
    """Assert that the block is refused with exactly this message, at this field."""
    with pytest.raises(Refused) as refusal:
        yield
    assert (str(refusal.value), refusal.value.field) == (sentence, field)


@contextmanager
def unchanged(*rows: models.Model) -> Iterator[None]:
    """Assert that the block leaves each row and its history unchanged."""

    def state() -> list[Any]:
        return [
            (type(row)._default_manager.filter(pk=row.pk).values().get(), entries(row))
            for row in rows
        ]

    before = state()
    yield
    assert state() == before
