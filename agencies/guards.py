"""Database triggers for rules that depend on more than one row.

A check constraint sees one row. A trigger can query others, on SQLite and on PostgreSQL alike. A
broken rule raises `IntegrityError`. Each app lists its triggers in `GUARDS`; they are installed
after every `migrate`. On SQLite they are also dropped before a `migrate` that has migrations to
apply: SQLite changes a column by rebuilding its table, which drops the table's own triggers and
fails if triggers of other tables refer to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction


@dataclass(frozen=True)
class Trigger:
    """A trigger on `table` for `events` ("INSERT", "UPDATE", "DELETE")."""

    name: str
    table: str
    events: tuple[str, ...]

    @property
    def tables(self) -> set[str]:
        """Names of the tables that must exist before the trigger can be created."""
        return {self.table}

    def statements(self, vendor: str) -> list[str]:
        """Return the SQL that creates the trigger or replaces an older version of it."""
        raise NotImplementedError

    def on_sqlite(self, body: str) -> list[str]:
        """Return the SQL for SQLite, where each event needs a trigger of its own."""
        out = []
        for index, event in enumerate(self.events):
            name = f"{self.name}_{index}"
            create = f"CREATE TRIGGER {name} AFTER {event} ON {self.table} {body}"
            out += [f"DROP TRIGGER IF EXISTS {name}", create]
        return out


@dataclass(frozen=True)
class Note(Trigger):
    """Insert a row into `log`, a table that needs only an id, at every write to `table`.

    The row is inserted in the writer's transaction, so it becomes visible together with the
    change. Writers do not block each other, as they would when updating a counter.
    """

    log: str

    @property
    def tables(self) -> set[str]:
        return {self.table, self.log}

    def statements(self, vendor: str) -> list[str]:
        # SQLite does not allow DEFAULT VALUES in a trigger.
        insert = (
            f"INSERT INTO {self.log} (id) VALUES ({'NULL' if vendor == 'sqlite' else 'DEFAULT'});"
        )
        if vendor == "sqlite":
            return self.on_sqlite(f"BEGIN {insert} END")
        return [
            f"CREATE OR REPLACE FUNCTION {self.log}_note() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {insert} RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} AFTER {' OR '.join(self.events)} "
            f"ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION {self.log}_note()",
        ]


@dataclass(frozen=True)
class Guard(Trigger):
    """Refuse `events` on `table` where `refuse_when` is true of NEW and OLD.

    `refuse_when` is SQL that both databases understand. `lock` is an integer SQL expression: on
    PostgreSQL, writers with the same value wait for each other, because two concurrent
    transactions cannot see each other's rows. (SQLite has one writer at a time.)
    """

    refuse_when: str
    message: str
    lock: str = ""

    def statements(self, vendor: str) -> list[str]:
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            # AFTER, because a new row has no id before. RAISE(ABORT) undoes the statement.
            return self.on_sqlite(
                f"WHEN {self.refuse_when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        lock = f"PERFORM pg_advisory_xact_lock({self.lock});" if self.lock else ""
        row = "OLD" if self.events == ("DELETE",) else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {lock} IF {self.refuse_when} THEN "
            f"RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{message}'; END IF; "
            f"RETURN {row}; END $$",
            # Replaced in one statement, so that the rule is never absent.
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {' OR '.join(self.events)} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


def frozen(
    table: str, *, name: str, message: str, refuse_update_when: str = "1 = 1"
) -> Iterator[Guard]:
    """Yield guards that refuse every DELETE on the table, and every UPDATE unless told otherwise."""
    yield Guard(f"{name}_update", table, ("UPDATE",), refuse_update_when, message)
    yield Guard(f"{name}_delete", table, ("DELETE",), "1 = 1", message)


def frozen_history(tables: Iterable[str], *, with_pauses: bool = False) -> Iterator[Guard]:
    """Yield guards of history tables.

    Where there are pauses (`agencies.tracking.Versions`), the newest row of a record may take the
    next pause of the same person while it is open. A closed row is never opened again.
    """
    # Django sets `history_user` to null when a user is deleted; users are never deleted.
    for table in tables:
        yield from frozen(
            table,
            name=f"frozen_{table}",
            message="History rows are never changed or deleted.",
            refuse_update_when=no_pause(table) if with_pauses else "1 = 1",
        )


def no_pause(table: str) -> str:
    """Return SQL that is true unless the open row takes a pause of the same person."""
    same = ("history_id", "id", "history_type", "history_actor", "history_user_id")
    changes = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in same)
    return (
        f"NOT OLD.history_is_open OR NEW.history_user_id IS NULL OR {changes}"
        " OR COALESCE(NEW.history_change_reason, '') <> COALESCE(OLD.history_change_reason, '')"
        " OR NEW.history_date < OLD.history_date"
        f" OR EXISTS (SELECT 1 FROM {table} newer"
        " WHERE newer.id = NEW.id AND newer.history_id > NEW.history_id)"
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
            " AND (other.agency_id = NEW.agency_id"
            " OR (other.portfolio = NEW.portfolio AND NEW.portfolio <> ''))"
            " AND other.role = NEW.role"
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
    Guard(
        name="seat_unit_of_its_agency",
        table="agencies_seat",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "NEW.unit_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agencies_unit u"
            " WHERE u.id = NEW.unit_id AND u.agency_id = NEW.agency_id)"
        ),
        message="The unit belongs to another agency.",
    ),
    *frozen_history(
        f"agencies_historical{name}"
        for name in ("agency", "user", "unit", "seat", "appointment", "invitation")
    ),
)


def install(guards: Iterable[Trigger], using: str) -> None:
    """Create or replace the triggers whose tables exist in the database."""
    connection = connections[using]
    # `migrate` can stop before a table is created or after it is dropped.
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using), connection.cursor() as cursor:
        for guard in guards:
            if guard.tables <= tables:
                for statement in guard.statements(connection.vendor):
                    cursor.execute(statement)


def lift(using: str) -> None:
    """Drop every trigger of an SQLite database. On PostgreSQL they do not obstruct `migrate`."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def lift_before_migrate(using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Drop the triggers if there are migrations to apply.

    If `migrate` fails, they stay dropped until the next one succeeds.
    """
    if plan:
        lift(using)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
