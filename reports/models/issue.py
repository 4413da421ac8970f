"""Issued briefings: the paper's data and its PDF, byte for byte, as they were authorised.

The database refuses to change or delete a row. A correction is a new version with a note.
"""

import hashlib
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH
from reports.document import Document, printed_words
from reports.models.briefing import Briefing


def sha256(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()


class IssuedPaperQuerySet(models.QuerySet["IssuedPaper"]):
    def without_contents(self) -> Self:
        """Defer the files, for pages that list versions."""
        return self.defer("document", "pdf")

    def addressed_to(self, portfolios: Iterable[str]) -> Self:
        """Papers to the Minister of one of these portfolios, as their covers say."""
        return self.filter(portfolio__in=portfolios)

    def newest_first(self) -> Self:
        return self.order_by("-number")


class IssuedPaper(models.Model):
    """One version: its Document as canonical JSON, the PDF made from that, and the SHA-256 of each.

    `note` says what a version after the first corrects. `authorised_as` is the authorising
    manager's name and agency on that day.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="issued")
    number = models.PositiveIntegerField("version")
    document = models.BinaryField()
    document_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    marking = models.CharField(max_length=20, choices=Briefing.Marking)
    # Whose paper it is: that of its cover. The plan may report to another Minister later.
    portfolio = models.CharField(max_length=150)
    authorised_by = models.ForeignKey(User, models.PROTECT, related_name="authorised_papers")
    authorised_as = models.CharField(max_length=SIGNATURE_LENGTH)
    authorised_at = models.DateTimeField()
    note = models.TextField(blank=True)

    objects = IssuedPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["briefing", "number"], name="issuedpaper_number_once"),
            models.CheckConstraint(name="issuedpaper_number", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="issuedpaper_marking_known",
                condition=Q(marking__in=["UNCLASSIFIED", "IN CONFIDENCE", "SENSITIVE"]),
            ),
            models.CheckConstraint(
                name="issuedpaper_correction_has_note",
                condition=Q(number=1, note="") | (Q(number__gt=1) & ~Q(note="")),
                violation_error_message=gettext_lazy("Say what the correction corrects."),
            ),
        ]

    def __str__(self) -> str:
        return _("{briefing}, version {number}").format(
            briefing=self.briefing.tracker_number, number=self.number
        )

    def get_absolute_url(self) -> str:
        return reverse("briefings:issued", args=[self.briefing.plan.slug, self.briefing_id])

    def paragraphs_of(self, document: Document) -> "list[IssuedParagraph]":
        """Return the rows to keep of its paragraphs and recommendations, not saved."""
        return [
            IssuedParagraph(issued=self, key=part.key, number=number, heading=heading, text=text)
            for heading, part, number, text in printed_words(document)
        ]


class IssuedParagraphQuerySet(models.QuerySet["IssuedParagraph"]):
    def of_newest(self, papers: IssuedPaperQuerySet) -> Self:
        """Those of the newest version of each briefing among these papers."""
        newer = papers.filter(
            briefing=models.OuterRef("issued__briefing"),
            number__gt=models.OuterRef("issued__number"),
        )
        return self.filter(~models.Exists(newer), issued__in=papers.values("pk"))


class IssuedParagraph(models.Model):
    """The words of one paragraph or recommendation of an issued paper, so that a search finds them.

    Written with the paper, and frozen with it. `number` is "12", or "2" under Recommendation.
    """

    issued = models.ForeignKey(IssuedPaper, models.PROTECT, related_name="paragraphs")
    key = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    heading = models.TextField()
    text = models.TextField()

    objects = IssuedParagraphQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issued", "key"], name="issuedparagraph_key_once_in_a_paper"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
