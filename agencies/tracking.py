"""Define the history table of a tracked model. `agencies.history` writes to it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

SIGNATURE_LENGTH = 300


class HistoryRow(models.Model):
    """Extra columns of every history table."""

    history_actor = models.CharField(max_length=SIGNATURE_LENGTH, default="", editable=False)

    class Meta:
        abstract = True


class VersionManager(HistoryManager):
    """simple_history's manager, whose class is made once and not at every `.history`.

    Making it looks at each member of the queryset's class, which took a twelfth of a test run.
    """

    @classmethod
    @cache
    def from_queryset(
        cls, queryset_class: type[models.QuerySet[Any]], class_name: str | None = None
    ) -> type[models.Manager[Any]]:
        made: type[models.Manager[Any]] = super().from_queryset(queryset_class, class_name)
        return made


class Versions(HistoricalRecords):
    """History tables with an index to find a record's last row before a moment."""

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        last = models.Index(
            fields=[model._meta.pk.attname, "history_date", "history_id"],
            name=f"{model._meta.model_name}_versions",
        )
        return {**super().get_meta_options(model), "indexes": [last]}


def track(leave_out: Sequence[str] = ()) -> HistoricalRecords:
    return Versions(
        bases=[HistoryRow], excluded_fields=list(leave_out), history_manager=VersionManager
    )
