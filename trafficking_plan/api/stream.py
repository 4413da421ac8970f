"""The history of all records as one stream with a cursor, for a program that watches (a SIEM). Reads only.

Every history table counts its rows by itself, so a cursor holds, for each table, the last row that was read;
programs take it as it is. What was read once is never given twice, and nothing is left out:

- On SQLite one transaction writes at a time, so rows appear in the order of their ids.
- On PostgreSQL a transaction may take id 10, another id 11, and commit first. A row is given only when it is
  settled: when every transaction that was running as it was written has ended (its `xmin` is below the oldest
  running transaction of this database), and it is older than a few seconds, because a transaction is numbered a moment after it
  took its id. A table is read up to its first row that is not settled.

The rows of one answer are sorted by their date. Imported history has its true date, so rows of a later answer
may be older. What a page saved by itself while a person typed is one row that grows during a day; it is given
once, as it is when it is read.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import BooleanField, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from agencies.records.tracking import OPEN_COLUMN, PLAN_COLUMN
from trafficking_plan.running.service_checks import our_apps
from workitems.models import Plan

SETTLED_AFTER = timedelta(seconds=5)
LONGEST_CURSOR = 3_000  # characters
# Records whose every version all readers of the plan read on its pages; of all others, and of drafts, the
# stream says which fields changed and not what they say.
READ_BY_THE_PLAN = frozenset(
    {
        *("plan", "member", "pillar", "workitem", "support", "measure", "milestone", "delay"),
        "target",
        *(
            "mitigation",
            "risk",
            "variation",
            "round",
            "meeting",
            "matter",
            "decision",
            "outofsession",
        ),
    }
)
ACTS = {"+": "added", "~": "changed", "-": "deleted"}
# From a record to its plan, where its history keeps none.
WAYS = ("plan", "briefing__plan", "kind__plan", "clearance__briefing__plan")
Row = dict[str, Any]
Cursor = dict[str, int]


class BadCursor(ValueError):
    """The text is no cursor that was given."""


@dataclass(frozen=True)
class Table:
    """The history of one kind of record. `way` is the lookup to the plan; "" if it is of none."""

    label: str
    model: type[models.Model]
    past: Any
    way: str


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables with history, in the order in which they are read."""
    found = []
    for app in our_apps():
        for model in apps.get_app_config(app).get_models():
            past: Any = getattr(model, "history", None)
            if past is not None and hasattr(past, "model"):
                name = model._meta.model_name or ""
                found.append(Table(name, model, past.model, _way(model, past.model)))
    return tuple(sorted(found, key=lambda table: table.label))


def _way(model: type[models.Model], past: Any) -> str:
    if model is Plan:
        return "id"
    fields = {field.name: field.is_relation for field in past._meta.get_fields()}
    if PLAN_COLUMN in fields:
        return PLAN_COLUMN
    return next((way for way in WAYS if fields.get(way.partition("__")[0])), "")


# --- the cursor -----------------------------------------------------------------------------


def write_cursor(cursor: Cursor) -> str:
    data = zlib.compress(json.dumps(cursor, sort_keys=True, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return the cursor; from the beginning for no text. Raise `BadCursor` for any other text."""
    if not text:
        return {}
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        found = json.loads(unpacking.decompress(data, 20_000))
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise BadCursor(text) from error
    labels = {table.label for table in tables()}
    if not isinstance(found, dict) or not all(
        isinstance(last, int) and 0 <= last < 2**63 for last in found.values()
    ):
        raise BadCursor(text)
    return {label: last for label, last in found.items() if label in labels}


# --- reading --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """What a reader of the stream gets: all records, or those of some plans.

    `with_values` are the records of which they also get the values. Of others they get the names of the fields.
    """

    plans: Sequence[int] | None
    with_values: frozenset[str]


def read_entries(
    cursor: Cursor, reader: Reader, limit: int, at: datetime
) -> tuple[list[Row], Cursor]:
    """Return at most `limit` entries after the cursor, and the cursor after them."""
    cursor = dict(cursor)
    entries: list[tuple[datetime, str, Row]] = []
    slugs = dict(Plan.objects.values_list("pk", "slug"))
    oldest = _oldest_running()
    for table in tables():
        room = limit - len(entries)
        if room <= 0:
            break
        if reader.plans is not None and not table.way:
            continue
        rows = _settled_rows(table, cursor.get(table.label, 0), reader, room, at, oldest)
        if not rows:
            continue
        before = _versions_before(table, rows)
        has_values = table.label in reader.with_values
        for row in rows:
            was = before.get(row.before_id)
            entries.append(
                (row.history_date, table.label, _entry(table, row, was, slugs, has_values))
            )
        cursor[table.label] = rows[-1].history_id
    entries.sort(key=lambda each: (each[0], each[1], each[2]["version"]))
    return [entry for _, _, entry in entries], cursor


def _settled_rows(
    table: Table, after: int, reader: Reader, room: int, at: datetime, oldest: str
) -> list[Any]:
    """Return the rows after an id, up to the first that is not settled."""
    past = table.past
    rows = past.objects.filter(history_id__gt=after)
    if reader.plans is not None:
        rows = rows.filter(**{f"{table.way}__in": reader.plans})
    earlier = past.objects.filter(
        Q(history_date__lt=OuterRef("history_date"))
        | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")),
        id=OuterRef("id"),
    ).order_by("-history_date", "-history_id")
    rows = rows.annotate(
        before_id=Subquery(earlier.values("history_id")[:1]), is_settled=_is_settled(past, oldest)
    )
    found = []
    for row in rows.order_by("history_id")[:room]:
        if not row.is_settled or at - SETTLED_AFTER < row.history_date <= at:
            break
        found.append(row)
    return found


def _oldest_running() -> str:
    """Return the number of the oldest transaction that is running in this database, or else that of the next one.

    Those of other databases of the server are left out; they write no rows here.
    """
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE((SELECT backend_xid FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL"
            " ORDER BY age(backend_xid) DESC LIMIT 1), pg_snapshot_xmax(pg_current_snapshot())::xid)"
        )
        return str(cursor.fetchone()[0])


def _is_settled(past: Any, oldest: str) -> Any:
    if connection.vendor != "postgresql":
        return Value(True, output_field=BooleanField())
    table = connection.ops.quote_name(past._meta.db_table)
    return RawSQL(f"age({table}.xmin) > age(%s::xid)", (oldest,), output_field=BooleanField())


def _versions_before(table: Table, rows: Sequence[Any]) -> Mapping[int, Any]:
    ids = {row.before_id for row in rows if row.before_id is not None}
    found: dict[int, Any] = table.past.objects.in_bulk(ids, field_name="history_id")
    return found


def _entry(table: Table, row: Any, was: Any, slugs: Mapping[int, str], has_values: bool) -> Row:
    who, _, agency = row.history_actor.partition(" (")
    plan = _plan_of(table, row)
    return {
        "entry": f"{table.label}-{row.history_id}",
        "at": timezone.localtime(row.history_date).isoformat(),
        "who": who,
        "agency": agency.replace(")", ""),
        "act": ACTS[row.history_type],
        "record": table.label,
        "id": row.id,
        "version": row.history_id,
        "number": _number_of(row),
        "plan": slugs.get(plan) if plan else None,
        "is_open": bool(getattr(row, OPEN_COLUMN, False)),
        "changes": list(_changes(row, was, has_values)),
        "reason": (row.history_change_reason or "") if has_values else None,
    }


def _number_of(row: Any) -> Any:
    """Return the number by which people call the record. The number of a measure is what it says, which may be a draft."""
    number = getattr(row, "number", None)
    return None if isinstance(number, Decimal) else number


def _plan_of(table: Table, row: Any) -> int | None:
    if table.way in ("id", PLAN_COLUMN):
        found: int | None = getattr(row, table.way)
        return found
    return getattr(row, "plan_id", None) if table.way == "plan" else None


def _changes(row: Any, was: Any, has_values: bool) -> Iterator[Row]:
    """Yield the fields that changed. The first version of a record has all that are filled in."""
    for field in row.tracked_fields:
        if field.primary_key or field.name == "version":
            continue
        old, new = getattr(was, field.attname, None), getattr(row, field.attname)
        if old == new or (was is None and new in (None, "")):
            continue
        change: Row = {"field": field.name}
        if has_values:
            change |= {"old": plain(old), "new": plain(new)}
        yield change


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)
