"""The records that are kept for good, described so that a restored backup can be proved.

Rows of issued papers, signatures and history are only added. So what is written down of them today, up to
the last row of each table, must still be true of every later backup.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from agencies.records.guards import Guard
from reports.models import RecordDigest
from trafficking_plan.running.service_checks import EVERY_GUARD, our_apps

# Rows fetched at a time; a paper may have several megabytes.
CHUNK = 200
Description = dict[str, Any]


def kept_tables() -> list[str]:
    """Return the tables none of whose rows can ever be changed or deleted, in order."""
    always = [
        each for each in EVERY_GUARD if isinstance(each, Guard) and each.refuse_when == "1 = 1"
    ]
    by_event = {
        event: {each.table for each in always if event in each.events}
        for event in ("UPDATE", "DELETE")
    }
    return sorted(by_event["UPDATE"] & by_event["DELETE"])


def describe() -> Description:
    """Return of each kept table how many rows it has, up to which id, and their digest; of every other table only how
    many rows it has. Before the first migrations there is none."""
    there = set(connection.introspection.table_names())
    last = _last_ids([table for table in kept_tables() if table in there])
    ours = [model for model in _our_models() if model._meta.db_table in there]
    return {
        "kept": {table: _describe_table(table, upto) for table, upto in last.items()},
        "rows": {model._meta.db_table: model._base_manager.count() for model in ours},
    }


def differences(described: Description) -> Iterator[str]:
    """Yield each difference from the description, as a sentence."""
    there = set(connection.introspection.table_names())
    for table, was in described["kept"].items():
        if table not in there:
            yield f"{table} is not there; it had {was['rows']:,} rows."
            continue
        now = _describe_table(table, was["last"], was["columns"])
        if now["rows"] != was["rows"]:
            yield f"{table} has {now['rows']:,} of the {was['rows']:,} rows that it had."
        elif now["sha256"] != was["sha256"]:
            yield f"{table} has rows that were changed: their digest differs."


def written_since(described: Iterable[Description]) -> Description:
    """Return of each kept table what was written to it since it was last described by one of these: the ids after
    which and up to which, the number of rows and their digest. Tables without a new row are left out."""
    begun: dict[str, int] = {}
    for each in described:
        begun |= {table: part["last"] for table, part in each.items()}
    found = {}
    for table, upto in _last_ids(chained_tables()).items():
        after = begun.get(table, 0)
        if upto > after:
            found[table] = {"after": after, **_describe_table(table, upto, after=after)}
    return found


def chained_tables() -> list[str]:
    """Return the kept tables whose rows go into the chain of digests: all but the chain."""
    return [table for table in kept_tables() if table != RecordDigest._meta.db_table]


def changes(described: Description) -> Iterator[str]:
    """Yield the tables that are not as `written_since` described them, as sentences."""
    there = set(connection.introspection.table_names())
    for table, was in described.items():
        rows = f"the {was['rows']:,} rows of {table} after {was['after']:,}, up to {was['last']:,}"
        if table not in there:
            yield f"{rows}: the table is not there"
            continue
        now = _describe_table(table, was["last"], was["columns"], after=was["after"])
        if (now["rows"], now["sha256"]) != (was["rows"], was["sha256"]):
            yield f"{rows}: they are not as they were written"


def missing_files() -> Iterator[str]:
    """Yield uploaded files that a record names and that are missing or changed, as sentences."""
    for model, field in _file_fields():
        digest = f"{field.name}_sha256"
        has_digest = any(each.name == digest for each in model._meta.get_fields())
        names = ("pk", field.name, *([digest] if has_digest else []))
        rows = model._base_manager.exclude(**{field.name: ""}).values_list(*names)
        for pk, name, *digests in rows.iterator(chunk_size=CHUNK):
            if not default_storage.exists(name):
                yield f"The file of {model._meta.verbose_name} {pk} is missing."
            elif digests and digests[0] and _digest_of_file(name) != digests[0]:
                yield f"The file of {model._meta.verbose_name} {pk} was changed."


def names_of_files() -> Iterator[str]:
    """Yield the name, in the storage, of every uploaded file that a record names."""
    seen = set()
    for model, field in _file_fields():
        rows = model._base_manager.exclude(**{field.name: ""}).order_by("pk")
        for name in rows.values_list(field.name, flat=True).iterator(chunk_size=CHUNK):
            # A corrected answer names the scan of the answer before it.
            if name not in seen:
                seen.add(name)
                yield name


def _file_fields() -> Iterator[tuple[type[models.Model], models.FileField]]:
    for model in _our_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                yield model, field


def _our_models() -> Iterator[type[models.Model]]:
    for label in our_apps():
        yield from apps.get_app_config(label).get_models()


def _last_ids(tables: list[str]) -> dict[str, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql" and tables:
            # Wait until nobody is adding a row: a later transaction may be visible before an earlier one.
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE")
        last = {}
        for table in tables:
            key = connection.introspection.get_primary_key_column(cursor, table)
            cursor.execute(f"SELECT COALESCE(MAX({key}), 0) FROM {table}")
            (last[table],) = cursor.fetchone()
        return last


def _describe_table(
    table: str, upto: int, columns: list[str] | None = None, *, after: int = 0
) -> dict[str, Any]:
    """Describe the rows after an id and up to another. Later versions may have more columns than those named."""
    digest, number = hashlib.sha256(), 0
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_column(cursor, table)
        if columns is None:
            described = connection.introspection.get_table_description(cursor, table)
            columns = sorted(column.name for column in described)
        begun = after
        while True:
            cursor.execute(
                f"SELECT {quote(str(key))}, {', '.join(map(quote, columns))} FROM {table}"
                f" WHERE {quote(str(key))} > %s AND {quote(str(key))} <= %s ORDER BY 1 LIMIT {CHUNK}",
                [begun, upto],
            )
            rows = cursor.fetchall()
            for row in rows:
                digest.update(b"\x1e".join(_as_bytes(value) for value in row[1:]) + b"\x1d")
            number += len(rows)
            if len(rows) < CHUNK:
                break
            begun = rows[-1][0]
    return {"last": upto, "rows": number, "columns": columns, "sha256": digest.hexdigest()}


def _as_bytes(value: Any) -> bytes:
    if value is None:
        return b"\x00"
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _digest_of_file(name: str) -> str:
    with default_storage.open(name) as file:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        return digest.hexdigest()
