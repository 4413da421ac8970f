"""Estimates of late milestones that were kept until 30 November 2026. Nothing reads or writes them any more."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from workitems.models.plan import Plan


class KeptEstimate(models.Model):
    """What was estimated of a plan as it was recorded just before `as_at`, the beginning of a month.

    The table stays as it is, because its rows are records; the database refuses to change or delete one. `lines`
    have, for each date that was to come by `until`, the milestone and the date, the agency, the chance in per cent
    and the reasons. `due` counts them; between `low` and `high` of them were expected to be missed. `method` names
    the way of estimating.
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
        return _("Estimate of {plan}, {date}").format(
            plan=self.plan, date=day_words(timezone.localdate(self.as_at))
        )
