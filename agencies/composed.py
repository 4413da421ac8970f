"""Querysets whose SQL is composed once and then run with other values.

Composing a queryset takes longer than most statements run, and than reading what they find.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, wraps
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, ForeignObject, prefetch_related_objects
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.query import ModelIterable


class Given(Expression):
    """A value that a statement is given when it runs, by its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


@Field.register_lookup
@ForeignObject.register_lookup
class Among(RelatedIn):
    """Whether a column is among ids; of a composed statement, one value however many they are."""

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        if not isinstance(self.rhs, Given):
            return str(super().get_rhs_op(connection, rhs))
        if connection.vendor == "postgresql":
            return f"= ANY({rhs}::bigint[])"
        return f"IN (SELECT value FROM json_each({rhs}))"


class Statement:
    """A queryset's statement, without the values that it is given."""

    def __init__(self, rows: Any) -> None:
        self.queryset, self.query = rows, rows.query
        self.lookups = rows._prefetch_related_lookups
        self.compiler = self.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([each for each, *_ in self.compiler.select])
        self.makes_models = issubclass(rows._iterable_class, ModelIterable)

    @property
    def named_sql(self) -> str:
        """The statement as a part of one that is written by hand, whose values have names."""
        return str(self.sql % tuple(f"%({each.name})s" for each in self.params))

    def rows(self, values: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
        """Return the columns of each row. Ids are given as a list or a set."""
        given = {name: _parameter(value) for name, value in values.items()}
        params = [given[each.name] if isinstance(each, Given) else each for each in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        compiler = self.query.get_compiler(connection=connection)
        return map(tuple, compiler.apply_converters(found, self.converters))

    def found(self, values: dict[str, Any]) -> Any:
        """Return what the queryset would: a list of its models, or rows of the columns it names."""
        rows = self.rows(values)
        if not self.makes_models:
            return rows
        models: list[Any] = list(ModelIterable(_Found(self, rows)))  # type: ignore[arg-type]
        prefetch_related_objects(models, *self.lookups)
        return models


class _Found:
    """What `ModelIterable` asks for, of the queryset, its query and its compiler, with rows that were read."""

    def __init__(self, statement: Statement, rows: Iterable[tuple[Any, ...]]) -> None:
        compiler = statement.compiler
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        self.queryset, self.query, self.rows = statement.queryset, self, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queryset, name)

    def get_compiler(self, using: str) -> "_Found":
        return self

    def execute_sql(self, **options: Any) -> None:
        pass

    def results_iter(self, results: None) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)


def _parameter(value: Any) -> Any:
    if isinstance(value, (list, set, frozenset)):
        # As text, which the driver does not look at one by one.
        text = json.dumps(list(value), separators=(",", ":"))
        return f"{{{text[1:-1]}}}" if connection.vendor == "postgresql" else text
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def composed(make: Callable[..., Any]) -> Callable[..., Any]:
    """Make of a function that returns a queryset one that returns its rows, and composes it at the first
    call only. Its values are given by name and may be compared with columns, ids by `among`."""

    @cache
    def statement(*names: str) -> Statement:
        return Statement(make(**{name: Given(name) for name in names}))

    @wraps(make)
    def found(**values: Any) -> Any:
        return statement(*values).found(values)

    return found
