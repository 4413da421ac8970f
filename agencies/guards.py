"""Truths that need more than one row to decide, held by the database as triggers.

A check constraint sees one row. These see others, on SQLite and on PostgreSQL alike, and refuse
with an `IntegrityError`. Each app lists its own in `GUARDS`. They are put in place after every
`migrate`. On SQLite they are also lifted before one that has something to do: a column changes
there by building its table anew, which drops the table's triggers and which the triggers of other
tables that read it refuse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction


@dataclass(frozen=True)
class Trigger:
    """Something that the database does by itself at `events` on `table`."""

    name: str
    table: str
    events: tuple[str, ...]

    @property
    def tables(self) -> set[str]:
        """What must be there before it can be."""
        return {self.table}

    def statements(self, vendor: str) -> list[str]:
        """The SQL that puts it in place, or its newer wording."""
        raise NotImplementedError


@dataclass(frozen=True)
class Note(Trigger):
    """Put a row into `log`, which needs no more than an id, whenever something is written.

    In the writer's own transaction, so whoever can see the change can see its row. Writers never
    wait for each other, as they would for a counter.
    """

    log: str

    @property
    def tables(self) -> set[str]:
        return {self.table, self.log}

    def statements(self, vendor: str) -> list[str]:
        # SQLite takes no DEFAULT VALUES within a trigger.
        insert = (
            f"INSERT INTO {self.log} (id) VALUES ({'NULL' if vendor == 'sqlite' else 'DEFAULT'});"
        )
        if vendor == "sqlite":
            out = []
            for index, event in enumerate(self.events):
                name = f"{self.name}_{index}"
                out += [
                    f"DROP TRIGGER IF EXISTS {name}",
                    f"CREATE TRIGGER {name} AFTER {event} ON {self.table} BEGIN {insert} END",
                ]
            return out
        return [
            f"CREATE OR REPLACE FUNCTION {self.log}_note() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {insert} RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} AFTER {' OR '.join(self.events)} "
            f"ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION {self.log}_note()",
        ]


@dataclass(frozen=True)
class Guard(Trigger):
    """Refuse `events` on `table` where `refuse_when` is true of NEW and OLD.

    `refuse_when` is SQL that both databases understand. `lock` is an integer expression: on
    PostgreSQL, writers with the same value wait for each other, so that two of them cannot each
    miss the other's row. (SQLite has one writer at a time.)
    """

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
                    # After: before, a new row has no id yet. The refusal undoes the statement.
                    f"CREATE TRIGGER {name} AFTER {event} ON {self.table} "
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
            # Replaced in one statement, so that there is no moment without it.
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {' OR '.join(self.events)} ON {self.table} "
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
            " AND other.withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL"
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
        f"agencies_historical{name}"
        for name in ("agency", "user", "seat", "appointment", "invitation")
    ),
)


def install(guards: Iterable[Trigger], using: str) -> None:
    """Put the guards in place, or their newer wording, wherever their table exists."""
    connection = connections[using]
    # A migration run may end before a table is made, or after it has gone.
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using), connection.cursor() as cursor:
        for guard in guards:
            if guard.tables <= tables:
                for statement in guard.statements(connection.vendor):
                    cursor.execute(statement)


def lift(using: str) -> None:
    """Drop every trigger of an SQLite database. PostgreSQL's are in nobody's way and stay."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def lift_before_migrate(using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """A run that fails leaves the guards lifted until the next one succeeds."""
    if plan:
        lift(using)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
