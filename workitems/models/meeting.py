"""Meetings of the working group and what they decide."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from agencies.history import track
from agencies.models import Agency
from workitems.models.delay import Variation
from workitems.models.item import WorkItem
from workitems.models.plan import Plan


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def coming(self, on: date) -> Self:
        return self.filter(held_on__gte=on).order_by("held_on")


class Meeting(models.Model):
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="meetings")
    held_on = models.DateField("date")
    place = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)

    objects = MeetingQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "held_on"], name="meeting_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"Working group, {self.held_on:%-d %B %Y}"


class Attendance(models.Model):
    """An agency that was present."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="attendances")

    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "agency"], name="attendance_once_per_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} at {self.meeting}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def open(self, on: date) -> Self:
        return self.filter(Q(done_on=None) | Q(done_on__gt=on), owner_agency__isnull=False)


class Decision(models.Model):
    """What a meeting decided, tied to what it decides; with an owner it is tracked until done."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    variation = models.OneToOneField(
        Variation, models.PROTECT, null=True, blank=True, related_name="decision"
    )
    owner_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="decision_number_unique_in_meeting"
            ),
            models.CheckConstraint(
                name="decision_owner_and_due",
                condition=Q(owner_agency=None, due_on=None, done_on=None)
                | Q(owner_agency__isnull=False, due_on__isnull=False),
                violation_error_message="A decision to follow up has an owner and a date.",
            ),
        ]

    def __str__(self) -> str:
        return self.text
