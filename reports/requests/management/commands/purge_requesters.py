"""Remove who asked from requests for official information that were closed long ago."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from reports.requests.services.purging import purge_requesters

YEARS = 7


def years_before(day: date, years: int) -> date:
    """Return the same day that many years before; 28 February for a 29th that there was not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


class Command(BaseCommand):
    help = (
        "Empty the requester’s name and address, and the letters to them, of requests that were "
        "closed more than so many years ago. Events, the text of the request and the digests of the "
        "letters stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--years",
            type=int,
            default=YEARS,
            help=f"how long who asked is kept after a request is closed (usually {YEARS})",
        )

    def handle(self, *, years: int, **options: Any) -> None:
        today = timezone.localdate()
        references = purge_requesters(closed_before=years_before(today, years), on=today)
        for reference in references:
            self.stdout.write(f"{reference}: who asked is removed.")
        if not references:
            self.stdout.write(
                f"No request was closed more than {years} years ago with its requester."
            )
