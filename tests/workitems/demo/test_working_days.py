"""Test that what the demo's plans promise falls on working days, whatever day it is loaded on."""

from datetime import date, datetime, timedelta

import openpyxl
import pytest

from workitems.demo.demo_plans import CURRENT_TEXT
from workitems.demo.plan_text import ANCHOR, HOLIDAYS, moved_by, workbook_of, working_day

# A week, and days from which something falls on a holiday.
DAYS = [date(2026, 12, 1) + timedelta(days=n) for n in range(7)] + [date(2016, 1, 1)]


def dates_in(workbook):
    for worksheet in openpyxl.load_workbook(workbook, read_only=True).worksheets:
        if worksheet.title == "Agencies":
            continue
        headings, *rows = worksheet.iter_rows(values_only=True)
        yield from (
            (worksheet.title, heading, value.date())
            for row in rows
            for heading, value in zip(headings, row, strict=False)
            if isinstance(value, datetime) and not str(heading).startswith("Period")
        )


@pytest.mark.parametrize("today", DAYS)
def test_every_date_of_the_current_plan_is_a_working_day(today):
    found = list(dates_in(workbook_of(CURRENT_TEXT, later_by=moved_by(today))))
    assert [
        each for each in found if each[2].weekday() > 4 or (each[2].month, each[2].day) in HOLIDAYS
    ] == []
    assert len(found) > 100


def test_the_text_moves_by_whole_weeks_and_never_beyond_today():
    assert [(ANCHOR + moved_by(ANCHOR + timedelta(days=n))) for n in (0, 6, 7, -1)] == [
        ANCHOR,
        ANCHOR,
        ANCHOR + timedelta(days=7),
        ANCHOR - timedelta(days=7),
    ]


def test_a_holiday_moves_to_the_working_day_before():
    assert working_day(date(2026, 12, 25)) == date(2026, 12, 24)
    assert working_day(date(2028, 1, 2)) == date(2027, 12, 31)
