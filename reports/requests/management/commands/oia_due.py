"""Print the day by which a request received on a day must be decided."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from reports.document.dates import long_date
from reports.requests.law.act import Act, act_named
from reports.requests.law.working_days import BeyondCalendar, WorkingDays
from reports.requests.models.request_clock import calendar

MOST_DAYS = 1000


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date. Write it as in 2026-12-02.") from None


def working_days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_DAYS):
        raise ArgumentTypeError(
            f"“{text}” is not a number of working days from 1 to {MOST_DAYS:,}."
        )
    return int(text)


class Command(BaseCommand):
    help = (
        "Print the day by which a request must be decided under the Official Information Act 1982. "
        "Days recorded in this installation as working or non-working days count as recorded."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("received", type=day, metavar="DATE", help="received on, 2026-12-02")
        parser.add_argument(
            "--days", type=working_days, help="working days; those of the Act if left out"
        )

    def handle(self, *, received: date, days: int | None, **options: Any) -> None:
        act = act_named()
        count = act.limits.decide if days is None else days
        try:
            due = self.calendar(act).due(received, count)
        except BeyondCalendar as refusal:
            raise CommandError(str(refusal)) from None
        noun = "working day" if count == 1 else "working days"
        self.stdout.write(
            f"A request received on {received:%A} {long_date(received)} is due on {due:%A} "
            f"{long_date(due)}, {count:,} {noun} later."
        )

    def calendar(self, act: Act) -> WorkingDays:
        """Return the working days with the recorded ones, or without if no database can be read."""
        try:
            return calendar()
        except DatabaseError:
            self.stderr.write("Recorded days were not read, because the database cannot be used.")
            return WorkingDays(act)
