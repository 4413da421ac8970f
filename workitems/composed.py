"""Statements that are composed once and then run with other values.

Composing a queryset takes longer than most statements run, and than reading what they find.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, ForeignObject
from django.db.models.fields.related_lookups import RelatedIn


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
    """Whether a column is among ids, which are one value however many they are."""

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        if connection.vendor == "postgresql":
            return f"= ANY({rhs})"
        return f"IN (SELECT value FROM json_each({rhs}))"


class Statement:
    """A queryset's statement, without the values that it is given."""

    def __init__(self, rows: Any) -> None:
        self.query = rows.query
        compiler = self.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        self.converters = compiler.get_converters([column for column, *_ in compiler.select])

    @property
    def named_sql(self) -> str:
        """The statement as a part of one that is written by hand, whose values have names."""
        return str(self.sql % tuple(f"%({each.name})s" for each in self.params))

    def rows(self, values: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
        params = [values[each.name] if isinstance(each, Given) else each for each in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        compiler = self.query.get_compiler(connection=connection)
        return map(tuple, compiler.apply_converters(found, self.converters))


def composed(make: Callable[[], Any]) -> Callable[..., Iterable[tuple[Any, ...]]]:
    """Make of a function that returns a queryset with `Given` values, of columns, one that takes
    these values and returns the rows. The queryset is composed at the first call."""
    statement = cache(lambda: Statement(make()))
    return lambda **values: statement().rows(values)
