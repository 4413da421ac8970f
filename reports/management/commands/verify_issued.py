"""Verify that issued and released papers are unchanged, byte for byte."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import IssuedPaper
from reports.requests.models import ReleasedPaper
from reports.requests.services import packages
from reports.services import record_digests
from reports.services.issuing import faults


class Command(BaseCommand):
    help = (
        "Check the JSON and the PDF of every issued paper against their SHA-256, and that the JSON "
        "is still read as it was written; what is said of it in the chain of digests; and every released PDF against its SHA-256 and the gate's "
        "report on it. Ends with an error if anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--render",
            action="store_true",
            help="make every PDF anew and compare the bytes, for the versions of the libraries "
            "that the papers were made with; and let the gate examine every released briefing anew",
        )

    def handle(self, *, render: bool, **options: Any) -> None:
        wrong = [
            each
            for each in (
                self.verify_issued(render=render),
                self.verify_chain(),
                self.verify_released(again=render),
            )
            if each
        ]
        if wrong:
            raise CommandError(" ".join(wrong))

    def verify_issued(self, *, render: bool) -> str:
        """Print what was found, and return a sentence if papers are not sound, else ""."""
        papers = sound = 0
        rows = IssuedPaper.objects.select_related("briefing").order_by("briefing_id", "number")
        # One at a time, as a paper may be several megabytes.
        for issued in rows.iterator(chunk_size=1):
            papers += 1
            sound += self.told(issued, faults(issued, render=render))
        if sound < papers:
            return f"{papers - sound:,} of {papers:,} issued papers are not sound."
        how = "and rendered to the same bytes" if render else "by their SHA-256"
        noun = "paper is" if papers == 1 else "papers are"
        self.stdout.write(
            f"{papers:,} issued {noun} sound, {how}." if papers else "No paper has been issued."
        )
        return ""

    def verify_chain(self) -> str:
        """Print what is wrong with the chain of digests, and return a sentence if anything is, else ""."""
        found = list(record_digests.faults())
        for fault in found:
            self.stderr.write(f"{fault}.")
        return "The chain of digests is not sound." if found else ""

    def verify_released(self, *, again: bool) -> str:
        papers = sound = 0
        rows = ReleasedPaper.objects.select_related("release__request", "line__issued")
        for paper in rows.order_by("release_id", "number").iterator(chunk_size=1):
            papers += 1
            name = f"{paper.release.request}, document {paper.number}"
            sound += self.told(name, packages.faults(paper, again=again))
        if sound < papers:
            return f"{papers - sound:,} of {papers:,} released papers are not sound."
        how = "and examined anew" if again else "by SHA-256 and the gate’s reports"
        noun = "paper is" if papers == 1 else "papers are"
        if papers:
            self.stdout.write(f"{papers:,} released {noun} sound, {how}.")
        return ""

    def told(self, paper: object, found: list[str]) -> bool:
        """Print the faults of a paper, and return whether it has none."""
        for fault in found:
            self.stderr.write(f"{paper}: {fault}.")
        return not found
