"""A public page of a plan's progress: frozen when it is published, and taken down but never changed."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH
from workitems.models import Plan

REASON_LENGTH = 2000


class PublicProgressQuerySet(models.QuerySet["PublicProgress"]):
    def up(self) -> Self:
        return self.filter(taken_down_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-number")


class PublicProgress(models.Model):
    """A public page of a plan's progress. Page, CSV, JSON and charts are made from `content` alone, so they
    cannot show what was not chosen. At most one page of a plan is up."""

    class Part(models.TextChoices):
        WORK_ITEMS = "work_items", gettext_lazy("Work items by pillar, each with its status")
        FIGURES = "figures", gettext_lazy("Figures")
        TIMELINE = "timeline", gettext_lazy("Timeline")
        ACHIEVEMENTS = "achievements", gettext_lazy("Achievements")
        RELEASED_PAPERS = "released_papers", gettext_lazy("Released papers")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="public_progress")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="published_progress")
    published_as = models.CharField(max_length=SIGNATURE_LENGTH)
    published_at = models.DateTimeField()
    taken_down_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="taken_down_progress"
    )
    taken_down_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)
    # For colleagues; the public sees the day only.
    reason = models.TextField(blank=True, max_length=REASON_LENGTH)

    objects = PublicProgressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="publicprogress_number_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(taken_down_at=None),
                name="publicprogress_one_is_up",
                violation_error_message=gettext_lazy("Another page of this plan is public."),
            ),
            models.CheckConstraint(
                name="publicprogress_taken_down_by_whom_and_why",
                condition=Q(taken_down_at=None, taken_down_by=None, taken_down_as="", reason="")
                | Q(taken_down_at__isnull=False, taken_down_by__isnull=False)
                & ~Q(taken_down_as="")
                & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return _("Progress of {plan}, page {number}").format(plan=self.plan, number=self.number)
