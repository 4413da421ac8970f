"""Brings the demo's workbooks in through the ordinary import, the current one moved to today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import openpyxl
from django.db import transaction
from django.utils import timezone

from agencies import history
from agencies.models import Appointment
from workitems.demo import current_round
from workitems.demo.people import ACTOR, seat_people
from workitems.models import Plan
from workitems.workbook import import_workbook

WORKBOOK_OF_2009 = Path(__file__).parent / "plan-of-action-2009.xlsx"
CURRENT_WORKBOOK = Path(__file__).parent / "plan-of-action-current.xlsx"
PLAN_OF_2009 = "plan-of-action-to-prevent-people-trafficking"
CURRENT_PLAN = "plan-of-action-against-forced-labour-people-trafficking-and-slavery"
# The current plan's workbook is written as if this were today.
ANCHOR = date(2026, 6, 30)

PORTFOLIO = "Minister of Immigration"


@transaction.atomic
def load(at: datetime) -> list[Plan]:
    """Load what is missing, as at a moment, and return the plans that were loaded.

    What is there stays untouched.
    """
    today = timezone.localdate(at)
    known = set(Plan.objects.values_list("slug", flat=True))
    loaded = []
    if PLAN_OF_2009 not in known:
        appoint_minister()
        with open(WORKBOOK_OF_2009, "rb") as file:
            loaded.append(import_workbook(file, name=WORKBOOK_OF_2009.name, at=at).plan)
    if CURRENT_PLAN not in known:
        with moved(CURRENT_WORKBOOK, today - ANCHOR) as file:
            loaded.append(import_workbook(file, name=CURRENT_WORKBOOK.name, at=at).plan)
    seat_people(today)
    if CURRENT_PLAN not in known:
        current_round.play(Plan.objects.get(slug=CURRENT_PLAN), today)
    return loaded


def appoint_minister() -> None:
    """The Minister of the 2010 briefing, for as long as he held the portfolio."""
    term = Appointment(
        minister="Hon Dr Jonathan Coleman",
        portfolio=PORTFOLIO,
        from_on=date(2008, 11, 19),
        to_on=date(2011, 12, 13),
    )
    if Appointment.objects.holding(PORTFOLIO, date(2010, 7, 30)) is None:
        history.save(term, by=None, actor=ACTOR)


@contextmanager
def moved(path: Path, by: timedelta) -> Iterator[BinaryIO]:
    """The workbook with every date later by so much, but those of agencies, which are facts."""
    workbook = openpyxl.load_workbook(path)
    for worksheet in workbook.worksheets:
        if worksheet.title == "Agencies":
            continue
        for row in worksheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, datetime):
                    cell.value += by
    with BytesIO() as file:
        workbook.save(file)
        file.seek(0)
        yield file
