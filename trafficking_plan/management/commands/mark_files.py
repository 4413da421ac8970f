"""mark_files: let the storage of uploaded files be known again, once, as `migrate` does where it can."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trafficking_plan.running import kept_records
from trafficking_plan.storage.marker import mark


class Command(BaseCommand):
    help = (
        "Puts a marker into the folder or bucket of uploaded files. Without it the service neither starts nor saves a "
        "file, so that nothing is written beside a disk that is not mounted."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew",
            action="store_true",
            help="mark it although the files that records name, or the marker, are not there: they are lost, or will follow",
        )

    def handle(self, *, anew: bool, **options: Any) -> None:
        try:
            refusal = mark(default_storage, kept_records.names_of_files(), anew=anew)
        except OSError as error:
            refusal = f"The marker cannot be written: {error}"
        if refusal:
            raise CommandError(refusal)
        self.stdout.write("The storage of uploaded files is marked.")
