"""What operating the service keeps: which files are its own, emails that wait, and maintenance."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from agencies.models.entry import Invitation
from agencies.models.users import User


class FilesMarker(models.Model):
    """What a file in the storage of uploaded files says, by which that storage is known again. One row, written once."""

    text = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="files_marker_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.text


class WaitingMail(models.Model):
    """An email that the mail server has not accepted yet (people/outbox.py). Deleted once it has; no record, no history."""

    # Who it is from and to, and its text, which may have a link that signs in.
    sealed = models.TextField()
    # The invitation that it is about, whose page says if it is refused.
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="waiting_mails"
    )
    queued_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"An email of {self.queued_at}"


class MaintenanceQuerySet(models.QuerySet["Maintenance"]):
    def announced(self, at: datetime) -> Self:
        """The maintenance that the banner announces at a moment: the newest that is not over."""
        return self.filter(over_at=None, ends_at__gt=at).order_by("-pk")


class Maintenance(models.Model):
    """A time of planned maintenance. Another one replaces it; it never changes, so it is its own record."""

    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Nothing can be saved meanwhile.
    is_read_only = models.BooleanField()
    message = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField()
    # Empty if it was announced on the server.
    announced_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="announced_maintenances"
    )
    # When it was ended before its time, or replaced.
    over_at = models.DateTimeField(null=True, blank=True)
    over_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="ended_maintenances"
    )

    objects = MaintenanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="maintenance_period",
                condition=Q(ends_at__gt=F("begins_at")),
                violation_error_message="Maintenance ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"Maintenance until {self.ends_at}"

    def is_under_way(self, at: datetime) -> bool:
        return self.over_at is None and self.begins_at <= at < self.ends_at
