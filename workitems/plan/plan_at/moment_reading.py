"""Reads columns of records as at a moment."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import CharField, Model, Q, Value

from agencies.records.composed import Given, Statement
from workitems.plan.asat import Moment, rows_at

# Which records: values that never change, {"plan_id": 3}, or a list of ids, {"item__in": [1, 2]}.
Of = dict[str, Any]
NO_TEXT = Value("", output_field=CharField())


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
    values = {"on": moment.on, "until": moment.until}
    for name, value in of.items():
        if name.endswith("__in"):
            if not value:
                return ()
            value = list(value)
        values[name] = value
    statement = _composed(
        model, moment.is_now, columns, tuple(of), without, order, begun, not_yet,
        tuple(filters.items()),
    )  # fmt: skip
    return statement.rows(values)


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
) -> Statement:
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
    return Statement(rows.values_list(*(NO_TEXT if name in without else name for name in columns)))
