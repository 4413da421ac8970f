"""Rows by the hundred thousand, for benchmarks: plain values straight into a table."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction


def write(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows with the same columns, in the quickest way that the database has. What they do not say
    is the model's default; a row's own id is kept."""
    found = iter(rows)
    if (first := next(found, None)) is None:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    rest = {
        field.attname: None if field.null else field.get_default()
        for field in model._meta.concrete_fields
        if field.attname not in first and not field.primary_key
    }
    columns = ", ".join(map(connection.ops.quote_name, [*first, *rest]))
    lines = (chain(row.values(), rest.values()) for row in chain([first], found))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write("\t".join(map(_copied, line)) + "\n")
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
        else:
            places = ", ".join(["?"] * (len(first) + len(rest)))
            # Past Django's cursor, which would look for its own placeholders in every row.
            cursor.connection.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({places})",
                (tuple(map(_bound, line)) for line in lines),
            )


def _copied(value: Any) -> str:
    """As COPY reads it. Our made-up texts have no tabs, line ends or backslashes."""
    return "\\N" if value is None else str(value)


def _bound(value: Any) -> Any:
    """As Django stores it in SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
