"""import_plan FILE.xlsx [--dry-run]: create or update a plan from a workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workitems.intake.workbook import Outcome, WorkbookRefused, import_workbook, preview_import


class Command(BaseCommand):
    help = (
        "Import a plan from a workbook (.xlsx): a new plan, or changes to the plan of that title. "
        "Rows are matched by number and never deleted. Either all is imported, or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the workbook")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        at = timezone.now()
        try:
            with path.open("rb") as file:
                outcome = (
                    preview_import(file, at=at)
                    if options["dry_run"]
                    else import_workbook(file, name=path.name, at=at)
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except WorkbookRefused as refused:
            count = len(refused.faults)
            things = "1 thing is" if count == 1 else f"{count:,} things are"
            raise CommandError(f"Nothing was imported: {things} wrong.\n{refused}") from refused
        self.report(outcome, dry_run=options["dry_run"])

    def report(self, outcome: Outcome, *, dry_run: bool) -> None:
        title = f"{outcome.plan.title} (slug {outcome.plan.slug})"
        if dry_run:
            self.stdout.write(f"{title}. Nothing was written; this is what an import would do.")
            for change in outcome.changes:
                if not change.is_new:
                    for field in change.fields:
                        self.stdout.write(
                            f"{change.sheet}, {change.label}, {field.heading}: "
                            f"{field.was or 'nothing'} → {field.now or 'nothing'}"
                        )
        else:
            self.stdout.write(f"{title}.")
        for sentence in outcome.sentences:
            self.stdout.write(sentence)
        for row in outcome.to_decide:
            self.stdout.write(
                f"Not imported: only a decision changes it. {row.sheet}, {row.label}, {row.heading}: "
                f"{row.was or 'nothing'} → {row.now or 'nothing'}"
            )
        for each in outcome.missing:
            rows = f"all {len(each.rows)} rows" if each.is_whole_sheet else "; ".join(each.rows)
            self.stdout.write(f"Not in the workbook, and kept. {each.sheet}: {rows}. {each.advice}")
        for sentence in outcome.differences:
            self.stdout.write(f"Not imported. {sentence}")
