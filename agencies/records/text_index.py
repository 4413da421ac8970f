"""An index of the words of a table, kept by the database itself, and the condition that uses it.

On PostgreSQL it is an index on an expression of the row; on SQLite a table of its full-text module FTS5,
which triggers keep. Neither holds anything but the texts: who may read a row is asked of the row. They
are made after every `migrate`, as the guards are, if they are not there or are out of date.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import BooleanField, F, Func, QuerySet

MOST_WORDS = 10
# A word of so many letters also finds those that begin with it.
BEGINS_FROM = 3
# What a word may lose at its end when nothing has it, and what it keeps.
ENDING, KEPT = 3, 4
COMBINING = "[\\u0300-\\u036f]"
# One character or more between two words; the same on both databases, and in `WORD`.
BETWEEN = (
    "[\\x01-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\xa9\\xab-\\xb4\\xb6-\\xb9\\xbb-\\xbf\\xd7\\xf7"
    "\\u2000-\\u206f\\u3000-\\u303f]+"
)
WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
# Far more than a person writes into one record, and what PostgreSQL can index of one.
MOST_CHARACTERS = 100_000
# Its cost keeps the planner from calling it for every row of a table. As SQL it would be taken apart, and
# its cost forgotten.
FUNCTION = (
    "CREATE OR REPLACE FUNCTION register_words(text) RETURNS tsvector"
    " LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000"
    " AS $$ BEGIN RETURN to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(lower(regexp_replace("
    f"normalize(left($1, {MOST_CHARACTERS}), NFKD), '{COMBINING}+', '', 'g')), '{BETWEEN}', ' ', 'g'));"
    " END $$"
)
TOKENIZER = "unicode61 remove_diacritics 2"


def folded(text: str) -> str:
    """Return the text as the databases compare it: without macrons and capitals."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


@dataclass(frozen=True)
class Words:
    """The words that a row must have, all of them, in any order."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Return the first words of what was typed. Signs are no words: nothing of it is an operator."""
        found = [each.group() for each in WORD.finditer(folded(text))]
        return cls(tuple(dict.fromkeys(found))[:MOST_WORDS])

    def __bool__(self) -> bool:
        return bool(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    @cached_property
    def loosened(self) -> "Words":
        """The words without their endings, where they are long enough, in case one was mistyped."""
        return Words(
            tuple(
                word[: max(KEPT, len(word) - ENDING)] if is_beginning(word) else word
                for word in self.words
            )
        )

    @property
    def tsquery(self) -> str:
        return " & ".join(f"'{word}'{':*' * is_beginning(word)}" for word in self.words)

    @property
    def match(self) -> str:
        return " ".join(f'"{word}"{"*" * is_beginning(word)}' for word in self.words)

    def has(self, written: str) -> bool:
        """Return whether a written word is one of these."""
        plain = folded(written)
        return any(
            plain.startswith(word) if is_beginning(word) else plain == word for word in self.words
        )


def is_beginning(word: str) -> bool:
    """Return whether the word also finds longer ones. A number does not: 1 is not 10."""
    return len(word) >= BEGINS_FROM and not word.isdigit()


@dataclass(frozen=True)
class TextIndex:
    """An index of the words in these columns of a table, none of which can be null."""

    table: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"words_{self.table}"

    @property
    def expression(self) -> str:
        """SQL of PostgreSQL for the words of a row."""
        return words_sql(f'"{column}"' for column in self.columns)

    @property
    def named(self) -> str:
        """The name of PostgreSQL's index. It changes with the index's definition."""
        made_from = hashlib.sha256(f"{FUNCTION} {self.expression}".encode()).hexdigest()
        return f"{self.name}_{made_from[:8]}"

    @property
    def triggers(self) -> dict[str, str]:
        """The statements that create SQLite's triggers, by name."""
        columns = ", ".join(f'"{column}"' for column in self.columns)
        new, old = (
            ", ".join(f'{row}."{column}"' for column in self.columns) for row in ("NEW", "OLD")
        )
        changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in self.columns)
        add = f"INSERT INTO {self.name} (rowid, {columns}) VALUES (NEW.id, {new});"
        remove = f"INSERT INTO {self.name} ({self.name}, rowid, {columns}) VALUES ('delete', OLD.id, {old});"
        bodies = {
            "insert": f"AFTER INSERT ON {self.table} BEGIN {add} END",
            "delete": f"AFTER DELETE ON {self.table} BEGIN {remove} END",
            "update": f"AFTER UPDATE ON {self.table} WHEN OLD.id <> NEW.id OR {changed}"
            f" BEGIN {remove} {add} END",
        }
        return {
            f"{self.name}_{event}": f"CREATE TRIGGER {self.name}_{event} {body}"
            for event, body in bodies.items()
        }

    def matching(self, words: Words, *, are_common: bool = False) -> "Matching":
        """Return the condition that a row of the table has all these words.

        If they are common, PostgreSQL reads rows in the order that is asked for until it has enough: its
        index would give it all of them first, in no order.
        """
        return Matching(self, words, are_common)

    def is_in(self, words: Words, least: int) -> bool:
        """Return whether at least `least` rows have all these words, on SQLite, regardless of who may read them."""
        sql = f"SELECT COUNT(*) FROM (SELECT rowid FROM {self.name} WHERE {self.name} MATCH %s LIMIT %s)"
        with connection.cursor() as cursor:
            cursor.execute(sql, [words.match, least])
            return bool(cursor.fetchone()[0] == least)

    def of_these(self, pks: Sequence[int], words: Words) -> set[int]:
        """Return the ids of these rows that have all these words, on SQLite."""
        if not pks:
            return set()
        # The sign keeps SQLite from asking the index for each row.
        sql = (
            f"SELECT rowid FROM {self.name} WHERE {self.name} MATCH %s AND rowid BETWEEN %s AND %s"
            " AND +rowid IN (SELECT value FROM json_each(%s))"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [words.match, min(pks), max(pks), json.dumps(list(pks))])
            return {pk for (pk,) in cursor.fetchall()}

    def among(self, rows: "QuerySet[Any]", words: Words) -> "QuerySet[Any]":
        """Return the rows with all these words on SQLite, the newest first if they have no order: each that the
        index gives is looked up among the rows, until there are enough."""
        return rows.extra(
            tables=[self.name],
            # The sign keeps SQLite from looking up each row in the index instead.
            where=[f"{self.table}.id = +{self.name}.rowid", f"{self.name} MATCH %s"],
            params=[words.match],
            order_by=() if rows.query.order_by else [f"-{self.name}.rowid"],
        )

    def install_on_postgresql(self, cursor: Any) -> None:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema AND tablename = %s"
            " AND indexname LIKE %s",
            [self.table, f"{self.name}%"],
        )
        there = {row[0] for row in cursor.fetchall()}
        for outdated in there - {self.named}:
            cursor.execute(f"DROP INDEX {outdated}")
        if self.named not in there:
            cursor.execute(
                f"CREATE INDEX {self.named} ON {self.table} USING gin ({self.expression})"
            )

    def install_on_sqlite(self, cursor: Any) -> None:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            [self.table],
        )
        there = {name: sql for name, sql in cursor.fetchall() if name.startswith(f"{self.name}_")}
        if there == self.triggers:
            return
        # A `migrate` drops the triggers first, so what it wrote is not in the index yet.
        for name in there:
            cursor.execute(f"DROP TRIGGER {name}")
        columns = ", ".join(f'"{column}"' for column in self.columns)
        cursor.execute(f"DROP TABLE IF EXISTS {self.name}")
        cursor.execute(
            f"CREATE VIRTUAL TABLE {self.name} USING fts5({columns}, content='{self.table}',"
            f" content_rowid='id', columnsize=0, tokenize='{TOKENIZER}')"
        )
        cursor.execute(f"INSERT INTO {self.name} ({self.name}) VALUES ('rebuild')")
        for statement in self.triggers.values():
            cursor.execute(statement)


def words_sql(columns: Iterable[str]) -> str:
    return "register_words({})".format(" || ' ' || ".join(columns))


class Matching(Func):
    """Whether a row has all the words, by its index."""

    output_field = BooleanField()

    def __init__(self, index: TextIndex, words: Words, are_common: bool) -> None:
        super().__init__(F("pk"), *map(F, index.columns))
        self.index, self.words, self.are_common = index, words, are_common

    def as_postgresql(
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, list[Any]]:
        from psycopg.sql import quote

        columns = [compiler.compile(each)[0] for each in self.source_expressions[1:]]
        # The words are a part of the statement. Were they sent apart, PostgreSQL would plan a statement that is
        # run often once for all words, as if few rows had them: a search took up to two seconds.
        words = quote(self.words.tsquery).replace("%", "%%")
        found = f"{words_sql(columns)} @@ to_tsquery('pg_catalog.simple'::regconfig, {words})"
        # PostgreSQL has no index on a CASE, and expects every second row to be found. Of an expression with @@ it
        # expects one in a thousand: to find five rows it called the function for all, and compared all items with each.
        return f"CASE WHEN {found} THEN TRUE END" if self.are_common else found, []

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str]]:
        pk, _ = compiler.compile(self.source_expressions[0])
        name = self.index.name
        return f"{pk} IN (SELECT rowid FROM {name} WHERE {name} MATCH %s)", (self.words.match,)


def install(indexes: Iterable[TextIndex], using: str) -> None:
    """Make the indexes whose tables are in the database with all their columns."""
    connection = connections[using]
    is_postgresql = connection.vendor == "postgresql"
    with transaction.atomic(using), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if is_postgresql:
            cursor.execute(FUNCTION)
        for index in indexes:
            # `migrate` can stop before a table or a column is there.
            if index.table not in tables:
                continue
            described = connection.introspection.get_table_description(cursor, index.table)
            if not {*index.columns} <= {column.name for column in described}:
                continue
            if is_postgresql:
                index.install_on_postgresql(cursor)
            else:
                index.install_on_sqlite(cursor)
