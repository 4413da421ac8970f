"""archive_plan SLUG FOLDER: write an ended plan as a package for the national archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from reports.archive.ended_plan import NotEnded, write_package
from workitems.intake.workbook import ExportRefused
from workitems.models import Plan


class Command(BaseCommand):
    help = (
        "Write a plan that has ended into a new folder as a bag (BagIt, RFC 8493): issued papers, papers of meetings, evidence, "
        "workbook, history and digests, with the digest of every file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the plan's slug, the last part of its address")
        parser.add_argument("folder", type=Path, help="the folder to make")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        plan = Plan.objects.filter(slug=options["slug"]).first()
        if plan is None:
            known = ", ".join(Plan.objects.in_order().values_list("slug", flat=True))
            raise CommandError(f"There is no plan {options['slug']}. There are: {known or 'none'}.")
        try:
            counts = write_package(plan, folder, on=localdate())
        except NotEnded as error:
            raise CommandError(
                f"{plan.title} has not ended. Package it after its last day."
            ) from error
        except ExportRefused as refused:
            raise CommandError(str(refused)) from refused
        except FileExistsError as error:
            raise CommandError(f"{folder} is there already. Name a new folder.") from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{plan.title} is in {folder}, a bag (BagIt 1.0).")
        for kind, many in counts.items():
            self.stdout.write(f"  {many:,} {kind}")
