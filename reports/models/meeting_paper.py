"""Frozen packs and minutes of the working group's meetings.

The database refuses to change or delete a row. A correction is a new version.
"""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from reports.models.issue import sha256
from workitems.models import Meeting
from workitems.plan.asat import Moment, end_of


class MeetingPaperQuerySet(models.QuerySet["MeetingPaper"]):
    def without_contents(self) -> Self:
        """Defer the file and the content, for pages that list papers."""
        return self.defer("pdf", "content").select_related("made_by")

    def newest_first(self) -> Self:
        return self.order_by("-number")


class MeetingPaper(models.Model):
    """One version of a paper: its data, the PDF made from that, and the PDF's SHA-256.

    The paper shows the plan as it was just before `as_at`.
    """

    class Kind(models.TextChoices):
        PACK = "pack", gettext_lazy("Pack")
        MINUTES = "minutes", gettext_lazy("Minutes")

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
                violation_error_message=gettext_lazy(
                    "A paper cannot show what had not happened yet."
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("{kind}, version {number}: {meeting}").format(
            kind=self.get_kind_display(), number=self.number, meeting=self.meeting
        )

    def get_absolute_url(self) -> str:
        slug = self.meeting.plan.slug
        return reverse(f"papers:{self.kind}-version", args=[slug, self.meeting_id, self.number])

    @property
    def moment(self) -> Moment:
        """The moment at which the plan is as the paper shows it."""
        return moment_before(self.as_at, self.meeting.held_on)

    @property
    def is_intact(self) -> bool:
        """Whether the stored PDF still matches its SHA-256."""
        return sha256(self.pdf) == self.sha256


def moment_before(instant: datetime, held_on: date) -> Moment:
    """Return the moment just before `instant`, or the end of the meeting's day if equal."""
    return Moment.end_of(held_on) if instant == end_of(held_on) else Moment.at(instant)
