"""Verify that issued papers are unchanged, byte for byte."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import IssuedPaper
from reports.services.issuing import faults


class Command(BaseCommand):
    help = (
        "Check the JSON and the PDF of every issued paper against their SHA-256, and that the JSON "
        "is still read as it was written. Ends with an error if anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--render",
            action="store_true",
            help="make every PDF anew and compare the bytes; for the versions of the libraries "
            "that the papers were made with",
        )

    def handle(self, *, render: bool, **options: Any) -> None:
        papers = sound = 0
        rows = IssuedPaper.objects.select_related("briefing").order_by("briefing_id", "number")
        # One at a time, as a paper may be several megabytes.
        for issued in rows.iterator(chunk_size=1):
            papers += 1
            found = faults(issued, render=render)
            sound += not found
            for fault in found:
                self.stderr.write(f"{issued}: {fault}.")
        if sound < papers:
            raise CommandError(f"{papers - sound:,} of {papers:,} issued papers are not sound.")
        how = "and rendered to the same bytes" if render else "by their SHA-256"
        noun = "paper is" if papers == 1 else "papers are"
        self.stdout.write(
            f"{papers:,} issued {noun} sound, {how}." if papers else "No paper has been issued."
        )
