"""Build a workbook from the text (TOML) of a demo plan, for the import, with its dates moved to today.

A table is a row of the sheet of that name, and an entry of it is a cell by its heading. `[Plan]` has
the keys of the sheet Plan; a list there is a repeated key.
"""

import io
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from workitems.intake.cell_kinds import DueDate
from workitems.intake.workbook.columns import AGENCIES, MILESTONES, PLAN, SHEETS
from workitems.terms.known_dates import KnownDate, read_known_date

# "Today" in the texts whose dates move.
ANCHOR = date(2026, 6, 30)
# Month and day on which no office is open.
HOLIDAYS = {(1, 1), (1, 2), (12, 25), (12, 26)}
Entries = dict[str, Any]
DUE_DATES = {column.heading for column in MILESTONES if isinstance(column.kind, DueDate)}


def moved_by(today: date) -> timedelta:
    """Return by how much the dates of a text move: whole weeks, so that a working day stays one."""
    return timedelta(weeks=(today - ANCHOR).days // 7)


def workbook_of(path: Path, *, later_by: timedelta = timedelta()) -> io.BytesIO:
    """Return the plan's workbook, with all dates moved later except those of agencies.

    Unknown tables and entries are written as well, so that the import reports them.
    """
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    workbook = openpyxl.Workbook(write_only=True)
    known = {sheet.name: [column.heading for column in sheet.written] for sheet in SHEETS}
    for name in {**known, **plan}:
        worksheet = workbook.create_sheet(name)
        moved = timedelta() if name == AGENCIES.name else later_by
        if name == PLAN.name:
            rows: list[Entries] = list(_keys(plan[name]))
            headings = ["Key", "Value"]
        else:
            rows = plan.get(name, [])
            headings = list(
                dict.fromkeys([*known.get(name, []), *(k for row in rows for k in row)])
            )
        worksheet.append(headings)
        for row in rows:
            worksheet.append([_moved(heading, row.get(heading), moved) for heading in headings])
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def _keys(entries: Entries) -> Iterator[Entries]:
    for key, value in entries.items():
        for each in value if isinstance(value, list) else [value]:
            yield {"Key": key, "Value": each}


def _moved(heading: str, value: Any, by: timedelta) -> Any:
    if isinstance(value, str) and heading in DUE_DATES:
        due = read_known_date(value)
        return str(KnownDate.holding(due.last_day + by, due.known_to))
    if not isinstance(value, date):
        return value
    # A period ends on whatever day it is.
    return value + by if not by or heading.startswith("Period") else working_day(value + by)


def working_day(day: date) -> date:
    """Return the day, or the last working day before it."""
    while day.weekday() > 4 or (day.month, day.day) in HOLIDAYS:
        day -= timedelta(days=1)
    return day
