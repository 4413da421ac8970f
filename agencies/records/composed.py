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
from django.db.models.query import ModelIterable, ValuesListIterable


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
    """Compare a column with ids. In a composed statement they are one parameter, whatever their number."""

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        if not isinstance(self.rhs, Given):
            return str(super().get_rhs_op(connection, rhs))
        if connection.vendor == "postgresql":
            return f"= ANY({rhs}::bigint[])"
        return f"IN (SELECT value FROM json_each({rhs}))"


class Statement:
    """The SQL of a queryset of models or of tuples, without the values that it is given."""

    def __init__(self, queryset: Any) -> None:
        assert queryset._iterable_class in (ModelIterable, ValuesListIterable), queryset
        self.queryset = queryset
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        self.converters = compiler.get_converters([column for column, *_ in self.select])

    def rows(self, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Return the columns of each row. Ids are given as a list or a set; no value may be None."""
        given = {name: _parameter(value) for name, value in values.items()}
        params = [given[each.name] if isinstance(each, Given) else each for each in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        compiler = self.queryset.query.get_compiler(connection=connection)
        return [tuple(row) for row in compiler.apply_converters(found, self.converters)]

    def results(self, values: dict[str, Any]) -> Any:
        """Return what the queryset would: a list of its models, or of tuples of the columns it names."""
        rows = self.rows(values)
        if self.queryset._iterable_class is ValuesListIterable:
            return rows
        models: list[Any] = list(ModelIterable(_FetchedRows(self, rows)))  # type: ignore[arg-type]
        prefetch_related_objects(models, *self.queryset._prefetch_related_lookups)
        return models


class _FetchedRows:
    """Stands for the queryset, its query and its compiler in `ModelIterable`, with rows that were read."""

    def __init__(self, statement: Statement, rows: Iterable[tuple[Any, ...]]) -> None:
        self.select, self.klass_info = statement.select, statement.klass_info
        self.annotation_col_map = statement.annotation_col_map
        self.queryset, self.rows = statement.queryset, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queryset, name)

    @property
    def query(self) -> "_FetchedRows":
        """Itself. As an attribute it would keep the rows until the next garbage collection."""
        return self

    def get_compiler(self, using: str) -> "_FetchedRows":
        return self

    def execute_sql(self, **options: Any) -> None:
        pass

    def results_iter(self, results: None) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)


def _parameter(value: Any) -> Any:
    if isinstance(value, (list, set, frozenset)):
        # Send ids as one text; the driver would adapt each.
        text = json.dumps(list(value), separators=(",", ":"))
        return f"{{{text[1:-1]}}}" if connection.vendor == "postgresql" else text
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def composed(make: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function that returns a queryset: calling it returns that queryset's rows.

    The queryset is composed at the first call only. Values are given by name and may be compared with
    columns, ids by the lookup `among`. What is given without a name, such as a model, gives a statement of
    its own. Nothing else may differ from call to call.
    """

    @cache
    def statement(kinds: tuple[Any, ...], names: tuple[str, ...]) -> Statement:
        return Statement(make(*kinds, **{name: Given(name) for name in names}))

    @wraps(make)
    def results(*kinds: Any, **values: Any) -> Any:
        return statement(kinds, tuple(values)).results(values)

    return results
