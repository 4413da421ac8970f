"""Insert hundreds of thousands of rows quickly, for benchmarks."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import NOT_PROVIDED


def write(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows that have the same columns, by COPY or `executemany`.

    Missing columns get the model's default, or the database's. Ids are kept if given.
    """
    found = iter(rows)
    if (first := next(found, None)) is None:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    rest = {
        field.attname: None if field.null else field.get_default()
        for field in model._meta.concrete_fields
        if field.attname not in first
        and not field.primary_key
        and (field.has_default() or field.db_default is NOT_PROVIDED)
    }
    columns = ", ".join(map(connection.ops.quote_name, [*first, *rest]))
    lines = (chain(row.values(), rest.values()) for row in chain([first], found))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A large plan takes longer than any page may.
            cursor.execute("SET LOCAL statement_timeout = 0")
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write("\t".join(map(_copied, line)) + "\n")
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
        else:
            places = ", ".join(["?"] * (len(first) + len(rest)))
            # Bypass Django's cursor and its conversion of placeholders, to save time.
            cursor.connection.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({places})",
                (tuple(map(_bound, line)) for line in lines),
            )


def _copied(value: Any) -> str:
    """Format a value for COPY. Our generated texts have no tabs, line ends or backslashes."""
    return "\\N" if value is None else str(value)


def _bound(value: Any) -> Any:
    """Format a value as Django stores it in SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
