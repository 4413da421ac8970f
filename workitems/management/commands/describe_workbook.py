"""describe_workbook: write the format of the workbook into docs/workbook.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workitems.intake.workbook.columns import described


class Command(BaseCommand):
    help = "Write all sheets and columns of the workbook into docs/workbook.md."

    def handle(self, *args: Any, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "workbook.md"
        page.write_text(page.read_text("utf-8").partition("### ")[0] + described(), "utf-8")
