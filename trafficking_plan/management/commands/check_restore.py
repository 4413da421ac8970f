"""check_restore: prove a restored backup, by its own digests and by what was written down beside it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trafficking_plan.running import kept_records
from trafficking_plan.running.service_checks import (
    Check,
    State,
    check_migrations,
    check_triggers,
    findings,
)

DATABASE_CHECKS = (Check("Migrations", check_migrations), Check("Triggers", check_triggers))


class Command(BaseCommand):
    help = (
        "Checks a restored database and its files: migrations, triggers, uploaded files, every issued and "
        "released paper, and with --against the records kept for good. Ends with an error if anything is wrong."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            metavar="FILE",
            type=Path,
            help="what describe_records wrote beside the backup",
        )
        parser.add_argument(
            "--no-render",
            action="store_true",
            help="do not make every issued paper anew; with other versions of the libraries the bytes differ",
        )

    def handle(self, *, against: Path | None, no_render: bool, **options: Any) -> None:
        faults = list(self._database_faults())
        if not faults:
            faults += self._record_faults(against)
            faults += self._file_faults()
            try:
                call_command(
                    "verify_issued", render=not no_render, stdout=self.stdout, stderr=self.stderr
                )
            except CommandError as error:
                faults.append(str(error))
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError("This backup is not sound.")
        self.stdout.write("This backup is sound.")

    def _database_faults(self) -> Iterator[str]:
        for check, found in findings(DATABASE_CHECKS):
            line = f"{check.name}: {found.sentence} {found.detail}".strip()
            if found.state is State.WRONG:
                yield line
            else:
                self.stdout.write(line)

    def _record_faults(self, against: Path | None) -> list[str]:
        if against is None:
            self.stdout.write("Records were not compared: there is no --against FILE.")
            return []
        described = json.loads(against.read_text(encoding="utf-8"))
        faults = list(kept_records.differences(described))
        if not faults:
            rows = sum(table["rows"] for table in described["kept"].values())
            self.stdout.write(
                f"Records: what is kept for good is there, unchanged ({rows:,} rows)."
            )
        now = kept_records.describe()["rows"]
        fewer = {table: was for table, was in described["rows"].items() if now.get(table, 0) < was}
        for table, was in fewer.items():
            self.stdout.write(f"{table} has {now.get(table, 0):,} rows; it had {was:,}.")
        return faults

    def _file_faults(self) -> list[str]:
        try:
            faults = list(kept_records.missing_files())
        except OSError as error:
            faults = [f"Uploaded files cannot be read: {error}"]
        if not faults:
            self.stdout.write("Files: every uploaded file that a record names is there.")
        return faults
