"""copy_files: uploaded files to a folder or from one, for backups and moves between folder and bucket."""

from pathlib import Path
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import FilesMarker
from trafficking_plan.running import kept_records
from trafficking_plan.storage.file_storage import Folder, MarkedFolder


class Command(BaseCommand):
    help = (
        "Copies every uploaded file that a record names to a folder, or from it to where files are kept. "
        "Files that are there already are left as they are."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        way = parser.add_mutually_exclusive_group(required=True)
        for option in ("--to", "--from"):
            way.add_argument(option, metavar="FOLDER", type=Path, dest=option[2:])

    def handle(self, *, to: Path | None, **options: Any) -> None:
        folder = Folder(location=to or options["from"])
        source, target = (default_storage, folder) if to else (folder, default_storage)
        if marker := FilesMarker.objects.first():
            # Whoever copies says that these are the files.
            marked: Any = MarkedFolder(location=to) if to else default_storage
            marked.write_marker(marker.text)
        copied, missing = 0, 0
        for name in kept_records.names_of_files():
            if target.exists(name):
                continue
            try:
                copy(name, source, target)
            except FileNotFoundError:
                self.stderr.write(f"{name} is missing.")
                missing += 1
            except OSError as error:
                raise CommandError(f"After {copied:,} files: {error}") from error
            else:
                copied += 1
        self.stdout.write(f"{copied:,} copied; every other one was there already.")
        if missing:
            raise CommandError(f"{missing:,} missing.")


def copy(name: str, source: Storage, target: Storage) -> None:
    with source.open(name) as file:
        kept = target.save(name, file)
    if kept != name:
        target.delete(kept)
        raise CommandError(f"{name} could not be kept under its name.")
