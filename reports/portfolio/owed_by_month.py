"""What agencies owe in all plans of a reader, by month and as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.wording.translation import in_english
from reports.progress.exports import date_column
from reports.render.tables import Column, Field, Sheet
from workitems.calendar.owed import Owed


@dataclass(frozen=True)
class Month:
    """What is owed in a month, or what is overdue."""

    heading: str
    rows: list[Owed]
    is_overdue: bool


def by_month(rows: Iterable[Owed], on: date) -> list[Month]:
    """Return what is overdue, then what is due in each month."""

    def key(row: Owed) -> tuple[bool, date]:
        day = row.entry.day
        return (True, date.min) if day < on else (False, day.replace(day=1))

    return [
        Month(_("Overdue") if late else date_format(first, "F Y"), list(of_month), late)
        for (late, first), of_month in groupby(rows, key)
    ]


@in_english
def sheet_of(rows: Iterable[Owed], on: date) -> Sheet:
    fields: list[Field[Owed]] = [
        (date_column("Due"), lambda row: row.entry.day),
        (Column("Agency", 11), lambda row: row.agency.short_name),
        (Column("What", 50), lambda row: row.entry.title),
        (Column("Kind", 12), lambda row: row.entry.category),
        (Column("About", 50), lambda row: row.about),
        (Column("Plan", 40), lambda row: row.entry.plan.title),
        (Column("To", 11), lambda row: row.to.short_name),
    ]
    return Sheet.of("Due in all plans", fields, rows, about=[("As at", f"{on:%-d %B %Y}")])
