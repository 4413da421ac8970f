"""migrate: Django's command, one at a time, and only for a database of an earlier version."""

import time
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import connections

from trafficking_plan.running.service_checks import why_not_to_migrate

LOCK = 719_204
WAIT = 1.0  # seconds


class Command(migrate.Command):
    help = (
        f"{migrate.Command.help} Waits while another process migrates the same PostgreSQL database."
    )

    def handle(self, *arguments: Any, **options: Any) -> None:
        if refusal := why_not_to_migrate():
            raise CommandError(refusal)
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            self._migrate(*arguments, **options)
            return
        with connection.cursor() as cursor:
            # The limit of a web request is not for a migration. But what waits for the lock of a table
            # makes all readers of it wait too, so it gives up, and may be run again.
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET lock_timeout = '10s'")
            was_announced = False
            while not self._lock(cursor):
                if not was_announced:
                    self.stdout.write("Another process is migrating this database; waiting for it.")
                    was_announced = True
                time.sleep(WAIT)
        try:
            self._migrate(*arguments, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
                cursor.execute("RESET statement_timeout")
                cursor.execute("RESET lock_timeout")

    def _migrate(self, *arguments: Any, **options: Any) -> None:
        """Migrate. Then mark where files are kept, unless that was done or only a part was migrated."""
        super().handle(*arguments, **options)
        if options["app_label"] or options["plan"] or options["check_unapplied"]:
            return
        try:
            call_command("mark_files", stdout=StringIO())
        except CommandError as error:
            self.stderr.write(
                f"{error}\nOr run mark_files with the account of the web server, if only that may write files."
            )

    def _lock(self, cursor: Any) -> bool:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
        return bool(is_ours)
