"""Database triggers for rules that depend on more than one row.

A check constraint sees one row. A trigger can query others, on SQLite and on PostgreSQL alike. A
broken rule raises `IntegrityError`. Where rows are kept for good, the table cannot be emptied by
TRUNCATE either (PostgreSQL), or by INSERT OR REPLACE (SQLite, with `recursive_triggers` on). Each app
lists its triggers in `GUARDS`; they are installed after every `migrate`. On SQLite they are also dropped before a `migrate` that has migrations to
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
        if vendor == "sqlite":
            return [
                statement
                for name, create in self.sources(vendor).items()
                for statement in (f"DROP TRIGGER IF EXISTS {name}", create)
            ]
        return self.on_postgresql()

    def sources(self, vendor: str) -> dict[str, str]:
        """Return what the database keeps of each trigger, by its name.

        On SQLite that is the statement, as each event needs a trigger of its own; on PostgreSQL the body
        of its function.
        """
        if vendor == "sqlite":
            return {
                f"{self.name}_{index}": f"CREATE TRIGGER {self.name}_{index} AFTER {event}"
                f" ON {self.table} {self.sqlite_body}"
                for index, event in enumerate(self.events)
            }
        return {self.name: self.postgresql_body}

    @property
    def sqlite_body(self) -> str:
        raise NotImplementedError

    @property
    def postgresql_body(self) -> str:
        raise NotImplementedError

    def on_postgresql(self) -> list[str]:
        raise NotImplementedError


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

    @property
    def sqlite_body(self) -> str:
        # SQLite does not allow DEFAULT VALUES in a trigger.
        return f"BEGIN INSERT INTO {self.log} (id) VALUES (NULL); END"

    @property
    def postgresql_body(self) -> str:
        return f" BEGIN INSERT INTO {self.log} (id) VALUES (DEFAULT); RETURN NULL; END "

    def on_postgresql(self) -> list[str]:
        return [
            f"CREATE OR REPLACE FUNCTION {self.log}_note() RETURNS trigger LANGUAGE plpgsql "
            f"AS $${self.postgresql_body}$$",
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

    @property
    def quoted_message(self) -> str:
        return "'" + self.message.replace("'", "''") + "'"

    @property
    def sqlite_body(self) -> str:
        # AFTER, because a new row has no id before. RAISE(ABORT) undoes the statement.
        return f"WHEN {self.refuse_when} BEGIN SELECT RAISE(ABORT, {self.quoted_message}); END"

    @property
    def postgresql_body(self) -> str:
        lock = f"PERFORM pg_advisory_xact_lock({self.lock});" if self.lock else ""
        row = "OLD" if self.events == ("DELETE",) else "NEW"
        return (
            f" BEGIN {lock} IF {self.refuse_when} THEN RAISE EXCEPTION USING"
            f" ERRCODE = 'check_violation', MESSAGE = {self.quoted_message}; END IF; RETURN {row}; END "
        )

    def on_postgresql(self) -> list[str]:
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $${self.postgresql_body}$$",
            # Replaced in one statement, so that the rule is never absent.
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {' OR '.join(self.events)} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            *(self._refuse_emptying() if self.keeps_rows else []),
        ]

    def sources(self, vendor: str) -> dict[str, str]:
        emptying = {self._emptying: EMPTYING_BODY} if self.keeps_rows else {}
        return super().sources(vendor) | (emptying if vendor == "postgresql" else {})

    @property
    def keeps_rows(self) -> bool:
        """Whether deletion is refused, so that emptying the table must be too."""
        return "DELETE" in self.events

    @property
    def _emptying(self) -> str:
        return f"not_emptied_{self.table}"

    def _refuse_emptying(self) -> list[str]:
        # A trigger for each row does not see TRUNCATE.
        return [
            "CREATE OR REPLACE FUNCTION refuse_emptying() RETURNS trigger LANGUAGE plpgsql "
            f"AS $${EMPTYING_BODY}$$",
            f"CREATE OR REPLACE TRIGGER {self._emptying} BEFORE TRUNCATE ON {self.table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_emptying({self.quoted_message})",
        ]


EMPTYING_BODY = (
    " BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = TG_ARGV[0]; END "
)


def frozen(
    table: str, *, name: str, message: str, refuse_update_when: str = "1 = 1"
) -> Iterator[Guard]:
    """Yield guards that refuse every DELETE on the table, and each UPDATE for which the SQL condition is true."""
    yield Guard(f"{name}_update", table, ("UPDATE",), refuse_update_when, message)
    yield Guard(f"{name}_delete", table, ("DELETE",), "1 = 1", message)


def frozen_history(tables: Iterable[str], *, with_pauses: bool = False) -> Iterator[Guard]:
    """Yield guards of history tables.

    Where there are pauses (`agencies.records.tracking.Versions`), the newest row of a record may take the
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
    Guard(
        name="token_of_its_seats_person",
        table="agencies_token",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "NEW.seat_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agencies_seat s"
            " WHERE s.id = NEW.seat_id AND s.user_id = NEW.user_id)"
        ),
        message="The seat is another person's.",
    ),
    *frozen_history(
        f"agencies_historical{name}"
        for name in ("agency", "user", "unit", "seat", "appointment", "invitation", "token")
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


def faults(guards: Iterable[Trigger], using: str) -> list[str]:
    """Return the names of triggers that are missing, disabled or different."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    expected: dict[str, str] = {}
    for guard in guards:
        if guard.tables <= tables:
            expected |= guard.sources(connection.vendor)
    there = present(using)
    return sorted(name for name, source in expected.items() if there.get(name) != source)


def present(using: str) -> dict[str, str]:
    """Return the source of each trigger that the database fires, by its name."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                " JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
                " AND c.relnamespace = current_schema()::regnamespace"
            )
        return dict(cursor.fetchall())


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
