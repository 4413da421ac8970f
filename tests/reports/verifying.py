"""Run `verify_issued` for tests, and change what it verifies."""

from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection

from agencies.records import guards


def verify(**options):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_issued", stdout=out, stderr=err, **options)
    except CommandError as error:
        return [*err.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()


def lift_triggers(table):
    """Drop the triggers, as somebody who owns the database can."""
    if connection.vendor == "sqlite":
        guards.lift("default")
        return
    with connection.cursor() as cursor:
        # Run deferred checks first, or the triggers cannot be dropped.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
