"""Moments in time, and the records as at a moment.

A record at a moment is its last history row before that moment. Records are withdrawn, never
deleted, so today's rows include every record that ever existed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from workitems.models import Plan


def end_of(day: date) -> datetime:
    """Return the first instant after a New Zealand day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@dataclass(frozen=True)
class Moment:
    """A New Zealand day `on`, and the instant `until` before which history rows are read.

    Without `until`, the moment is now, and the records themselves are read.
    """

    on: date
    until: datetime | None = None
    # True for the end of a plan that has ended, which its pages show unless another day is asked for.
    is_end_of_plan: bool = field(default=False, compare=False)

    @classmethod
    def today(cls, on: date) -> "Moment":
        return cls(on)

    @classmethod
    def present(cls, plan: Plan, on: date) -> "Moment":
        """Return the moment that pages of the plan show on a day: now, or the end of an ended plan."""
        if plan.ends_on is None or not plan.has_ended(on):
            return cls.today(on)
        return cls(plan.ends_on, end_of(plan.ends_on), is_end_of_plan=True)

    @classmethod
    def end_of(cls, day: date) -> "Moment":
        """Return the end of a day."""
        return cls(day, end_of(day))

    @classmethod
    def at(cls, instant: datetime) -> "Moment":
        """Return the moment just before an instant, as shown by a pack frozen at that instant: just before midnight it is
        still the day before."""
        before = instant - timedelta(microseconds=1)
        return cls(timezone.localdate(before, timezone.get_default_timezone()), instant)

    @property
    def is_now(self) -> bool:
        return self.until is None

    @property
    def is_whole_day(self) -> bool:
        if self.until is None:
            return True
        return not self.until.microsecond and self.until == end_of(self.on)

    @property
    def key(self) -> str:
        """The moment in a URL: "" for the present, an ISO date, or an ISO instant in local time."""
        if self.until is None or self.is_end_of_plan:
            return ""
        if self.is_whole_day:
            return self.on.isoformat()
        local = timezone.localtime(self.until, timezone.get_default_timezone())
        return local.replace(tzinfo=None).isoformat()

    @property
    def words(self) -> str:
        """ "today", "30 July 2010", "30 July 2010 at 10:42"."""
        if self.until is None:
            return _("today")
        day = day_words(self.on)
        return (
            day
            if self.is_whole_day
            else _("{day} at {time:%-H:%M}").format(day=day, time=timezone.localtime(self.until))
        )


class _LastRows(BaseTable):
    """The last history row before an instant of each of some records, in place of a history table.

    One look-up in an index for each record, however long its history is and whatever other plans
    have. SQLite has no LATERAL and takes a second look-up, by the row's id.
    """

    def __init__(self, table: str, alias: str, records: "QuerySet[Any]", until: datetime) -> None:
        super().__init__(table, alias)
        self.records, self.until = records, until

    def relabeled_clone(self, change_map: dict[Any, str]) -> "_LastRows":
        alias = change_map.get(self.table_alias, str(self.table_alias))
        return _LastRows(self.table_name, alias, self.records, self.until)

    def _last(self, connection: Any) -> str:
        return (
            f"FROM {connection.ops.quote_name(self.table_name)} found"
            " WHERE found.id = record.id AND found.history_date < %s"
            " ORDER BY found.history_date DESC, found.history_id DESC LIMIT 1"
        )

    def _params(self, connection: Any, params: Iterable[Any]) -> tuple[Any, ...]:
        until = self.until
        if isinstance(until, datetime):
            until = connection.ops.adapt_datetimefield_value(until)
        return (*params, until)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        records, params = self.records.query.get_compiler(connection=connection).as_sql()
        name = compiler.quote_name_unless_alias
        return (
            f"({records}) record INNER JOIN {name(self.table_name)} {name(self.table_alias)}"
            f" ON {name(self.table_alias)}.history_id"
            f" = (SELECT found.history_id {self._last(connection)})"
        ), self._params(connection, params)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        records, params = self.records.query.get_compiler(connection=connection).as_sql()
        alias = compiler.quote_name_unless_alias(self.table_alias)
        return (
            f"({records}) record CROSS JOIN LATERAL (SELECT found.* {self._last(connection)}) {alias}"
        ), self._params(connection, params)


def rows_as_at(
    model: type[Model], until: datetime, *, of: dict[str, Any], **filters: Any
) -> "QuerySet[Any]":
    """Return the last history row before an instant of each record that existed then.

    A history row has every column of the record, the record's `id`, and its own `history_id`. `of`
    filters records by values that never change ({"item__plan_id": 3}). `filters` apply to the
    history rows found, that is, to the values at the instant. If two rows have the same date, the
    higher `history_id` is the later one.
    """
    history: Any = model.history.model  # type: ignore[attr-defined]
    rows: QuerySet[Any] = history.objects.all()
    table = rows.query.get_initial_alias()
    records = model._base_manager.filter(**of).order_by().values("id")
    rows.query.alias_map[table] = _LastRows(history._meta.db_table, table, records, until)
    return rows.filter(**filters)


def rows_at(
    model: type[Model], moment: Moment, *, of: dict[str, Any], **filters: Any
) -> "QuerySet[Any]":
    """Return the records as at a moment: their own rows for today, history rows for the past.

    Both have `id`. See `rows_as_at` for `of` and `filters`.
    """
    if moment.until is None:
        rows: QuerySet[Any] = model._base_manager.filter(**of, **filters)
        return rows
    return rows_as_at(model, moment.until, of=of, **filters)


def versions_in_order(model: type[Model], **of: Any) -> "QuerySet[Any, Any]":
    """Return the ids of records, each with that of a history row, oldest first. A `dict` of them has each
    record's newest."""
    history: Any = model.history.model  # type: ignore[attr-defined]
    rows: QuerySet[Any, Any] = history.objects.filter(**of)
    return rows.order_by("id", "history_date", "history_id").values_list("id", "history_id")
