"""Truths that need more than one row to decide, held by the database as triggers.

A check constraint sees one row. These see others, on SQLite and on PostgreSQL alike, and refuse
with an `IntegrityError`. Each app lists its own in `GUARDS`; they are put in place after every
`migrate`, because SQLite rebuilds a table when a column changes and drops its triggers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Guard:
    """Refuse `events` on `table` where `refuse_when` is true of NEW and OLD.

    `refuse_when` is SQL that both databases understand. `lock` is an integer expression: on
    PostgreSQL, writers with the same value wait for each other, so that two of them cannot each
    miss the other's row. (SQLite has one writer at a time.)
    """

    name: str
    table: str
    events: tuple[str, ...]
    refuse_when: str
    message: str
    lock: str = ""

    def statements(self, vendor: str) -> list[str]:
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            out = []
            for index, event in enumerate(self.events):
                name = f"{self.name}_{index}"
                out += [
                    f"DROP TRIGGER IF EXISTS {name}",
                    f"CREATE TRIGGER {name} BEFORE {event} ON {self.table} "
                    f"WHEN {self.refuse_when} BEGIN SELECT RAISE(ABORT, '{message}'); END",
                ]
            return out
        lock = f"PERFORM pg_advisory_xact_lock({self.lock});" if self.lock else ""
        row = "OLD" if self.events == ("DELETE",) else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {lock} IF {self.refuse_when} THEN "
            f"RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{message}'; END IF; "
            f"RETURN {row}; END $$",
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"CREATE TRIGGER {self.name} BEFORE {' OR '.join(self.events)} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


def frozen_history(tables: Iterable[str]) -> tuple[Guard, ...]:
    """History rows are the record: nothing in the application changes or deletes one."""
    return tuple(
        Guard(
            name=f"frozen_{table}_{event.lower()}",
            table=table,
            events=(event,),
            # Django sets the author of a row to nothing when a user row goes; ours never go.
            refuse_when="1 = 1",
            message="History rows are never changed or deleted.",
        )
        for table in tables
        for event in ("UPDATE", "DELETE")
    )


PERIOD_OVERLAPS = (
    "other.id <> NEW.id"
    " AND (other.to_on IS NULL OR other.to_on >= NEW.from_on)"
    " AND (NEW.to_on IS NULL OR NEW.to_on >= other.from_on)"
)

GUARDS = (
    Guard(
        name="seats_do_not_overlap",
        table="agencies_seat",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "EXISTS (SELECT 1 FROM agencies_seat other WHERE other.user_id = NEW.user_id"
            " AND other.agency_id = NEW.agency_id AND other.role = NEW.role"
            f" AND {PERIOD_OVERLAPS})"
        ),
        message="This person already holds that seat for part of the time.",
        lock="NEW.user_id",
    ),
    Guard(
        name="appointments_do_not_overlap",
        table="agencies_appointment",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "EXISTS (SELECT 1 FROM agencies_appointment other"
            f" WHERE other.portfolio = NEW.portfolio AND {PERIOD_OVERLAPS})"
        ),
        message="Another Minister holds that portfolio for part of the time.",
        lock="719203",
    ),
    *frozen_history(
        f"agencies_historical{name}" for name in ("agency", "user", "seat", "appointment")
    ),
)


def install(guards: Iterable[Guard], using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in guard.statements(connection.vendor):
                cursor.execute(statement)


def install_after_migrate(using: str, plan: Any = None, **kwargs: Any) -> None:
    # A migration run that goes back to zero leaves no table to guard.
    if "agencies_seat" in connections[using].introspection.table_names():
        install(GUARDS, using)
