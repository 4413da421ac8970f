"""digests: add to the chain of digests, check it, and list it for others to keep."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.issuing.services import record_digests
from reports.models import RecordDigest
from trafficking_plan.running import kept_records
from workitems.terms.lateness import count_noun


class Command(BaseCommand):
    help = (
        "Each issued paper has a digest that covers the digest before it. “add” adds one for what was written since "
        "to every table that is kept for good, and prints it: note it where nobody can change it. “list” prints the "
        "chain, a JSON object a line, without words or names. “check” ends with an error unless every digest, and "
        "every record that they cover, is as it was; with --against FILE it compares the chain with an earlier list, and "
        "with --kept FILE with the list that the check before kept there, and keeps the list of now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("add", "list", "check"))
        parser.add_argument("--against", metavar="FILE", type=Path)
        parser.add_argument("--kept", metavar="FILE", type=Path)

    def handle(self, *, act: str, against: Path | None, kept: Path | None, **options: Any) -> None:
        if act == "add":
            self.add()
        elif act == "list":
            for row in RecordDigest.objects.in_order().iterator():
                self.stdout.write(record_digests.line(row))
        else:
            self.compare(against, kept)

    def add(self) -> None:
        records = kept_records.written_since(_records())
        if not records:
            self.stdout.write("Nothing was written since the last digest.")
            return
        row = record_digests.add_records(records, at=timezone.now())
        rows = sum(each["rows"] for each in records.values())
        self.stdout.write(f"Digest {row.place}, of {count_noun(rows, 'row')}: {row.digest}")

    def compare(self, against: Path | None, kept: Path | None) -> None:
        lists = [each for each in (against, kept) if each and (each == against or each.exists())]
        earlier = (fault for each in lists for fault in _differences(each))
        found = [*record_digests.faults(), *_changes(), *earlier]
        for fault in found:
            self.stderr.write(f"{fault}.")
        if found:
            raise CommandError("The chain of digests is not sound.")
        last = RecordDigest.objects.newest()
        self.stdout.write(
            f"{last.place:,} digests are sound. The newest: {last.digest}"
            if last
            else "There is no digest yet."
        )
        if kept:
            _keep(kept)


def _records() -> list[kept_records.Description]:
    rows = RecordDigest.objects.in_order().filter(issued=None)
    return [row.content["records"] for row in rows.iterator()]


def _changes() -> Iterator[str]:
    for row in RecordDigest.objects.in_order().filter(issued=None).iterator():
        for change in kept_records.changes(row.content["records"]):
            yield f"Digest {row.place} covers {change}"


def _differences(earlier: Path) -> Iterator[str]:
    """Yield digests of an earlier list that are not in the chain, as sentences. The list of a check names papers."""
    digests: dict[int, str] = dict(RecordDigest.objects.values_list("place", "digest"))
    for entry in map(json.loads, filter(None, earlier.read_text(encoding="utf-8").splitlines())):
        place, digest = entry["place"], entry["digest"]
        if digests.get(place) != digest:
            now = f"now it is {digests[place]}" if place in digests else "now it is not there"
            of = f", of {entry['called']}," if entry.get("called") else ""
            yield f"Digest {place}{of} was {digest} when it was listed; {now}"


def _keep(file: Path) -> None:
    """Write the list as it is now, with the names of papers, for the next check. It is whole or not there."""
    half = file.with_name(f"{file.name}.half")
    with half.open("w", encoding="utf-8") as written:
        for row in RecordDigest.objects.in_order().select_related("issued__briefing").iterator():
            called = {"called": str(row.issued)} if row.issued else {}
            entry = json.loads(record_digests.line(row)) | called
            written.write(json.dumps(entry, ensure_ascii=False) + "\n")
    half.replace(file)
