"""Write a row together with its history row: who, when and why.

Services write tracked rows only through `save`. History rows also keep the person's name and
agencies as text, because people leave and agencies are renamed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from typing import Any, Protocol, TypeVar

from django.apps import apps
from django.db import connections, models, router, transaction
from django.db.models import Subquery
from django.utils import timezone
from simple_history.signals import pre_create_historical_record

from agencies.records.composed import composed
from agencies.records.tracking import OPEN_COLUMN, PLAN_COLUMN, SIGNATURE_LENGTH

Row = TypeVar("Row", bound=models.Model)
Value = TypeVar("Value")


class Author(Protocol):
    """Who writes: a user. `signature` is the name and agencies that history keeps as text."""

    @property
    def pk(self) -> Any: ...
    @property
    def signature(self) -> str: ...


_written_at: ContextVar[datetime | None] = ContextVar("written_at", default=None)
_for_agency: ContextVar[str] = ContextVar("for_agency", default="")
_released_of: ContextVar["Author | None"] = ContextVar("released_of", default=None)
_because: ContextVar[str] = ContextVar("because", default="")


@contextmanager
def _within(variable: ContextVar[Value], value: Value) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def written_at(at: datetime) -> AbstractContextManager[None]:
    """Date the history rows saved in this block `at`, for records entered after the event.

    Only for records without newer history: the latest history row must match the record.
    """
    return _within(_written_at, at)


def written_for(agency: str) -> AbstractContextManager[None]:
    """Let the history rows saved in this block say that the person writes for this agency.

    For what a coordinator enters from an agency's email. Without a name, nothing is added.
    """
    return _within(_for_agency, agency)


def released_of(author: Author) -> AbstractContextManager[None]:
    """Let the history rows saved in this block name who wrote what the person releases, and the person:
    "Ana (MPI), released by Ben". Their user stays the person who acts."""
    return _within(_released_of, author)


def moment_of_writing(at: datetime | None = None) -> datetime:
    """Return the moment by which a row is dated: `at`, that of the `written_at` block, or now."""
    return at or _written_at.get() or timezone.now()


def because(words: str) -> AbstractContextManager[None]:
    """Add these words to the reasons of the history rows saved in this block."""
    return _within(_because, words)


def _with_cause(reason: str) -> str:
    return ": ".join(filter(None, (reason, _because.get())))


def _signature(by: Author | None, actor: str) -> str:
    signed = actor or (by.signature if by else "")
    author, agency = _released_of.get(), _for_agency.get()
    if by and author and author.pk != by.pk:
        name = by.signature.partition(" (")[0]
        signed = f"{author.signature}, released by {name}"[:SIGNATURE_LENGTH]
    return f"{signed}, for {agency}"[:SIGNATURE_LENGTH] if signed and agency else signed


def save(
    row: Row,
    *,
    by: Author | None,
    reason: str = "",
    at: datetime | None = None,
    actor: str = "",
    fields: Sequence[str] | None = None,
    is_pause: bool = False,
) -> Row:
    """Write the row and its history row in one transaction, the caller's if there is one.

    `actor` names a command that writes without a user ("Spreadsheet import"). `at` is for
    records that became true before they were entered; it defaults to the moment of the enclosing
    `written_at` block, or to now. `fields` limits the UPDATE to these columns.

    `is_pause`: the page saved by itself while the person went on typing. The pauses of one person
    on one day are one history row, that of the last pause, until anything else is saved of the
    record or `end_pauses` is called. Its model is tracked with `pauses`.
    """
    row._history_user = by  # type: ignore[attr-defined]
    row._history_actor = _signature(by, actor)  # type: ignore[attr-defined]
    row._change_reason = _with_cause(reason)  # type: ignore[attr-defined]
    row._history_date = moment_of_writing(at)  # type: ignore[attr-defined]
    row._history_is_open = is_pause  # type: ignore[attr-defined]
    # A savepoint would be two more statements. After a failed write the caller's transaction can
    # only be rolled back, so whoever catches the error makes one.
    with transaction.atomic(savepoint=False):
        begun = _open_row(row)
        if begun is not None and is_pause and _goes_on(begun, row):
            _save_into(begun, row, fields)
            return row
        if begun is not None:
            end_pauses(type(row), pk=row.pk)
        row.save(update_fields=fields)
    return row


def save_version(
    row: Row,
    *fields: str,
    by: Author | None,
    reason: str = "",
    at: datetime | None = None,
    is_pause: bool = False,
) -> Row:
    """Save the row, or these fields, with its `version` one higher."""
    row.version += 1  # type: ignore[attr-defined]
    columns = [*fields, "version"] if fields else None
    return save(row, by=by, reason=reason, at=at, fields=columns, is_pause=is_pause)


def has_pauses(model: type[models.Model]) -> bool:
    past: Any = getattr(model, "history", None)
    return past is not None and hasattr(past.model, OPEN_COLUMN)


def end_pauses(
    model: type[models.Model], *rows: models.Q, typed_by: Author | None = None, **filters: Any
) -> None:
    """Close the open history rows of these rows: what follows is an entry of its own.

    Call it before anything refers to the rows as they are: a return is submitted, a draft goes on.
    With `typed_by`, only what this person was typing.
    """
    past: Any = model.history.model  # type: ignore[attr-defined]
    records = model._base_manager.filter(*rows, **filters).values("pk")
    found = past.objects.filter(history_is_open=True, id__in=records)
    if typed_by:
        found = found.filter(history_user=typed_by)
    found.update(history_is_open=False)


def end_pauses_before(day: date) -> None:
    """Close the open history rows of earlier days, in all tables. Run it once a day."""
    for model in apps.get_models():
        if has_pauses(model):
            past: Any = model.history.model  # type: ignore[attr-defined]
            rows = past.objects.filter(history_is_open=True, history_date__lt=_start_of(day))
            rows.update(history_is_open=False)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _open_row(row: models.Model) -> Any:
    """Return the record's open history row, if there is one."""
    if row.pk is None or not has_pauses(type(row)):
        return None
    return next(iter(_open_rows(type(row), pk=row.pk)), None)


@composed
def _open_rows(model: Any, pk: Any) -> Any:
    return model.history.model.objects.filter(id=pk, history_is_open=True)[:1]


def _goes_on(begun: Any, row: Any) -> bool:
    """Whether the row is saved by the same person, on the same day and for the same reason."""
    who = row._history_user.pk if row._history_user else None
    days = {timezone.localdate(each) for each in (begun.history_date, row._history_date)}
    return (
        who is not None
        and (begun.history_user_id, begun.history_actor) == (who, row._history_actor)
        and (begun.history_change_reason or "") == row._change_reason
        and len(days) == 1
        and begun.history_date <= row._history_date
    )


def _save_into(begun: Any, row: Any, fields: Sequence[str] | None) -> None:
    """Save the row and update its open history row."""
    row.skip_history_when_saving = True
    try:
        row.save(update_fields=fields)
    finally:
        del row.skip_history_when_saving
    values = {field.attname: getattr(row, field.attname) for field in begun.tracked_fields}
    values["history_date"] = row._history_date
    type(begun).objects.filter(history_id=begun.history_id).update(**values)


def save_new(
    rows: Sequence[models.Model],
    *,
    by: Author | None,
    reason: str = "",
) -> None:
    """Write new rows of one model and a history row of each, in two statements, however many they are."""
    moment, reason = moment_of_writing(), _with_cause(reason)
    with transaction.atomic(savepoint=False):
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)
        write_past(((row, moment, reason) for row in rows), by=by, actor=_signature(by, ""))


def save_many(
    rows: "models.QuerySet[Any]",
    *,
    by: Author | None,
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
    if has_pauses(model):
        end_pauses(model, pk__in=rows.order_by().values("pk"))
    connection = connections[router.db_for_write(model)]
    name = connection.ops.quote_name
    columns = ", ".join(name(field.column) for field in past.tracked_fields)
    date = moment_of_writing(at)
    own_values = {
        "history_date": connection.ops.adapt_datetimefield_value(date),
        "history_type": "~",
        "history_user_id": by.pk if by else None,
        "history_actor": _signature(by, ""),
        "history_change_reason": _with_cause(reason),
    }
    ids, parameters = rows.values("pk").order_by().query.sql_with_params()
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        rows.update(**values)
        cursor.execute(
            f"INSERT INTO {name(past._meta.db_table)} ({columns}, {', '.join(map(name, own_values))}) "
            f"SELECT {columns}, {', '.join(['%s'] * len(own_values))} FROM {name(model._meta.db_table)} "
            f"WHERE {name(model._meta.pk.column)} IN ({ids})",
            [*own_values.values(), *parameters],
        )


def write_past(
    states: Iterable[tuple[models.Model, datetime, str]],
    *,
    by: Author | None,
    actor: str,
    created: bool = True,
    deleted: bool = False,
) -> None:
    """Write history rows for rows that are already saved.

    `states` are (the row as it was, when, why), oldest first, all of one model. The first state
    of each row is recorded as its creation. Pass `created=False` for rows that already have
    history: then every state is recorded as a change. `deleted`: as the end of the row.
    """
    first, later = ("-", "-") if deleted else ("+" if created else "~", "~")
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
                history_type=later if row.pk in seen else first,
                **_plan_column(model, row),
                **{f.attname: getattr(row, f.attname) for f in model.tracked_fields},
            )
        )
        seen.add(row.pk)
    if batch:
        model.objects.bulk_create(batch, batch_size=500)


def delete_all(rows: "models.QuerySet[Any]", *, by: Author, reason: str = "") -> None:
    """Delete rows of any model and write their last history rows. The database refuses while other
    rows refer to them.

    Only what the register allows to be deleted: everything of a plan that is not adopted.
    """
    at = moment_of_writing()
    if hasattr(rows.model, "history"):
        reason = _with_cause(reason)
        write_past(((row, at, reason) for row in rows), by=by, actor="", deleted=True)
    # Django would look for what refers to each row, and write the history rows one by one.
    rows.order_by()._raw_delete(rows.db)


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
    """Return the id at the end of a lookup path, without a query where the rows are in memory."""
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
    if hasattr(history_instance, OPEN_COLUMN):
        history_instance.history_is_open = getattr(instance, "_history_is_open", False)
    for column, value in _plan_column(sender, instance).items():
        setattr(history_instance, column, value)


def connect() -> None:
    pre_create_historical_record.connect(_complete, dispatch_uid="complete_history")
