"""Verify that issued and released papers are unchanged, byte for byte."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.extensions import registry
from reports.extensions.registry import KeptFiles
from reports.issuing.services import record_digests
from reports.issuing.services.issuing import faults
from reports.models import IssuedPaper


def checked(render: bool) -> Iterator[tuple[IssuedPaper, list[str]]]:
    """Yield each issued paper with its faults."""
    rows = IssuedPaper.objects.select_related("briefing").order_by("briefing_id", "number")
    # One at a time, as a paper may be several megabytes.
    for issued in rows.iterator(chunk_size=1):
        yield issued, faults(issued, render=render)


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
        kept = [
            KeptFiles(
                "issued",
                ("by their SHA-256", "and rendered to the same bytes"),
                checked,
                none="No paper has been issued.",
            ),
            *registry.KEPT_FILES,
        ]
        wrong = [self.verify_files(each, again=render) for each in kept]
        wrong.insert(1, self.verify_chain())
        if any(wrong):
            raise CommandError(" ".join(filter(None, wrong)))

    def verify_files(self, kept: KeptFiles, *, again: bool) -> str:
        """Print what was found, and return a sentence if papers are not sound, else ""."""
        papers = sound = 0
        for name, found in kept.checked(again):
            papers += 1
            sound += self.print_faults(name, found)
        if sound < papers:
            return f"{papers - sound:,} of {papers:,} {kept.called} papers are not sound."
        noun = "paper is" if papers == 1 else "papers are"
        line = f"{papers:,} {kept.called} {noun} sound, {kept.how[again]}." if papers else kept.none
        if line:
            self.stdout.write(line)
        return ""

    def verify_chain(self) -> str:
        """Print what is wrong with the chain of digests, and return a sentence if anything is, else ""."""
        found = list(record_digests.faults())
        for fault in found:
            self.stderr.write(f"{fault}.")
        return "The chain of digests is not sound." if found else ""

    def print_faults(self, paper: object, found: list[str]) -> bool:
        """Print the faults of a paper, and return whether it has none."""
        for fault in found:
            self.stderr.write(f"{paper}: {fault}.")
        return not found
