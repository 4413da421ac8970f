"""The PDF to be released instead of a paper that is no PDF, or that is released in part."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH
from reports.requests.models.schedule import ScheduleLine


class LineCopyQuerySet(models.QuerySet["LineCopy"]):
    def without_contents(self) -> Self:
        return self.defer("pdf", "gate_report")

    def standing(self) -> Self:
        """Filter to copies made for what is decided on their papers now, newest first."""
        return self.filter(decision=F("line__decision")).order_by("-pk")


class LineCopy(models.Model):
    """One upload for a line of a schedule, with the gate's report on it. The newest one counts.

    A copy goes out only under the decision that it was made for: one of the whole paper is never
    released in part, nor a redacted one in full. The database refuses to change or delete a row.
    """

    line = models.ForeignKey(ScheduleLine, models.PROTECT, related_name="copies")
    decision = models.CharField(max_length=12, choices=ScheduleLine.Decision)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    gate_report: Any = models.JSONField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="added_line_copies")
    added_as = models.CharField(max_length=SIGNATURE_LENGTH)
    added_at = models.DateTimeField()

    objects = LineCopyQuerySet.as_manager()

    class Meta:
        db_table = "reports_linecopy"
        constraints = [
            models.CheckConstraint(
                name="linecopy_is_of_what_is_given", condition=Q(decision__in=["full", "part"])
            ),
            models.CheckConstraint(name="linecopy_has_digest", condition=~Q(pdf_sha256="")),
        ]

    def __str__(self) -> str:
        return _("Copy of {line}").format(line=self.line)
