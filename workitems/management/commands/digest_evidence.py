"""Take the SHA-256 of evidence that was added before digests were kept, so that a later change of a file is named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workitems.plan.services.evidence import fill_digests


class Command(BaseCommand):
    help = "Take the digests of evidence that was added before digests were kept."

    def handle(self, *args: Any, **options: Any) -> None:
        filled, missing = fill_digests()
        self.stdout.write(f"Digests taken: {filled}.")
        if missing:
            raise CommandError(f"Files that are missing: {', '.join(missing)}.")
