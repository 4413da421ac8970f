"""When an authorising manager read which PDF of a paper, to show later what has changed since."""

from typing import Self

from django.db import models
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.wording.translation import day_words
from reports.models.briefing import Briefing


class PaperReadingQuerySet(models.QuerySet["PaperReading"]):
    def newest_first(self) -> Self:
        return self.order_by("-read_at", "-pk")


class PaperReading(models.Model):
    """The first time that a person opened a paper's PDF with this SHA-256, to authorise it."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="readings")
    reader = models.ForeignKey(User, models.PROTECT, related_name="paper_readings")
    pdf_sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField()

    objects = PaperReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "reader", "pdf_sha256"], name="paperreading_once_of_a_pdf"
            ),
        ]

    def __str__(self) -> str:
        return _("{briefing}, read on {day}").format(
            briefing=self.briefing.name, day=day_words(self.read_at)
        )
