"""What agencies owe in all plans of a reader, by day: the same as in their calendars."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from agencies.wording.translation import in_english
from reports.progress.exports import date_column
from reports.render.tables import Column, Field, Sheet
from workitems.calendar.due_calendar import EXPECTED, Entry, Owing, owed_by
from workitems.models import Member, Plan
from workitems.terms.spans import in_words


@dataclass(frozen=True)
class Owed:
    """What an agency owes, with whom its plan's coordinator is."""

    agency: Agency
    entry: Entry

    @property
    def about(self) -> str:
        """The kind, and the lines of the entry as one."""
        lines = "; ".join(line.removesuffix(".") for line in self.entry.text.splitlines())
        return f"{self.entry.category}: {lines}" if lines else self.entry.category

    @property
    def to(self) -> Agency:
        return self.entry.plan.coordinating_agency


@dataclass(frozen=True)
class Month:
    """What is owed in a month, or what is overdue."""

    heading: str
    rows: list[Owed]
    is_overdue: bool


def owed_in(plans: Collection[Plan], agencies: Iterable[Agency], on: date) -> list[Owed]:
    """Return what these agencies owe in the plans that they are members of, soonest first. Eleven queries an agency, and one.

    A milestone stands once, on its agreed date, which says when it is expected now.
    """
    in_plans: dict[int, set[int]] = defaultdict(set)
    for plan, agency in Member.objects.filter(plan__in=plans).values_list("plan", "agency"):
        in_plans[agency].add(plan)
    found = [
        Owed(agency, entry)
        for agency in agencies
        for entry in owed_by(
            Owing(agency, [plan for plan in plans if plan.pk in in_plans[agency.pk]]), on
        )
        if not entry.uid.startswith(EXPECTED)
    ]
    return sorted(found, key=lambda row: (row.entry.day, row.agency.short_name, row.entry.uid))


def by_month(rows: Iterable[Owed], on: date) -> list[Month]:
    """Return what is overdue, then what is due in each month."""

    def key(row: Owed) -> tuple[bool, date]:
        day = row.entry.day
        return (True, date.min) if day < on else (False, day.replace(day=1))

    return [
        Month(_("Overdue") if late else date_format(first, "F Y"), list(of_month), late)
        for (late, first), of_month in groupby(rows, key)
    ]


def own_numbers(rows: Iterable[Owed], agencies: Iterable[Agency], on: date) -> list[str]:
    """Say for each agency how much is due in the rest of the month and how much is overdue."""
    late: Counter[int] = Counter()
    due: Counter[int] = Counter()
    for row in rows:
        day = row.entry.day
        if day < on:
            late[row.agency.pk] += 1
        elif (day.year, day.month) == (on.year, on.month):
            due[row.agency.pk] += 1
    return [
        _("{agency} has {due} due this month and {late} overdue.").format(
            agency=agency.short_name, due=_things(due[agency.pk]), late=_things(late[agency.pk])
        )
        for agency in agencies
    ]


def _things(count: int) -> str:
    if not count:
        return _("nothing")
    return ngettext("{count} thing", "{count} things", count).format(count=in_words(count))


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
