"""What came back in a return's workbook."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH
from workitems.models.round import Return


class ReturnSheet(models.Model):
    """One uploaded workbook: what it says, and once it was taken in, what became of each difference.

    The file is not kept. `read` has its rows and what could not be read; it never changes. `taken`
    is null until a person confirms, and never changes afterwards. It keeps all texts of a conflict:
    as taken out, as the return had it, and as the workbook said. Only writers of the return read it.
    One that was discarded is not compared any more: its file's name, who and when are what is shown.
    """

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="sheets")
    name = models.CharField(max_length=200)
    read: Any = models.JSONField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_as = models.CharField(max_length=SIGNATURE_LENGTH)
    uploaded_at = models.DateTimeField()
    taken: Any = models.JSONField(null=True, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    discarded_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="returnsheet_taken_by_and_at",
                condition=Q(taken__isnull=True, taken_by=None, taken_at=None, taken_as="")
                | Q(taken__isnull=False, taken_by__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="returnsheet_discarded_by_and_at_and_not_taken",
                condition=Q(discarded_by=None, discarded_at=None, discarded_as="")
                | Q(discarded_by__isnull=False, discarded_at__isnull=False, taken_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        of_return = self.of_return
        return reverse(
            "returns:compare-workbook",
            args=[of_return.round.plan.slug, of_return.round_id, of_return.agency_id, self.pk],
        )
