"""Snapshots of the database, restored within milliseconds.

Django empties the database after each test that commits: every table, then the content types, the
permissions and the triggers anew. That takes a third of a second, and most tests write ten tables.
"""

import sqlite3

from django.db import connections, transaction


class SQLiteSnapshot:
    """All pages of the file, kept in memory; schema, triggers and sequences are restored too."""

    def __init__(self, using: str) -> None:
        self.using = using
        self._copy = sqlite3.connect(":memory:")
        self._raw().backup(self._copy)

    def restore(self) -> None:
        """Wait for other writers, then restore every page."""
        self._copy.backup(self._raw())

    def close(self) -> None:
        """Let go of the copy. Python 3.13 and later warn of a connection that was never closed."""
        self._copy.close()

    def _raw(self) -> sqlite3.Connection:
        connection = connections[self.using]
        connection.ensure_connection()
        return connection.connection


class PostgreSQLSnapshot:
    """The greatest id of each table that has rows. Later rows are deleted.

    A row that was there and was changed or deleted by a test is not mended: what a migrated
    database has rows of (content types, permissions) no test changes.
    """

    def __init__(self, using: str) -> None:
        self.using = using
        connection = connections[using]
        with connection.cursor() as cursor:
            self._tables = connection.introspection.table_names(cursor)
            self._last = {
                table: last for table in self._with_rows(cursor) if (last := max_id(cursor, table))
            }

    def restore(self) -> None:
        with transaction.atomic(self.using), connections[self.using].cursor() as cursor:
            # Triggers and foreign keys are off, so history can be deleted too, in any order.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in self._with_rows(cursor):
                if table in self._last:
                    cursor.execute(f'DELETE FROM "{table}" WHERE id > %s', [self._last[table]])
                else:
                    cursor.execute(f'DELETE FROM "{table}"')

    def close(self) -> None:
        """Do nothing: only ids are kept."""

    def _with_rows(self, cursor) -> list[str]:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")"
                for table in self._tables
            )
        )
        return [table for (table,) in cursor.fetchall()]


def max_id(cursor, table: str) -> int:
    cursor.execute(f'SELECT max(id) FROM "{table}"')
    (last,) = cursor.fetchone()
    return last


def take_snapshot(using: str = "default") -> SQLiteSnapshot | PostgreSQLSnapshot:
    kinds = {"sqlite": SQLiteSnapshot, "postgresql": PostgreSQLSnapshot}
    return kinds[connections[using].vendor](using)
