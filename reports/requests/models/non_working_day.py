"""Days that the calendar of working days counts otherwise, with their authority."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy

from agencies.records.tracking import track
from agencies.wording.translation import day_words


class NonWorkingDayQuerySet(models.QuerySet["NonWorkingDay"]):
    def overrides(self) -> dict[date, bool]:
        """Return whether each of these days is a working day, by day. One query."""
        return dict(self.filter(is_withdrawn=False).values_list("day", "is_working"))

    def in_order(self) -> "NonWorkingDayQuerySet":
        return self.order_by("day")

    def with_last_change(self) -> "NonWorkingDayQuerySet":
        """Add who entered or withdrew each day last, when and why, from its history."""
        past: Any = self.model.history.model
        last = past.objects.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
        return self.annotate(
            changed_as=Subquery(last.values("history_actor")[:1]),
            changed_at=Subquery(last.values("history_date")[:1]),
            changed_because=Subquery(last.values("history_change_reason")[:1]),
        )


class NonWorkingDay(models.Model):
    """A day that is no working day though the calendar says so or, with `is_working`, is one.

    `authority` says by which law or notice: "Queen Elizabeth II Memorial Day Act 2022".
    """

    day = models.DateField(unique=True)
    is_working = models.BooleanField(gettext_lazy("is a working day"), default=False)
    authority = models.CharField(max_length=300)
    # Entered by mistake: the calendar counts again.
    is_withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NonWorkingDayQuerySet.as_manager()
    history = track(table="reports_historicalnonworkingday")

    class Meta:
        db_table = "reports_nonworkingday"
        constraints = [
            models.CheckConstraint(name="nonworkingday_has_authority", condition=~Q(authority="")),
        ]

    def __str__(self) -> str:
        return day_words(self.day)
