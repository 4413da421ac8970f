"""describe_records: write down, beside a backup, what `check_restore` will compare it with."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from trafficking_plan.running import kept_records


class Command(BaseCommand):
    help = (
        "Writes the number and SHA-256 of the records that are kept for good to FILE. Run it just before "
        "each backup and keep FILE elsewhere; check_restore --against FILE proves the backup by it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        described = kept_records.describe()
        file.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
        rows = sum(table["rows"] for table in described["kept"].values())
        noun = "row" if rows == 1 else "rows"
        self.stdout.write(
            f"Described {rows:,} {noun} of {len(described['kept']):,} tables in {file}."
        )
