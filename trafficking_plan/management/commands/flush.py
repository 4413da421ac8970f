"""flush: refused. Django's own command would empty every table, history and issued papers too."""

from typing import Any, NoReturn

from django.core.management.base import CommandError
from django.core.management.commands import flush


class Command(flush.Command):
    help = "Refused: records are kept for good. Begin anew with another, empty database."
    requires_system_checks = ()

    def handle(self, **options: Any) -> NoReturn:
        raise CommandError(
            "Records are kept for good, so the database is not emptied. To begin anew, create another, "
            "empty database and set DATABASE_URL to it."
        )
