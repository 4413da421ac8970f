"""A moment to look at the plan from, and the plan's records as they stood then.

A record stood as its last history row before the moment says. Records are withdrawn, never
deleted, so every record that ever was is among the rows of today.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils import timezone


def end_of(day: date) -> datetime:
    """The first moment after a New Zealand day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@dataclass(frozen=True)
class Moment:
    """A New Zealand day, and how far history is read: rows written before `until`.

    Without `until` it is today, and the records themselves are read.
    """

    on: date
    until: datetime | None = None

    @classmethod
    def today(cls, on: date) -> "Moment":
        return cls(on)

    @classmethod
    def end_of(cls, day: date) -> "Moment":
        """The day as it was when it was over."""
        return cls(day, end_of(day))

    @classmethod
    def at(cls, instant: datetime) -> "Moment":
        """Just before an instant: what a pack that was frozen then shows."""
        return cls(timezone.localdate(instant), instant)

    @property
    def is_now(self) -> bool:
        return self.until is None

    @property
    def is_whole_day(self) -> bool:
        return self.until is None or self.until == end_of(self.on)

    @property
    def key(self) -> str:
        """What an address says of it: "" for today, a day, or an instant to the microsecond."""
        if self.until is None:
            return ""
        if self.is_whole_day:
            return self.on.isoformat()
        return timezone.localtime(self.until).replace(tzinfo=None).isoformat()

    @property
    def words(self) -> str:
        """ "today", "30 July 2010", "30 July 2010 at 10:42"."""
        if self.until is None:
            return "today"
        day = f"{self.on:%-d %B %Y}"
        return day if self.is_whole_day else f"{day} at {timezone.localtime(self.until):%-H:%M}"


def rows_as_at(
    model: type[Model], until: datetime, *, of: dict[str, Any], **filters: Any
) -> "QuerySet[Any]":
    """The last history row of each record before an instant, for those that existed then.

    A history row has every column of the record, `id` as the record's and `history_id` as the
    version's. `of` chooses records by what never changes of them ("item__plan_id": 3); `filters`
    are on the history rows found, so that a record that had left by then is not among them. Two
    rows written at one moment: the later `history_id` wins.
    """
    history: Any = model.history.model  # type: ignore[attr-defined]
    last = (
        history.objects.filter(id=OuterRef("pk"), history_date__lt=until)
        .order_by("-history_date", "-history_id")
        .values("history_id")[:1]
    )
    # Asked once a record, not once a version of one.
    records = model._base_manager.filter(**of).order_by().annotate(last=Subquery(last))
    rows: QuerySet[Any] = history.objects.filter(history_id__in=records.values("last"), **filters)
    return rows


def rows_at(
    model: type[Model], moment: Moment, *, of: dict[str, Any], **filters: Any
) -> "QuerySet[Any]":
    """The records as at a moment: their own rows today, history rows before; both have `id`."""
    if moment.until is None:
        rows: QuerySet[Any] = model._base_manager.filter(**of, **filters)
        return rows
    return rows_as_at(model, moment.until, of=of, **filters)


def newest_versions(model: type[Model], pks: "QuerySet[Any]") -> dict[int, int]:
    """The id of the last history row of each record, by the record's id."""
    history: Any = model.history.model  # type: ignore[attr-defined]
    return dict(
        history.objects.filter(id__in=pks)
        .order_by("id", "history_date", "history_id")
        .values_list("id", "history_id")
    )
