"""What is kept of imported trackers: texts that have no place in the plan, and how a shape was read."""

from django.db import models

from agencies.models import Agency
from workitems.models.item import WorkItem
from workitems.models.plan import Plan

# Who did what a spreadsheet says of days before its import: nobody here did it, whoever imported it.
SPREADSHEET = "The spreadsheet"
# The end of the reason of an item's history rows whose stage the spreadsheet does not have.
STAGE_ANSWERED = "The spreadsheet does not say the stage: whoever imported it did."


class TrackerNote(models.Model):
    """A text of an imported tracker that is nowhere else in the plan. It never changes.

    Without an item it is of the plan: titles above the table, totals, sheets that were not read.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tracker_notes")
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="tracker_notes"
    )
    position = models.PositiveIntegerField()
    file_name = models.CharField(max_length=100)
    sheet = models.CharField(max_length=100)
    address = models.CharField(max_length=20)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "position"], name="trackernote_position_in_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}, {self.address}"


class TrackerMapping(models.Model):
    """How an agency reads trackers with the same headings: what each column becomes, and answers.

    Written when a plan is imported. `shape` is the digest of the headings. `fields` has what each column with a heading becomes, in
    their order; `answers` what words mean, by the names of the doubts (tracker/doubts.py).
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="tracker_mappings")
    shape = models.CharField(max_length=64)
    fields = models.JSONField()
    answers = models.JSONField(default=dict)
    saved_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "shape"], name="trackermapping_once_per_shape"
            ),
        ]

    def __str__(self) -> str:
        return f"A shape of {self.agency}"
