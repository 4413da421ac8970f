"""The plan's records as they stood at the end of a day, read from their history."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils import timezone


def end_of(day: date) -> datetime:
    """The first moment after a New Zealand day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def rows_as_at(model: type[Model], day: date, **filters: Any) -> "QuerySet[Any]":
    """The last history row of each record at the end of the day, for those that existed then.

    A history row has every column of the record, `id` as the record's and `history_id` as the
    version's. `filters` are on history rows; they are applied to each record's last row, so a
    record that had left by that day is not found. Two rows written at one moment: the later
    `history_id` wins.
    """
    history: Any = model.history.model  # type: ignore[attr-defined]
    newest = (
        history.objects.filter(id=OuterRef("id"), history_date__lt=end_of(day))
        .order_by("-history_date", "-history_id")
        .values("history_id")[:1]
    )
    rows: QuerySet[Any] = history.objects.filter(history_id=Subquery(newest), **filters)
    return rows.exclude(history_type="-")


def newest_versions(model: type[Model], pks: "QuerySet[Any]") -> dict[int, int]:
    """The id of the last history row of each record, by the record's id."""
    history: Any = model.history.model  # type: ignore[attr-defined]
    return dict(
        history.objects.filter(id__in=pks)
        .order_by("id", "history_date", "history_id")
        .values_list("id", "history_id")
    )
