"""What agencies owe in all plans of a reader, by day: the same as in their calendars."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, User
from workitems.calendar.due_calendar import EXPECTED, Entry, Owing, owed_by
from workitems.models import Member, Plan
from workitems.models.plan import READING_ROLES
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


def numbers_for(user: User, plans: Collection[Plan], on: date) -> list[str]:
    """Return the sentences of `own_numbers` for the agencies through which a person reads these plans."""
    agencies = read_for(user) if plans else []
    return own_numbers(owed_in(plans, agencies, on), agencies, on)


def read_for(user: User) -> list[Agency]:
    """Return the agencies through which a person reads plans."""
    own = user.agencies_as(*READING_ROLES)
    return list(Agency.objects.filter(pk__in=own).in_order()) if own else []


def _things(count: int) -> str:
    if not count:
        return _("nothing")
    return ngettext("{count} thing", "{count} things", count).format(count=in_words(count))
