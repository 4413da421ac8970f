"""Overrides of a briefing's warnings, with their reasons."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import track
from reports.models.briefing import Briefing

REASON_LENGTH = 1000


class CheckOverrideQuerySet(models.QuerySet["CheckOverride"]):
    def of_briefing(self, briefing: Briefing) -> Self:
        return self.filter(briefing=briefing).select_related("by")

    def in_force(self) -> Self:
        """Leave out withdrawn overrides.

        An override also lapses when its text changes; `reports.checks` compares `about`.
        """
        return self.filter(is_withdrawn=False)


class CheckOverride(models.Model):
    """A person's decision to accept a warning, with the reason.

    `about` is the digest of the warning's text. The override lapses when that changes.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="check_overrides")
    key = models.CharField(max_length=100)
    about = models.CharField(max_length=64)
    # The warning's text at the time.
    words = models.TextField()
    reason = models.TextField(max_length=REASON_LENGTH)
    by = models.ForeignKey(User, models.PROTECT, related_name="check_overrides")
    at = models.DateTimeField()
    is_withdrawn = models.BooleanField(default=False)

    objects = CheckOverrideQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "key"], name="checkoverride_once_for_a_warning"
            ),
            models.CheckConstraint(
                name="checkoverride_says_why",
                condition=~Q(reason=""),
                violation_error_message=gettext_lazy("Say why this warning can be accepted."),
            ),
        ]

    def __str__(self) -> str:
        return self.words
