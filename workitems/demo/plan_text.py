"""The demo's plans are text (TOML); here one becomes the workbook that an import reads.

A table is a row of the sheet of its name, an entry of it a cell by its heading. `[Plan]` holds the keys of that
sheet; a list there is a key that repeats.
"""

import io
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from workitems.workbook.columns import AGENCIES, PLAN, SHEETS

Entries = dict[str, Any]


def workbook_of(path: Path, *, later_by: timedelta = timedelta()) -> io.BytesIO:
    """The plan's workbook, every date later by so much, but those of agencies, which are facts.

    A table or an entry that the format does not know is written too, for the import to refuse it by name.
    """
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    workbook = openpyxl.Workbook(write_only=True)
    known = {sheet.name: [column.heading for column in sheet] for sheet in SHEETS}
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
            worksheet.append([_moved(row.get(heading), moved) for heading in headings])
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def _keys(entries: Entries) -> Iterator[Entries]:
    for key, value in entries.items():
        for each in value if isinstance(value, list) else [value]:
            yield {"Key": key, "Value": each}


def _moved(value: Any, by: timedelta) -> Any:
    return value + by if isinstance(value, date) else value
