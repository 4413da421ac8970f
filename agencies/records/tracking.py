"""Define the history table of a tracked model. `agencies.records.history` writes to it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

SIGNATURE_LENGTH = 300
PLAN_COLUMN = "history_plan_id"
OPEN_COLUMN = "history_is_open"


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
    """History tables with indexes to find a record's last row before a moment, and a plan's rows.

    `plan_ways` are the lookups from a record to the plan that it belongs to; the first that is not
    null counts. Unless that is a column of its own, a history row keeps the plan's id as well, in
    `history_plan_id`, so that the history of a plan is found without reading those of others.
    `counted` are fields whose changes over a whole plan are read from an index alone.

    With `pauses`, the pages save by themselves while a person types. All pauses of one person on one
    day are one history row, which stays open (`history_is_open`) until `agencies.records.history` closes it.
    """

    def __init__(
        self,
        *,
        plan_ways: Sequence[str] = (),
        counted: Sequence[str] = (),
        pauses: bool = False,
        **options: Any,
    ) -> None:
        self.plan_ways = tuple(plan_ways)
        self.counted = tuple(counted)
        self.pauses = pauses
        super().__init__(**options)

    @property
    def plan_column(self) -> str:
        """The name of the field with the plan, or "" for records that belong to no plan."""
        if self.plan_ways in ((), ("plan",)):
            return "".join(self.plan_ways)
        return PLAN_COLUMN

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """Copy the columns, but index only once those that are in the indexes of `get_meta_options`."""
        fields: dict[str, Any] = super().copy_fields(model)
        for name in (model._meta.pk.name, self.plan_column, *self.counted):
            if name in fields:
                fields[name].db_index = False
        return fields

    def get_extra_fields(self, model: type[models.Model], fields: Any) -> dict[str, Any]:
        extra: dict[str, Any] = super().get_extra_fields(model, fields)
        extra["plan_ways"] = self.plan_ways
        # Only invitations, which are few, are looked for by who wrote their rows.
        extra["history_user"].db_index = False
        if self.plan_column == PLAN_COLUMN:
            extra[PLAN_COLUMN] = models.BigIntegerField(null=True, editable=False)
        if self.pauses:
            extra[OPEN_COLUMN] = models.BooleanField(
                default=False, db_default=False, editable=False
            )
        return extra

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        keys = {"versions": model._meta.pk.attname, "of_plan": self.plan_column}
        indexes = [
            models.Index(
                fields=[key, "history_date", "history_id"],
                name=f"{model._meta.model_name}_{name}",
            )
            for name, key in keys.items()
            if key
        ]
        if self.counted:
            fields = [self.plan_column, model._meta.pk.attname, *self.counted, "history_date"]
            name = f"{model._meta.model_name}_counted"
            indexes.append(models.Index(fields=fields, name=name))
        return {**super().get_meta_options(model), "indexes": indexes}


def track(
    leave_out: Sequence[str] = (),
    *,
    plan_ways: Sequence[str] = (),
    counted: Sequence[str] = (),
    pauses: bool = False,
    table: str | None = None,
) -> HistoricalRecords:
    """Keep the history of a model, without the columns in `leave_out`. See `Versions`.

    `table` is the name of the history table of a model whose own table has not the usual name.
    """
    return Versions(
        bases=[HistoryRow],
        excluded_fields=list(leave_out),
        history_manager=VersionManager,
        plan_ways=plan_ways,
        counted=counted,
        pauses=pauses,
        table_name=table,
    )
