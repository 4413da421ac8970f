"""export_plan SLUG FILE.xlsx: write a plan as the workbook that import_plan reads."""

import os
from argparse import ArgumentParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workitems.intake.workbook import ExportRefused, export_workbook
from workitems.models import Plan


class Command(BaseCommand):
    help = "Export a plan as a workbook (.xlsx) that import_plan reads. Replaces an existing file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the plan's slug, the last part of its address")
        parser.add_argument("file", type=Path, help="where to write the workbook")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        plan = Plan.objects.filter(slug=options["slug"]).first()
        if plan is None:
            known = ", ".join(Plan.objects.in_order().values_list("slug", flat=True))
            raise CommandError(
                f"There is no plan {options['slug']}. "
                + (f"There are: {known}." if known else "There are no plans yet.")
            )
        try:
            content = export_workbook(plan)
            # Write to a temporary file and rename it, so that a failure leaves no partial file.
            with NamedTemporaryFile(dir=path.parent, delete=False) as half:
                half.write(content)
            os.replace(half.name, path)
        except ExportRefused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{plan.title} is in {path}.")
