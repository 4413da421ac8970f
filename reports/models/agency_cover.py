"""How an agency designs the cover of the briefings that it coordinates.

`reports.compose.paper_cover` makes the plain data of it that a paper is printed with.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.records.tracking import track
from reports.document.cover_design import INK, USUAL_LABELS

MINISTRY_LENGTH = 200
ALT_LENGTH = 300
LABEL_LENGTH = 60


class CoverMark(models.Model):
    """A crest or logo as a PNG that `reports.kinds.services.marks` has written. Never changed: history refers to it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="cover_marks")
    png = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return _("Mark of {agency}, {width} by {height} pixels").format(
            agency=self.agency, width=self.width, height=self.height
        )


def usual_rows() -> list[dict[str, str]]:
    """Return the labels of the cover of 2010, in the order printed."""
    return [
        {"part": part.value, "label": label, "label_mi": ""} for part, label in USUAL_LABELS.items()
    ]


class AgencyCover(models.Model):
    """The cover design of one agency. Briefings of all plans that it coordinates have it.

    `labels` and `headings` are lists of plain data, as `CoverLabel` and `HeadingInMaori` of
    `reports.document` have it; the order of `labels` is the order of the cover's rows.
    """

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="cover")
    ministry = models.CharField(max_length=MINISTRY_LENGTH, blank=True)
    ministry_mi = models.CharField(max_length=MINISTRY_LENGTH, blank=True)
    mark = models.ForeignKey(CoverMark, models.PROTECT, null=True, blank=True, related_name="+")
    mark_alt = models.CharField(max_length=ALT_LENGTH, blank=True)
    ink = models.CharField(max_length=7, default=INK)
    rule = models.CharField(max_length=7, default=INK)
    labels: Any = models.JSONField(default=usual_rows)
    headings: Any = models.JSONField(default=list, blank=True)
    is_maori_first = models.BooleanField(default=False)
    has_empty_rows = models.BooleanField(default=True)
    has_comments = models.BooleanField(default=True)
    has_feedback = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = track()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agencycover_mark_is_described",
                condition=Q(mark=None, mark_alt="") | (Q(mark__isnull=False) & ~Q(mark_alt="")),
            ),
        ]

    def __str__(self) -> str:
        return _("Cover of {agency}").format(agency=self.agency)
