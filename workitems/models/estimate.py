"""Kept estimates of which milestones will miss their dates, to be compared with what happened."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.translation import day_words
from workitems.models.plan import Plan


class KeptEstimateQuerySet(models.QuerySet["KeptEstimate"]):
    def newest_first(self) -> Self:
        return self.order_by("-as_at")

    def known_by(self, until: datetime | None) -> Self:
        """Those made of what was recorded by an instant; without it, all."""
        return self if until is None else self.filter(as_at__lte=until)


class KeptEstimate(models.Model):
    """What was estimated of a plan as it was recorded just before `as_at`, the beginning of a month.

    The database refuses to change or delete a row. `lines` have, for each date that was to come by `until`, the
    milestone and the date, the agency, the chance in per cent and the reasons. `due` counts them; between `low` and
    `high` of them were expected to be missed. `method` names the way of estimating.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="estimates")
    as_at = models.DateTimeField()
    until = models.DateField()
    method = models.CharField(max_length=20)
    due = models.PositiveIntegerField()
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    lines: Any = models.JSONField()
    made_at = models.DateTimeField()

    objects = KeptEstimateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "as_at"], name="keptestimate_once_a_moment"),
            models.CheckConstraint(
                name="keptestimate_not_ahead",
                condition=Q(as_at__lte=F("made_at")),
                violation_error_message="An estimate cannot be made of what had not happened yet.",
            ),
            models.CheckConstraint(
                name="keptestimate_band",
                condition=Q(due__gte=1, low__lte=F("high"), high__lte=F("due")),
            ),
            models.CheckConstraint(name="keptestimate_method_named", condition=~Q(method="")),
        ]

    def __str__(self) -> str:
        return _("Estimate of {plan}, {date}").format(plan=self.plan, date=day_words(self.on))

    @property
    def on(self) -> date:
        """The last day that it knew."""
        local = timezone.localtime(self.as_at, timezone.get_default_timezone())
        return (local - timedelta(microseconds=1)).date()
