"""Write a row together with its history row: who, when and why.

Services write tracked rows only through `save`. History rows also keep the person's name and
agencies as text, because people leave and agencies are renamed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections, models, router, transaction
from django.db.models import Subquery
from django.utils import timezone
from simple_history.signals import pre_create_historical_record

from agencies.models import User
from agencies.tracking import PLAN_COLUMN

Row = TypeVar("Row", bound=models.Model)

_written_at: ContextVar[datetime | None] = ContextVar("written_at", default=None)


@contextmanager
def written_at(at: datetime) -> Iterator[None]:
    """Date the history rows saved in this block `at`, for records entered after the event.

    Only for records without newer history: the latest history row must match the record.
    """
    token = _written_at.set(at)
    try:
        yield
    finally:
        _written_at.reset(token)


def save(
    row: Row,
    *,
    by: User | None,
    reason: str = "",
    at: datetime | None = None,
    actor: str = "",
    fields: Sequence[str] | None = None,
) -> Row:
    """Write the row and its history row in one transaction, the caller's if there is one.

    `actor` names a command that writes without a user ("Spreadsheet import"). `at` is for
    records that became true before they were entered; it defaults to the moment of the enclosing
    `written_at` block, or to now. `fields` limits the UPDATE to these columns.
    """
    row._history_user = by  # type: ignore[attr-defined]
    row._history_actor = actor or (by.signature if by else "")  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    row._history_date = at or _written_at.get() or timezone.now()  # type: ignore[attr-defined]
    # A savepoint would be two more statements. After a failed write the caller's transaction can
    # only be rolled back, so whoever catches the error makes one.
    with transaction.atomic(savepoint=False):
        row.save(update_fields=fields)
    return row


def save_version(
    row: Row, *fields: str, by: User | None, reason: str = "", at: datetime | None = None
) -> Row:
    """Save the row, or these fields, with its `version` one higher."""
    row.version += 1  # type: ignore[attr-defined]
    return save(row, by=by, reason=reason, at=at, fields=[*fields, "version"] if fields else None)


def save_many(
    rows: "models.QuerySet[Any]",
    *,
    by: User | None,
    reason: str = "",
    at: datetime | None = None,
    **values: Any,
) -> None:
    """Update the rows and write a history row of each, in two statements, however many they are.

    `values` are as for `QuerySet.update`. The version stays. The rows must be found after the
    update as well, so filter them by their ids.
    """
    model: Any = rows.model
    past: Any = model.history.model
    assert not hasattr(past, PLAN_COLUMN), "Its history rows need the plan of each."
    connection = connections[router.db_for_write(model)]
    name = connection.ops.quote_name
    columns = ", ".join(name(field.column) for field in past.tracked_fields)
    date = at or _written_at.get() or timezone.now()
    more = {
        "history_date": connection.ops.adapt_datetimefield_value(date),
        "history_type": "~",
        "history_user_id": by.pk if by else None,
        "history_actor": by.signature if by else "",
        "history_change_reason": reason,
    }
    ids, parameters = rows.values("pk").order_by().query.sql_with_params()
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        rows.update(**values)
        cursor.execute(
            f"INSERT INTO {name(past._meta.db_table)} ({columns}, {', '.join(map(name, more))}) "
            f"SELECT {columns}, {', '.join(['%s'] * len(more))} FROM {name(model._meta.db_table)} "
            f"WHERE {name(model._meta.pk.column)} IN ({ids})",
            [*more.values(), *parameters],
        )


def write_past(
    states: Iterable[tuple[models.Model, datetime, str]],
    *,
    by: User | None,
    actor: str,
    created: bool = True,
) -> None:
    """Write history rows for rows that are already saved.

    `states` are (the row as it was, when, why), oldest first, all of one model. The first state
    of each row is recorded as its creation. Pass `created=False` for rows that already have
    history: then every state is recorded as a change.
    """
    batch, seen = [], set()
    model: Any = None
    for row, at, reason in states:
        model = row.history.model  # type: ignore[attr-defined]
        batch.append(
            model(
                history_date=at,
                history_user=by,
                history_actor=actor or (by.signature if by else ""),
                history_change_reason=reason,
                history_type="~" if row.pk in seen or not created else "+",
                **_plan_column(model, row),
                **{f.attname: getattr(row, f.attname) for f in model.tracked_fields},
            )
        )
        seen.add(row.pk)
    if batch:
        model.objects.bulk_create(batch, batch_size=500)


class _PlanOf(Subquery):
    """The id of a record's plan, looked up by the statement that writes the history row."""

    # It refers to columns of other tables only, which Django does not look into.
    contains_column_references = False


def _plan_column(model: Any, row: models.Model) -> dict[str, Any]:
    """Return the plan's id for the history row, as {column: id}.

    Return {} for records whose own column names their plan, and for those of no plan.
    """
    if not hasattr(model, PLAN_COLUMN):
        return {}
    values = (_plan_of(row, way.split("__")) for way in model.plan_ways)
    return {PLAN_COLUMN: next((each for each in values if each is not None), None)}


def _plan_of(row: Any, way: Sequence[str]) -> Any:
    """Return the id at the end of a way, from rows in memory as far as they are there."""
    name, *rest = way
    field = row._meta.get_field(name)
    pk = getattr(row, field.attname)
    if pk is None or not rest:
        return pk
    if field.is_cached(row):
        return _plan_of(getattr(row, name), rest)
    return _PlanOf(field.related_model._base_manager.filter(pk=pk).values("__".join(rest)))


def _complete(sender: Any, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    user = history_instance.history_user
    history_instance.history_actor = getattr(instance, "_history_actor", "") or (
        user.signature if user else ""
    )
    for column, value in _plan_column(sender, instance).items():
        setattr(history_instance, column, value)


def connect() -> None:
    pre_create_historical_record.connect(_complete, dispatch_uid="complete_history")
