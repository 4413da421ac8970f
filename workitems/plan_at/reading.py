"""Reads columns of records as at a moment, by statements that are composed once.

Composing a queryset takes longer than most of these statements run, and than reading what they find.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import CharField, Expression, Field, ForeignObject, Model, Q, Value
from django.db.models.fields.related_lookups import RelatedIn

from workitems.asat import Moment, rows_at

# Which records: values that never change, {"plan_id": 3}, or a list of ids, {"item__in": [1, 2]}.
Of = dict[str, Any]
NO_TEXT = Value("", output_field=CharField())


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


def read_at(
    model: type[Model],
    moment: Moment,
    columns: tuple[str, ...],
    of: Of,
    *,
    without: tuple[str, ...] = (),
    order: tuple[str, ...] = (),
    begun: str = "",
    not_yet: tuple[str, ...] = (),
    **filters: Any,
) -> Iterable[tuple[Any, ...]]:
    """Return columns of the records as at the moment, in one query; in none if no ids are given.

    Columns `without` are left empty. `begun` is a day that had come, `not_yet` are days (done, ended,
    closed) that had not. `filters` apply to the values at the moment, and are the same at every call.
    """
    values = {"on": moment.on, "until": connection.ops.adapt_datetimefield_value(moment.until)}
    for name, value in of.items():
        if name.endswith("__in"):
            if not value:
                return ()
            ids = list(value)
            value = ids if connection.vendor == "postgresql" else json.dumps(ids)
        values[name] = value
    statement = _composed(
        model, moment.is_now, columns, tuple(of), without, order, begun, not_yet,
        tuple(filters.items()),
    )  # fmt: skip
    return statement.rows(values)


class _Statement:
    """A queryset's statement, without the values that it is given."""

    def __init__(self, rows: Any) -> None:
        self.query = rows.query
        compiler = self.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        self.converters = compiler.get_converters([column for column, *_ in compiler.select])

    def rows(self, values: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
        params = [values[each.name] if isinstance(each, Given) else each for each in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        compiler = self.query.get_compiler(connection=connection)
        return map(tuple, compiler.apply_converters(found, self.converters))


@cache
def _composed(
    model: type[Model],
    is_now: bool,
    columns: tuple[str, ...],
    of: tuple[str, ...],
    without: tuple[str, ...],
    order: tuple[str, ...],
    begun: str,
    not_yet: tuple[str, ...],
    filters: tuple[tuple[str, Any], ...],
) -> _Statement:
    on: Any = Given("on")
    until: Any = None if is_now else Given("until")
    records = {
        f"{name.removesuffix('in')}among" if name.endswith("__in") else name: Given(name)
        for name in of
    }
    rows = rows_at(model, Moment(on, until), of=records, **dict(filters)).order_by(*order)
    if begun:
        rows = rows.filter(**{f"{begun}__lte": on})
    for day in not_yet:
        rows = rows.filter(Q(**{day: None}) | Q(**{f"{day}__gt": on}))
    return _Statement(rows.values_list(*(NO_TEXT if name in without else name for name in columns)))
