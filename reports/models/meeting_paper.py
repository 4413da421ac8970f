"""Packs and minutes of the working group's meetings, as they were when they were frozen.

A row is never changed or deleted; the database refuses it (`reports.paper_guards`). What has to be
said differently is a new version beside the old one.
"""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from agencies.models import User
from reports.models.issue import sha256
from workitems.asat import Moment, end_of
from workitems.models import Meeting


class MeetingPaperQuerySet(models.QuerySet["MeetingPaper"]):
    def without_contents(self) -> Self:
        """For pages that list papers: the file and its text stay in the database."""
        return self.defer("pdf", "content").select_related("made_by")

    def newest_first(self) -> Self:
        return self.order_by("-number")


class MeetingPaper(models.Model):
    """One version of a paper: its plain data, the PDF made from that, and the PDF's SHA-256.

    `as_at` is how far history was read: a paper shows the plan just before that instant.
    """

    class Kind(models.TextChoices):
        PACK = "pack", "Pack"
        MINUTES = "minutes", "Minutes"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveIntegerField("version")
    as_at = models.DateTimeField()
    content = models.JSONField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="meeting_papers")

    objects = MeetingPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "kind", "number"], name="meetingpaper_number_unique"
            ),
            models.CheckConstraint(
                name="meetingpaper_kind_known", condition=Q(kind__in=["pack", "minutes"])
            ),
            models.CheckConstraint(name="meetingpaper_number", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="meetingpaper_not_ahead",
                condition=Q(as_at__lte=models.F("made_at")),
                violation_error_message="A paper cannot show what had not happened yet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, version {self.number}: {self.meeting}"

    def get_absolute_url(self) -> str:
        slug = self.meeting.plan.slug
        return reverse(f"papers:{self.kind}-version", args=[slug, self.meeting_id, self.number])

    @property
    def moment(self) -> Moment:
        """The moment to look at the plan from, to see what the paper shows."""
        return moment_before(self.as_at, self.meeting.held_on)

    @property
    def is_intact(self) -> bool:
        """Whether the stored bytes are still those that were frozen."""
        return sha256(self.pdf) == self.sha256


def moment_before(instant: datetime, held_on: date) -> Moment:
    """Just before an instant; the day's end where the instant is that of the meeting's day."""
    return Moment.end_of(held_on) if instant == end_of(held_on) else Moment.at(instant)
